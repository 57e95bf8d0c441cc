"""What is filled in to write a letter: one field for each content of its kind. A draft may be kept with gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from screening.domain.letters.catalogue import KINDS
from screening.domain.letters.kinds import Form, Kind, Part
from screening.models import Detention

MOST = 20_000  # characters in one content
_SHORT = 300


class LetterForm(forms.Form):
    """The contents of one letter. ``facts``: the case, for the entry lines and documents there are to choose from."""

    def __init__(self, data: Any = None, *, kind: Kind, contents: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        self.kind = kind
        self.rows = {
            Form.LINES: _by_key(_line_key, facts["lines"], contents.get("lines") or ()),
            Form.EXHIBITS: _by_key(
                lambda row: str(row["number"]),
                facts["exhibits"],
                contents.get("index") or contents.get("exhibits") or (),
            ),
        }
        initial = {name: value for part in kind.parts for name, value in _shown(part, contents.get(part.code)).items()}
        super().__init__(data, initial=initial)
        for part in kind.parts:
            self.fields |= self._fields_of(part)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = _rows_for(str(initial.get(name) or ""))

    def contents(self) -> dict[str, Any]:
        """What was filled in, as the letter keeps it."""
        return {part.code: self._value_of(part) for part in self.kind.parts}

    def _fields_of(self, part: Part) -> dict[str, forms.Field]:
        hint = " ".join(one for one in (part.hint, f"({part.provision})" if part.provision else "") if one)
        told: dict[str, Any] = {"label": part.label, "help_text": hint, "required": False}
        match part.form:
            case Form.TEXT:
                field: forms.Field = forms.CharField(**told, max_length=MOST, widget=forms.Textarea)
            case Form.ITEMS:
                told["help_text"] = hint or "One a line."
                field = forms.CharField(**told, max_length=MOST, widget=forms.Textarea)
            case Form.DATE:
                field = forms.DateField(**told)
            case Form.CHOICE:
                field = forms.ChoiceField(**told, choices=[("", "not chosen yet"), *part.choices])
            case Form.GROUNDS:
                field = _boxes(told, list(part.choices))
            case Form.LINES:
                field = _boxes(told, [(key, _line_words(row)) for key, row in self.rows[part.form].items()])
            case Form.EXHIBITS:
                names = [(key, f"{row['number']}: {row['name']}") for key, row in self.rows[part.form].items()]
                field = _boxes(told, names)
            case Form.CONFIRM:
                field = forms.BooleanField(**told)
            case Form.FINDING:
                return self._finding(part, hint)
            case _:
                field = forms.CharField(**told, max_length=_SHORT)
        return {part.code: field}

    def _finding(self, part: Part, hint: str) -> dict[str, forms.Field]:
        return {
            f"{part.code}-verdict": forms.ChoiceField(
                label=part.label, help_text=hint, required=False, choices=[("", "not found yet"), *part.choices]
            ),
            f"{part.code}-reasons": forms.CharField(
                label=f"{part.label}: reasons", required=False, max_length=MOST, widget=forms.Textarea
            ),
            f"{part.code}-evidence": forms.CharField(
                label=f"{part.label}: evidence",
                help_text="One page a line.",
                required=False,
                max_length=MOST,
                widget=forms.Textarea,
            ),
        }

    def _value_of(self, part: Part) -> Any:
        cleaned = self.cleaned_data
        match part.form:
            case Form.FINDING:
                return {name: _lf(cleaned[f"{part.code}-{name}"]) for name in ("verdict", "reasons", "evidence")}
            case Form.ITEMS:
                return [line.strip() for line in cleaned[part.code].splitlines() if line.strip()]
            case Form.DATE:
                return cleaned[part.code].isoformat() if cleaned[part.code] else ""
            case Form.LINES | Form.EXHIBITS:
                return [row for key, row in self.rows[part.form].items() if key in cleaned[part.code]]
            case Form.GROUNDS | Form.CONFIRM:
                return cleaned[part.code]
            case _:
                return _lf(cleaned[part.code])


class BeginForm(forms.Form):
    """Which letter, about which detention."""

    kind = forms.ChoiceField(label="Kind", widget=forms.RadioSelect)
    detention = forms.ModelChoiceField(label="Detention", required=False, queryset=Detention.objects.none())

    def __init__(self, *args: Any, kinds: Sequence[Kind], detentions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.title) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["detention"].queryset = detentions  # type: ignore[attr-defined]


class RecordForm(forms.Form):
    """A letter that CBP issued."""

    kind = forms.ChoiceField(
        label="Kind", choices=[(kind.code, kind.title) for kind in KINDS.values() if not kind.is_paper]
    )
    received_number = forms.CharField(label="Number CBP gave it", max_length=60, required=False)
    dated = forms.DateField(label="Date on the letter")
    file = forms.FileField(label="The letter as it came", help_text="PDF, at most 20 MB. It is kept unchanged.")


def _line_key(row: Mapping[str, Any]) -> str:
    return f"{row['entry'] or row['bill']}/{row['line']}"


def _line_words(row: Mapping[str, Any]) -> str:
    return f"{row['entry'] or row['bill']}, line {row['line']}: {row['description']}"


def _by_key(key: Any, *sources: Any) -> dict[str, Any]:
    """What the case has now first; what the draft holds stays to choose from where the case no longer has it."""
    found: dict[str, Any] = {}
    for rows in sources:
        for row in rows:
            found.setdefault(key(row), row)
    return found


def _shown(part: Part, value: Any) -> dict[str, Any]:
    """The value of a content as its fields show it."""
    if part.form == Form.FINDING:
        return {f"{part.code}-{name}": (value or {}).get(name, "") for name in ("verdict", "reasons", "evidence")}
    if part.form == Form.ITEMS:
        value = "\n".join(value or ())
    elif part.form == Form.LINES:
        value = [_line_key(row) for row in value or ()]
    elif part.form == Form.EXHIBITS:
        value = [str(row["number"]) for row in value or ()]
    elif part.form == Form.CONFIRM:
        value = bool(value)
    return {part.code: value}


def _rows_for(text: str) -> int:
    """As many rows as the text fills, within reason."""
    return min(14, max(2, 1 + sum(1 + len(line) // 62 for line in text.split("\n"))))


def _boxes(told: dict[str, Any], choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(**told, choices=choices, widget=forms.CheckboxSelectMultiple)


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
