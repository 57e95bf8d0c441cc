"""The shipment form: the shipment, its lines and its parties on one page."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from entities.domain import identifiers
from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.domain.figures import DIGITS
from entities.domain.identifiers import Check
from entities.models import Organization, User
from screening.models import ImportBatch, Shipment, ShipmentParty
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment


def refuse_or_keep(check: Check) -> str:
    """The number as it is written; a wrong shape is an error, a wrong check digit only a warning elsewhere."""
    if check.severity == "refuse":
        raise forms.ValidationError(check.problem)
    return check.normalised


class ShipmentFilter(forms.Form):
    """What the list of shipments can be narrowed by."""

    q = forms.CharField(label="Search", required=False, help_text="")
    outcome = forms.ChoiceField(
        label="Outcome", required=False, choices=[("", "All outcomes"), *Shipment.Outcome.choices]
    )
    owner = forms.ModelChoiceField(
        Organization.objects.none(), label="Importer", required=False, empty_label="All importers"
    )

    batch = forms.ModelChoiceField(ImportBatch.objects.none(), required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["batch"].queryset = ImportBatch.objects.visible_to(user)  # type: ignore[attr-defined]
        owners = user.organizations().importers()
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        if owners.count() < 2:
            del self.fields["owner"]


class ShipmentForm(forms.Form):
    """The shipment itself."""

    owner = forms.ModelChoiceField(Organization.objects.none(), label="Importer", empty_label="Choose")
    reference = forms.CharField(label="Your reference", max_length=120, required=False)
    entry_number = forms.CharField(
        label="Entry number", max_length=20, required=False, help_text="For example 551-3518786-6"
    )
    bill_of_lading = forms.CharField(label="Bill of lading", max_length=60, required=False)
    house_bill = forms.CharField(label="House bill", max_length=60, required=False)
    carrier = forms.CharField(max_length=120, required=False)
    vessel = forms.CharField(max_length=120, required=False)
    voyage = forms.CharField(max_length=60, required=False)
    port_of_lading = forms.CharField(label="Port of lading", max_length=120, required=False)
    port_of_unlading = forms.CharField(label="Port of unlading", max_length=120, required=False)
    export_country = forms.CharField(
        label="Country of export", max_length=2, required=False, help_text="Two letters, for example VN"
    )
    containers = forms.CharField(required=False, help_text="Separated by commas or spaces")
    arrives_on = forms.DateField(label="Estimated arrival", required=False)
    imported_on = forms.DateField(
        label="Date of importation", required=False, help_text="Decides which state of the Entity List applies"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = user.organizations().importers()
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        if owners.count() == 1:
            self.fields["owner"].initial = owners.first()

    def clean_entry_number(self) -> str:
        value = self.cleaned_data["entry_number"]
        return refuse_or_keep(identifiers.entry_number(value)) if value else ""

    def clean_export_country(self) -> str:
        return clean_country(self.cleaned_data["export_country"])

    def clean_containers(self) -> tuple[str, ...]:
        numbers = [part for part in re.split(r"[\s,;]+", self.cleaned_data["containers"]) if part]
        for number in numbers:
            refuse_or_keep(identifiers.container(number))
        return tuple(number.upper() for number in numbers)


class LineForm(forms.Form):
    """An article of the shipment."""

    description = forms.CharField(label="Goods", max_length=2000, required=False)
    hts_codes = forms.CharField(
        label="HTS codes", required=False, help_text="For example 6109.10.0012; several separated by commas"
    )
    origin_country = forms.CharField(label="Origin", max_length=2, required=False, help_text="Two letters")
    quantity = forms.DecimalField(required=False, max_digits=DIGITS, decimal_places=4, min_value=0)
    quantity_unit = forms.CharField(label="Unit", max_length=20, required=False)
    gross_weight_kg = forms.DecimalField(
        label="Gross kg", required=False, max_digits=DIGITS, decimal_places=3, min_value=0
    )
    value = forms.DecimalField(label="Value", required=False, max_digits=DIGITS, decimal_places=2, min_value=0)
    currency = forms.CharField(max_length=3, required=False, help_text="For example USD")

    def clean_hts_codes(self) -> tuple[str, ...]:
        codes = [part for part in re.split(r"[\s,;]+", self.cleaned_data["hts_codes"]) if part]
        return tuple(refuse_or_keep(identifiers.hts(code)).replace(".", "") for code in codes)

    def clean_origin_country(self) -> str:
        return clean_country(self.cleaned_data["origin_country"])

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()


class PartyForm(forms.Form):
    """A party named on the shipment."""

    role = forms.ChoiceField(choices=[("", "Choose"), *ShipmentParty.Role.choices], required=False)
    name = forms.CharField(label="Name", max_length=300, required=False)
    native_name = forms.CharField(label="Name in native script", max_length=300, required=False)
    address = forms.CharField(max_length=600, required=False)
    city = forms.CharField(max_length=120, required=False)
    province = forms.CharField(max_length=120, required=False)
    country = forms.CharField(max_length=2, required=False, help_text="Two letters")
    postal_code = forms.CharField(label="Postal code", max_length=20, required=False)
    uscc = forms.CharField(label="USCC", max_length=18, required=False)
    mid = forms.CharField(label="MID", max_length=15, required=False)
    line_number = forms.IntegerField(label="Line", required=False, min_value=1, help_text="Empty: the whole shipment")

    def clean_country(self) -> str:
        return clean_country(self.cleaned_data["country"])

    def clean_uscc(self) -> str:
        value = self.cleaned_data["uscc"]
        return refuse_or_keep(identifiers.uscc(value)) if value else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_named = data.get("name") or data.get("native_name")
        if is_named and not data.get("role"):
            self.add_error("role", "Say which part this party plays.")
        if data.get("role") and not is_named:
            self.add_error("name", "Give the party's name, in Latin or native script.")
        return data

    def facts(self) -> PartyFacts:
        return PartyFacts(**{name: self.cleaned_data.get(name, "") or "" for name in PARTY_FIELDS})


LineFormSet = forms.formset_factory(LineForm, extra=0, min_num=1, max_num=500)
PartyFormSet = forms.formset_factory(PartyForm, extra=0, min_num=2, max_num=500)


def clean_country(value: str) -> str:
    """An ISO country code in capitals."""
    if value and not re.fullmatch(r"[A-Za-z]{2}", value):
        raise forms.ValidationError("Write the country as two letters, for example CN.")
    return value.upper()


def declared(head: ShipmentForm, lines: forms.BaseFormSet, parties: forms.BaseFormSet) -> DeclaredShipment:
    """What the three valid forms declare. Empty line and party rows are left out."""
    values = {name: value for name, value in head.cleaned_data.items() if name != "owner"}
    filled = [form for form in lines.forms if form.has_changed()]
    return DeclaredShipment(
        **values,
        lines=tuple(DeclaredLine(number=number, **form.cleaned_data) for number, form in enumerate(filled, 1)),
        parties=tuple(
            DeclaredRole(form.cleaned_data["role"], form.facts(), form.cleaned_data.get("line_number"))
            for form in parties.forms
            if form.cleaned_data.get("role")
        ),
    )
