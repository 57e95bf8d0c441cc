"""What officers fill in about cases: filters of the desk, requests, dates, hands, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from entities.models import Organization, User
from screening.domain.law.states import State
from screening.models import Case, Finding


class DeskFilter(forms.Form):
    """The queue of cases, narrowed down."""

    q = forms.CharField(label="Case, entry, party, reason", required=False, widget=forms.SearchInput)
    assigned = forms.ChoiceField(
        label="With", required=False, choices=[("", "anybody"), ("me", "me"), ("nobody", "nobody")]
    )
    stage = forms.ChoiceField(
        label="Stage",
        required=False,
        choices=[("", "not decided"), *Case.Stage.choices, ("any", "any stage")],
    )
    due = forms.ChoiceField(
        label="Due", required=False, choices=[("", "any day"), ("now", "today or late"), ("week", "within 7 days")]
    )
    ground = forms.ChoiceField(
        label="Ground", required=False, choices=[("", "any"), *Finding.Ground.choices, ("none", "none: needs a look")]
    )
    law = forms.ChoiceField(
        label="State in law",
        required=False,
        choices=[("", "any"), ("none", "not detained"), *((state.value, state.label) for state in State)],
    )
    importer = forms.ModelChoiceField(
        label="Importer", required=False, queryset=Organization.objects.none(), empty_label="any"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["importer"].queryset = Organization.objects.visible_to(user).filter(  # type: ignore[attr-defined]
            pk__in=Case.objects.values("importer")
        )


class LookFilter(forms.Form):
    """The shipments that need a look, narrowed down."""

    q = forms.CharField(label="Shipment, importer, reason", required=False, widget=forms.SearchInput)
    rule = forms.ChoiceField(label="Rule", required=False)

    def __init__(self, *args: Any, rules: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [("", "any"), *((rule, rule) for rule in rules)]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is done. The reason goes on record."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)

    def __init__(self, *args: Any, hint: str = "It goes on record.", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint
        self.fields["reason"].required = required


class EvidenceRequestForm(forms.Form):
    """What the importer is asked to send, and until when."""

    suggested = forms.MultipleChoiceField(
        label="Suggested from what is known of the chain", required=False, widget=forms.CheckboxSelectMultiple
    )
    further = forms.CharField(
        label="Further items, one per line",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Say what the paper is and whose it is. Each line becomes one item the importer answers.",
    )
    due_on = forms.DateField(
        label="Due on",
        help_text="The office's own date. No statutory clock moves by it.",
    )
    message = forms.CharField(
        label="Message to the importer",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Plain words: what is held, why, and what is needed.",
    )

    def __init__(self, *args: Any, suggestions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suggested"].choices = [(text[:400], text[:400]) for text in suggestions]  # type: ignore[attr-defined]
        if not suggestions:
            del self.fields["suggested"]

    def clean_further(self) -> list[str]:
        items = [line.strip() for line in self.cleaned_data["further"].splitlines() if line.strip()]
        if long := next((item for item in items if len(item) > 400), None):
            raise forms.ValidationError(f"Shorten this item to 400 characters: {long[:60]}…")
        return items

    @property
    def items(self) -> list[str]:
        return [*self.cleaned_data.get("suggested", []), *self.cleaned_data["further"]]


class AssignForm(forms.Form):
    """In whose hands the case is."""

    to = forms.ModelChoiceField(
        label="With",
        queryset=User.objects.none(),
        required=False,
        empty_label="nobody",
        help_text="It goes on record.",
    )

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = officers  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Someone of the importer, by e-mail."""

    email = forms.EmailField(
        label="E-mail address",
        help_text="A link is sent that works once. It makes an account that sees this importer's own matters only.",
    )
