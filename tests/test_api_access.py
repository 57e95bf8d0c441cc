"""Every operation of the API by every role, by a rival importer and by a broker without authority."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from entities.domain.facts import PartyFacts
from entities.domain.judging import party_key
from entities.domain.matching import SHIPPED
from entities.domain.roles import Role
from entities.models import BrokerAuthorization
from entities.services import webhooks
from entities.services.lists import load_reference_lists
from entities.services.names import propose_name
from entities.services.ownership import declare_ownership
from entities.services.suppliers import add_supplier, declare_link
from entities.services.thresholds import propose_thresholds
from evidence.models import Packet, Paper, PaperCheck, Translation
from evidence.services.checking import check
from evidence.services.documents import receive_upload
from screening.domain.lots import Lot
from screening.models import Finding, ImportBatch, Rescreening, Screening, ScreeningRun
from screening.services.cases import open_case
from screening.services.detentions import record_detention
from screening.services.epcis import receive_document
from screening.services.pairs import judge
from screening.services.requests import request_evidence
from screening.services.shipments import add_shipment
from screening.services.traces import declare_trace
from tests.api_client import client_of, declaration
from tests.factories import declared_shipment, make_organization, make_user
from tests.screening.made_epcis import chain, content, document
from tests.screening.made_letters import letters_of, make_letter
from tests.world import export_of, recommendation_of

pytestmark = pytest.mark.django_db
ROLES = ("analyst", "reviewer", "approver", "auditor", "manager", "importer", "broker", "rival", "stranger")
NOBODY = dict.fromkeys(ROLES, 403)
EVERYBODY = dict.fromkeys(ROLES, 200)
OWN = EVERYBODY | dict.fromkeys(("rival", "stranger"), 404)
OFFICE = EVERYBODY | dict.fromkeys(("importer", "broker", "rival", "stranger"), 403)
CASE_WORK = dict.fromkeys(("approver", "auditor", "manager"), 403)
OFFICIALS = dict.fromkeys(("analyst", "reviewer", "approver", "auditor", "manager"), 403)
DECLARING = EVERYBODY | CASE_WORK
PROGRAMS = NOBODY | dict.fromkeys(("manager", "importer", "broker", "rival", "stranger"), 200)
OWN_PROGRAMS = PROGRAMS | dict.fromkeys(("broker", "rival", "stranger"), 404)


def on(status, table):
    """The table with another status where the act is allowed."""
    return {role: status if answer == 200 else answer for role, answer in table.items()}


# What each may do; 404 where the row is another's, 403 where the role lacks the act, 400 where nothing valid is sent.
TABLE = {
    ("get", "/api/v1/clocks/"): dict.fromkeys(ROLES, 400),  # asked without a day
    ("get", "/api/v1/me/"): EVERYBODY,
    ("post", "/api/v1/screen-party/"): EVERYBODY,
    ("post", "/api/v1/identifier-checks/"): EVERYBODY,
    ("get", "/api/v1/shipments/"): EVERYBODY,
    ("post", "/api/v1/shipments/"): on(201, DECLARING) | {"rival": 400, "stranger": 400},
    ("get", "/api/v1/shipments/{id}/"): OWN,
    ("put", "/api/v1/shipments/{id}/"): OWN | CASE_WORK,
    ("get", "/api/v1/shipments/{id}/screenings/"): OWN,
    ("get", "/api/v1/shipments/{shipment}/lot-traces/"): OWN,
    ("post", "/api/v1/shipments/{shipment}/lot-traces/"): on(201, OWN | CASE_WORK),
    ("get", "/api/v1/shipments/{shipment}/lot-traces/{id}/"): OWN,
    ("post", "/api/v1/shipments/{shipment}/lot-traces/{id}/withdraw/"): OWN | CASE_WORK,
    ("get", "/api/v1/shipments/{shipment}/lot-documents/"): OWN,
    ("post", "/api/v1/shipments/{shipment}/lot-documents/"): on(201, OWN | CASE_WORK),
    ("get", "/api/v1/shipments/{shipment}/lot-documents/{id}/"): OWN,
    ("post", "/api/v1/what-if/"): DECLARING | {"rival": 400, "stranger": 400},
    ("get", "/api/v1/screenings/"): EVERYBODY,
    ("get", "/api/v1/screenings/{id}/"): OWN,
    ("get", "/api/v1/rescreenings/"): EVERYBODY,
    ("get", "/api/v1/rescreenings/{id}/"): OWN,
    ("get", "/api/v1/rescreenings/{id}/shipments/"): OWN,
    ("get", "/api/v1/rescreenings/{id}/foreseen/"): OFFICE,
    ("get", "/api/v1/findings/"): EVERYBODY,
    ("get", "/api/v1/findings/{id}/"): OWN,
    ("post", "/api/v1/findings/{id}/judgements/"): NOBODY | {"analyst": 201, "reviewer": 201},
    ("get", "/api/v1/matches/"): OFFICE,
    ("get", "/api/v1/judgements/"): OFFICE,
    ("get", "/api/v1/judgements/{id}/"): OFFICE,
    ("post", "/api/v1/judgements/{id}/answer/"): NOBODY | {"reviewer": 200, "approver": 200},
    ("get", "/api/v1/cases/"): EVERYBODY,
    ("get", "/api/v1/cases/{number}/"): OWN,
    ("get", "/api/v1/cases/{number}/proof-grid/"): OWN,
    ("get", "/api/v1/cases/{number}/alarms/"): OWN,
    ("post", "/api/v1/cases/{number}/alarms/{fingerprint}/answers/"): NOBODY | {"reviewer": 201},
    ("get", "/api/v1/cases/{number}/placements/"): OFFICE,
    ("post", "/api/v1/cases/{number}/placements/"): NOBODY | {"reviewer": 201},
    ("get", "/api/v1/tasks/"): EVERYBODY,
    ("get", "/api/v1/tasks/{id}/"): OWN,
    ("post", "/api/v1/tasks/{id}/answers/"): on(201, OWN | OFFICIALS),
    ("post", "/api/v1/tasks/{id}/extensions/"): on(201, OWN | OFFICIALS),
    ("post", "/api/v1/tasks/{id}/hand-in/"): OWN | OFFICIALS,
    ("get", "/api/v1/messages/"): EVERYBODY,
    ("post", "/api/v1/messages/"): on(201, EVERYBODY) | CASE_WORK | {"rival": 400, "stranger": 400},
    ("get", "/api/v1/reminders/"): EVERYBODY,
    ("post", "/api/v1/cases/{number}/evidence-requests/"): NOBODY | {"analyst": 201, "reviewer": 201},
    ("get", "/api/v1/cases/{number}/review/"): OFFICE,
    ("get", "/api/v1/cases/{number}/verdicts/"): OFFICE,
    # Refused (409) to those who may: the case is not under review.
    ("post", "/api/v1/cases/{number}/verdicts/"): NOBODY | {"reviewer": 409},
    ("get", "/api/v1/cases/{number}/recommendations/"): OFFICE,
    ("post", "/api/v1/cases/{number}/recommendations/"): NOBODY | {"reviewer": 409},
    ("get", "/api/v1/cases/{number}/recommendations/{id}/"): OFFICE,
    ("post", "/api/v1/cases/{number}/recommendations/{id}/decision/"): NOBODY | {"approver": 201},
    ("get", "/api/v1/receipts/{id}/"): on(409, OFFICE),
    ("get", "/api/v1/exports/"): OFFICE,
    ("post", "/api/v1/exports/"): on(202, OFFICE),
    ("get", "/api/v1/exports/{id}/"): OFFICE,
    ("get", "/api/v1/exports/{id}/file/"): OFFICE,
    ("get", "/api/v1/letters/"): EVERYBODY,
    ("get", "/api/v1/letters/{number}/"): OWN,
    ("get", "/api/v1/letters/{number}/pdf/"): OWN,
    ("post", "/api/v1/letters/{number}/in-law/"): NOBODY | {"analyst": 201, "reviewer": 201},
    # Refused (409) to those who may: it is on record in law by now.
    ("post", "/api/v1/letters/{number}/no-event/"): NOBODY | {"analyst": 409, "reviewer": 409},
    ("get", "/api/v1/suppliers/"): EVERYBODY,
    ("post", "/api/v1/suppliers/"): on(201, DECLARING) | {"rival": 400, "stranger": 400},
    ("get", "/api/v1/suppliers/{id}/"): OWN,
    ("get", "/api/v1/links/"): EVERYBODY,
    ("post", "/api/v1/links/"): on(201, DECLARING) | {"rival": 400, "stranger": 400},
    ("get", "/api/v1/links/{id}/"): OWN,
    # Who may withdraw may dispute first, and disputes but once.
    ("post", "/api/v1/links/{id}/dispute/"): OWN | CASE_WORK,
    ("post", "/api/v1/links/{id}/withdraw/"): OWN | CASE_WORK,
    ("post", "/api/v1/links/bulk/"): DECLARING | {"rival": 400, "stranger": 400},
    ("get", "/api/v1/ownerships/"): EVERYBODY,
    ("post", "/api/v1/ownerships/"): on(201, DECLARING) | {"rival": 400, "stranger": 400},
    ("get", "/api/v1/ownerships/{id}/"): OWN,
    ("post", "/api/v1/ownerships/{id}/withdraw/"): OWN | CASE_WORK,
    ("get", "/api/v1/documents/"): EVERYBODY,
    ("post", "/api/v1/documents/"): on(201, DECLARING) | {"rival": 400, "stranger": 400},
    ("get", "/api/v1/documents/{id}/"): OWN,
    ("get", "/api/v1/documents/{id}/papers/"): OWN,
    # Refused (409) to the reviewer: the file is waiting to be read.
    ("post", "/api/v1/documents/{id}/papers/"): NOBODY | {"reviewer": 409},
    ("get", "/api/v1/documents/{id}/replaces/"): OWN,
    ("post", "/api/v1/documents/{id}/replaces/"): OWN | CASE_WORK,
    ("get", "/api/v1/papers/{id}/"): OWN,
    ("post", "/api/v1/papers/{id}/corrections/"): NOBODY | {"reviewer": 409},
    ("get", "/api/v1/cases/{number}/goods/"): OFFICE,
    ("post", "/api/v1/cases/{number}/goods/"): NOBODY | {"reviewer": 201},
    ("get", "/api/v1/cases/{number}/paper-search/"): OWN,
    ("get", "/api/v1/cases/{number}/kept-searches/"): OFFICE,
    ("post", "/api/v1/cases/{number}/kept-searches/"): NOBODY | {"reviewer": 201},
    ("get", "/api/v1/cases/{number}/translations/"): OWN,
    ("post", "/api/v1/cases/{number}/translations/"): on(409, OWN | CASE_WORK),  # a text has no second page
    ("post", "/api/v1/cases/{number}/translations/{id}/take-back/"): OWN | CASE_WORK,
    ("get", "/api/v1/cases/{number}/packets/"): OWN,
    ("post", "/api/v1/cases/{number}/packets/"): on(202, OWN | CASE_WORK),
    ("get", "/api/v1/cases/{number}/packets/{id}/file/"): OWN,
    ("post", "/api/v1/documents/{id}/link/"): OWN,
    ("get", "/api/v1/imports/"): EVERYBODY,
    ("get", "/api/v1/imports/{id}/"): OWN,
    ("get", "/api/v1/imports/{id}/results/"): OWN,
    # Refused (409) to those who may: none of its shipments waits.
    ("post", "/api/v1/imports/{id}/screen/"): on(409, OWN | CASE_WORK),
    # Each shipment of the body says whose it is: what is not one's own is refused by the job.
    ("post", "/api/v1/imports/"): on(202, DECLARING),
    ("get", "/api/v1/import-rows/"): EVERYBODY | {"rival": 400, "stranger": 400},
    ("get", "/api/v1/listed-entities/"): EVERYBODY,
    ("get", "/api/v1/listed-entities/{id}/"): EVERYBODY,
    ("post", "/api/v1/listed-entities/{id}/names/"): NOBODY | {"analyst": 201, "reviewer": 201},
    ("get", "/api/v1/listed-names/"): OFFICE,
    ("get", "/api/v1/listed-names/{id}/"): OFFICE,
    ("post", "/api/v1/listed-names/{id}/answer/"): NOBODY | {"reviewer": 200, "approver": 200},
    # A name that is only proposed is not withdrawn; the reviewer has confirmed it just before.
    ("post", "/api/v1/listed-names/{id}/withdraw/"): NOBODY | {"analyst": 409, "reviewer": 201},
    ("get", "/api/v1/list-versions/"): EVERYBODY,
    ("get", "/api/v1/list-versions/{id}/"): EVERYBODY,
    ("get", "/api/v1/events/"): EVERYBODY,
    ("get", "/api/v1/events/{id}/"): OWN,
    ("get", "/api/v1/webhooks/"): PROGRAMS,
    ("post", "/api/v1/webhooks/"): on(201, PROGRAMS) | dict.fromkeys(("broker", "rival", "stranger"), 400),
    ("get", "/api/v1/webhooks/{id}/"): OWN_PROGRAMS,
    # Refused (409) to those who may: it was ended just before.
    ("post", "/api/v1/webhooks/{id}/end/"): OWN_PROGRAMS,
    ("post", "/api/v1/webhooks/{id}/pause/"): on(409, OWN_PROGRAMS),
    ("post", "/api/v1/webhooks/{id}/resume/"): on(409, OWN_PROGRAMS),
    ("post", "/api/v1/webhooks/{id}/rotate-secret/"): on(409, OWN_PROGRAMS),
    ("post", "/api/v1/webhooks/{id}/test/"): on(409, OWN_PROGRAMS),
    ("put", "/api/v1/webhooks/{id}/"): on(409, OWN_PROGRAMS),
    ("get", "/api/v1/webhook-deliveries/"): PROGRAMS,
    ("get", "/api/v1/webhook-deliveries/{id}/"): OWN_PROGRAMS,
    ("post", "/api/v1/webhook-deliveries/{id}/replay/"): on(202, OWN_PROGRAMS),
    ("get", "/api/v1/sandboxes/"): PROGRAMS,
    # The office belongs to no importer; a broker opens one of its own only.
    ("post", "/api/v1/sandboxes/"): on(201, PROGRAMS)
    | dict.fromkeys(("manager", "broker", "rival", "stranger"), 400),
    ("get", "/api/v1/thresholds/"): EVERYBODY,
    ("get", "/api/v1/thresholds/{id}/"): EVERYBODY | dict.fromkeys(("importer", "broker", "rival", "stranger"), 404),
}  # fmt: skip


def call(client, method, address, body, form):
    """The answer to one request; what is read takes its values as parameters."""
    return client.get(address, body) if method == "get" else getattr(client, method)(address, body, format=form)


class World:
    """One importer with one row of everything, and one account of each kind."""

    def __init__(self):
        self.importer = make_organization(importer_number="12-345678900")
        self.users = {
            "importer": make_user(Role.IMPORTER_MEMBER, self.importer),
            "broker": make_user(Role.BROKER_MEMBER),
            "rival": make_user(Role.IMPORTER_MEMBER),
            "stranger": make_user(Role.BROKER_MEMBER),
            **{role: make_user(Role(role)) for role in ("analyst", "reviewer", "approver", "auditor", "manager")},
        }
        BrokerAuthorization.objects.create(
            broker=self.users["broker"].active_memberships[0].organization,
            importer=self.importer,
            valid_from="2026-01-01",
        )
        member, officer = self.users["importer"], self.users["analyst"]
        self.version = load_reference_lists()[0]
        self.thresholds = propose_thresholds(
            replace(SHIPPED, match_share=0.95), reason="Test", actor=self.users["manager"]
        )
        self.shipment = add_shipment(declared_shipment(maker="Example Maker"), owner=self.importer, actor=member)
        run = ScreeningRun.objects.create(trigger="test", list_version=self.version, engine_version="test")
        screening = Screening.objects.create(
            run=run,
            shipment=self.shipment,
            facts_version=1,
            facts={"lines": [], "parties": [], "upstream": []},
            screened_on=self.shipment.imported_on,
            date_basis="imported",
            outcome="review",
            coverage=[],
        )
        self.finding = Finding.objects.create(
            screening=screening,
            rule="PRIORITY_HTS",
            severity="medium",
            basis="FLETF strategy",
            asks_review=False,
            headline="Line 1 belongs to a priority sector.",
            list_version=self.version,
        )
        listing = self.version.listings.first()
        words = PartyFacts(name=listing.name)
        self.pair = Finding.objects.create(
            screening=screening,
            rule="LISTED_ENTITY",
            severity="block",
            basis="sec. 3",
            asks_review=False,
            headline="The maker stands on the list.",
            verdict="match",
            declared={"name": words.name},
            firm_key=party_key(words, "firm"),
            site_key=party_key(words, "site"),
            listing=listing,
            list_version=self.version,
        )
        self.name = propose_name(
            listing.entity, text="Example Spinning Co., Ltd.", source="Register", actor=make_user(Role.ANALYST)
        )
        self.judgement = judge(
            self.pair, verdict="different", scope="firm", reason="Test", actor=make_user(Role.REVIEWER)
        )
        self.rescreening = Rescreening.objects.create(at=timezone.now(), shipment_count=1)
        self.rescreening.shipments.create(
            shipment=self.shipment, causes=["list"], before=screening, after=screening, is_changed=True
        )
        self.case = open_case(self.shipment, actor=officer, reason="Test")
        self.export = export_of(self.case)
        self.judged = recommendation_of(self.importer)
        self.letter = letters_of(self.case, officer, self.users["approver"])[1]
        self.received = make_letter(self.case, officer, origin="recorded", number="R-2030-0001")
        yesterday = timezone.localdate() - timedelta(days=1)
        self.detention = record_detention(
            self.case, self.shipment, actor=officer, presented_on=yesterday, detained_on=yesterday, source="form 6051D"
        )
        self.mill, self.maker = (
            add_supplier(PartyFacts(name=name), organization=self.importer, actor=member) for name in ("Mill", "Maker")
        )
        self.link = declare_link(self.mill, self.maker, actor=member, declared_by=self.importer)
        self.holding = declare_ownership(self.mill, self.maker, actor=member, declared_by=self.importer)
        self.trace = declare_trace(
            self.shipment, maker=self.mill, outputs=[Lot("Y-1")], actor=member, declared_by=self.importer
        )
        self.epcis = receive_document(
            self.shipment,
            content(document(chain()[1])),
            name="gin.jsonld",
            actor=member,
            declared_by=self.importer,
        )
        self.document = receive_upload(
            SimpleUploadedFile("invoice.txt", b"Invoice 1"), organization=self.importer, actor=member, case=self.case
        )
        self.paper = Paper.objects.create(document=self.document, first_page=1, last_page=1)
        pages = {"first_page": 1, "last_page": 1, "document_first_page": 1, "document_last_page": 1}
        self.translation = Translation.objects.create(
            original=self.document, document=self.document, author=member, **pages
        )
        self.packet = Packet.objects.create(
            case=self.case, number=1, form="zip", file=self.export.file, size=1, sha256="1" * 64, made_by=member
        )
        check(self.case)
        self.alarm = PaperCheck.objects.get(case=self.case).content["alarms"][0]["fingerprint"]
        self.task = request_evidence(self.case, actor=officer, due_on=date(2999, 1, 1), items=["Gin"])
        webhook = {"name": "entry system", "url": "https://hooks.example.com/"}
        self.delivery = webhooks.send_test(
            webhooks.add_endpoint(self.importer, actor=member, **webhook)[0], actor=member
        )
        self.batch = ImportBatch.objects.create(organization=self.importer, file_name="entries.csv", sha256="0" * 64)

    def request(self, method, path):
        """The address of the row, and a valid request for it; writes name the importer."""
        row = {
            "/api/v1/shipments": self.shipment.pk,
            "/api/v1/findings": self.pair.pk if path.endswith("/judgements/") else self.finding.pk,
            "/api/v1/judgements": self.judgement.pk,
            "/api/v1/tasks": self.task.pk,
            "/api/v1/suppliers": self.mill.pk,
            "/api/v1/links": self.link.pk,
            "/api/v1/ownerships": self.holding.pk,
            "/api/v1/documents": self.document.pk,
            "/api/v1/papers": self.paper.pk,
            "/api/v1/imports": self.batch.pk,
            "/api/v1/listed-entities": self.version.listings.first().entity_id,
            "/api/v1/listed-names": self.name.pk,
            "/api/v1/list-versions": self.version.pk,
            "/api/v1/thresholds": self.thresholds.pk,
            "/api/v1/exports": self.export.pk,
            "/api/v1/receipts": self.finding.screening_id,
            "/api/v1/screenings": self.finding.screening_id,
            "/api/v1/rescreenings": self.rescreening.pk,
            "/api/v1/events": self.delivery.event.name,
            "/api/v1/webhooks": self.delivery.endpoint_id,
            "/api/v1/webhook-deliveries": self.delivery.pk,
        }.get(path.split("/{")[0], "")
        if "/translations/{id}" in path or "/packets/{id}" in path:
            row = self.packet.pk if "/packets/" in path else self.translation.pk
        if "lot-" in path:
            row = self.trace.pk if "lot-traces" in path else self.epcis.pk
        number = self.letter.number if path.startswith("/api/v1/letters") else self.case.number
        if path.endswith(("/in-law/", "/no-event/")):
            number = self.received.number
        if path.startswith("/api/v1/cases/{number}/recommendations/{id}"):
            row, number = self.judged.pk, self.judged.case.number
        address = path.format(id=row, number=number, shipment=self.shipment.pk, fingerprint=self.alarm)
        owner = {"owner": self.importer.pk}
        body = {
            ("post", "/api/v1/screen-party/"): {"parties": [{"name": "Example Maker"}]},
            ("post", "/api/v1/identifier-checks/"): {"checks": [{"kind": "port", "value": "3901"}]},
            ("post", "/api/v1/shipments/"): declaration(**owner),
            ("post", "/api/v1/imports/"): [declaration(**owner)],
            ("post", "/api/v1/what-if/"): declaration(**owner),
            ("put", "/api/v1/shipments/{id}/"): declaration(),
            ("post", "/api/v1/exports/"): {"case": number},
            ("post", "/api/v1/cases/{number}/evidence-requests/"): {"due_on": "2999-01-01", "items": ["Invoice"]},
            ("post", "/api/v1/cases/{number}/verdicts/"): {
                "pathway": "applicability", "requirement": "A1", "verdict": "not_shown", "reason": "Test",
            },
            ("post", "/api/v1/cases/{number}/recommendations/"): {
                "pathway": "applicability", "conclusion": "scope_not_rebutted", "grounds": ["LISTED_ENTITY"],
                "reasons": "Test",
            },
            ("post", "/api/v1/cases/{number}/recommendations/{id}/decision/"): {
                "verdict": "returned", "reasons": "Test",
            },
            ("post", "/api/v1/letters/{number}/in-law/"): {
                "detention": self.detention.pk, "kind": "notice_issued", "on": timezone.localdate().isoformat(),
            },
            ("post", "/api/v1/letters/{number}/no-event/"): {"reason": "Test"},
            ("post", "/api/v1/tasks/{id}/answers/"): {"item": self.task.items.get().pk, "text": "Gin 7"},
            ("post", "/api/v1/tasks/{id}/extensions/"): {"days": 5, "reason": "Closed", "missing": "List"},
            ("post", "/api/v1/messages/"): {"case": self.case.number, "text": "Which page?"},
            ("post", "/api/v1/findings/{id}/judgements/"): {"verdict": "different", "scope": "firm", "reason": "Test"},
            ("post", "/api/v1/judgements/{id}/answer/"): {"verdict": "confirmed"},
            ("post", "/api/v1/suppliers/"): {"name": "Another Mill", **owner},
            ("post", "/api/v1/links/"): {"supplier": self.maker.pk, "customer": self.mill.pk, **owner},
            ("post", "/api/v1/links/{id}/withdraw/"): {"reason": "Test"},
            ("post", "/api/v1/shipments/{shipment}/lot-traces/"): {
                "maker": self.maker.pk,
                "outputs": [{"lot": "S-1", "line": 1}],
            },
            ("post", "/api/v1/shipments/{shipment}/lot-traces/{id}/withdraw/"): {"reason": "Test"},
            ("post", "/api/v1/shipments/{shipment}/lot-documents/"): {"document": document(chain()[2])},
            ("post", "/api/v1/links/{id}/dispute/"): {"reason": "Test"},
            ("post", "/api/v1/links/bulk/"): {
                "links": [{"supplier": {"name": "Mill"}, "customer": {"name": "Maker"}}],
                **owner,
            },
            ("post", "/api/v1/ownerships/"): {"owner_firm": self.maker.pk, "owned_firm": self.mill.pk, **owner},
            ("post", "/api/v1/ownerships/{id}/withdraw/"): {"reason": "Test"},
            ("post", "/api/v1/webhooks/"): {
                "name": "entry system", "url": "https://hooks.example.com/", "organization": self.importer.pk,
            },
            ("post", "/api/v1/sandboxes/"): {"organization": self.importer.pk},
            ("put", "/api/v1/webhooks/{id}/"): {"name": "entry system", "url": "https://hooks.example.com/"},
            ("post", "/api/v1/listed-names/{id}/answer/"): {"verdict": "confirmed"},
            ("post", "/api/v1/listed-names/{id}/withdraw/"): {"reason": "Test"},
            ("post", "/api/v1/listed-entities/{id}/names/"): {"text": "Samplewick Co., Ltd.", "source": "Register"},
            ("post", "/api/v1/documents/"): {
                "case": self.case.number,
                "file": SimpleUploadedFile("packing.txt", b"Packing list"),
            },
            ("post", "/api/v1/documents/{id}/papers/"): {"first_page": 1, "last_page": 1, "reason": "Test"},
            ("post", "/api/v1/documents/{id}/replaces/"): {"replaces": None},
            ("post", "/api/v1/papers/{id}/corrections/"): {"name": "total", "value": "1", "reason": "Test"},
            ("post", "/api/v1/cases/{number}/goods/"): {
                "shipment": self.shipment.pk, "line": 1, "commodity": "steel", "made_by_stage": 3, "reason": "Test",
            },
            ("post", "/api/v1/cases/{number}/alarms/{fingerprint}/answers/"): {
                "is_dismissed": True, "reason": "Explained by exhibit 1.",
            },
            ("post", "/api/v1/cases/{number}/placements/"): {
                "paper": self.paper.pk, "steps": [], "reason": "Of another shipment.",
            },
            ("get", "/api/v1/cases/{number}/paper-search/"): {"q": "Invoice"},
            ("post", "/api/v1/cases/{number}/kept-searches/"): {"words": "Gin", "why": "Test"},
            ("post", "/api/v1/cases/{number}/translations/"): {
                "exhibit": 1, "first_page": 1, "last_page": 1,
                "translation_exhibit": 1, "translation_first_page": 2, "translation_last_page": 2,
            },
            ("get", "/api/v1/import-rows/"): {"batch": self.batch.pk},
        }.get((method, path))  # fmt: skip
        return address, body, "multipart" if path == "/api/v1/documents/" or method == "get" else "json"


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_table_says(world, role):
    client = client_of(world.users[role])
    answers = {}
    # Reading first: what a role may do must not depend on what it did before.
    for method, path in sorted(TABLE):
        answers[method, path] = call(client, method, *world.request(method, path)).status_code
    assert answers == {operation: table[role] for operation, table in TABLE.items()}


def test_signed_out_nothing_is_answered(world):
    answers = {
        operation: call(APIClient(), operation[0], *world.request(*operation)).status_code for operation in TABLE
    }
    open_to_all = {("get", "/api/v1/clocks/"): 400}
    assert answers == dict.fromkeys(TABLE, 401) | open_to_all


@pytest.mark.parametrize("role", ["rival", "stranger"])
def test_lists_hold_nothing_of_others(world, role):
    client = client_of(world.users[role])
    for path in ("shipments", "findings", "cases", "suppliers", "links", "ownerships", "documents", "imports"):
        assert client.get(f"/api/v1/{path}/").json()["results"] == [], path


def test_the_table_has_every_operation_of_the_schema():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    operations = {(method, path) for path, methods in paths.items() for method in methods}
    assert operations - {("get", "/api/schema/")} == set(TABLE)
