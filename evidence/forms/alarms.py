"""What a person says of an alarm, and how much a process yields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from evidence import reference


class AlarmForm(forms.Form):
    """Why an alarm is explained, or why it is an alarm again."""

    reason = forms.CharField(
        label="Reason",
        max_length=4000,
        help_text="What explains it, and the exhibit and page that show it.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class YieldForm(forms.Form):
    """The range of a process for this case."""

    process = forms.ChoiceField(label="Process")
    firm = forms.CharField(label="Only for this supplier", max_length=300, required=False, help_text="Empty: for all.")
    low = forms.DecimalField(
        label="Lowest yield, in per cent", min_value=Decimal("0.01"), max_value=Decimal(100_000), max_digits=9
    )
    high = forms.DecimalField(
        label="Highest yield, in per cent",
        min_value=Decimal("0.01"),
        max_value=Decimal(100_000),
        max_digits=9,
        help_text="Output as a share of input: 36 means 36 kg of lint from 100 kg of seed cotton.",
    )
    source = forms.CharField(
        label="Source",
        max_length=2000,
        help_text="The paper, publication or measurement the range is taken from.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.process, f"{one.label} ({one.words} as published)") for one in reference.yields()]
        self.fields["process"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The lowest is at most the highest; both as shares."""
        cleaned = super().clean() or {}
        low, high = cleaned.get("low"), cleaned.get("high")
        if low is not None and high is not None:
            if low > high:
                self.add_error("low", "The lowest yield is at most the highest. Exchange the two.")
            cleaned |= {"low": low / 100, "high": high / 100}
        return cleaned
