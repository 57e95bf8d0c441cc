"""Every address by every role: who gets in, who is refused, and who may not even know.

One table. An address that is not in it fails the suite.
"""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import BrokerAuthorization, Invitation, ListedEntity, ListVersion, Organization
from entities.services import jobs, suppliers
from entities.services.lists import load_reference_lists
from entities.services.tokens import create_token
from evidence.models import Document, Exhibit, Page
from screening.models import ImportBatch, Task, TaskItem
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.factories import make_organization, make_user

ANALYST, REVIEWER, APPROVER, AUDITOR, MANAGER = "analyst", "reviewer", "approver", "auditor", "manager"
IMPORTER, BROKER, RIVAL, STRANGE_BROKER, NOBODY = "importer", "broker", "rival", "strange broker", "nobody"
EVERYBODY = {ANALYST, REVIEWER, APPROVER, AUDITOR, MANAGER, IMPORTER, BROKER, RIVAL, STRANGE_BROKER, NOBODY}
SIGNED_IN = EVERYBODY - {NOBODY}
OFFICE = {ANALYST, REVIEWER, APPROVER, AUDITOR, MANAGER}
WORKERS = {ANALYST, REVIEWER}
OWNERS = {IMPORTER, BROKER}
OUTSIDE = {IMPORTER, BROKER, RIVAL, STRANGE_BROKER}
DECLARANTS = WORKERS | OUTSIDE
AUDIT = {APPROVER, AUDITOR, MANAGER}

# address: who gets in. The rest is refused (403) or told that there is no such thing (404); an outsider who is not
# the owner must be told 404 wherever the owner gets in, so that nobody learns what others have.
PAGES: dict[str, set[str]] = {
    "healthz": EVERYBODY,
    "readyz": EVERYBODY,
    "home": SIGNED_IN,
    # accounts
    "sign-in": EVERYBODY,
    "sign-out": EVERYBODY,
    "second-factor": SIGNED_IN,
    "second-factor-setup": SIGNED_IN,
    "password-reset": EVERYBODY,
    "password-reset-sent": EVERYBODY,
    "password-reset-complete": EVERYBODY,
    "password-reset-confirm": EVERYBODY,
    "invitation-accept": EVERYBODY,
    "invitation-sign-out": EVERYBODY,
    "account": SIGNED_IN,
    "password-change": SIGNED_IN,
    "recovery-codes": SIGNED_IN,
    "second-factor-remove": SIGNED_IN,
    "token-add": SIGNED_IN,
    "token-revoke": {ANALYST},  # the token is the analyst's own
    # people
    "people": {MANAGER},
    "account-detail": {MANAGER},
    "second-factor-reset": {MANAGER},
    "same-person": {MANAGER},
    "member-role": {MANAGER},
    "member-suspend": {MANAGER},
    "member-restore": {MANAGER},
    "organization-list": {MANAGER},
    "organization-add": {MANAGER},
    "organization-detail": {MANAGER},
    "invitation-add": {MANAGER},
    "broker-authorize": {MANAGER},
    "broker-revoke": {MANAGER},
    "invitation-list": {MANAGER},
    "invitation-resend": {MANAGER},
    "invitation-withdraw": {MANAGER},
    "audit-trail": AUDIT,
    # the office's work
    "desk": OFFICE,
    "look-list": OFFICE,
    "case-detail": OFFICE,
    "case-request-evidence": WORKERS,
    "case-detention": WORKERS,
    "case-assign": WORKERS | {APPROVER, MANAGER},
    "case-start-review": WORKERS,
    "case-reopen": WORKERS,
    "case-invite": WORKERS | {MANAGER},
    "case-recommend": {REVIEWER},
    "case-decide": OFFICE,
    "case-review": OFFICE,
    "shipment-open-case": WORKERS,
    "shipment-set-aside": WORKERS,
    # shipments, suppliers, lists
    "shipment-list": SIGNED_IN,
    "shipment-add": DECLARANTS,
    "shipment-detail": OFFICE | OWNERS,
    "shipment-edit": WORKERS | OWNERS,
    "supplier-list": SIGNED_IN,
    "supplier-add": DECLARANTS,
    "supplier-detail": OFFICE | OWNERS,
    "link-add": WORKERS | OWNERS,
    "link-withdraw": WORKERS | OWNERS,
    "listed-entity-list": SIGNED_IN,
    "listed-entity-detail": SIGNED_IN,
    # imports
    "batch-list": DECLARANTS,
    "batch-add": DECLARANTS,
    "batch-detail": OFFICE | OWNERS,
    # evidence
    "importer-home": OUTSIDE,
    "importer-case": OWNERS,
    "request-answer": OWNERS,
    "case-upload": WORKERS | OWNERS,
    "item-upload": WORKERS | OWNERS,
    "document-list": SIGNED_IN,
    "document-detail": OFFICE | OWNERS,
    "document-progress": OFFICE | OWNERS,
    "document-download": OFFICE | OWNERS,
    "document-read-again": WORKERS | OWNERS,
}
# Links that carry a secret answer 404 to a wrong one, whoever asks.
CARRIES_A_SECRET = {"invitation-accept", "invitation-sign-out", "password-reset-confirm"}
# API address and method: who gets in
API: dict[tuple[str, str], set[str]] = {
    ("api-schema", "get"): EVERYBODY,
    ("api-docs", "get"): EVERYBODY,
    ("api-me", "get"): SIGNED_IN,
    ("api-screen-party", "post"): SIGNED_IN,
    ("api-shipments-list", "get"): SIGNED_IN,
    ("api-shipments-list", "post"): DECLARANTS,
    ("api-shipments-detail", "get"): OFFICE | OWNERS,
    ("api-shipments-detail", "put"): WORKERS | OWNERS,
    ("api-shipments-screenings", "get"): OFFICE | OWNERS,
    ("api-findings-list", "get"): SIGNED_IN,
    ("api-findings-detail", "get"): OFFICE | OWNERS,
    ("api-cases-list", "get"): SIGNED_IN,
    ("api-cases-detail", "get"): OFFICE | OWNERS,
    ("api-cases-evidence-requests", "post"): WORKERS,
    ("api-suppliers-list", "get"): SIGNED_IN,
    ("api-suppliers-list", "post"): DECLARANTS,
    ("api-suppliers-detail", "get"): OFFICE | OWNERS,
    ("api-links-list", "get"): SIGNED_IN,
    ("api-links-list", "post"): DECLARANTS,
    ("api-links-detail", "get"): OFFICE | OWNERS,
    ("api-links-withdraw", "post"): WORKERS | OWNERS,
    ("api-documents-list", "get"): SIGNED_IN,
    ("api-documents-list", "post"): WORKERS | OUTSIDE,
    ("api-documents-detail", "get"): OFFICE | OWNERS,
    ("api-imports-list", "get"): SIGNED_IN,
    ("api-imports-detail", "get"): OFFICE | OWNERS,
    ("api-import-rows-list", "get"): SIGNED_IN,
    ("api-listed-entities-list", "get"): SIGNED_IN,
    ("api-listed-entities-detail", "get"): SIGNED_IN,
    ("api-list-versions-list", "get"): SIGNED_IN,
    ("api-list-versions-detail", "get"): SIGNED_IN,
}
SINGLE_API_ADDRESSES = {"api-schema", "api-docs", "api-me", "api-screen-party"}
NOT_ROWS = {"api-unknown"}  # answers 404 to everybody

POST_ONLY = {
    "sign-out",
    "invitation-sign-out",
    "member-restore",
    "invitation-resend",
    "link-withdraw",
    "request-answer",
    "case-upload",
    "item-upload",
    "document-read-again",
}


def names_and_methods():
    """Every named address; for the API with the methods it takes."""
    found = set()

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
            elif actions := getattr(pattern.callback, "actions", None):
                found.update((pattern.name, method) for method in actions if method != "head")
            elif pattern.name in SINGLE_API_ADDRESSES:
                found.add((pattern.name, "post" if pattern.name == "api-screen-party" else "get"))
            else:
                found.add(pattern.name)

    walk(get_resolver().url_patterns)
    return found


class World:
    """One importer's shipment, case, papers and the rest, and an account of each kind."""

    def __init__(self):
        load_reference_lists()
        self.importer = make_organization(name="Example Imports LLC")
        broker = make_organization(Organization.Kind.BROKER)
        BrokerAuthorization.objects.create(
            broker=broker, importer=self.importer, valid_from=timezone.localdate() - timedelta(days=9)
        )
        revoked = make_organization(Organization.Kind.BROKER)
        self.authorization = BrokerAuthorization.objects.create(
            broker=revoked,
            importer=self.importer,
            valid_from=date(2024, 1, 1),
            valid_to=timezone.localdate() - timedelta(days=1),
        )
        self.users = {
            role.value: make_user(role) for role in Role if role not in {Role.IMPORTER_MEMBER, Role.BROKER_MEMBER}
        }
        self.users |= {
            IMPORTER: make_user(Role.IMPORTER_MEMBER, self.importer),
            BROKER: make_user(Role.BROKER_MEMBER, broker),
            RIVAL: make_user(Role.IMPORTER_MEMBER),
            STRANGE_BROKER: make_user(Role.BROKER_MEMBER, revoked),
        }
        member, reviewer = self.users[IMPORTER], self.users[REVIEWER]
        listed = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")
        maker = PartyFacts(name="Example Garments JSC", country="VN")
        rows = suppliers.declare_parties(self.importer, [listed, maker])
        ends = [rows[suppliers.fingerprint(one)].supplier for one in (listed, maker)]
        self.link = suppliers.declare_link(*ends, actor=member, declared_by=self.importer, commodity="cotton")
        self.shipment = add_shipment(
            DeclaredShipment(
                imported_on=date(2026, 5, 4),
                lines=(DeclaredLine(1, "Cotton yarn", ("5205240090",)),),
                parties=(DeclaredRole("manufacturer", listed), DeclaredRole("seller", maker)),
            ),
            owner=self.importer,
            actor=member,
        )
        jobs.work_off()
        self.case = self.shipment.cases.get()
        self.task = Task.objects.create(
            case=self.case, due_on=timezone.localdate() + timedelta(days=5), asked_by=reviewer
        )
        self.item = TaskItem.objects.create(task=self.task, number=1, text="Invoices")
        self.document = Document.objects.create(
            organization=self.importer,
            file_name="invoice.txt",
            size=4,
            sha256="0" * 64,
            uploaded_by=member,
            state="read",
        )
        self.document.file.save("x", ContentFile(b"text"))
        Page.objects.create(document=self.document, number=1, text="text", sha256="1" * 64)
        Exhibit.objects.create(case=self.case, document=self.document, number=1, added_by=member)
        self.batch = ImportBatch.objects.create(
            organization=self.importer, uploaded_by=member, file_name="a.csv", sha256="2" * 64, state="done"
        )
        self.batch.file.save("x", ContentFile(b"a,b"))
        self.invitation = Invitation.objects.create(
            email="new@example.test",
            organization=self.importer,
            role=Role.IMPORTER_MEMBER,
            token_digest="3" * 64,
            invited_by=reviewer,
            expires_at=timezone.now() + timedelta(days=3),
        )
        self.token = create_token(self.users[ANALYST], name="script", days=9, actor=self.users[ANALYST])[0]

    def kwargs(self, name):
        """What the address of this name is filled with."""
        screening = self.shipment.latest_screening or self.shipment.screenings.first()
        keys = {
            "token-revoke": self.token.pk,
            "account-detail": self.users[REVIEWER].pk,
            "second-factor-reset": self.users[REVIEWER].pk,
            "same-person": self.users[REVIEWER].pk,
            "broker-revoke": self.authorization.pk,
            "listed-entity-detail": ListedEntity.objects.first().pk,
            "supplier-detail": self.link.supplier_id,
            "link-add": self.link.supplier_id,
            "link-withdraw": self.link.pk,
            "api-suppliers-detail": self.link.supplier_id,
            "api-links-detail": self.link.pk,
            "api-links-withdraw": self.link.pk,
            "api-findings-detail": screening.findings.first().pk,
            "api-listed-entities-detail": ListedEntity.objects.first().pk,
            "api-list-versions-detail": ListVersion.objects.first().pk,
            "api-imports-detail": self.batch.pk,
        }
        if name in {"password-reset-confirm"}:
            return {"uidb64": "MQ", "token": "set-password"}
        if name in {"invitation-accept", "invitation-sign-out"}:
            return {"token": "unknown"}
        if name in {"api-cases-detail", "api-cases-evidence-requests"}:
            return {"number": self.case.number}
        if name == "request-answer":
            return {"pk": self.case.pk, "task": self.task.pk}
        if name == "item-upload":
            return {"pk": self.case.pk, "item": self.item.pk}
        if name in keys:
            return {"pk": keys[name]}
        of = {
            "case": self.case.pk,
            "importer": self.case.pk,
            "shipment": self.shipment.pk,
            "document": self.document.pk,
            "batch": self.batch.pk,
            "member": self.users[REVIEWER].memberships.get().pk,
            "organization": self.importer.pk,
            "broker": self.importer.pk,
            "invitation": self.importer.pk if name == "invitation-add" else self.invitation.pk,
        }
        return {"pk": of[name.removeprefix("api-").split("-")[0].removesuffix("s")]}

    def address(self, name):
        try:
            return reverse(name)
        except Exception:
            return reverse(name, kwargs=self.kwargs(name))

    def status(self, who, name, method):
        """What this one is answered; nothing the request does is kept."""
        client = Client()
        if who != NOBODY:
            client.force_login(self.users[who], backend="entities.backends.EmailBackend")
        data = {"content_type": "application/json", "data": {}} if name.startswith("api-") and method != "get" else {}
        with transaction.atomic():
            response = getattr(client, method)(self.address(name), **data)
            transaction.set_rollback(True)
        if response.status_code == 302 and response["Location"].startswith(reverse("sign-in") + "?"):
            return 401
        return response.status_code

    def wrong(self, name, method, allowed):
        """What is not as the table says, in words."""
        found = []
        for who in sorted(EVERYBODY):
            status = self.status(who, name, method)
            if who in allowed:
                is_right = status not in {401, 403, 404, 405} and status < 500
                is_right = is_right or (status == 404 and name in CARRIES_A_SECRET)
            elif who == NOBODY:
                is_right = status == 401
            elif who in {RIVAL, STRANGE_BROKER} and allowed & OWNERS:
                is_right = status == 404
            else:
                is_right = status in {403, 404}
            if not is_right:
                found.append(f"{method} {name}: {who} is answered {status}")
        return found


@pytest.fixture
def world(db, settings):
    settings.DEMO = True  # the second factor has tests of its own
    return World()


def test_every_address_is_in_the_table():
    known = set(PAGES) | set(API) | NOT_ROWS
    assert names_and_methods() - known == set()
    assert known - names_and_methods() == set()


def test_pages_let_in_who_may_enter_and_nobody_else(world):
    wrong = [one for name, allowed in PAGES.items() for one in world.wrong(name, _method(name), allowed)]
    assert wrong == []


def test_the_api_lets_in_who_may_enter_and_nobody_else(world):
    wrong = [one for (name, method), allowed in API.items() for one in world.wrong(name, method, allowed)]
    assert wrong == []


def _method(name):
    return "post" if name in POST_ONLY else "get"
