"""An importer with a case at hand, and files it may send."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import BrokerAuthorization, Organization
from evidence.services.documents import receive_upload
from screening.services.cases import open_case
from screening.services.requests import request_evidence
from screening.services.shipments import add_shipment
from tests.factories import declared_shipment, make_organization, make_user

NOTE = b"Delivery note 19, 12,400 kg of yarn, received in good order."


def make_case(*, maker="Example Bay Garments JSC", items=("Invoice", "Proof of payment")):
    """A case of an importer of its own; with items, the office has asked for them."""
    importer = make_organization()
    member = make_user(Role.IMPORTER_MEMBER, importer)
    officer = make_user(Role.ANALYST)
    shipment = add_shipment(declared_shipment(maker=maker, entry_number=""), owner=importer, actor=member)
    case = open_case(shipment, actor=officer, reason="The chain is not known.")
    if items:
        request_evidence(case, actor=officer, due_on=timezone.localdate() + timedelta(days=10), items=items)
        case.refresh_from_db()
    return case


def member_of(case):
    return case.importer.memberships.first().user


def broker_for(*importers):
    """A member of a broker that acts for these importers since a month."""
    broker = make_organization(Organization.Kind.BROKER)
    since = timezone.localdate() - timedelta(days=30)
    for importer in importers:
        BrokerAuthorization.objects.create(broker=broker, importer=importer, valid_from=since)
    return make_user(Role.BROKER_MEMBER, broker)


def a_file(content=NOTE, name="note.txt"):
    return SimpleUploadedFile(name, content)


def send(case, content=NOTE, name="note.txt", *, actor=None, item=None, **more):
    return receive_upload(
        a_file(content, name),
        organization=case.importer,
        actor=actor or member_of(case),
        case=case,
        task_item=item,
        **more,
    )
