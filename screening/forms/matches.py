"""What people fill in about likenesses to listed entities."""

from __future__ import annotations

from typing import Any

from django import forms

from entities.models import Judgement

KEYS = {"same": ("1", "The same firm"), "different": ("2", "A different firm"), "unsure": ("3", "Unsure")}


class VerdictChoices(forms.RadioSelect):
    """The three verdicts, each with the key that chooses it."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        key, label = KEYS[str(value)]
        option["attrs"] |= {"data-key": key, "data-key-label": label}
        return option


class JudgementForm(forms.Form):
    """Is it the same firm, and why."""

    verdict = forms.ChoiceField(
        label="Is it the same firm?",
        choices=[(value, f"{key} {label}") for value, (key, label) in KEYS.items()],
        widget=VerdictChoices,
        error_messages={"required": "Choose: the same firm, a different one, or unsure."},
    )
    scope = forms.ChoiceField(label="It holds for", choices=Judgement.Scope, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-key": "r", "data-key-label": "Write the reason"}),
        help_text="It stands on every finding the judgement settles.",
        error_messages={"required": "Say why. The reason stands on every finding the judgement settles."},
    )


class AnswerForm(forms.Form):
    """The second person's answer to a firm judged different."""

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[("confirm", "1 Confirm: a different firm"), ("decline", "2 Decline: the match stands")],
        widget=forms.RadioSelect,
        error_messages={"required": "Confirm or decline."},
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed to decline.",
    )
