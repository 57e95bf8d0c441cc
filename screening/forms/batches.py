"""Files of shipments and of links: what is uploaded for whom, and which column holds what."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from config.forms import ManyFilesField, ManyFilesInput
from entities.models import Organization, Supplier, User
from screening.domain.intake.files import ACCEPT, LIMITS_IN_WORDS
from screening.domain.intake.kinds import KINDS, FileKind
from screening.models import ImportBatch

NOT_USED = "Not used (kept in the original row)"


class BatchFilter(forms.Form):
    """What the list of imports can be narrowed by."""

    q = forms.CharField(label="File name", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All states"), *ImportBatch.State.choices])
    owner = forms.ModelChoiceField(
        Organization.objects.none(), label="Importer", required=False, empty_label="All importers"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = Organization.objects.visible_to(user).importers()
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        if owners.count() < 2:
            del self.fields["owner"]


class BatchForm(forms.Form):
    """One upload: a file, several that belong together, or a ZIP of them."""

    owner = forms.ModelChoiceField(
        Organization.objects.none(), label="Importer", help_text="Whose shipments these are"
    )
    files = ManyFilesField(  # type: ignore[assignment]
        label="File",
        help_text=LIMITS_IN_WORDS["shipments"],
        allow_empty_file=True,
        widget=ManyFilesInput(attrs={"accept": ACCEPT["shipments"]}),
        error_messages={"required": "Choose a file, then send again."},
    )
    confirm = forms.BooleanField(
        label="Show me how the columns are read before anything is stored",
        required=False,
        initial=True,
        help_text="Without it you are asked only where the columns are in doubt.",
    )
    again = forms.BooleanField(
        label="Import it again all the same", required=False, help_text="Its shipments are then stored a second time."
    )

    def __init__(self, *args: Any, user: User, offer_again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = Organization.objects.visible_to(user).importers()
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        if owners.count() == 1:
            self.fields["owner"].initial = owners.first()
        if not offer_again:
            self.fields["again"].widget = forms.HiddenInput()

    def offer_again(self) -> None:
        """Show the question that only arises when the same file came before."""
        self.fields["again"].widget = forms.CheckboxInput()


class LinkBatchForm(BatchForm):
    """One upload of links: who supplies or owns whom. The office sends its own and public ones too."""

    is_public = forms.BooleanField(
        label="These statements are public",
        required=False,
        help_text="From published reports or registers, each with its source. Every importer may see them.",
    )
    customer_name = forms.CharField(
        label="Customer, where the file does not name one",
        max_length=300,
        required=False,
        help_text="For a list of the suppliers of one firm: its name",
    )
    customer = forms.ModelChoiceField(Supplier.objects.none(), required=False, widget=forms.HiddenInput)
    field_order = ("owner", "files", "customer_name", "is_public", "confirm", "again")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        owners = user.organizations().filter(is_active=True).exclude(kind=Organization.Kind.BROKER)
        office = owners.filter(kind=Organization.Kind.OFFICE).first()
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        self.fields["owner"].label = "Declared for"
        self.fields["owner"].help_text = "Whose knowledge this is. Others see only what is public."
        self.fields["owner"].initial = office or owners.first()
        self.fields["files"].help_text = LIMITS_IN_WORDS["links"]
        self.fields["files"].widget.attrs["accept"] = ACCEPT["links"]
        self.fields["again"].help_text = "What was stated before is not stored twice."
        self.fields["customer"].queryset = Supplier.objects.visible_to(user)  # type: ignore[attr-defined]
        if office is None:
            del self.fields["is_public"]
        if self["customer"].value():
            del self.fields["customer_name"]


class FieldSelect(forms.Select):
    """The list of fields. A sheet has many columns and the list is long, so it is drawn without a template each."""

    def __init__(self, kind: FileKind) -> None:
        super().__init__()
        self.kind = kind

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = {**self.attrs, **(attrs or {}), "name": name, "class": "usa-select"}
        chosen = escape(value or "")
        options = _options(self.kind.code).replace(f'value="{chosen}"', f'value="{chosen}" selected', 1)
        attributes = format_html_join(" ", '{}="{}"', shown.items())
        return format_html("<select {}>{}</select>", attributes, mark_safe(options))


@cache
def _options(kind: str) -> str:
    groups: dict[str, list[tuple[str, str]]] = {}
    for field in KINDS[kind].fields.values():
        groups.setdefault(field.group, []).append((field.code, field.label))
    parts = [format_html('<option value="">{}</option>', NOT_USED)]
    for group, choices in groups.items():
        options = format_html_join("", '<option value="{}">{}</option>', choices)
        parts.append(format_html('<optgroup label="{}">{}</optgroup>', group, options))
    return "".join(parts)


class MappingForm(forms.Form):
    """For each layout of a batch and each of its columns, the field it holds."""

    def __init__(self, *args: Any, mapping: Mapping[str, Any], kind: FileKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layouts = [key for key, layout in mapping["layouts"].items() if layout["columns"]]
        choices = [("", NOT_USED), *((field.code, field.label) for field in kind.fields.values())]
        for number, key in enumerate(self.layouts):
            layout = mapping["layouts"][key]
            for index, header in enumerate(layout["headers"]):
                self.fields[f"layout{number}-column{index}"] = forms.ChoiceField(
                    label=header,
                    choices=choices,
                    required=False,
                    initial=layout["mapping"].get(str(index), ""),
                    widget=FieldSelect(kind),
                )
            if len(mapping["layouts"]) > 1:
                self.fields[f"layout{number}-leave_out"] = forms.BooleanField(
                    label=f"Leave this out: none of its rows are {kind.code}", required=False
                )

    def column(self, number: int, index: int) -> forms.BoundField:
        return self[f"layout{number}-column{index}"]

    def leave_out(self, number: int) -> forms.BoundField | None:
        name = f"layout{number}-leave_out"
        return self[name] if name in self.fields else None

    def mappings(self) -> dict[str, dict[int, str]]:
        """Per layout, the columns that hold something."""
        found: dict[str, dict[int, str]] = {}
        for number, key in enumerate(self.layouts):
            prefix = f"layout{number}-column"
            found[key] = {
                int(name.removeprefix(prefix)): field
                for name, field in self.cleaned_data.items()
                if name.startswith(prefix) and field
            }
        return found

    def left_out(self) -> frozenset[str]:
        return frozenset(
            key for number, key in enumerate(self.layouts) if self.cleaned_data.get(f"layout{number}-leave_out")
        )
