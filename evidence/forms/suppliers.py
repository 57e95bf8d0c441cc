"""What is filled in to ask a supplier for papers, and what the supplier fills in without an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.db.models import QuerySet

from config.forms import ManyFilesField
from evidence.domain.media import ACCEPT, MAX_FILE_BYTES, MIB
from evidence.models import Document, SupplierRequest
from evidence.services.supplier_requests import MOST_DAYS, Asked
from screening.models import Case, TaskItem

AREA = {"rows": 4}


class AskSupplierForm(forms.Form):
    """Whom the importer asks, for what, and until when."""

    firm = forms.CharField(label="Supplier", max_length=300)
    email = forms.EmailField(
        label="E-mail of the supplier", required=False, help_text="Left empty, copy the link and send it yourself."
    )
    item = forms.ModelChoiceField(
        TaskItem.objects.none(),
        label="Question of the office it answers",
        required=False,
        empty_label="None: a paper for the case",
    )
    asks = forms.CharField(
        label="What it is to send",
        max_length=4000,
        widget=forms.Textarea(attrs=AREA),
        help_text="It reads this as you write it; the page around it is in its language.",
    )
    language = forms.ChoiceField(label="Language of the page", choices=SupplierRequest.Language.choices)
    days = forms.IntegerField(label="Days the link is open", min_value=1, max_value=MOST_DAYS, initial=14)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = TaskItem.objects.filter(task__case=case, task__closed_at=None).exclude(state=TaskItem.State.WITHDRAWN)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
        if not items.exists():
            del self.fields["item"]

    def asked(self) -> Asked:
        said = self.cleaned_data
        return Asked(firm=said["firm"], asks=said["asks"], email=said["email"], language=said["language"])


class _InItsLanguage(forms.Form):
    """A form of the supplier's page: its labels come from the words of that language."""

    LABELS: dict[str, str]

    def __init__(self, *args: Any, words: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.errors_title = words["not_saved"]
        for name, key in self.LABELS.items():
            self.fields[name].label = words[key]
        for field in self.fields.values():
            field.error_messages["required"] = words["required"]
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = words["email_wrong"]
                field.validators = [EmailValidator(words["email_wrong"])]


class SendForm(_InItsLanguage):
    """What a supplier sends, and who it is."""

    LABELS = {
        "files": "files",
        "replaces": "in_place",
        "sender": "name",
        "email": "email",
        "withhold": "withhold",
        "on_workers": "on_workers",
    }

    files = ManyFilesField(allow_empty_file=True)  # type: ignore[assignment]
    replaces = forms.ModelChoiceField(Document.objects.none(), required=False)
    sender = forms.CharField(max_length=200)
    email = forms.EmailField(required=False)
    withhold = forms.BooleanField(required=False)
    on_workers = forms.BooleanField(required=False)

    def __init__(self, *args: Any, words: dict[str, str], sent: QuerySet[Document], **kwargs: Any) -> None:
        super().__init__(*args, words=words, **kwargs)
        self._offer(sent, words)
        self.fields["files"].help_text = words["limits"].format(most=MAX_FILE_BYTES // MIB)
        self.fields["files"].error_messages["required"] = words["choose"]
        self.fields["sender"].error_messages["required"] = words["name_missing"]
        self.fields["files"].widget.attrs["accept"] = ACCEPT

    def _offer(self, sent: QuerySet[Document], words: dict[str, str]) -> None:
        """What was sent by this link before, to be replaced; nothing to choose where nothing was sent."""
        if not sent.exists():
            del self.fields["replaces"]
            return
        field: Any = self.fields["replaces"]
        field.queryset, field.empty_label, field.help_text = sent, words["in_place_none"], words["in_place_help"]
        field.error_messages["invalid_choice"] = words["not_sent_before"]


class PassOnForm(_InItsLanguage):
    """The firm before the supplier, and what that one is to send."""

    LABELS = {
        "firm": "pass_firm",
        "email": "pass_email",
        "language": "language",
        "asks": "pass_asks",
        "sender": "name",
        "withhold": "pass_withhold",
    }

    firm = forms.CharField(max_length=300)
    email = forms.EmailField(required=False)
    language = forms.ChoiceField(choices=SupplierRequest.Language.choices)
    asks = forms.CharField(max_length=4000, widget=forms.Textarea(attrs=AREA))
    sender = forms.CharField(max_length=200)
    withhold = forms.BooleanField(required=False)

    def asked(self) -> Asked:
        said = self.cleaned_data
        return Asked(firm=said["firm"], asks=said["asks"], email=said["email"], language=said["language"])
