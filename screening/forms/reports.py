"""What the reports can be narrowed by."""

from __future__ import annotations

from typing import Any

from django import forms

from entities.models import Organization, User
from screening.domain.statistics import INDUSTRIES
from screening.models import Case
from screening.services.statistics import Scope, years_on_record


class ReportFilter(forms.Form):
    """The regime and, each where chosen, the fiscal year, industry, country, HTS heading and importer."""

    regime = forms.ChoiceField(label="Regime", required=False, choices=Case.Regime.choices)
    fiscal_year = forms.TypedChoiceField(label="Fiscal year", required=False, coerce=int, empty_value=None)
    industry = forms.ChoiceField(
        label="Industry", required=False, choices=[("", "All industries"), *((one, one) for one in INDUSTRIES)]
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$", label="Country", required=False, error_messages={"invalid": "Two letters, for example VN."}
    )
    hts4 = forms.RegexField(
        r"^\d{2}\.?\d{2}$",
        label="HTS heading",
        required=False,
        error_messages={"invalid": "Four digits, for example 6109."},
    )
    importer = forms.ModelChoiceField(
        Organization.objects.none(), label="Importer", required=False, empty_label="All importers"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        years = [(year, f"FY{year}") for year in years_on_record(user)]
        self.fields["fiscal_year"].choices = [("", "All years"), *years]  # type: ignore[attr-defined]
        self.fields["importer"].queryset = user.organizations().importers()  # type: ignore[attr-defined]
        self.fields["country"].widget.attrs["maxlength"] = 2
        self.fields["hts4"].widget.attrs["maxlength"] = 5

    def scope(self) -> Scope:
        """What is asked for; what was not understood narrows nothing."""
        self.is_valid()
        said = self.cleaned_data if self.is_bound else {}
        return Scope(
            user=self.user,
            regime=said.get("regime") or Case.Regime.UFLPA,
            fiscal_year=said.get("fiscal_year"),
            industry=said.get("industry") or "",
            country=(said.get("country") or "").upper(),
            hts4=(said.get("hts4") or "").replace(".", ""),
            importer=said.get("importer"),
        )
