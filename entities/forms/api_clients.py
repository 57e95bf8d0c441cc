"""Forms by which programs and their keys are looked after."""

from __future__ import annotations

from typing import Any

from django import forms

from entities.domain.scopes import SCOPES
from entities.models import Organization, User
from entities.services.api_clients import MOST_OVERLAP_DAYS

DAYS = [(90, "90 days"), (365, "a year"), (730, "two years")]


class ClientForm(forms.Form):
    """A program, and whose it is."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label="Organisation", empty_label=None)
    name = forms.CharField(label="Name", max_length=80, help_text="For example “entry system, production”.")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.with_programs_of(user)  # type: ignore[attr-defined]


class KeyForm(forms.Form):
    """A key: what for, and for how long."""

    name = forms.CharField(label="Name of the key", max_length=80, initial="production")
    scopes = forms.MultipleChoiceField(
        label="What it may touch", choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(label="Ends after", coerce=int, choices=DAYS, initial=365)


class RotateForm(forms.Form):
    """A new key in place of an old one."""

    overlap_days = forms.IntegerField(
        label="Days the old key stays open", min_value=0, max_value=MOST_OVERLAP_DAYS, initial=7
    )
    days = forms.TypedChoiceField(label="The new key ends after", coerce=int, choices=DAYS, initial=365)
