"""What is filled in once for several cases or shipments."""

from __future__ import annotations

from typing import Any

from django import forms

from entities.models import User


class BulkReasonForm(forms.Form):
    """One reason, recorded with each."""

    reason = forms.CharField(
        label="Reason",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It is recorded with each of them.",
        error_messages={"required": "Say why. It is recorded with each of them."},
    )


class BulkAssignForm(BulkReasonForm):
    """In whose hands the ticked cases are, and why."""

    to = forms.ModelChoiceField(label="With", queryset=User.objects.none(), required=False, empty_label="nobody")
    field_order = ["to", "reason"]

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = officers  # type: ignore[attr-defined]
