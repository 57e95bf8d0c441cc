"""What a reviewer fills in for one requirement: the verdict, why, and the pages it rests on."""

from __future__ import annotations

from typing import Any

from django import forms

from evidence.domain.rubric import MARKS, Said
from evidence.models import Assessment
from evidence.services.assessments import CitedPage

KEYS = {"shown": "1", "not_shown": "2", "contradicted": "3"}


class KeyedRadios(forms.RadioSelect):
    """Radio buttons that can be chosen by a key."""

    keys = KEYS

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"] |= {"data-key": self.keys[str(value)], "data-key-label": str(option["label"])}
        return option


class VerdictForm(forms.Form):
    """One verdict on one requirement. Nothing is chosen beforehand."""

    verdict = forms.ChoiceField(
        label="Verdict", choices=[(one.value, one.label) for one in Assessment.OF_QUESTIONS], widget=KeyedRadios
    )
    reason = forms.CharField(
        label="Reason",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What the cited pages show, and what they do not.",
    )


class PaperForm(forms.Form):
    """Which page stands beside the question, and what to look for in the papers."""

    exhibit = forms.ChoiceField(label="Exhibit", required=False)
    page = forms.IntegerField(label="Page", required=False, min_value=1, widget=forms.NumberInput)
    find = forms.CharField(label="Find in all papers", required=False, max_length=200, widget=forms.SearchInput)


def cited_pages(data: Any) -> tuple[CitedPage, ...]:
    """The pages marked as cited in a form, each once, in the order they were added."""
    pages: dict[tuple[int, int], CitedPage] = {}
    for value in data.getlist("cite"):
        place = parse_place(value)
        if place and place not in pages:
            pages[place] = CitedPage(*place, quote=data.get(f"quote-{value}", "").strip()[:400])
    return tuple(pages.values())


def said_marks(data: Any) -> tuple[Said, ...]:
    """What is said of the points of the rubric; a point nothing is chosen for is left out."""
    return tuple(
        Said(
            one.code,
            data[f"mark-{one.code}"] == "found",
            data.get(f"mark-{one.code}-place", "").strip()[:20],
            data.get(f"mark-{one.code}-reason", "").strip()[:2000],
        )
        for one in MARKS
        if data.get(f"mark-{one.code}") in {"found", "none"}
    )


def parse_place(value: str) -> tuple[int, int] | None:
    """Exhibit and page from ``3-12``."""
    exhibit, _, page = value.partition("-")
    if exhibit.isdecimal() and page.isdecimal() and len(value) < 20:
        return int(exhibit), int(page)
    return None
