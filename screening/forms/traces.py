"""Lots of a shipment as people claim them: a step of production, an EPCIS document, and who is who in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from entities.domain.facts import PartyFacts
from entities.domain.figures import DIGITS
from entities.models import Organization, Supplier, User
from screening.domain.lots import Lot, faults
from screening.forms.shipments import clean_country
from screening.models import Shipment
from screening.readers.epcis import MAX_BYTES, MIB
from screening.services.traces import declarers

ANOTHER = "Another firm, named beside"


class DeclaredForForm(forms.Form):
    """In whose name something is said of a shipment's lots: a question only for the office."""

    declared_for = forms.ModelChoiceField(
        Organization.objects.none(),
        label="Said by",
        help_text="What the office says in its own name is not shown to the importer.",
    )

    def __init__(self, *args: Any, shipment: Shipment, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shipment = shipment
        organizations = declarers(shipment, user)
        if len(organizations) == 1:
            del self.fields["declared_for"]
        else:
            field: Any = self.fields["declared_for"]
            field.queryset = Organization.objects.filter(pk__in=[one.pk for one in organizations])
            field.initial = shipment.owner

    def declared_by(self) -> Organization:
        said: Organization = self.cleaned_data.get("declared_for") or self.shipment.owner
        return said


class TraceForm(DeclaredForForm):
    """A step of production: who, what, when, and the paper that shows it."""

    field_order = ("maker", "maker_name", "maker_country", "process", "made_on", "paper", "declared_for")

    maker = forms.ModelChoiceField(Supplier.objects.none(), required=False, empty_label=ANOTHER)
    maker_name = forms.CharField(
        label="Name of another firm", max_length=300, required=False, help_text="Only where it is not in the list"
    )
    maker_country = forms.CharField(
        label="Its country", max_length=2, required=False, help_text="Two letters, for example CN"
    )
    process = forms.CharField(
        label="Stage or process",
        max_length=120,
        required=False,
        help_text="A stage of the chain where it is one, for example spinner",
        widget=forms.TextInput(attrs={"list": "stages", "autocomplete": "off"}),
    )
    made_on = forms.DateField(label="Made on", required=False)
    paper = forms.CharField(
        max_length=300, required=False, help_text="What shows it, for example: production record 31, page 2"
    )

    def __init__(self, *args: Any, firms: Sequence[Supplier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["maker"].queryset = _among(firms)  # type: ignore[attr-defined]

    def clean_maker_country(self) -> str:
        return clean_country(self.cleaned_data["maker_country"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("maker") and not data.get("maker_name"):
            self.add_error("maker", "Choose the maker, or name it beside.")
        if data.get("maker") and data.get("maker_name"):
            self.add_error("maker_name", "Choose the maker or name it, not both.")
        return data

    def new_maker(self) -> PartyFacts | None:
        """The firm that is named rather than chosen."""
        name = self.cleaned_data["maker_name"]
        return PartyFacts(name=name, country=self.cleaned_data["maker_country"]) if name else None


class LotForm(forms.Form):
    """A lot: its number, the goods, how much."""

    lot = forms.CharField(label="Lot number", max_length=200, required=False)
    goods = forms.CharField(max_length=200, required=False)
    quantity = forms.DecimalField(required=False, max_digits=DIGITS, decimal_places=4)
    unit = forms.CharField(
        max_length=20, required=False, widget=forms.TextInput(attrs={"class": "co-short", "list": "units"})
    )

    def as_lot(self) -> Lot:
        data = self.cleaned_data
        return Lot(data.get("lot", ""), goods=data.get("goods", ""), quantity=data.get("quantity"), unit=data["unit"])


class InputForm(LotForm):
    """A lot that went in, and who delivered it."""

    supplier = forms.ModelChoiceField(
        Supplier.objects.none(), label="Delivered by", required=False, empty_label="Not said, or named beside"
    )
    supplier_name = forms.CharField(label="Name of another firm", max_length=300, required=False)

    def __init__(self, *args: Any, firms: Sequence[Supplier], lines: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = _among(firms)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("supplier") and data.get("supplier_name"):
            self.add_error("supplier_name", "Choose who delivered it or name it, not both.")
        return data


class OutputForm(LotForm):
    """A lot that came out, and the line of the shipment it is, where it is the article itself."""

    line_number = forms.TypedChoiceField(
        label="Line it is", required=False, coerce=int, empty_value=None, help_text="Where it is the article itself"
    )

    def __init__(self, *args: Any, firms: Sequence[Supplier], lines: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line_number"].choices = line_choices(lines, "None")  # type: ignore[attr-defined]

    def as_lot(self) -> Lot:
        lot = super().as_lot()
        return Lot(lot.lot, lot.goods, "", lot.quantity, lot.unit, None, self.cleaned_data["line_number"])


InputFormSet = forms.formset_factory(InputForm, extra=0, min_num=1, max_num=500)
OutputFormSet = forms.formset_factory(OutputForm, extra=0, min_num=1, max_num=500)


def filled(rows: forms.BaseFormSet) -> list[Any]:
    """The rows of a form set in which something stands."""
    return [form for form in rows.forms if form.has_changed()]


def mark_faults(inputs: Sequence[LotForm], outputs: Sequence[LotForm], lines: Sequence[int]) -> str:
    """Put what is wrong with a step to the rows and fields it stands in; the sentence that belongs to none."""
    sides = {"inputs": inputs, "outputs": outputs}
    whole = ""
    for fault in faults([one.as_lot() for one in inputs], [one.as_lot() for one in outputs], lines):
        if fault.index is None:
            whole = fault.sentence
        else:
            name = {"line": "line_number"}.get(fault.field, fault.field)
            sides[fault.side][fault.index].add_error(name, fault.sentence)
    return whole


class DocumentForm(DeclaredForForm):
    """An EPCIS document, and the line of the shipment it leads to."""

    field_order = ("file", "line_number", "declared_for")

    file = forms.FileField(
        label="EPCIS 2.0 document",
        help_text=f"JSON or JSON-LD, at most {MAX_BYTES // MIB} MB",
        widget=forms.FileInput(attrs={"accept": ".json,.jsonld,application/json,application/ld+json"}),
        allow_empty_file=True,
        error_messages={"required": "Choose a file, then send again."},
    )
    line_number = forms.TypedChoiceField(
        label="The last lots are",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="The lots the last step of the document puts out",
    )

    def __init__(self, *args: Any, lines: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["line_number"]
        field.choices = line_choices(lines, "No line, or not known")
        if len(lines) == 1:
            field.initial = lines[0]


class TieForm(forms.Form):
    """Which supplier each place or party of a document is: chosen from those known, or named."""

    line_number = forms.TypedChoiceField(
        label="The last lots are", required=False, coerce=int, empty_value=None,
        help_text="The lots the last step of the document puts out",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        identifiers: Sequence[str],
        known: Mapping[str, Supplier],
        firms: Sequence[Supplier],
        lines: Sequence[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.identifiers = identifiers
        self.fields["line_number"].choices = line_choices(lines, "No line, or not known")  # type: ignore[attr-defined]
        choices = _among([*firms, *known.values()])
        for number, identifier in enumerate(identifiers):
            tied = known.get(identifier)
            self.fields[f"firm-{number}"] = forms.ModelChoiceField(
                choices, label=f"Supplier: {identifier}", required=False, initial=tied,
                empty_label="Not tied, or named beside",
            )  # fmt: skip
            self.fields[f"name-{number}"] = forms.CharField(
                label=f"Name of another firm: {identifier}", max_length=300, required=False
            )
            self.fields[f"country-{number}"] = forms.CharField(
                label=f"Its country: {identifier}", max_length=2, required=False
            )

    def rows(self) -> list[tuple[str, Any, Any, Any]]:
        """Each identifier with its three fields."""
        return [
            (identifier, self[f"firm-{number}"], self[f"name-{number}"], self[f"country-{number}"])
            for number, identifier in enumerate(self.identifiers)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(len(self.identifiers)):
            try:
                data[f"country-{number}"] = clean_country(data.get(f"country-{number}", ""))
            except forms.ValidationError as fault:
                self.add_error(f"country-{number}", fault)
        return data

    def chosen(self) -> dict[str, Supplier]:
        """The identifiers tied to a supplier from the list; a name written beside goes before it."""
        found = {identifier: self.cleaned_data[f"firm-{number}"] for number, identifier in enumerate(self.identifiers)}
        return {key: supplier for key, supplier in found.items() if supplier and key not in self.named()}

    def named(self) -> dict[str, PartyFacts]:
        """The identifiers tied to a firm that is named."""
        return {
            identifier: PartyFacts(name=name, country=self.cleaned_data.get(f"country-{number}", ""))
            for number, identifier in enumerate(self.identifiers)
            if (name := self.cleaned_data[f"name-{number}"])
        }


def line_choices(lines: Sequence[int], empty: str) -> list[tuple[Any, str]]:
    return [("", empty), *((number, f"Line {number}") for number in lines)]


def _among(firms: Sequence[Supplier]) -> Any:
    return Supplier.objects.filter(pk__in=[firm.pk for firm in firms])
