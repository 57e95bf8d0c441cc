"""Which column holds what: a mapping is proposed with its reasons, and may be corrected."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from screening.domain.intake.cells import compact, given, header_key
from screening.domain.intake.codes import read_containers, read_tariff_codes
from screening.domain.intake.dates import is_date
from screening.domain.intake.headings import heading_currency, heading_unit
from screening.domain.intake.kinds import SHIPMENTS, FileKind
from screening.domain.intake.numbers import read_amount
from screening.domain.intake.vocabulary import PartyHeading, Vocabulary

IGNORED = ""
_FUZZY_AT = 90.0
# What a heading means in a file of imports, and in a file of exports.
_CONTEXT = {
    "context_date": ("imported_on", "shipped_on"),
    "context_country": ("country_of_origin", "destination"),
    "context_port": ("port_of_unlading", "port_of_lading"),
    "context_number": ("importer_number", "exporter_number"),
}


@dataclass(frozen=True)
class ColumnProposal:
    """What one column is taken for, how surely (0 to 1) and why. An empty field leaves it in the original row only."""

    index: int
    header: str
    field: str
    confidence: float
    reason: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping; ``columns`` has one entry per column of the sheet."""

    columns: tuple[ColumnProposal, ...]

    def mapping(self) -> dict[str, str]:
        """As stored and corrected: {column index: field}, of the columns that are taken."""
        return {str(column.index): column.field for column in self.columns if column.field}


def doubts(
    proposal: Proposal, *, has_header: bool, kind: FileKind = SHIPMENTS, known: Collection[str] = ()
) -> list[str]:
    """Why a person should look at a proposed mapping before rows are stored by it; nothing where it is sure enough."""
    if not has_header:
        return ["No row reads like column headings."]
    taken = [column for column in proposal.columns if column.field]
    reasons = mapping_errors({column.index: column.field for column in taken}, kind=kind, known=known)
    unread = [column for column in proposal.columns if not column.field and not column.confidence and column.samples]
    if len(unread) > len(taken):
        reasons.append(f"{len(unread)} columns have headings that are not known, {len(taken)} were understood.")
    if not reasons and sum(column.confidence for column in taken) < 0.75 * len(taken):
        reasons.append("Most headings had to be guessed.")
    return reasons


@dataclass(frozen=True)
class _Candidate:
    field: str
    confidence: float
    reason: str
    rank: int = 1


def propose_mapping(
    headers: Sequence[str], sample: Sequence[Sequence[str]], vocabulary: Vocabulary, kind: FileKind = SHIPMENTS
) -> Proposal:
    """Take each heading for the field it names; where two columns name one field, the better filled one is taken."""
    samples = [tuple(row[index] if index < len(row) else "" for row in sample) for index in range(len(headers))]
    candidates = _candidates(headers, samples, vocabulary, kind)
    kept = _one_column_each(candidates, headers, samples, kind)
    columns = []
    for index, header in enumerate(headers):
        shown = tuple(dict.fromkeys(given(text)[:80] for text in samples[index] if given(text)))[:3]
        candidate = kept[index]
        columns.append(ColumnProposal(index, header, candidate.field, candidate.confidence, candidate.reason, shown))
    return Proposal(tuple(columns))


def _candidates(
    headers: Sequence[str], samples: Sequence[tuple[str, ...]], vocabulary: Vocabulary, kind: FileKind
) -> list[_Candidate]:
    found: list[_Candidate] = []
    last_role, bare_role = "", ""
    for index, header in enumerate(headers):
        candidate = _named_candidate(header, vocabulary)
        party = None if candidate else vocabulary.party_heading(header)
        if candidate is None and party is not None:
            candidate = _party_candidate(party)
            if party.attribute == "name":
                last_role = party.role
        if candidate is None and (bare := vocabulary.bare_attribute(header)):
            # A PIN or ZIP at the far end belongs to the party whose bare ADDRESS stands earlier.
            role = last_role if bare.attribute == "address" or not bare_role else bare_role
            if role:
                bare_role = role if bare.attribute == "address" else bare_role
                candidate = _party_candidate(PartyHeading(role, bare.attribute, "", bare.number), 0.8)
        if candidate is None:
            candidate = _fuzzy(header, vocabulary) or _by_content(header, samples[index])
        if (
            candidate
            and candidate.field.endswith("_name")
            and (role := candidate.field[: -len("_name")]) in kind.roles
        ):
            last_role = role
        if candidate is None or (candidate.field not in kind.fields and candidate.field not in (IGNORED, *_CONTEXT)):
            candidate = _Candidate(IGNORED, 0.0, "No field is known for this heading.")
        found.append(candidate)
    return [_in_context(candidate, headers, vocabulary) for candidate in found]


def _named_candidate(header: str, vocabulary: Vocabulary) -> _Candidate | None:
    name = vocabulary.named(header)
    if name is None:
        return None
    if name.field == "ignored":
        return _Candidate(IGNORED, 0.9, "Known heading that intake does not use.")
    return _Candidate(name.field, 0.98, f"“{header}” is a known heading.", name.rank)


def _party_candidate(party: PartyHeading, confidence: float = 0.95) -> _Candidate:
    attribute, rank = party.attribute, 2
    if party.modifier == "native" and attribute in ("name", "address"):
        attribute = "native_name" if attribute == "name" else "other_address"
    elif party.modifier == "raw":
        rank = 1
    elif party.modifier in ("standard", "english"):
        rank = 3
    if attribute == "full_address":
        attribute, rank = "address", 1
    if attribute == "address" and party.modifier == "raw":
        rank = 0
    why = "composed of known words" if confidence > 0.9 else "the party named in the columns before it"
    return _Candidate(f"{party.role}_{attribute}", confidence, f"The heading is {why}.", rank)


def _fuzzy(header: str, vocabulary: Vocabulary) -> _Candidate | None:
    key = compact(header)
    if len(key) < 6 or re.search(r"\d", key):
        return None
    best = process.extractOne(key, list(vocabulary.by_key), scorer=fuzz.ratio, score_cutoff=_FUZZY_AT)
    if best is None:
        return None
    name = vocabulary.by_key[best[0]]
    if name.field == "ignored":
        return None
    return _Candidate(name.field, 0.7, f"“{header}” is close to the known heading “{name.name}”.", name.rank + 5)


def _by_content(header: str, cells: tuple[str, ...]) -> _Candidate | None:
    """Container numbers and dotted tariff codes are known by their form, whatever the heading says."""
    filled = [cell for cell in cells if given(cell)]
    if len(filled) < 2:
        return None
    share = sum(1 for cell in filled if re.fullmatch(r"[A-Z]{3}[UJZ]\d{7}([;, ]+[A-Z]{3}[UJZ]\d{7})*", cell.strip()))
    if share / len(filled) >= 0.8 and read_containers(filled[0]).numbers:
        return _Candidate("containers", 0.6, "The cells hold container numbers.", 9)
    share = sum(1 for cell in filled if re.fullmatch(r"\d{4}\.\d{2}(\.\d{2,4}){0,2}", cell.strip()))
    if share / len(filled) >= 0.8 and read_tariff_codes(filled[0]).codes:
        return _Candidate("hts_codes", 0.6, "The cells hold tariff codes.", 9)
    return None


def _in_context(candidate: _Candidate, headers: Sequence[str], vocabulary: Vocabulary) -> _Candidate:
    """A bare DATE or COUNTRY means one thing in a file of exports and another in a file of imports."""
    if candidate.field not in _CONTEXT:
        return candidate
    roles = {party.role for header in headers if (party := vocabulary.party_heading(header))}
    exports = bool(roles & {"exporter", "shipper"}) and "importer" not in roles
    destined = any("destination" in header_key(header) for header in headers)
    of_imports, of_exports = _CONTEXT[candidate.field]
    field = of_exports if exports and destined else of_imports
    kind = "exports" if exports and destined else "imports"
    return _Candidate(field, 0.6, f"Read as in a file of {kind}, after the other columns.", candidate.rank + 3)


def _one_column_each(
    candidates: list[_Candidate], headers: Sequence[str], samples: Sequence[tuple[str, ...]], kind: FileKind
) -> list[_Candidate]:
    """Where several columns claim one field: the best rank and the best filled wins, the others step back."""
    claims: dict[str, list[int]] = {}
    for index, candidate in enumerate(candidates):
        if candidate.field:
            claims.setdefault(candidate.field, []).append(index)
    kept = list(candidates)
    for field, indexes in claims.items():
        if len(indexes) == 1:
            continue
        order = sorted(
            indexes, key=lambda index: _preference(field, candidates[index], headers[index], samples[index], kind)
        )
        first = order[0]
        for index in order[1:]:
            kept[index] = _runner_up(field, candidates[first], candidates[index], headers[first], kind)
    return kept


def _runner_up(field: str, winner: _Candidate, candidate: _Candidate, header: str, kind: FileKind) -> _Candidate:
    role, _, attribute = field.partition("_")
    same_rank = candidate.rank == winner.rank
    if kind.fields[field].several and same_rank:
        return candidate
    beside = f"{role}_other_{attribute}"
    if role in kind.roles and attribute in ("name", "address") and beside in kind.fields:
        return _Candidate(beside, candidate.confidence, f"Beside “{header}”, which comes first.")
    if role in kind.roles and kind.fields[field].several:
        return candidate
    return _Candidate(IGNORED, 0.9, f"“{header}” is taken for this instead.")


def _preference(
    field: str, candidate: _Candidate, header: str, cells: tuple[str, ...], kind: FileKind
) -> tuple[float, ...]:
    filled = [cell for cell in cells if given(cell)]
    usable = sum(1 for cell in filled if _fits(field, cell, kind)) / len(cells) if cells else 1.0
    money = {"USD": 0, "": 1}.get(heading_currency(header), 2) if field == "value" else 0
    other_unit = field == "gross_weight" and heading_unit(header) != "KG"
    # A column with nothing readable in it steps back whatever its heading promises.
    unusable = bool(cells) and usable == 0 and not (field.endswith("_name") or field.endswith("_address"))
    return (unusable, money, other_unit, candidate.rank, -round(usable, 1))


def _fits(field: str, cell: str, kind: FileKind) -> bool:
    if field in kind.dates:
        return is_date(cell)
    if field in kind.amounts:
        return bool(read_amount(cell).number)
    return True


def read_mapping(stored: Mapping[Any, Any], headers: Sequence[str], kind: FileKind = SHIPMENTS) -> dict[int, str]:
    """A stored or corrected mapping, by column index or by heading; what names no column or field is left out."""
    by_name = {compact(header): index for index, header in enumerate(headers)}
    mapping: dict[int, str] = {}
    for key, value in stored.items():
        index = int(key) if str(key).isdigit() else by_name.get(compact(str(key)), -1)
        if 0 <= index < len(headers) and value in kind.fields:
            mapping[index] = str(value)
    return mapping


def mapping_errors(
    mapping: Mapping[int, str], *, kind: FileKind = SHIPMENTS, known: Collection[str] = ()
) -> list[str]:
    """What keeps a corrected mapping from being used: one field on two columns that cannot be joined, or a field that
    is missing. ``known``: fields that are the same for every row and were said with the file."""
    errors = []
    taken: dict[str, int] = {}
    for field in mapping.values():
        taken[field] = taken.get(field, 0) + 1
    for field, times in taken.items():
        if times > 1 and not kind.fields[field].several:
            errors.append(f"“{kind.fields[field].label}” can be taken from one column only; it is set on {times}.")
    there = taken.keys() | set(known)
    errors += [what for fields, what in kind.needs if not there & fields]
    return errors
