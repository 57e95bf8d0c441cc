"""What a reviewer and an approver fill in to conclude a case. Nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from screening.models import Conclusion, Decision


class RecommendForm(forms.Form):
    """A reviewer's conclusion on a pathway."""

    conclusion = forms.ChoiceField(label="Conclusion", widget=forms.RadioSelect)
    reasons = forms.CharField(
        label="Reasons",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=20_000,
        help_text="The link from the facts to the conclusion: which ground, which findings, which pages. A decision "
        "without it does not stand.",
    )

    def __init__(self, *args: Any, conclusions: Sequence[Conclusion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conclusion"].choices = [(one.value, one.label) for one in conclusions]  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """An approver's answer to a recommendation."""

    verdict = forms.ChoiceField(
        label="Decision",
        widget=forms.RadioSelect,
        choices=[
            (Decision.Verdict.APPROVED, "Approve: this becomes the decision and closes the case"),
            (Decision.Verdict.RETURNED, "Return to the reviewer"),
        ],
    )
    reasons = forms.CharField(
        label="Reasons",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=20_000,
        help_text="Why this follows from the record, or what the reviewer must weigh again.",
    )

    def __init__(self, *args: Any, may_approve: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_approve:
            verdict = self.fields["verdict"]
            verdict.choices = verdict.choices[1:]  # type: ignore[attr-defined]
