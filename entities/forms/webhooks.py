"""Forms by which webhooks are looked after."""

from __future__ import annotations

from typing import Any

from django import forms

from entities.domain.events import EVENTS, EventKind
from entities.models import Organization, User, WebhookDelivery
from entities.services.webhooks.endpoints import KINDS, MOST_OVERLAP_HOURS

KIND_CHOICES = [(kind, f"{kind}: {EVENTS[EventKind(kind)].text}") for kind in KINDS]


class WebhookForm(forms.Form):
    """What an endpoint is called, where it is, and what it is told."""

    name = forms.CharField(label="Name", max_length=80, help_text="For example “entry system, production”.")
    url = forms.CharField(
        label="Address", max_length=500, help_text="An https address on the public internet that takes POST."
    )
    kinds = forms.MultipleChoiceField(
        label="What it is told",
        choices=KIND_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: everything, also kinds that come later.",
    )


class NewWebhookForm(WebhookForm):
    """A new endpoint, and whose it is."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label="Organisation", empty_label=None)
    field_order = ("organization", "name", "url", "kinds")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.looked_after_by(user)  # type: ignore[attr-defined]


class SecretForm(forms.Form):
    """A new secret in place of the old one."""

    overlap_hours = forms.IntegerField(
        label="Hours in which deliveries are signed with both",
        min_value=0,
        max_value=MOST_OVERLAP_HOURS,
        initial=24,
        help_text="Long enough to put the new secret into your program. 0: the old one ends at once.",
    )


class DeliveryFilterForm(forms.Form):
    """Which deliveries are shown."""

    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *WebhookDelivery.State.choices])
