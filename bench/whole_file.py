"""A made cotton file on its whole way: sent, read, laid on the chain, checked, put together as a packet; timed.

Run as ``python -m bench.whole_file [--pages 300] [--scanned 0.33]``. Works in a database of its own, removed after it.
"""

from __future__ import annotations

import argparse
import io
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pikepdf
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

import bench.__main__  # noqa: F401, I001  (sets the application up)
from bench.papers import draw
from bench.papers.chains import WINDOWS, Builder, finish
from bench.papers.faults import KINDS
from bench.papers.layouts import LOOKS, look_of
from bench.papers.made import Firm, Inventor, Pile
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Membership, Organization, Person, User
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists
from evidence.models import Packet, PaperCheck, ProofGrid
from evidence.services import packets
from evidence.services.documents import receive_upload
from screening.models import Case
from screening.services.cases import open_case
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment

Answer = TypeVar("Answer")
CHINESE = next(name for name in LOOKS if name.startswith("zh"))
THROUGHOUT = (("MISSING_PAYMENT", "u"),)
IN_THE_FIRST = (("R3", "a"), ("NET_OVER_GROSS", "b"))
IMPORTER = "Cedar Point Trading LLC"


@dataclass(frozen=True)
class WholeFile:
    """One PDF of many papers of one chain, consignment by consignment."""

    content: bytes
    pages: int
    scanned: int
    piles: tuple[Pile, ...]

    @property
    def firms(self) -> list[Firm]:
        """The firms on its papers, from the raw material on."""
        return _firms_of(self.piles[0])


def cotton_file(pages: int, scanned: float) -> WholeFile:
    """Consignments along one chain of cotton until there are that many pages; that share of them scanned pages in
    Chinese. No lint is shown to be paid for; in the first consignment a quantity differs and a net weight is over the
    gross."""
    piles: list[Pile] = []
    is_picture: list[bool] = []
    with pikepdf.new() as out:
        while len(is_picture) < pages:
            pile = _consignment(f"whole-{len(piles):02}", piles[0] if piles else None)
            _scan_some(pile, round(scanned * (len(is_picture) + len(pile.sheets))) - sum(is_picture))
            for drawn in sorted(draw.files_of(pile), key=lambda one: "-scan" not in one.name):
                part = pikepdf.open(io.BytesIO(drawn.content))
                out.pages.extend(part.pages)
                is_picture += [drawn.name.endswith("-scan.pdf")] * len(part.pages)
            piles.append(pile)
        del out.pages[pages:]
        return WholeFile(_saved(out), pages, sum(is_picture[:pages]), tuple(piles))


def _scan_some(pile: Pile, count: int) -> None:
    """So many papers of the makers upstream are scanned, and in Chinese; all others are text."""
    upstream = [sheet for sheet in pile.sheets if sheet.slot.startswith(("u.", "a."))]
    for sheet in pile.sheets:
        sheet.scanned = False
    for sheet in upstream[: max(0, count)]:
        sheet.scanned, sheet.layout = True, CHINESE


def _saved(document: pikepdf.Pdf) -> bytes:
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def _firms_of(pile: Pile) -> list[Firm]:
    return [stage.firm for stage in pile.stages if stage.firm]


def _consignment(name: str, first: Pile | None) -> Pile:
    pile = Builder(name, WINDOWS[1], "development").build(_firms_of(first) if first else None, IMPORTER)
    kinds = {kind.code: kind for kind in KINDS}
    for code, key in (*THROUGHOUT, *(() if first else IN_THE_FIRST)):
        pile.faults.append(kinds[code].plant(pile, Inventor(f"{name} {code}"), key))
    finish(pile)
    look_of(pile)
    return pile


def case_for(file: WholeFile, *, owner: Organization, member: User, officer: User) -> Case:
    """A case on a shipment of cotton whose chain is declared as the papers have it."""
    parties = [
        PartyFacts(name=one.name, native_name=one.native, country="CN", address=one.address) for one in file.firms
    ]
    rows = suppliers.declare_parties(owner, parties)
    known = [found for one in parties if (found := rows[suppliers.fingerprint(one)].supplier)]
    for supplier, customer, stage in zip(known, known[1:], ("ginner", "spinner"), strict=False):
        suppliers.declare_link(supplier, customer, actor=member, declared_by=owner, commodity="cotton", stage=stage)
    shipment = add_shipment(
        DeclaredShipment(
            lines=(DeclaredLine(1, "Cotton fabric", ("5208120040",)),),
            parties=(DeclaredRole("manufacturer", parties[-1]),),
        ),
        owner=owner,
        actor=member,
    )
    jobs.work_off()
    return shipment.cases.first() or open_case(shipment, actor=officer, reason="The chain is to be shown.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.whole_file", description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--scanned", type=float, default=0.33, help="Share of the pages that are scanned.")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        settings.MEDIA_ROOT = name
        if connection.vendor == "sqlite":
            settings.DATABASES["default"]["TEST"]["NAME"] = str(Path(name) / "bench.sqlite3")
        setup_test_environment(debug=False)
        made = setup_databases(verbosity=0, interactive=False)
        try:
            measure(wanted.pages, wanted.scanned)
        finally:
            teardown_databases(made, verbosity=0)


def measure(pages: int, scanned: float) -> None:
    load_reference_lists()
    owner = Organization.objects.create(name=IMPORTER, kind=Organization.Kind.IMPORTER)
    office = Organization.objects.create(name="Office", kind=Organization.Kind.OFFICE)
    member, officer = _user("member", owner, Role.IMPORTER_MEMBER), _user("officer", office, Role.ANALYST)
    file = _timed("drawn", lambda: cotton_file(pages, scanned))
    print(f"  {file.pages} pages, {file.scanned} scanned, {len(file.content) / 1e6:.1f} MB")
    case = case_for(file, owner=owner, member=member, officer=officer)
    upload = SimpleUploadedFile("cotton.pdf", file.content)
    document = receive_upload(upload, organization=owner, actor=member, case=case, task_item=None)
    _timed("read, laid, checked", jobs.work_off)
    document.refresh_from_db()
    grid, check = ProofGrid.objects.get(case=case), PaperCheck.objects.filter(case=case).first()
    print(f"  {document.state}: {document.papers.standing().count()} papers, {len(grid.content['steps'])} steps, "
          f"{len(check.content['alarms']) if check else 0} alarms")  # fmt: skip
    by_source = Counter(document.pages.values_list("source", "needs_translation"))
    print("  pages by source, and whether they need a translation:", dict(by_source))
    packets.ask_for_packet(case, actor=member)
    _timed("packet", jobs.work_off)
    row = Packet.objects.get(case=case, form="pdf")
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"  {row.page_count} pages, {row.size / 1e6:.1f} MB; memory {own:.0f} MB here, {children:.0f} MB in a child")


def _timed(what: str, act: Callable[[], Answer]) -> Answer:
    started = time.monotonic()
    answer = act()
    print(f"{what}: {time.monotonic() - started:.1f} s", flush=True)
    return answer


def _user(name: str, organization: Organization, role: Role) -> User:
    person = Person.objects.create(full_name=name.capitalize())
    user = User.objects.create(email=f"{name}@bench.test", person=person)
    Membership.objects.create(user=user, organization=organization, role=role)
    return user


if __name__ == "__main__":
    main()
