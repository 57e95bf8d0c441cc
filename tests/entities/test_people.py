"""The pages by which managers look after people."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import BrokerAuthorization, Invitation, Membership, Organization, Person, User
from entities.services import accounts, jobs
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db
REASON = {"reason": "Agreed with the office"}


@pytest.fixture
def manager(client, settings):
    settings.DEMO = True  # no second factor to prove
    account = make_user(Role.MANAGER)
    client.force_login(account)
    return account


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
@pytest.mark.parametrize("name", ["people", "organization-list", "organization-add", "invitation-list"])
def test_only_managers_see_people(client, settings, role, name):
    settings.DEMO = True
    client.force_login(make_user(role))
    assert client.get(reverse(name)).status_code == 403


def test_members_are_found_by_name_mail_and_organisation(client, manager):
    make_user(Role.REVIEWER, name="Rosa Lind", email="rosa@office.example")
    make_user(Role.IMPORTER_MEMBER, make_organization(name="Harbor Knit"), name="Otto Berg", email="otto@hk.example")
    for asked, found, missing in [
        ("rosa lind", "Rosa Lind", "Otto Berg"),
        ("hk.example", "Otto Berg", "Rosa Lind"),
        ("harbor", "Otto Berg", "Rosa Lind"),
        ("harbor berg", "Otto Berg", "Rosa Lind"),
    ]:
        page = text(client.get("/people/", {"q": asked}))
        assert found in page
        assert missing not in page


def test_members_are_filtered_by_kind_role_and_state(client, manager):
    rosa = make_user(Role.REVIEWER, name="Rosa Lind")
    make_user(Role.IMPORTER_MEMBER, name="Otto Berg")
    accounts.suspend(rosa.memberships.get(), actor=manager)
    assert "Otto Berg" not in text(client.get("/people/", {"kind": "office"}))
    assert "Rosa Lind" in text(client.get("/people/", {"role": "reviewer"}))
    assert "Rosa Lind" not in text(client.get("/people/", {"state": "active"}))
    assert "Rosa Lind" in text(client.get("/people/", {"state": "suspended"}))


def test_an_unknown_filter_sort_or_page_is_no_fault(client, manager):
    for query in ["?kind=x&role=y&state=z", "?sort=password", "?sort=-role", "?page=99", "?page=x"]:
        assert manager.email in text(client.get(f"/people/{query}"))


def test_many_members_are_paged_with_few_queries(client, manager, django_assert_max_num_queries):
    importer = make_organization()
    people = Person.objects.bulk_create(Person(full_name=f"Member {n:03}") for n in range(120))
    users = User.objects.bulk_create(
        User(email=f"m{n}@example.test", person=person, password="!") for n, person in enumerate(people)
    )
    Membership.objects.bulk_create(
        Membership(user=user, organization=importer, role=Role.IMPORTER_MEMBER) for user in users
    )
    with django_assert_max_num_queries(10):
        page = text(client.get("/people/", {"kind": "importer", "page": 2}))
    assert "51 to 100 of 120" in page
    with django_assert_max_num_queries(14):
        assert "1 to 50 of 120" in text(client.get(f"/people/organizations/{importer.pk}/"))


def test_a_long_name_in_two_scripts_stands_as_written(client, manager):
    name = "阿克苏示范纺织进出口有限公司 Aksu Model Textile Import and Export Co., Ltd. of the Free Zone"
    importer = make_organization(name=name)
    assert name in text(client.get("/people/organizations/", {"q": "示范"}))
    assert name in text(client.get(f"/people/organizations/{importer.pk}/"))


def test_an_importer_is_added_invited_and_authorises_a_broker(client, manager):
    broker = make_organization(Organization.Kind.BROKER)
    added = client.post(
        "/people/organizations/add/",
        {"kind": "importer", "name": "Harbor Knit LLC", "importer_number": "12-345678900", "environment": "live"},
    )
    importer = Organization.objects.get(name="Harbor Knit LLC")
    assert added.url == f"/people/organizations/{importer.pk}/"
    client.post(f"{added.url}invite/", {"email": "Mira@Harbor.example"})
    assert Invitation.objects.get().email == "mira@harbor.example"
    client.post(f"{added.url}brokers/", {"broker": broker.pk, "valid_from": "2026-01-01", "valid_to": ""})
    assert BrokerAuthorization.objects.get().importer == importer
    page = text(client.get(added.url))
    assert "mira@harbor.example" in page
    assert broker.name in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"importer_number": "12345"}, "12-345678900"), ({"name": ""}, "required"), ({"kind": "office"}, "valid choice")],
)
def test_a_wrong_organisation_is_answered_with_what_to_do(client, manager, changes, words):
    form = {"kind": "importer", "name": "Harbor", "importer_number": "", "environment": "live", **changes}
    answer = client.post("/people/organizations/add/", form)
    assert words in text(answer)


def test_an_invitation_is_sent_again_and_withdrawn(client, manager):
    invitation = accounts.invite(
        make_organization(), email="new@example.test", role=Role.IMPORTER_MEMBER, actor=manager
    )
    client.post(f"/people/invitations/{invitation.pk}/send/")
    jobs.work_off()
    assert len(mail.outbox) == 2  # both jobs write the link that holds now
    client.post(f"/people/invitations/{invitation.pk}/withdraw/")
    invitation.refresh_from_db()
    assert not invitation.is_open(timezone.now())
    client.get("/people/invitations/")  # takes the messages
    assert "new@example.test" not in text(client.get("/people/invitations/"))
    assert "new@example.test" in text(client.get("/people/invitations/", {"state": "expired"}))


def test_a_mail_that_failed_is_seen(client, manager, monkeypatch):
    organization = make_organization()
    accounts.invite(organization, email="new@example.test", role=Role.IMPORTER_MEMBER, actor=manager)
    from entities.models import Job

    Job.objects.update(state=Job.State.FAILED, error="The mail server does not deliver to new@example.test.")
    page = text(client.get(f"/people/organizations/{organization.pk}/"))
    assert "Mail not sent" in page
    assert "does not deliver" in page


def test_an_analyst_may_resend_to_an_importer_but_not_to_the_office(client, manager):
    analyst = make_user(Role.ANALYST)
    office = manager.memberships.get().organization
    to_importer = accounts.invite(
        make_organization(), email="a@example.test", role=Role.IMPORTER_MEMBER, actor=manager
    )
    to_office = accounts.invite(office, email="b@example.test", role=Role.APPROVER, actor=manager)
    client.force_login(analyst)
    for invitation, changes in [(to_importer, True), (to_office, False)]:
        client.post(f"/people/invitations/{invitation.pk}/send/")
        before = invitation.token_digest
        invitation.refresh_from_db()
        assert (invitation.token_digest != before) is changes


def test_role_suspension_and_second_factor_are_changed_with_a_reason(client, manager):
    analyst = make_user(Role.ANALYST)
    membership = analyst.memberships.get()
    base = f"/people/members/{membership.pk}"
    assert "required" in text(client.post(f"{base}/suspend/", {}))
    client.post(f"{base}/role/", {"role": "reviewer", **REASON})
    client.post(f"{base}/suspend/", REASON)
    membership.refresh_from_db()
    assert (membership.role, membership.suspended_at is None) == ("reviewer", False)
    client.post(f"{base}/restore/", REASON)
    membership.refresh_from_db()
    assert membership.suspended_at is None
    assert client.post(f"/people/accounts/{analyst.pk}/second-factor/", REASON).status_code == 302


def test_the_last_manager_reads_why_it_cannot_be(client, manager):
    membership = manager.memberships.get()
    answer = client.post(f"/people/members/{membership.pk}/suspend/", REASON)
    assert "Nobody suspends themselves" in text(answer)


def test_the_own_page_offers_no_act_on_oneself(client, manager):
    page = text(client.get(f"/people/accounts/{manager.pk}/"))
    assert "This is you" in page
    assert "/suspend/" not in page


def test_namesakes_are_offered_as_the_same_person(client, manager):
    first = make_user(Role.REVIEWER, name="Rosa Lind")
    second = make_user(Role.APPROVER, name="rosa lind")
    assert second.email in text(client.get(f"/people/accounts/{first.pk}/"))
    client.post(f"/people/accounts/{first.pk}/same-person/", {"email": second.email, **REASON})
    assert accounts.same_person(first, second)


def test_what_does_not_exist_is_not_found(client, manager):
    for address in ["accounts/999/", "members/999/role/", "organizations/999/", "authorizations/999/revoke/"]:
        assert client.get(f"/people/{address}").status_code == 404


def test_first_pages_by_role(client, settings):
    settings.DEMO = True
    for role, name in [
        (Role.AUDITOR, "desk"),
        (Role.IMPORTER_MEMBER, "importer-home"),
        (Role.BROKER_MEMBER, "importer-home"),
    ]:
        client.force_login(make_user(role))
        assert client.get("/").url == reverse(name)
