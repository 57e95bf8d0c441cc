"""What is filled in about requests: answers, verdicts on them, more time, messages."""

from __future__ import annotations

from typing import Any

from django import forms

from screening.domain.requests import MOST_DAYS
from screening.models import TaskItem
from screening.services.messages import MOST_CHARACTERS


class AnswerForm(forms.Form):
    """The importer's answer to one question, in its own words."""

    text = forms.CharField(
        label="Your answer",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="In your own words. Name the paper and the page that shows it, if you sent one.",
    )


class JudgeForm(forms.Form):
    """Whether a question is completely answered."""

    state = forms.ChoiceField(label="The answer is", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="What is missing, or why it is no longer asked",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The importer reads it. Needed unless the answer is complete.",
    )

    def __init__(self, *args: Any, item: TaskItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = TaskItem.State
        choices: list[tuple[str, str]] = []
        if item.task.closed_at is not None:
            if item.answered_at is not None:
                choices.append((state.COMPLETE, "complete"))
            choices.append((state.INCOMPLETE, "not complete: ask again in the next round"))
        choices.append((state.WITHDRAWN, "no longer needed: the question is dropped"))
        self.fields["state"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("state") in {TaskItem.State.INCOMPLETE, TaskItem.State.WITHDRAWN} and not said.get("reason"):
            self.add_error("reason", "Say what is missing, or why it is no longer asked: the importer reads it.")
        return said


class ExtensionForm(forms.Form):
    """More time, asked for by the importer."""

    days = forms.IntegerField(
        label="How many more days",
        min_value=1,
        max_value=MOST_DAYS,
        help_text="Calendar days after the day it is due.",
    )
    reason = forms.CharField(label="Why", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    missing = forms.CharField(
        label="What you still lack",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Name the papers or answers, and from whom you expect them.",
    )


class ExtensionAnswerForm(forms.Form):
    """The office's answer to a request for more time."""

    verdict = forms.ChoiceField(label="More time is", widget=forms.RadioSelect)
    days = forms.IntegerField(label="Days given", min_value=1, required=False, help_text="As asked for, or fewer.")
    reason = forms.CharField(
        label="Reason", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), help_text="The importer reads it."
    )

    def __init__(self, *args: Any, most: int, may_grant: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("grant", "given")] if may_grant else []
        self.fields["verdict"].choices = [*choices, ("refuse", "not given")]  # type: ignore[attr-defined]
        self.fields["days"].initial = most
        if not may_grant:
            del self.fields["days"]


class MessageForm(forms.Form):
    """A message to the other side."""

    text = forms.CharField(label="Message", max_length=MOST_CHARACTERS, widget=forms.Textarea(attrs={"rows": 5}))


class OfficeMessageForm(MessageForm):
    """A message to the importer, or a note that stays in the office."""

    to = forms.ChoiceField(label="For", widget=forms.RadioSelect)
    field_order = ["to", "text"]

    def __init__(self, *args: Any, importer: str, may_write_out: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outside = [("importer", f"{importer} and the brokers that act for it")] if may_write_out else []
        self.fields["to"].choices = [*outside, ("office", "the office only: a note")]  # type: ignore[attr-defined]
