"""Suppliers and supply links as people declare them."""

from __future__ import annotations

from typing import Any

from django import forms

from entities.domain import identifiers
from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.models import Organization, User
from screening.forms.shipments import clean_country, refuse_or_keep
from screening.reference import commodity_stages


class SupplierFilter(forms.Form):
    q = forms.CharField(label="Name", required=False)
    country = forms.CharField(max_length=2, required=False, widget=forms.TextInput(attrs={"class": "co-short"}))


class SupplierForm(forms.Form):
    """A firm and one of its sites."""

    declared_for = forms.ModelChoiceField(Organization.objects.none(), label="Declared for")
    name = forms.CharField(max_length=300, required=False)
    native_name = forms.CharField(label="Name in native script", max_length=300, required=False)
    address = forms.CharField(max_length=600, required=False)
    city = forms.CharField(max_length=120, required=False)
    province = forms.CharField(max_length=120, required=False)
    country = forms.CharField(max_length=2, required=False, help_text="Two letters, for example CN")
    postal_code = forms.CharField(label="Postal code", max_length=20, required=False)
    uscc = forms.CharField(label="USCC", max_length=18, required=False, help_text="Chinese firms: 18 characters")
    phone = forms.CharField(max_length=40, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = user.organizations().filter(is_active=True).exclude(kind=Organization.Kind.BROKER)
        self.fields["declared_for"].queryset = owners  # type: ignore[attr-defined]
        self.fields["declared_for"].initial = owners.filter(kind=Organization.Kind.OFFICE).first() or owners.first()

    def clean_country(self) -> str:
        return clean_country(self.cleaned_data["country"])

    def clean_uscc(self) -> str:
        value = self.cleaned_data["uscc"]
        return refuse_or_keep(identifiers.uscc(value)) if value else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("name") and not data.get("native_name"):
            self.add_error("name", "Give the firm's name, in Latin or native script.")
        return data

    def facts(self) -> PartyFacts:
        return PartyFacts(**{name: self.cleaned_data.get(name, "") or "" for name in PARTY_FIELDS})


class LinkForm(SupplierForm):
    """Who supplies a firm: the supplier, what it delivers, and when."""

    commodity = forms.ChoiceField(label="Commodity chain", required=False)
    stage = forms.ChoiceField(label="Stage of the supplier", required=False)
    goods = forms.CharField(max_length=200, required=False, help_text="For example: combed cotton yarn")
    valid_from = forms.DateField(label="Deliveries from", required=False)
    valid_to = forms.DateField(label="Deliveries until", required=False)
    source = forms.CharField(
        max_length=300, required=False, help_text="What this rests on, for example: supplier's letter of 3 May 2026"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chains = commodity_stages()
        commodities = [(name, name.replace("_", " ")) for name in chains]
        stages = [
            (name.replace("_", " "), [(stage.name, stage.name) for stage in rows]) for name, rows in chains.items()
        ]
        self.fields["commodity"].choices = [("", "Not known"), *commodities]  # type: ignore[attr-defined]
        self.fields["stage"].choices = [("", "Not known"), *stages]  # type: ignore[attr-defined]

    def link(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("commodity", "stage", "goods", "valid_from", "valid_to", "source")
        }


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
