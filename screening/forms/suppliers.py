"""Suppliers and supply links as people declare them."""

from __future__ import annotations

from typing import Any

from django import forms

from entities.domain import identifiers
from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.domain.figures import DIGITS
from entities.models import Organization, SupplyLink, User
from entities.services.suppliers import basis_of
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


class StatementForm(SupplierForm):
    """A firm beside another, and what is stated of the two."""

    source = forms.CharField(
        max_length=300, required=False, help_text="What this rests on, for example: supplier's letter of 3 May 2026"
    )
    source_url = forms.URLField(
        label="Address of the source on the web", max_length=500, required=False, assume_scheme="https"
    )
    is_public = forms.BooleanField(
        label="Public statement",
        required=False,
        help_text="From a published source: every importer may see it. It needs the source.",
    )
    statement: tuple[str, ...] = ("source", "source_url")
    whose = "firm"

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["name"].label = f"Name of the {self.whose}"
        if not user.is_officer:
            del self.fields["is_public"]

    def said(self) -> dict[str, Any]:
        """What is stated, as the service takes it: in whose name, on what basis, and the rest."""
        owner, is_public = self.cleaned_data["declared_for"], self.cleaned_data.get("is_public", False)
        return {
            "declared_by": None if is_public else owner,
            "basis": basis_of(owner, is_public=is_public),
            **{name: self.cleaned_data[name] for name in self.statement},
        }


def _short() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "co-short"})


def _percent(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=help_text,
        widget=_short(),
    )


class LinkForm(StatementForm):
    """Who supplies a firm: the supplier, what it delivers, when and how much of it."""

    whose = "supplier"

    commodity = forms.ChoiceField(label="Commodity chain", required=False)
    stage = forms.ChoiceField(label="Stage of the supplier", required=False)
    goods = forms.CharField(max_length=200, required=False, help_text="For example: combed cotton yarn")
    hts_prefix = forms.RegexField(
        r"^[0-9]{2,10}\Z",
        label="HTS code of the goods",
        required=False,
        help_text="2 to 10 digits, without points",
        error_messages={"invalid": "Give 2 to 10 digits without points."},
        widget=_short(),
    )
    valid_from = forms.DateField(label="Deliveries from", required=False)
    valid_to = forms.DateField(label="Deliveries until", required=False)
    quantity = forms.DecimalField(max_digits=DIGITS, decimal_places=4, required=False, widget=_short())
    unit = forms.CharField(
        label="Unit of quantity", max_length=20, required=False, help_text="For example: kg", widget=_short()
    )
    share = _percent("Share in percent", "Of what the customer takes in of these goods")
    origin = forms.CharField(
        label="Origin of the material", max_length=200, required=False, help_text="For example: Shandong, China"
    )
    confidence = forms.ChoiceField(
        label="How sure it is",
        choices=SupplyLink.Confidence.choices,
        initial=SupplyLink.Confidence.STATED,
        required=False,
    )
    statement = (
        "commodity",
        "stage",
        "goods",
        "hts_prefix",
        "valid_from",
        "valid_to",
        "quantity",
        "unit",
        "share",
        "origin",
        "confidence",
        *StatementForm.statement,
    )
    field_order = ("declared_for", *PARTY_FIELDS, *statement, "is_public")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chains = commodity_stages()
        commodities = [(name, name.replace("_", " ")) for name in chains]
        stages = [
            (name.replace("_", " "), [(stage.name, stage.name) for stage in rows]) for name, rows in chains.items()
        ]
        self.fields["commodity"].choices = [("", "Not known"), *commodities]  # type: ignore[attr-defined]
        self.fields["stage"].choices = [("", "Not known"), *stages]  # type: ignore[attr-defined]

    def clean_confidence(self) -> str:
        return self.cleaned_data["confidence"] or SupplyLink.Confidence.STATED


class OwnershipForm(StatementForm):
    """Who owns a firm: the owner, how much it holds, of what kind and since when."""

    whose = "owner"

    share_from = _percent("Percent held, at least")
    share_to = _percent("Percent held, at most", "The same where the share is exact")
    interest = forms.CharField(
        label="Kind of interest", max_length=60, required=False, help_text="For example: shareholding, voting rights"
    )
    is_indirect = forms.BooleanField(label="Held through other firms", required=False)
    valid_from = forms.DateField(label="Held since", required=False)
    valid_to = forms.DateField(label="Held until", required=False)
    statement = (
        "share_from",
        "share_to",
        "interest",
        "is_indirect",
        "valid_from",
        "valid_to",
        *StatementForm.statement,
    )
    field_order = ("declared_for", *PARTY_FIELDS, *statement, "is_public")


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
