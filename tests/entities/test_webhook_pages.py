"""The pages on which webhooks are named, tested, paused, renewed and looked at."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from entities.domain.roles import Role
from entities.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from entities.services import webhooks
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER, make_organization())


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member, backend="entities.backends.EmailBackend")
    return client


@pytest.fixture
def endpoint(member):
    url = "https://hooks.example.com/in"
    return webhooks.add_endpoint(member.organizations().get(), name="entry system", url=url, actor=member)[0]


def secret_on(page):
    return re.search(r"<code>(whsec_[^<]+)</code>", page.content.decode())[1]


def test_a_webhook_is_named_and_its_secret_shown_once(client, member):
    sent = {"organization": member.organizations().get().pk, "name": "entry system", "url": "https://h.example.com/"}
    secret = secret_on(client.post(reverse("webhook-add"), {**sent, "kinds": ["case.opened", "findings.new"]}))
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.kinds == ["findings.new", "case.opened"]
    page = client.get(reverse("webhook-detail", args=[endpoint.pk])).content.decode()
    assert "findings.new, case.opened" in page
    assert secret not in page


def test_a_private_address_is_refused_on_the_page(client, member):
    sent = {"organization": member.organizations().get().pk, "name": "x", "url": "https://0x7f.1/"}
    page = client.post(reverse("webhook-add"), sent).content.decode()
    assert "0x7f.1 is not on the public internet" in page
    assert not WebhookEndpoint.objects.exists()


def test_the_log_shows_each_delivery_with_its_tries_and_what_is_sent(client, member, endpoint):
    delivery = webhooks.send_test(endpoint, actor=member)
    WebhookAttempt.objects.create(delivery=delivery, seconds=0.2, status=500, problem="Answered 500.")
    WebhookAttempt.objects.create(delivery=delivery, seconds=15, problem="No answer in time.")
    log = client.get(reverse("webhook-detail", args=[endpoint.pk])).content.decode()
    assert "webhook.tested" in log
    assert "No answer in time." in log
    assert "Answered 500." not in log
    page = client.get(reverse("delivery-detail", args=[delivery.pk])).content.decode()
    assert page.index("Answered 500.") < page.index("No answer in time.")
    assert f"&quot;id&quot;: &quot;{delivery.event.name}&quot;" in page
    given_up = client.get(reverse("webhook-detail", args=[endpoint.pk]), {"state": "dead"})
    assert given_up.context["page"].paginator.count == 0


def test_a_dead_letter_is_sent_again_from_its_page(client, member, endpoint):
    delivery = webhooks.send_test(endpoint, actor=member)
    WebhookDelivery.objects.update(state="dead", tries=8)
    assert client.get(reverse("webhook-list")).context["rows"][0].dead == 1
    client.post(reverse("delivery-replay", args=[delivery.pk]))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("waiting", 0)


def test_a_webhook_is_tested_paused_resumed_changed_and_ended(client, endpoint):
    def press(button, **sent):
        page = client.post(reverse(button, args=[endpoint.pk]), sent, follow=True)
        endpoint.refresh_from_db()
        return page.content.decode()

    assert "A test event is on its way" in press("webhook-test")
    assert "Paused" in press("webhook-pause")
    assert "entry system is paused. Resume it first." in press("webhook-test")
    assert "What waited is sent first" in press("webhook-resume")
    press("webhook-edit", name="warehouse", url="https://w.example.com/")
    assert (endpoint.name, endpoint.url, endpoint.kinds) == ("warehouse", "https://w.example.com/", [])
    press("webhook-end")
    assert endpoint.state == "ended"
    assert "was ended" in press("webhook-test")


def test_a_new_secret_is_shown_once_with_how_long_the_old_one_signs(client, endpoint):
    page = client.post(reverse("webhook-rotate", args=[endpoint.pk]), {"overlap_hours": 24})
    assert secret_on(page).startswith("whsec_")
    assert "The old one signs too until" in page.content.decode()


def test_a_rival_finds_none_of_it(member, endpoint):
    delivery = webhooks.send_test(endpoint, actor=member)
    rival = Client()
    rival.force_login(make_user(Role.IMPORTER_MEMBER), backend="entities.backends.EmailBackend")
    assert rival.get(reverse("webhook-detail", args=[endpoint.pk])).status_code == 404
    assert rival.get(reverse("delivery-detail", args=[delivery.pk])).status_code == 404
    assert list(rival.get(reverse("webhook-list")).context["rows"]) == []
