"""The days a statutory clock is asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from screening.domain.law.clocks import DetentionClock, detention_clock


class ClockForm(forms.Form):
    """When goods were presented, and what has happened since."""

    presented = forms.DateField(
        label="Presented for examination on",
        help_text="The day the goods could be viewed and examined; a closed container is not presented.",
    )
    excluded = forms.DateField(
        label="Excluded on", required=False, help_text="The day of a written notice of exclusion, if there is one."
    )
    protested = forms.DateField(label="Protest filed on", required=False)
    denied = forms.DateField(
        label="Protest denied on", required=False, help_text="The day the notice of denial was mailed."
    )

    clock: DetentionClock | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "presented" in data:
            try:
                self.clock = detention_clock(
                    data["presented"],
                    excluded_on=data.get("excluded"),
                    protested_on=data.get("protested"),
                    denied_on=data.get("denied"),
                )
            except ValueError as error:
                raise forms.ValidationError(str(error)) from error
        return data
