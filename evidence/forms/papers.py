"""What a reviewer fills in to set right what was read, and what anyone says about versions of a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from evidence.models import Document
from evidence.papers_shown import field_choices, type_choices


class PaperSetForm(forms.Form):
    """Which pages are one paper, and of which type."""

    first_page = forms.IntegerField(
        label="First page", min_value=1, widget=forms.NumberInput(attrs={"class": "co-short"})
    )
    last_page = forms.IntegerField(
        label="Last page", min_value=1, widget=forms.NumberInput(attrs={"class": "co-short"})
    )
    type_code = forms.ChoiceField(label="Type of paper", required=False)
    is_blank_form = forms.BooleanField(label="A form nobody filled in: it counts as nothing", required=False)
    reason = forms.CharField(label="Why", max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type_code"].choices = type_choices()  # type: ignore[attr-defined]


class FieldCorrectionForm(forms.Form):
    """What stands on the paper instead."""

    value = forms.CharField(
        label="What stands on the paper", max_length=500, required=False,
        help_text="Leave it empty where the paper does not say this at all.",
    )  # fmt: skip
    unit = forms.CharField(
        label="Unit", max_length=40, required=False, widget=forms.TextInput(attrs={"class": "co-short"})
    )
    page = forms.IntegerField(label="On page", min_value=1, widget=forms.NumberInput(attrs={"class": "co-short"}))
    reason = forms.CharField(label="Why", max_length=2000)


class FieldAddForm(FieldCorrectionForm):
    """Something on the paper that was not read."""

    field_order = ["name", "value", "unit", "page", "reason"]
    name = forms.ChoiceField(label="Field")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = field_choices()  # type: ignore[attr-defined]
        self.fields["value"].required, self.fields["value"].help_text = True, ""


class ReplacesForm(forms.Form):
    """Which file this one replaces."""

    replaces = forms.ModelChoiceField(
        Document.objects.none(), label="It replaces", required=False, empty_label="No other file"
    )
    reason = forms.CharField(label="Why", max_length=2000, required=False)

    def __init__(self, *args: Any, files: QuerySet[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replaces"].queryset = files  # type: ignore[attr-defined]
