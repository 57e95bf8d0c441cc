"""Which pages of which exhibit are the English of the page that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from evidence.models import Exhibit


class TranslationForm(forms.Form):
    """Pages of the original, and where their English stands."""

    first = forms.IntegerField(label="Page", min_value=1)
    last = forms.IntegerField(label="to page", min_value=1)
    exhibit = forms.TypedChoiceField(label="are translated in exhibit", coerce=int)
    from_page = forms.IntegerField(label="page", min_value=1)
    to_page = forms.IntegerField(label="to page", min_value=1)
    translator = forms.CharField(label="Who translated (if the paper says)", max_length=200, required=False)

    def __init__(self, *args: Any, exhibits: Mapping[int, Exhibit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["exhibit"].choices = [  # type: ignore[attr-defined]
            (number, f"{number} · {one.document.file_name}"[:60]) for number, one in exhibits.items()
        ]
        for name in ("first", "last", "from_page", "to_page"):
            self.fields[name].widget.attrs["class"] = "co-short"

    @property
    def page(self) -> int:
        """The page of the original to come back to."""
        first = self.data.get("first", "")
        return int(first) if first.isdecimal() and len(first) < 7 else 1

    def said(self) -> str:
        """Every error with its field, in one sentence each."""
        return " ".join(f"{self.fields[name].label}: {' '.join(map(str, some))}" for name, some in self.errors.items())
