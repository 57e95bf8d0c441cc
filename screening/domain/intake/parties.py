"""The parties of a row, put together from the columns mapped to each role."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from screening.domain.intake.cells import Problem, given, is_native_script, one_line
from screening.domain.intake.codes import uscc_in
from screening.domain.intake.kinds import ROLES
from screening.domain.intake.party_cells import CUT_AT, PartyCell, read_party_cell, split_parties
from screening.domain.intake.places import Places, Tail, read_tail
from screening.domain.intake.understood import UnderstoodParty

_MID = re.compile(r"[A-Z]{2}[A-Z0-9]{3,13}")
_PHONE = re.compile(r"\d[\d\s().-]{6,}\d|\bTEL\b|\bFAX\b", re.IGNORECASE)
_NAMES_ADDRESS = re.compile(r"address|original format|block|地址|direcci|endere|адрес|dia chi", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """A cell of the row with the heading it stands under; ``may_be_cut`` where no name of its column is longer."""

    header: str
    text: str
    may_be_cut: bool = False


Cells = dict[str, list[Cell]]


def read_parties(cells: Cells, places: Places) -> tuple[list[UnderstoodParty], list[Problem]]:
    """Every party the row names, role by role. Blank roles and “same as consignee” name nobody."""
    parties: list[UnderstoodParty] = []
    problems: list[Problem] = []
    for role in ROLES:
        own = tuple((field, tuple(some)) for field, some in cells.items() if field.startswith(f"{role}_"))
        if own:
            found, about = _read_before(role, own, places)
            parties += found
            problems += about
    return parties, problems


@lru_cache(5000)
def _read_before(
    role: str, own: tuple[tuple[str, tuple[Cell, ...]], ...], places: Places
) -> tuple[list[UnderstoodParty], list[Problem]]:
    """The same firm stands in many rows of a file, in the same cells."""
    return _read_role(role, {field: list(some) for field, some in own}, places)


def _read_role(role: str, cells: Cells, places: Places) -> tuple[list[UnderstoodParty], list[Problem]]:
    name_cells = [cell for cell in cells.get(f"{role}_name", []) if given(cell.text)]
    others = [cell for cell in cells.get(f"{role}_other_name", []) if given(cell.text)]
    address, address_readings = _address(cells, role)
    problems: list[Problem] = []
    if not name_cells and others:
        name_cells, others = others[:1], others[1:]
    text = _joined_pieces([cell.text for cell in name_cells])[0]
    header = name_cells[0].header if name_cells else ""
    holds_address = bool(_NAMES_ADDRESS.search(header.replace("_", " ")))
    found: list[UnderstoodParty] = []
    for place, part in enumerate(split_parties(text) or [""]):
        read = read_party_cell(part, places, holds_address=holds_address)
        read = replace(read, name_cut=read.name_cut and name_cells[0].may_be_cut)
        problems += _about_cell(read, header, part)
        if read.same_as:
            continue
        if place == 0:
            found.append(_first(role, read, part, cells, others, address, address_readings, places))
        elif read.name:
            found.append(_party(role, read, part))
        for mention in read.mentions:
            if mention.relation == "also named":
                found[-1] = replace(found[-1], other_names=(*found[-1].other_names, mention.name))
            else:
                tail = read_tail((mention.address,), places) if mention.address else Tail()
                beside = UnderstoodParty(role, mention.name, address=mention.address, relation=mention.relation)
                found.append(replace(_with_tail(beside, tail), as_given=one_line(part)))
    problems += _about_places(role, cells, places)
    return [_settled(party) for party in found if party.is_named or party.other_names or party.is_order], problems


def _first(
    role: str,
    read: PartyCell,
    text: str,
    cells: Cells,
    others: list[Cell],
    address: str,
    readings: tuple[str, ...],
    places: Places,
) -> UnderstoodParty:
    """The party the role's own columns describe: what a column says of its city or country stands over the address."""
    party = _party(role, read, text)
    if read.is_order and not party.name and address:
        # The firm to whose order the bill is made out sometimes opens the address column.
        spilled = read_party_cell(address, places, holds_address=True)
        if spilled.name and spilled.address:
            party, address = replace(party, name=spilled.name), spilled.address
    texts = [part for part in (party.address, address) if part]
    other = tuple(dict.fromkeys(one_line(part) for part in readings))
    party = replace(party, address=", ".join(dict.fromkeys(texts)), other_addresses=other)
    native = _joined_pieces([cell.text for cell in cells.get(f"{role}_native_name", []) if given(cell.text)])[0]
    number = _first_text(cells, f"{role}_number")
    city, phone = _first_text(cells, f"{role}_city"), _first_text(cells, f"{role}_phone")
    if _PHONE.search(city):
        city, phone = "", phone or city
    province, postal = _first_text(cells, f"{role}_province"), _first_text(cells, f"{role}_postal_code")
    if re.search(r"\d-\d{4,}", postal):
        postal, province = "", ""
    party = replace(
        party,
        native_name=one_line(native),
        other_names=tuple(dict.fromkeys(one_line(given(cell.text)) for cell in others)),
        city=city,
        province=province,
        postal_code=re.sub(r"\.0$", "", postal),
        country=places.country(_first_text(cells, f"{role}_country")),
        phone=party.phone or phone,
        number=number,
        mid=number.upper() if role == "manufacturer" and _MID.fullmatch(number.upper()) else "",
    )
    tail = read.tail if not address else read_tail(_tail_lines(party.address), places)
    if not tail.country and other:
        tail = next((found for text in other if (found := read_tail(_tail_lines(text), places)).country), tail)
    return _with_tail(party, tail)


def _party(role: str, read: PartyCell, text: str) -> UnderstoodParty:
    party = UnderstoodParty(
        role,
        name=read.name,
        address=read.address,
        phone=read.phone,
        is_order=read.is_order,
        name_cut=read.name_cut,
        as_given=text,
    )
    return _with_tail(party, read.tail)


def _with_tail(party: UnderstoodParty, tail: Tail) -> UnderstoodParty:
    agrees = not party.country or not tail.country or party.country == tail.country
    return replace(
        party,
        country=party.country or tail.country,
        province=party.province or (tail.province if agrees else ""),
        city=party.city or (tail.city if agrees else ""),
        postal_code=party.postal_code or (tail.postal_code if agrees else ""),
    )


def _settled(party: UnderstoodParty) -> UnderstoodParty:
    """Put a name in foreign script where it belongs, drop repeated names and addresses, and find a USCC."""
    name, native, others = party.name, party.native_name, list(party.other_names)
    if is_native_script(name):
        if native and native != name:
            others.append(native)
        native = name
        name = next((other for other in others if not is_native_script(other)), "")
    if not name:
        name = next((other for other in others if not is_native_script(other)), "")
    if not native:
        native = next((other for other in others if is_native_script(other)), "")
    taken = {name.casefold(), native.casefold(), ""}
    kept = tuple(dict.fromkeys(other for other in others if other.casefold() not in taken))
    address = party.address
    further = [other for other in party.other_addresses if _words(other) not in _words(address)]
    if further and not address:
        address, further = further[0], further[1:]
    whole = " ".join((party.number, name, native, address, *further))
    return replace(
        party,
        name=name,
        native_name=native,
        other_names=kept,
        address=address,
        other_addresses=tuple(further),
        uscc=party.uscc or uscc_in(whole),
    )


def _words(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def _tail_lines(address: str) -> tuple[str, ...]:
    head, _, last = address.rpartition(",")
    return (head, last.strip()) if head else (address,)


def _address(cells: Cells, role: str) -> tuple[str, tuple[str, ...]]:
    """The address of a role, and further readings of it: other columns, and lines cut in the middle of a word."""
    pieces = [given(cell.text) for cell in cells.get(f"{role}_address", []) if given(cell.text)]
    others = [given(cell.text) for cell in cells.get(f"{role}_other_address", []) if given(cell.text)]
    joined, seamless = _joined_pieces(pieces, ", ")
    readings = [*([seamless] if seamless != joined else []), *others]
    return joined, tuple(one_line(reading) for reading in readings)


def _joined_pieces(pieces: Iterable[str], separator: str = " ") -> tuple[str, str]:
    """Pieces of one text joined, once at their borders and once without a gap where a piece was cut at 35 characters.

    The manifest system cuts a line at 35 characters wherever that falls: ``… UNION CITY, CALIFOR`` / ``NIA, 94587``.
    Whether the cut fell inside a word cannot be known, so both readings are kept.
    """
    plain = seamless = ""
    previous = ""
    for piece in pieces:
        cut = len(previous) >= CUT_AT and previous[-1:].isalnum() and piece[:1].isalnum()
        plain += (separator if plain else "") + piece
        seamless += ("" if cut or not seamless else separator) + piece
        previous = piece
    return (plain if "\n" in plain else one_line(plain)), (seamless if "\n" in seamless else one_line(seamless))


def _first_text(cells: Cells, field: str) -> str:
    return next((one_line(given(cell.text)) for cell in cells.get(field, []) if given(cell.text)), "")


def _about_cell(read: PartyCell, header: str, text: str) -> list[Problem]:
    shown = one_line(text)[:200]
    if read.placeholder:
        remedy = "Give the party's name once it is known; the row is screened without it."
        return [Problem(header, shown, "The cell names nobody.", remedy)]
    problems = []
    if read.is_order:
        reason = "The bill is made out to order"
        reason += f"; {read.name} is named as whose order it is." if read.name else ", so it names no consignee."
        problems.append(
            Problem(header, shown, reason, "Add the importer or the notify party if the row does not name it.")
        )
    if read.name_cut:
        reason = f"The name fills {CUT_AT} characters, as many as the column ever holds, and was probably cut."
        problems.append(Problem(header, read.name, reason, "Give the full name if you know it."))
    return problems


def _about_places(role: str, cells: Cells, places: Places) -> list[Problem]:
    problems = []
    for cell in cells.get(f"{role}_country", []):
        if given(cell.text) and not places.country(cell.text):
            remedy = "Write the country's name or its two-letter code."
            problems.append(Problem(cell.header, cell.text, "This is not a country.", remedy))
    for field in ("city", "postal_code"):
        for cell in cells.get(f"{role}_{field}", []):
            if _PHONE.search(given(cell.text)) and field == "city":
                problems.append(
                    Problem(cell.header, cell.text, "This is a telephone number, not a city.", "Give the city.")
                )
    return problems
