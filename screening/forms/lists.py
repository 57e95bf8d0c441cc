"""What is filled in to load a list, and to put it in use or refuse it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone


class LoadListForm(forms.Form):
    """A list as retrieved from DHS."""

    file = forms.FileField(
        label="File",
        help_text="The page of DHS saved as HTML, or a table (CSV, UTF-8) with the columns of the list that came with "
        "the product. At most 20 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".html,.htm,.csv"}),
    )
    retrieved_on = forms.DateField(label="Retrieved on", help_text="The day the page was saved.")
    changed_on = forms.DateField(
        label="Names and rows that are gone stopped counting on",
        required=False,
        help_text="Where a Federal Register notice says so. Left empty, they count up to the day of retrieval.",
    )

    def clean_retrieved_on(self) -> Any:
        if self.cleaned_data["retrieved_on"] > timezone.localdate():
            raise forms.ValidationError("Give the day the page was saved, today at the latest.")
        return self.cleaned_data["retrieved_on"]


class PublishListForm(forms.Form):
    """A second person puts a draft in use."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit trail.",
    )

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_reason:
            self.fields["reason"].required = True
            self.fields["reason"].label = "Why it is published in spite of the warnings"


class RefuseListForm(forms.Form):
    """A draft is set aside."""

    reason = forms.CharField(label="Why it is refused", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
