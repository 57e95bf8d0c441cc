"""What a reviewer and an approver fill in to conclude a case. Nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from screening.domain.pathways import GROUNDS, Outcome
from screening.models import Case, Decision, Finding, HeldLine
from screening.services.carrying_out import key_of


class RecommendForm(forms.Form):
    """A reviewer's conclusion on a pathway."""

    grounds = forms.MultipleChoiceField(
        label="Ground",
        widget=forms.CheckboxSelectMultiple,
        help_text="What brings the goods under the law: a decision that does not say so does not stand.",
        error_messages={"required": "Name the ground: a decision without one does not stand."},
    )
    lines = forms.MultipleChoiceField(
        label="Lines",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Part of an entry may be decided on; the case goes on with the rest.",
    )
    conclusion = forms.ChoiceField(label="Conclusion", widget=forms.RadioSelect)
    reasons = forms.CharField(
        label="Reasons",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=20_000,
        help_text="The link from the facts to the conclusion: which ground, which findings, which pages. A decision "
        "without it does not stand.",
    )

    def __init__(
        self, *args: Any, case: Case, outcomes: Sequence[Outcome], lines: Sequence[HeldLine], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "conclusion": [(one.conclusion.value, one.label) for one in outcomes],
            "grounds": [(one, Finding.Ground(one).label) for one in GROUNDS[case.regime]],
            "lines": [
                (key_of(row), f"{row.shipment.label}, line {row.line_number}: {row.get_state_display().lower()}")
                for row in lines
            ],
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]
        if not lines:
            del self.fields["lines"]


class DecideForm(forms.Form):
    """An approver's answer to a recommendation."""

    verdict = forms.ChoiceField(
        label="Decision",
        widget=forms.RadioSelect,
        choices=[
            (Decision.Verdict.APPROVED, "Approve: this becomes the decision"),
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


class OverrideForm(forms.Form):
    """Why a finding does not apply to these goods, or applies after all."""

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        help_text="It stands beside the finding wherever it is shown, and is counted.",
    )


class DeclineForm(forms.Form):
    """Why a reviewer is not to look at a case."""

    reason = forms.CharField(
        label="Why you are not to look at it",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        help_text="For example a conflict of interest. Another reviewer looks; it is counted.",
    )


class SecondLookForm(forms.Form):
    """What a further reviewer concludes, without seeing what was decided."""

    conclusion = forms.ChoiceField(label="Your conclusion", widget=forms.RadioSelect)
    reasons = forms.CharField(label="Reasons", widget=forms.Textarea(attrs={"rows": 8}), max_length=20_000)

    def __init__(self, *args: Any, outcomes: Sequence[Outcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.conclusion.value, one.label) for one in outcomes]
        self.fields["conclusion"].choices = choices  # type: ignore[attr-defined]
