"""What is filled in to try thresholds of matching, to propose them, and to put them in use or refuse them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms

from entities.domain.matching import Thresholds
from entities.domain.matching.thresholds import LABELS, NAMES, WIDEST, problems


class ThresholdForm(forms.Form):
    """Five values to try. They are refused where they cannot be thresholds, each with what to give instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NAMES:
            step = "0.01" if name.endswith("_share") else "0.1"
            self.fields[name] = forms.FloatField(
                label=LABELS[name],
                widget=forms.NumberInput(attrs={"step": step, "inputmode": "decimal"}),
                error_messages={"invalid": "Give a number, such as 0.85 or 6.2.", "required": "Give a number."},
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, problem in problems(replace(WIDEST, **values)).items():
            self.add_error(name, problem)
        return values

    @property
    def values(self) -> Thresholds:
        return Thresholds(**{name: self.cleaned_data[name] for name in NAMES})


class ProposeForm(forms.Form):
    """Why the values tried are proposed."""

    reason = forms.CharField(
        label="Why they should be used",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A second person reads it, and it stays with the thresholds.",
    )


class AdoptForm(forms.Form):
    """A second person puts proposed thresholds in use."""

    answer = forms.CharField(
        label="Answer",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit trail.",
    )

    def __init__(self, *args: Any, loses: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if loses:
            self.fields["answer"].required = True
            self.fields["answer"].label = "Why they are put in use though firms judged the same would be lost"


class RefuseForm(forms.Form):
    """A proposal is set aside."""

    answer = forms.CharField(label="Why it is set aside", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
