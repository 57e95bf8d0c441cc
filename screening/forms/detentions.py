"""What officers fill in about detained goods: the days the clocks start on, and what happened since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from screening.domain.law.states import Kind
from screening.models import Case, Detention, Shipment


class PastDateField(forms.DateField):
    """A day that has come."""

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise forms.ValidationError("This day lies in the future. Record it when it has come.")
        return day


class LinesField(forms.CharField):
    """Entry lines by number, for example 1, 3-5; empty means all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, **kwargs)

    def clean(self, value: Any) -> list[int]:
        numbers: set[int] = set()
        for part in super().clean(value).replace(";", ",").split(","):
            first, _, last = (piece.strip() for piece in part.partition("-"))
            if not first:
                continue
            if not first.isdigit() or (last and not last.isdigit()) or int(last or first) - int(first) > 998:
                raise forms.ValidationError(f"{part.strip()!r} is no line number. Write them as 1, 3-5.")
            numbers |= set(range(int(first), int(last or first) + 1))
        return sorted(numbers)


class DetentionForm(forms.Form):
    """The days the statutory clocks start on."""

    shipment = forms.ModelChoiceField(label="Shipment", queryset=Shipment.objects.none(), empty_label=None)
    lines = LinesField(label="Lines held", help_text="For example 1, 3-5. Empty: the whole entry.")
    imported_on = PastDateField(
        label="Imported on",
        help_text="Under a withhold release order the three months for the proof count from this day (19 CFR 12.43).",
    )
    presented_on = PastDateField(
        label="Presented for examination on",
        help_text="The day the goods could be viewed and examined; a closed container is not presented "
        "(19 CFR 151.16(b)). Every clock starts here.",
    )
    detained_on = PastDateField(
        label="Detained on",
        required=False,
        help_text="Empty where no decision to detain is known; five business days after presentation the goods count "
        "as detained.",
    )
    number = forms.CharField(label="Detention number", required=False, max_length=40, widget=forms.TextInput)
    port = forms.CharField(label="Port", required=False, max_length=60, widget=forms.TextInput)
    source = forms.CharField(
        label="Source of the dates", max_length=200, help_text="For example form 6051D of 3 November 2026."
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shipment"].queryset = case.shipments.all()  # type: ignore[attr-defined]
        if case.regime == Case.Regime.WRO:
            del self.fields["presented_on"]
            self.fields["detained_on"].required = True
            self.fields["detained_on"].help_text = "19 CFR 12.42(e)"
        else:
            del self.fields["imported_on"]


class EventForm(forms.Form):
    """Something that happened to the goods."""

    kind = forms.ChoiceField(label="What happened", help_text="Only what the law knows next is offered.")
    on = PastDateField(label="On", help_text="The day it counts from, US Eastern time.")
    lines = LinesField(label="Lines", help_text="For example 1, 3-5. Empty: all lines of the detention.")
    source = forms.CharField(
        label="Source", max_length=200, help_text="For example CBP notice of 3 November 2026, or ACE message SO."
    )
    number = forms.CharField(
        label="Number", required=False, max_length=60, help_text="Of the notice, the protest or the court's docket."
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="As the notice gives it. Needed where it goes against an earlier determination.",
    )

    def __init__(self, *args: Any, kinds: Sequence[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "Choose one"), *((one.value, one.label) for one in kinds)]  # type: ignore[attr-defined]

    def clean_kind(self) -> Kind:
        return Kind(self.cleaned_data["kind"])


class InLawForm(forms.Form):
    """What a letter of CBP did to the goods, and the day it counts from."""

    detention = forms.ModelChoiceField(label="Detention", queryset=Detention.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label="What it says")
    on = PastDateField(
        label="Day it counts from",
        help_text="The date on the letter is proposed. Confirm it, or give the day the letter names, US Eastern time.",
    )
    lines = LinesField(label="Lines", help_text="For example 1, 3-5. Empty: all lines of the detention.")
    reason = forms.CharField(
        label="Reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="As the letter gives it. Needed where it goes against an earlier determination.",
    )

    def __init__(self, *args: Any, kinds: Sequence[Kind], detentions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["detention"].queryset = detentions  # type: ignore[attr-defined]
        first = [] if len(kinds) == 1 else [("", "Choose one")]
        self.fields["kind"].choices = [*first, *((one.value, one.label) for one in kinds)]  # type: ignore[attr-defined]

    def clean_kind(self) -> Kind:
        return Kind(self.cleaned_data["kind"])


class CorrectionForm(forms.Form):
    """The right day of an event, or that it did not happen."""

    on = PastDateField(label="Right day")
    source = forms.CharField(label="Source", max_length=200)
    did_not_happen = forms.BooleanField(
        label="It did not happen at all", required=False, help_text="It stays on record as taken back."
    )
    reason = forms.CharField(label="Why it is corrected", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
