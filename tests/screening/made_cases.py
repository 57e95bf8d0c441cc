"""Cases with their shipments, findings and papers, made for tests by plain functions. Names are invented."""

import hashlib
from datetime import timedelta
from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import ListedEntity, Listing, ListVersion, Supplier
from evidence.domain.rubric import MARKS, Said
from evidence.models import Document, Exhibit, Page
from evidence.services import assessments, concluding
from evidence.services.assessments import CitedPage
from evidence.steps import steps_of
from screening.domain.pathways import PATHWAY_OF, TABLE
from screening.models import Case, Finding, Screening, ScreeningRun, Shipment
from screening.services import requests
from screening.services.overrides import set_finding_aside
from tests.factories import make_organization, make_user

_numbers = count(1)
LISTED = "Aksu Example Spinning Co., Ltd."


def make_listing():
    """One row of one list version, made once."""
    today = timezone.localdate()
    version, _ = ListVersion.objects.get_or_create(
        register="UFLPA",
        rows_sha256="0" * 64,
        defaults={
            "label": "Entity List of June",
            "source": "example",
            "retrieved_on": today,
            "row_count": 1,
            "entity_count": 1,
            "state": ListVersion.State.PUBLISHED,
            "published_at": timezone.now(),
        },
    )
    entity, _ = ListedEntity.objects.get_or_create(register="UFLPA", key="aksu-example", defaults={"name": LISTED})
    listing, _ = Listing.objects.get_or_create(
        version=version,
        row_id="row-1",
        defaults={
            "entity": entity,
            "name": LISTED,
            "section": "sec. 2(d)(2)(B)(v)",
            "effective_on": today - timedelta(days=900),
            "first_effective_on": today - timedelta(days=900),
            "citation": "87 FR 47777",
        },
    )
    return listing


def make_shipment(owner=None, *, outcome="presumption", **fields):
    owner = owner or make_organization()
    shipment = Shipment.objects.create(owner=owner, outcome=outcome, **fields)
    shipment.lines.create(number=2, description="Cotton T-shirts", hts_codes=["6109100012"])
    return shipment


def make_screening(shipment, *, outcome="presumption", findings=1, severity="block"):
    """A screening of a shipment with so many findings on a listed spinner three steps upstream."""
    listing = make_listing()
    run = ScreeningRun.objects.create(trigger="test", list_version=listing.version, engine_version="test")
    screening = Screening.objects.create(
        run=run,
        shipment=shipment,
        facts_version=shipment.facts_version,
        facts={"lines": []},
        screened_on=timezone.localdate(),
        date_basis="today",
        outcome=outcome,
        coverage=[
            {
                "line_number": 2,
                "commodity": "cotton",
                "expected": ["farm", "ginner"],
                "declared": [],
                "proven": [],
                "missing": ["ginner"],
                "steps_declared": 3,
                "unknown_above_step": 3,
                "sentence": "Chain unknown above step 3.",
            }
        ],
    )
    holds = severity == "block"
    for _ in range(findings):
        number = next(_numbers)
        supplier = Supplier.objects.create(name=f"Spinner {number}", native_name="阿克苏示例", identity=f"s{number}")
        Finding.objects.create(
            screening=screening,
            rule="LISTED_ENTITY",
            severity=severity,
            basis="UFLPA sec. 3(a)",
            ground="LISTED_ENTITY" if holds else "",
            asks_review=True,
            headline=f"Line 2 (Cotton T-shirts) traces to 阿克苏示例, which is {LISTED}, three steps upstream.",
            line_numbers=[2],
            party_role="supplier",
            party_name="阿克苏示例",
            supplier=supplier,
            steps_upstream=3,
            grade="relevant",
            path=[
                {"name": "Maker", "native_name": "", "role": "supplier", "step": 1, "supplier": supplier.pk},
                {
                    "name": "Spinner",
                    "native_name": "",
                    "role": "supplier",
                    "step": 2,
                    "supplier": supplier.pk,
                    "link": 10**6,
                    "goods": "yarn",
                },
            ],
            matched_field="name",
            matched_text="Aksu Example",
            score=0.97,
            reasons=["Same words."],
            listing=listing,
            list_version=listing.version,
        )
    shipment.latest_screening, shipment.outcome = screening, outcome
    shipment.save(update_fields=["latest_screening", "outcome"])
    return screening


def make_case(stage=Case.Stage.OPEN, *, importer=None, findings=1, **fields):
    """A case on one shipment, put straight into a stage."""
    number = next(_numbers)
    shipment = make_shipment(importer, entry_number=f"551-{number:07}-6"[:13])
    screening = make_screening(shipment, findings=findings)
    lead = screening.findings.first()
    case = Case.objects.create(
        number=f"2030-{number:04}",
        importer=shipment.owner,
        stage=stage,
        opened_because=lead.headline if lead else "by hand",
        lead_finding=lead,
        **fields,
    )
    case.shipments.add(shipment)
    return case


def make_exhibit(case, *texts, name="", state=Document.State.READ, sender=None, task_item=None):
    """A paper in the case, one page per text."""
    number = case.exhibits.count() + 1
    sender = sender or make_user(Role.IMPORTER_MEMBER, case.importer)
    name = name or f"paper-{number}.pdf"
    document = Document.objects.create(
        organization=case.importer,
        file=ContentFile(f"{case.pk} {name}".encode(), name=name),
        file_name=name,
        size=1,
        sha256=_digest(f"{case.pk} {name}"),
        state=state,
        page_count=len(texts),
        uploaded_by=sender,
    )
    Page.objects.bulk_create(
        Page(document=document, number=page, text=text, sha256=_digest(text)) for page, text in enumerate(texts, 1)
    )
    return Exhibit.objects.create(case=case, document=document, number=number, added_by=sender, task_item=task_item)


def judge(case, reviewer, code, verdict="shown", **fields):
    """A verdict on one question, for every step of the chain where it is asked step by step, then as a whole."""
    pathway = next(row.pathway for row in TABLE.values() if row.question(code))
    asked = TABLE[pathway].question(code)
    steps = [one.key for one in steps_of(case, reviewer)] if asked.by_step and verdict == "shown" else []
    marks = [Said(one.code, False, reason="None seen.") for one in MARKS] if asked.has_rubric else []
    values = {"reason": f"{code} as the page says.", "citations": [CitedPage(1, 1)], "marks": marks, **fields}
    if steps:
        assessments.assess(
            case,
            actor=reviewer,
            pathway=pathway,
            code=code,
            verdict=verdict,
            step=steps[0],
            also=steps[1:],
            **values,
        )
    return assessments.assess(case, actor=reviewer, pathway=pathway, code=code, verdict=verdict, **values)


def judge_all(case, reviewer, verdict="shown", pathway="applicability"):
    """A verdict on every requirement of the pathway, citing page 1 of exhibit 1."""
    for asked in TABLE[pathway].questions:
        judge(case, reviewer, asked.code, verdict)


def set_all_aside(case, reviewer, reason="The records of this shipment name another spinner."):
    """Every finding of the case is held not to apply to its goods."""
    for finding in Finding.objects.of_case(case):
        set_finding_aside(case, finding, actor=reviewer, reason=reason)


def recommended(case, reviewer, conclusion="scope_not_rebutted", verdict="not_shown", **fields):
    """The case with a recommendation that waits for an approver."""
    if not case.exhibits.exists():
        make_exhibit(case, "one page")
    pathway = PATHWAY_OF[conclusion]
    judge_all(case, reviewer, verdict, pathway)
    values = {"reasons": "Nothing ties the lots.", "grounds": ["LISTED_ENTITY"], **fields}
    return concluding.conclude_review(case, actor=reviewer, pathway=pathway, conclusion=conclusion, **values)


def ask(case, officer, days=10, items=("Invoice",)):
    return requests.request_evidence(
        case, actor=officer, due_on=timezone.localdate() + timedelta(days=days), items=list(items)
    )


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
