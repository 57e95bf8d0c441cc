"""Measures the page of a large case: 8 findings, 300 pages of evidence, 40 events; printed, never asserted.

Run as ``make bench-case`` or ``python -m bench.case_page``. Works in a database of its own, removed after it.
"""

import argparse
import hashlib
import os
import platform
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import setup_databases, setup_test_environment, teardown_databases
from django.urls import reverse
from django.utils import timezone

import bench.__main__  # noqa: F401  (sets the application up)
from entities.domain.roles import Role
from entities.models import ListedEntity, Listing, ListVersion, Membership, Organization, Person, Supplier, User
from evidence.models import Document, Exhibit, Page
from screening.domain.law.states import Kind
from screening.models import Case, Finding, Screening, ScreeningRun, Shipment
from screening.services import cases, detentions, requests

FINDINGS, PAPERS, PAGES, EVENTS = 8, 30, 10, 40
ROUNDS = 30


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.case_page", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        settings.MEDIA_ROOT = name
        settings.DEMO = True  # no second factor to be given
        if connection.vendor == "sqlite":
            settings.DATABASES["default"]["TEST"]["NAME"] = str(Path(name) / "bench.sqlite3")
        setup_test_environment(debug=False)
        made = setup_databases(verbosity=0, interactive=False)
        try:
            measure(wanted.rounds)
        finally:
            teardown_databases(made, verbosity=0)


def measure(rounds: int) -> None:
    case, officer, member = large_case()
    for user, name in ((officer, "case-detail"), (member, "importer-case")):
        client, address = Client(), reverse(name, args=[case.pk])
        client.force_login(user)
        client.get(address)
        queries: list[str] = []

        def count(execute: Any, sql: str, *rest: Any, queries: list[str] = queries) -> Any:
            queries.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        taken, used = [], []
        for _ in range(rounds):
            start, processor = time.perf_counter(), time.process_time()
            client.get(address)
            taken.append(1000 * (time.perf_counter() - start))
            used.append(1000 * (time.process_time() - processor))
        taken.sort()
        high = taken[int(0.95 * len(taken))]
        print(
            f"{name}: {statistics.median(taken):.0f} ms median, {high:.0f} ms p95, of it "
            f"{statistics.median(used):.0f} ms of the processor at load {os.getloadavg()[0]:.1f}; {len(queries)} "
            f"queries, {len(answer.content) // 1024} KB ({connection.vendor}, Python {platform.python_version()})"
        )


def account(role: Role, organization: Organization) -> User:
    user = User(email=f"{role.value}@bench.test", person=Person.objects.create(full_name=role.value.title()))
    user.set_unusable_password()
    user.save()
    Membership.objects.create(user=user, organization=organization, role=role)
    return user


def large_case() -> tuple[Case, User, User]:
    """A case of made facts: eight findings on a listed spinner, thirty papers of ten pages, forty events."""
    today = timezone.localdate()
    office = Organization.objects.create(name="Bench Office", kind=Organization.Kind.OFFICE)
    importer = Organization.objects.create(name="Bench Knit LLC", kind=Organization.Kind.IMPORTER)
    officer, member = account(Role.ANALYST, office), account(Role.IMPORTER_MEMBER, importer)
    shipment = Shipment.objects.create(owner=importer, entry_number="551-3518786-6", outcome="presumption")
    for number in range(1, 6):
        shipment.lines.create(number=number, description=f"Cotton goods {number}", hts_codes=["6109100012"])
    lead = findings(shipment)
    case = Case.objects.create(
        number="2030-1", importer=importer, opened_because=lead.headline, lead_finding=lead, assigned_to=officer
    )
    case.shipments.add(shipment)
    requests.request_evidence(
        case, actor=officer, due_on=today + timedelta(days=9), items=[f"Paper {n}" for n in range(PAPERS)]
    )
    detention = detentions.record_detention(
        case, shipment, actor=officer, presented_on=today - timedelta(days=12), source="form 6051D"
    )
    event = detentions.record_event(
        detention, Kind.NOTICE_ISSUED, today - timedelta(days=3), actor=officer, source="form 6051D"
    )
    detentions.correct_event(
        event, actor=officer, on=today - timedelta(days=2), source="form 6051D", reason="Misread the stamp."
    )
    papers(case, member)
    for _ in range(EVENTS):
        cases.assign(case, actor=officer, to=officer)
    return case, officer, member


def findings(shipment: Shipment) -> Finding:
    today, since = timezone.localdate(), timezone.localdate() - timedelta(days=900)
    version = ListVersion.objects.create(
        register="UFLPA", label="Bench list", source="made", retrieved_on=today, rows_sha256="0" * 64,
        row_count=1, entity_count=1, state=ListVersion.State.PUBLISHED, published_at=timezone.now(),
    )  # fmt: skip
    entity = ListedEntity.objects.create(register="UFLPA", key="bench", name="Bench Spinning Co., Ltd.")
    listing = Listing.objects.create(
        version=version, row_id="1", entity=entity, name=entity.name, section="sec. 2(d)(2)(B)(v)",
        effective_on=since, first_effective_on=since, citation="87 FR 47777",
    )  # fmt: skip
    run = ScreeningRun.objects.create(trigger="bench", list_version=version, engine_version="bench")
    screening = Screening.objects.create(
        run=run, shipment=shipment, facts_version=shipment.facts_version, facts={"lines": []}, screened_on=today,
        date_basis="today", outcome="presumption", coverage=[],
    )  # fmt: skip
    for number in range(FINDINGS):
        supplier = Supplier.objects.create(name=f"Bench Spinner {number}", identity=f"bench-{number}")
        Finding.objects.create(
            screening=screening, rule="LISTED_ENTITY", severity="block", basis="UFLPA sec. 3(a)",
            ground="LISTED_ENTITY", asks_review=True,
            headline=f"Line 2 traces to {supplier.name}, three steps upstream.",
            line_numbers=[2], party_role="supplier", party_name=supplier.name, supplier=supplier, steps_upstream=3,
            grade="relevant", matched_field="name", matched_text="Bench Spinner", score=0.97, reasons=["Same words."],
            listing=listing, list_version=version,
        )  # fmt: skip
    shipment.latest_screening = screening
    shipment.save(update_fields=["latest_screening"])
    return screening.findings.order_by("pk")[0]


def papers(case: Case, sender: User) -> None:
    items = list(case.tasks.get().items.order_by("number"))
    for number in range(1, PAPERS + 1):
        document = Document.objects.create(
            organization=case.importer, file=f"bench/{number}.pdf", file_name=f"paper-{number}.pdf", size=1,
            sha256=digest(f"{number}"), state=Document.State.READ, page_count=PAGES, uploaded_by=sender,
        )  # fmt: skip
        Page.objects.bulk_create(
            Page(document=document, number=page, text="made words " * 300, sha256=digest(f"{number}-{page}"))
            for page in range(1, PAGES + 1)
        )
        Exhibit.objects.create(
            case=case, document=document, number=number, added_by=sender, task_item=items[number - 1]
        )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
