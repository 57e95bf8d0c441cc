"""The pages of suppliers: links and holdings declared, disputed, withdrawn; files of links sent and confirmed."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import OwnershipLink, Supplier, SupplyLink
from entities.services import jobs, ownership, suppliers
from screening.models import ImportBatch
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BACKEND = "entities.backends.EmailBackend"


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def importer(member):
    return member.active_memberships[0].organization


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def as_member(client, member):
    client.force_login(member, backend=BACKEND)
    return client


def firms(organization, *names):
    facts = [PartyFacts(name=name, country="CN") for name in names]
    rows = suppliers.declare_parties(organization, facts)
    return [rows[suppliers.fingerprint(one)].supplier for one in facts]


def page(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def test_a_link_is_declared_with_all_that_is_known_of_it(as_member, importer):
    (maker,) = firms(importer, "Example Maker")
    sent = {
        "declared_for": importer.pk, "name": "Example Mill", "country": "CN", "goods": "cotton yarn",
        "hts_prefix": "520524", "quantity": "12.5", "unit": "t", "share": "40", "origin": "Shandong, China",
        "confidence": "documented", "source": "a contract", "source_url": "https://example.com/c",
    }  # fmt: skip
    assert as_member.post(reverse("link-add", args=[maker.pk]), sent).status_code == 302
    link = SupplyLink.objects.get()
    assert (link.declared_by, link.basis, link.hts_prefix, link.share) == (importer, "declaration", "520524", 40)
    shown = page(as_member, "supplier-detail", maker.pk)
    for words in ("Example Mill", "12.5 t", "40 % of its intake", "from Shandong, China", "HTS 520524", "documented"):
        assert words in shown


def test_a_link_form_says_what_is_wrong_and_stores_nothing(as_member, importer):
    (maker,) = firms(importer, "Example Maker")
    sent = {
        "declared_for": importer.pk,
        "name": "Example Mill",
        "share": "140",
        "hts_prefix": "52.05",
        "confidence": "stated",
    }
    response = as_member.post(reverse("link-add", args=[maker.pk]), sent)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "less than or equal to 100" in shown
    assert "2 to 10 digits without points" in shown
    assert Supplier.objects.count() == 1


def test_a_refused_link_leaves_no_new_supplier_behind(as_member, importer):
    (maker,) = firms(importer, "Example Maker")
    sent = {
        "declared_for": importer.pk, "name": "New Mill", "confidence": "stated",
        "valid_from": "2026-02-01", "valid_to": "2026-01-01",
    }  # fmt: skip
    assert "exchange the dates" in as_member.post(reverse("link-add", args=[maker.pk]), sent).content.decode()
    assert not Supplier.objects.filter(name="New Mill").exists()


def test_only_the_office_is_offered_to_make_a_public_statement(as_member, client, importer, analyst):
    (maker,) = firms(importer, "Example Maker")
    assert "Public statement" not in page(as_member, "link-add", maker.pk)
    client.force_login(analyst, backend=BACKEND)
    assert "Public statement" in page(client, "link-add", maker.pk)
    office = analyst.active_memberships[0].organization
    sent = {
        "declared_for": office.pk,
        "name": "Mill",
        "confidence": "reported",
        "is_public": "on",
        "source": "A report",
    }
    assert client.post(reverse("link-add", args=[maker.pk]), sent).status_code == 302
    link = SupplyLink.objects.get()
    assert (link.declared_by, link.basis) == (None, "report")


def test_an_owner_is_declared_and_shown_on_both_firms(as_member, importer):
    (plant,) = firms(importer, "Example Plant")
    sent = {
        "declared_for": importer.pk, "name": "Example Parent", "country": "CN", "share_from": "51", "share_to": "51",
        "interest": "shareholding", "valid_from": "2020-05-01",
    }  # fmt: skip
    assert as_member.post(reverse("owner-add", args=[plant.pk]), sent).status_code == 302
    link = OwnershipLink.objects.get()
    assert (link.share_from, link.valid_from, link.declared_by) == (Decimal(51), date(2020, 5, 1), importer)
    assert "51 %, shareholding" in page(as_member, "supplier-detail", plant.pk)
    assert "Example Plant" in page(as_member, "supplier-detail", link.owner_id)


def test_a_holding_is_withdrawn_with_a_reason(as_member, importer, member):
    link = ownership.declare_ownership(*firms(importer, "Parent", "Plant"), actor=member, declared_by=importer)
    address = reverse("ownership-withdraw", args=[link.pk])
    assert as_member.post(address, {"reason": ""}).status_code == 409
    assert as_member.post(address, {"reason": "Sold"}).status_code == 302
    assert "Unknown: nobody declared who owns this firm." in page(as_member, "supplier-detail", link.owned_id)


def test_a_public_link_about_ones_firm_is_disputed_but_not_withdrawn(as_member, importer, analyst):
    mill, maker = firms(importer, "Mill", "Maker")
    link = suppliers.declare_link(mill, maker, actor=analyst, declared_by=None, source="a report", basis="report")
    shown = page(as_member, "supplier-detail", maker.pk)
    assert reverse("link-dispute", args=[link.pk]) in shown
    assert reverse("link-withdraw", args=[link.pk]) not in shown
    assert as_member.post(reverse("link-withdraw", args=[link.pk]), {"reason": "x"}).status_code == 404
    assert as_member.post(reverse("link-dispute", args=[link.pk]), {"reason": "Not ours"}).status_code == 302
    assert "Disputed" in page(as_member, "supplier-detail", maker.pk)


def test_what_a_rival_declared_of_owners_is_not_told(as_member, importer, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    theirs = rival.active_memberships[0].organization
    _, plant = firms(theirs, "Secret Parent", "Example Plant")
    ownership.declare_ownership(_, plant, actor=rival, declared_by=theirs)
    firms(importer, "Example Plant")
    shown = page(as_member, "supplier-detail", plant.pk)
    assert "Secret Parent" not in shown
    assert "nobody declared who owns this firm" in shown


def test_the_office_sees_who_stands_further_up(client, importer, member, analyst):
    top, parent, plant = firms(importer, "Example Top", "Example Parent", "Example Plant")
    ownership.declare_ownership(parent, plant, actor=member, declared_by=importer, share_from=Decimal(60))
    ownership.declare_ownership(top, parent, actor=member, declared_by=importer, share_from=Decimal(50))
    client.force_login(analyst, backend=BACKEND)
    shown = " ".join(page(client, "supplier-detail", plant.pk).split())
    assert "Further up" in shown
    assert "at least 30 %" in shown


def test_the_office_corrects_what_was_taken_for_a_class_of_firms(client, importer, analyst):
    (growers,) = firms(importer, "Xinjiang cotton growers")
    client.force_login(analyst, backend=BACKEND)
    assert "A class of firms" in page(client, "supplier-detail", growers.pk)
    address = reverse("supplier-aggregate", args=[growers.pk])
    assert client.post(address, {"is_aggregate": "no", "reason": ""}).status_code == 409
    assert client.post(address, {"is_aggregate": "no", "reason": "A cooperative"}).status_code == 302
    assert not Supplier.objects.get(pk=growers.pk).is_aggregate


def test_an_importer_does_not_say_what_is_a_class_of_firms(as_member, importer):
    (growers,) = firms(importer, "Xinjiang cotton growers")
    assert as_member.post(reverse("supplier-aggregate", args=[growers.pk]), {"reason": "x"}).status_code == 403


# --- files of links
def upload(client, text, name="links.csv", **more):
    file = SimpleUploadedFile(name, text.encode())
    return client.post(reverse("batch-add-links"), {"files": file, "confirm": "on", **more})


def test_a_file_of_links_is_sent_confirmed_and_shown(as_member, importer):
    text = "Supplier,Customer,Material,Period\nMill A,Maker B,yarn,2024\nMill A,,yarn,2024\n"
    assert upload(as_member, text, owner=importer.pk).status_code == 302
    batch = ImportBatch.objects.get()
    jobs.run(batch.job_id, heartbeat=False)
    columns = page(as_member, "batch-mapping", batch.pk)
    assert "Supplier or owner (upstream): name" in columns
    assert "Bill of lading" not in columns
    sent = {f"layout0-column{index}": field for index, field in enumerate(
        ("supplier_name", "customer_name", "goods", "period")
    )}  # fmt: skip
    assert as_member.post(reverse("batch-mapping", args=[batch.pk]), sent).status_code == 302
    batch.refresh_from_db()
    jobs.run(batch.job_id, heartbeat=False)
    shown = " ".join(page(as_member, "batch-detail", batch.pk).split())
    assert "1 supply link and 0 holdings between 2 firms." in shown
    assert "The row names no customer." in shown


def test_a_list_of_suppliers_is_sent_from_the_page_of_their_customer(as_member, importer):
    (brand,) = firms(importer, "Example Brand")
    address = f"{reverse('batch-add-links')}?customer={brand.pk}"
    assert address in page(as_member, "supplier-detail", brand.pk)
    assert "Example Brand" in as_member.get(address).content.decode()
    upload(as_member, "Factory,Country\nFactory A,China\n", owner=importer.pk, customer=brand.pk, confirm="")
    jobs.run(ImportBatch.objects.get().job_id, heartbeat=False)
    assert str(SupplyLink.objects.get()) == "Factory A → Example Brand"


def test_the_customer_of_a_list_is_named_with_the_file(as_member, importer):
    firms(importer, "Example Brand")
    upload(
        as_member, "Factory,Country\nFactory A,China\n", owner=importer.pk, customer_name="example brand", confirm=""
    )
    jobs.run(ImportBatch.objects.get().job_id, heartbeat=False)
    assert str(SupplyLink.objects.get()) == "Factory A → Example Brand"


def test_a_customer_of_others_cannot_be_named(as_member, importer):
    rival = make_user(Role.IMPORTER_MEMBER)
    (hidden,) = firms(rival.active_memberships[0].organization, "Hidden Brand")
    response = upload(as_member, "Factory\nFactory A\n", owner=importer.pk, customer=hidden.pk)
    assert response.status_code == 422
    assert "Hidden Brand" not in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_office_sends_public_statements_and_importers_are_not_offered_to(client, as_member, importer, analyst):
    assert "These statements are public" not in page(as_member, "batch-add-links")
    client.force_login(analyst, backend=BACKEND)
    office = analyst.active_memberships[0].organization
    text = "Supplier,Customer,Material,Source\nMill A,Maker B,yarn,A report\n"
    upload(client, text, owner=office.pk, is_public="on", confirm="")
    jobs.run(ImportBatch.objects.get().job_id, heartbeat=False)
    assert SupplyLink.objects.get().declared_by is None
