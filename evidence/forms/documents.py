"""What is filled in about papers: the files themselves, and what a list of them is narrowed by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from config.forms import ManyFilesField
from entities.models import Organization, User
from evidence.models import Document
from screening.models import Case


class FilesForm(forms.Form):
    """Files of any kind and size: what is not taken is refused one by one, with the reason."""

    files = ManyFilesField(  # type: ignore[assignment]
        allow_empty_file=True, error_messages={"required": "Choose at least one file, then send again."}
    )
    on_workers = forms.BooleanField(required=False, label="They hold data on workers")
    replaces = forms.ModelChoiceField(
        Document.objects.none(),
        required=False,
        label="Sent in place of",
        error_messages={"invalid_choice": "Choose one of the files of this case to be replaced."},
    )

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Document.objects.visible_to(user).filter(exhibits__case=case)
        self.fields["replaces"].queryset = rows  # type: ignore[attr-defined]


class AccessForm(forms.Form):
    """Who may open a paper, and why."""

    access = forms.ChoiceField(label="Who may open it", choices=Document.Access.choices)
    reason = forms.CharField(label="Why", max_length=2000)


class DocumentFilter(forms.Form):
    """What the list of papers can be narrowed by."""

    q = forms.CharField(label="File name", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All states"), *Document.State.choices])
    case = forms.CharField(
        label="Case", required=False, max_length=20, widget=forms.TextInput(attrs={"class": "co-short"})
    )
    owner = forms.ModelChoiceField(
        Organization.objects.none(), label="Importer", required=False, empty_label="All importers"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = _importers_of(user)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        if owners.count() < 2:
            del self.fields["owner"]


class CaseFilter(forms.Form):
    """For whom: a broker may act for several importers."""

    owner = forms.ModelChoiceField(
        Organization.objects.none(), label="Importer", required=False, empty_label="All importers"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _importers_of(user)  # type: ignore[attr-defined]


def _importers_of(user: User) -> QuerySet[Organization]:
    return Organization.objects.visible_to(user).importers()
