"""The what-if form: planned goods, their parties, and the firms behind them."""

from __future__ import annotations

from typing import Any

from django import forms

from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.models import Organization, SupplyLink, User
from screening.domain.rules import SOURCE_ROLES
from screening.forms.shipments import LineForm, PartyForm, clean_country
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, DeclaredSupplier


class WhatIfForm(forms.Form):
    """For whom the goods are planned, and when they come."""

    owner = forms.ModelChoiceField(Organization.objects.none(), label="Importer", empty_label="Choose")
    arrives_on = forms.DateField(
        label="Planned arrival", required=False, help_text="The list in use is applied as of this day. Empty: today"
    )
    without = forms.ModelMultipleChoiceField(
        SupplyLink.objects.none(),
        label="Leave out these deliveries",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="As if nothing were bought over them any more",
    )

    def __init__(self, *args: Any, user: User, links: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = user.organizations().importers()
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        if owners.count() == 1:
            self.fields["owner"].initial = owners.first()
        if links:
            known = SupplyLink.objects.visible_to(user).filter(pk__in=links, withdrawn_at=None)
            self.fields["without"].queryset = known.select_related("supplier", "customer")  # type: ignore[attr-defined]
        else:
            del self.fields["without"]


class BehindForm(forms.Form):
    """A firm further upstream, and whom it would supply."""

    name = forms.CharField(label="Name", max_length=300, required=False)
    native_name = forms.CharField(label="Name in native script", max_length=300, required=False)
    address = forms.CharField(max_length=600, required=False)
    city = forms.CharField(max_length=120, required=False)
    province = forms.CharField(max_length=120, required=False)
    country = forms.CharField(max_length=2, required=False, help_text="Two letters")
    uscc = forms.CharField(label="USCC", max_length=18, required=False)
    supplies = forms.RegexField(
        r"^\s*(?i:party|supplier)\s*[0-9]+\s*$",
        label="Supplies",
        required=False,
        help_text="For example party 1, or supplier 2",
        error_messages={"invalid": "Write whom it supplies as party 1 or supplier 2."},
    )
    commodity = forms.CharField(max_length=40, required=False, help_text="For example cotton")
    stage = forms.CharField(max_length=100, required=False, help_text="For example spinner")
    goods = forms.CharField(max_length=200, required=False, help_text="For example cotton yarn")
    valid_from = forms.DateField(label="Deliveries from", required=False)
    valid_to = forms.DateField(label="Deliveries to", required=False)

    def clean_country(self) -> str:
        return clean_country(self.cleaned_data["country"])

    def clean_supplies(self) -> str:
        return " ".join(self.cleaned_data["supplies"].lower().replace("party", "party ").replace("er", "er ").split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_named = data.get("name") or data.get("native_name")
        if is_named and not data.get("supplies") and "supplies" not in self.errors:
            self.add_error("supplies", "Say whom it would supply: party 1, or supplier 2.")
        if data.get("supplies") and not is_named:
            self.add_error("name", "Give the firm's name, in Latin or native script.")
        return data

    def facts(self) -> PartyFacts:
        return PartyFacts(**{name: self.cleaned_data.get(name, "") or "" for name in PARTY_FIELDS})


LineFormSet = forms.formset_factory(LineForm, extra=0, min_num=1, max_num=100)
PartyFormSet = forms.formset_factory(PartyForm, extra=0, min_num=1, max_num=100)
BehindFormSet = forms.formset_factory(BehindForm, extra=0, min_num=1, max_num=100)


def planned(
    head: WhatIfForm, lines: forms.BaseFormSet, parties: forms.BaseFormSet, behind: forms.BaseFormSet
) -> tuple[DeclaredShipment, list[DeclaredSupplier]]:
    """What the four valid forms ask about. Empty rows are left out; a party is pointed to by its place on the page."""
    filled = [form for form in lines.forms if form.has_changed()]
    shipment = DeclaredShipment(
        arrives_on=head.cleaned_data["arrives_on"],
        lines=tuple(DeclaredLine(number=number, **form.cleaned_data) for number, form in enumerate(filled, 1)),
        parties=tuple(
            DeclaredRole(
                form.cleaned_data["role"], form.facts(), form.cleaned_data.get("line_number"), ref=f"party {number}"
            )
            for number, form in enumerate(parties.forms, 1)
            if form.cleaned_data.get("role")
        ),
    )
    sources = {part.ref for part in shipment.parties if part.role in SOURCE_ROLES}
    chain = []
    for number, form in enumerate(behind.forms, 1):
        data = form.cleaned_data
        if not data.get("supplies"):
            continue
        if data["supplies"].startswith("party") and data["supplies"] not in sources:
            form.add_error("supplies", f"The goods do not come from {data['supplies']}: name a maker or seller.")
            continue
        said = {name: data[name] for name in ("commodity", "stage", "goods", "valid_from", "valid_to")}
        chain.append(DeclaredSupplier(f"supplier {number}", form.facts(), data["supplies"], **said))
    return shipment, chain
