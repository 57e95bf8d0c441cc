"""What a person says of a cell of the proof grid, of a paper's place, and of what is to be looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from evidence.forms.review import KeyedRadios
from evidence.goods_words import by_chain, line_words
from evidence.models import Assessment
from evidence.services.goods import Goods, positions
from screening.domain.coverage import ChainPosition
from screening.models import ShipmentLine

KEYS = {one.value: str(number) for number, one in enumerate(Assessment.OF_CELLS, 1)}


class CellRadios(KeyedRadios):
    keys = KEYS


class CellForm(forms.Form):
    """The verdict on a cell."""

    verdict = forms.ChoiceField(
        label="Verdict", choices=[(one.value, one.label) for one in Assessment.OF_CELLS], widget=CellRadios
    )
    reason = forms.CharField(
        label="Reason",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "data-key": "r", "data-key-label": "Write the reason"}),
    )


class PlaceForm(forms.Form):
    """The steps a paper belongs to; none: it belongs nowhere in the chain."""

    steps = forms.MultipleChoiceField(
        label="Steps it belongs to",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="A sale to the importer belongs to the maker and to the importation. None: it belongs nowhere.",
    )
    reason = forms.CharField(label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, steps: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["steps"].choices = list(steps)  # type: ignore[attr-defined]


class GoodsForm(forms.Form):
    """Of which chain the goods of a line are, and which stage makes them."""

    line = forms.ChoiceField(label="Line")
    made = forms.ChoiceField(
        label="Chain, and the stage that makes the goods",
        required=False,
        help_text="The stage is that of whoever made what is imported: for fabric the weaver, for shirts the sewer.",
    )
    reason = forms.CharField(label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, goods: Sequence[Goods], begin_with: Goods | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if begin_with is not None:
            now = {"line": begin_with.line.pk, "made": key_of(begin_with.position)}
            self.initial = {**self.initial, **now}
        self.lines = {str(one.line.pk): one.line for one in goods}
        self.places = {key_of(one): one for one in positions()}
        self.fields["line"].choices = [(str(one.line.pk), line_words(one.line)) for one in goods]  # type: ignore[attr-defined]
        self.fields["made"].choices = [  # type: ignore[attr-defined]
            ("", "Of no chain that is known here"),
            *by_chain(self.places),
        ]

    def chosen(self) -> tuple[ShipmentLine, ChainPosition | None]:
        said = self.cleaned_data
        return self.lines[said["line"]], self.places.get(said["made"])


def key_of(position: ChainPosition | None) -> str:
    """How a place in a chain is named in the form."""
    return f"{position.commodity}.{position.made_by_stage}" if position else ""


class SearchForm(forms.Form):
    """What is to be looked for, and what it is to show."""

    words = forms.CharField(label="Look for", max_length=200)
    why = forms.CharField(
        label="To show", max_length=400, help_text="For example: a receipt of lot 32 at the knitter."
    )
