"""What people fill in about names of listed entities."""

from __future__ import annotations

from typing import Any

from django import forms

from entities.models import NameStatement
from entities.services.names import LONGEST

_ANSWERS = {
    NameStatement.Act.ADD: ("Confirm: the entity bears this name", "Decline: it does not"),
    NameStatement.Act.WITHDRAW: ("Confirm: the name is withdrawn", "Decline: the name stays"),
}


def _reason(label: str, hint: str, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=hint,
        error_messages={"required": "Say why. It goes on record."},
    )


class ProposeNameForm(forms.Form):
    """A name of a listed entity, and where it stands."""

    text = forms.CharField(
        label="Name",
        max_length=LONGEST,
        help_text="The whole name as the source writes it, in any script.",
        error_messages={"required": "Give the name as the source writes it."},
    )
    source = forms.CharField(
        label="Source",
        max_length=LONGEST,
        help_text="Where it stands, so that a second person finds it: “Annual report 2024, page 12”. "
        "It is shown with every finding by this name, to importers too.",
        error_messages={"required": "Say where the name stands. A name without a source cannot be confirmed."},
    )
    source_url = forms.URLField(
        label="Address of the source",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="If it is online.",
    )
    reason = _reason("Remark", "For the second person. It goes on record.", required=False)


class WithdrawNameForm(forms.Form):
    """Why a confirmed name is not the entity's."""

    reason = _reason("Reason", "For the second person. It goes on record.", required=True)


class AnswerNameForm(forms.Form):
    """The second person's answer; whoever proposed can only take it back."""

    answer = forms.ChoiceField(
        label="Confirm or decline", widget=forms.RadioSelect, error_messages={"required": "Confirm or decline."}
    )
    reason = _reason("Reason", "Needed to decline. It goes on record.", required=False)

    def __init__(self, *args: Any, proposal: NameStatement, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_own:
            del self.fields["answer"]
            self.fields["reason"] = _reason("Why you take it back", "It goes on record.", required=True)
            return
        confirm, decline = _ANSWERS[NameStatement.Act(proposal.act)]
        self.fields["answer"].choices = [("confirm", confirm), ("decline", decline)]  # type: ignore[attr-defined]

    @property
    def is_confirmed(self) -> bool:
        """What was chosen; a confirmation by whoever proposed is told apart from taking back, and refused."""
        return bool(self.data.get("answer") == "confirm")
