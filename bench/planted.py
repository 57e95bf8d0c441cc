"""Measures how many planted faults the checks find, and how often they cry wolf, on made files of evidence.

``python -m bench.planted`` reads the files as the product does: drawn as PDFs, half of them as pictures, read,
understood, checked. ``--truth`` puts the rules to what was written, without drawing or reading. ``--times`` says how
often each code is planted; what was read is kept by content, file by file, so that a run goes on where another was
stopped and a second one is quick. ``--here`` reads without a child process for each file, which takes most of the time
where pages have text.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import django

from bench.papers.draw import require_fonts
from bench.papers.grade import Tally
from bench.papers.made import Pile, Sheet, Value
from bench.papers.plan import piles
from entities import reference as words
from entities.domain.facts import PartyFacts
from entities.domain.names.words import NameParser
from evidence import reference
from evidence.domain.alarms import Said
from evidence.domain.papers import CasePaper, FieldRead, PaperRead, Place
from evidence.domain.placing import plain_number
from evidence.domain.rules import ChainFacts, File, Stage, check


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench.planted", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--truth", action="store_true", help="put the rules to what was written, without reading")
    parser.add_argument("--text", action="store_true", help="draw no page as a picture, but those nobody can read")
    parser.add_argument("--here", action="store_true", help="read in this process, not in a child for each file")
    parser.add_argument("--files", type=int, help="only so many files of each half")
    parser.add_argument("--times", type=int, default=2, help="how often each code is planted in each half")
    parser.add_argument("--half", choices=("dev", "test"), help="only this half")
    parser.add_argument("--show", type=int, default=0, help="show so many missed faults and false alarms")
    parser.add_argument("--cache", type=Path, default=None, help="folder that keeps what was read")
    wanted = parser.parse_args(arguments)
    os.environ.setdefault("CLEARORIGIN_MODE", "development")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench.papers.through import as_read, read_here  # readers can be imported only after setup

    if not wanted.truth:
        require_fonts()
    if wanted.here:
        read_here()
    good = True
    for half in ("dev", "test") if not wanted.half else (wanted.half,):
        tally = Tally()
        scans = 0
        try:
            for pile in piles(half, wanted.times)[: wanted.files]:
                for sheet in pile.sheets if wanted.text else ():
                    sheet.scanned = sheet.illegible
                if wanted.truth:
                    silent, (papers, slots) = [], _as_written(pile)
                else:
                    papers, silent, slots = as_read(pile, wanted.cache)
                tally.take(pile, check(file_of(pile, papers, silent)).alarms, slots)
                scans += sum(one.scanned for one in pile.sheets)
        except KeyboardInterrupt:
            print("\nstopped: the figures of the files so far")
        how = "as written" if wanted.truth else f"read, {scans} of them pictures"
        print(f"\n{half} half: {tally.pages} pages, {how}\n" + "\n".join(tally.lines()))
        for line in [*tally.missed[: wanted.show], *tally.examples[: wanted.show]]:
            print("  ", line)
        good = good and tally.share_found >= 0.95 and tally.false_per_100 <= 1
    return 0 if good else 1


def file_of(pile: Pile, papers: Sequence[CasePaper], silent: Sequence[Said] = ()) -> File:
    """A made file as the rules ask for it, with the stages that its goods pass."""
    parser = NameParser(words.vocabulary())
    stages = tuple(
        Stage(one.label, (one.firm.name, one.firm.native) if one.firm else (), one.converts) for one in pile.stages
    )
    return File(
        papers=papers,
        types=reference.document_types(),
        tolerances=reference.shipped_tolerances(),
        units=reference.units(),
        yields=reference.yields(),
        chain=ChainFacts(stages=stages),
        silent=silent,
        core_name=lambda name: parser.parse(name)[0].squeezed,
        same_party=_same_party(pile),
        ports=reference.ports().named,
        in_xinjiang=lambda text: words.gazetteer().locate(PartyFacts(address=text)).place,
    )


def _same_party(pile: Pile) -> Callable[[str, str], bool | None]:
    """What an importer's declaration of the chain tells of names: both of each firm, and its registration number."""
    from evidence.services.laying import Parties  # can be imported only after setup

    firms = {str(number): one.firm for number, one in enumerate(pile.stages) if one.firm}
    return Parties(
        {key: {firm.name, firm.native} for key, firm in firms.items()},
        {plain_number(firm.registration): key for key, firm in firms.items() if firm.registration},
        {key: firm.name for key, firm in firms.items()},
    ).same


def _as_written(pile: Pile) -> tuple[list[CasePaper], dict[tuple[int, int], str]]:
    papers = []
    for number, sheet in enumerate(pile.sheets, start=1):
        read = PaperRead("", 1, 1) if sheet.illegible else PaperRead(sheet.type, 1, 1, _fields(sheet))
        foreign = (1,) if sheet.layout.startswith("zh") and not sheet.illegible else ()
        papers.append(
            CasePaper(
                number,
                number,
                number,
                sheet.slot,
                read,
                unreadable_pages=(1,) if sheet.illegible else (),
                untranslated_pages=foreign,
                blacked_out_pages=(1,) if sheet.blacked_out else (),
            )
        )
    return papers, {(number, 1): sheet.slot for number, sheet in enumerate(pile.sheets, start=1)}


def _fields(sheet: Sheet) -> tuple[FieldRead, ...]:
    found = [_field(name, value, None) for name, value in sheet.head.items()]
    for number, line in enumerate(sheet.lines, start=1):
        found += [_field(name, value, number) for name, value in line.items() if value]
    return tuple(found)


def _field(name: str, value: Value, line: int | None) -> FieldRead:
    figure, unit = value if isinstance(value, tuple) else (value, "")
    return FieldRead(name, figure, figure, Place(1), unit=unit, line=line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
