"""A broker's program that gives up waiting and sends again at random, while web and worker processes are killed at
random: in the end each shipment stands once, is screened once, and each event of it is told at least once.
With real processes: gunicorn, workers, and the database of the test run."""

import json
import random
import threading
import time
from collections import Counter, defaultdict
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from entities.domain.roles import Role
from entities.models import Event, Job, WebhookDelivery
from entities.services.lists import load_reference_lists
from entities.services.tokens import create_token
from entities.services.webhooks import add_endpoint, wake_due
from screening.models import Case, Finding, Screening, Shipment
from tests.api_client import declaration
from tests.end_to_end.test_worker_killed import all_done, half_a_minute_passes
from tests.end_to_end.workers import Web, Worker, wait_for
from tests.factories import make_user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="several web processes and workers write at once: PostgreSQL and Redis"
    ),
]
SHIPMENTS, CLIENTS, SEED = 48, 4, 20_220_621
LISTED = "Baoding LYSZD Trade and Business Co., Ltd."


@pytest.fixture
def account():
    load_reference_lists()
    return make_user(Role.IMPORTER_MEMBER)


class Receiver(ThreadingHTTPServer):
    """Where events are told: now it has a fault of its own, now it hangs up without a word."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Told)
        self.dice, self.told, self.is_well = random.Random(SEED), Counter(), False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Who was killed while it told says no more."""


class Told(BaseHTTPRequestHandler):
    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert said["id"] == self.headers["webhook-id"]
        chance = 1 if self.server.is_well else self.server.dice.random()
        if chance < 0.1:
            return  # nothing is answered
        if chance > 0.2:
            self.server.told[said["id"]] += 1
        self.send_response(204 if chance > 0.2 else 500)
        self.end_headers()

    def log_message(self, *said):
        """Quiet."""


class Sender(threading.Thread):
    """Sends its shipments one after the other, each until an answer came: as impatient as it is stubborn."""

    def __init__(self, port, secret, numbers):
        super().__init__(daemon=True)
        self.port, self.secret, self.numbers = port, secret, numbers
        self.random = random.Random(SEED + numbers[0])
        self.answers, self.tries, self.lost = {}, Counter(), None

    def run(self):
        for number in self.numbers:
            key, body = str(uuid4()), json.dumps(shipment(number)).encode()
            deadline = time.monotonic() + 120
            while number not in self.answers:
                if time.monotonic() > deadline:
                    self.lost = number
                    return
                self.tries[number] += 1
                answer = self._send(key, body)
                if answer is not None:
                    self.answers[number] = answer
                else:
                    time.sleep(self.random.random() * 0.2)

    def _send(self, key, body):
        """The id of the shipment as it is answered; None where no answer came in time or it is to be sent again."""
        # Now and then it gives up so early that the write is done and the answer lost.
        http = HTTPConnection("127.0.0.1", self.port, timeout=self.random.choice([0.03, 0.1, 0.3, 5, 5]))
        try:
            http.request(
                "POST",
                "/api/v1/shipments/",
                body,
                {
                    "Authorization": f"Bearer {self.secret}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": key,
                },
            )
            answer = http.getresponse()
            said = answer.read()
        except (OSError, HTTPException):
            return None
        finally:
            http.close()
        if answer.status == 201:
            return json.loads(said)["id"]
        assert answer.status in {429, 500, 502, 503}, (answer.status, said)
        return None


def shipment(number):
    """A shipment of three steps, each with a chain of its own; the goods of every eighth come from a listed entity."""
    declared = declaration(reference=f"ONCE-{number:04}")
    for firm, name in zip(
        [declared["parties"][0], *declared["suppliers"]], ("Garments", "Mill", "Spinning"), strict=True
    ):
        firm["name"] = f"Example {name} No. {number} Co., Ltd."
    if number % 8 == 0:
        declared["suppliers"][1]["name"] = LISTED
    return declared


def test_each_shipment_stands_once_and_each_event_is_told_whoever_is_killed(account, settings, tmp_path):
    _, secret = create_token(account, name="broker", days=None, actor=account)
    dice, receiver = random.Random(SEED), Receiver()
    host = f"127.0.0.1:{receiver.server_port}"
    settings.WEBHOOK_ALLOWED_PRIVATE = [host]
    add_endpoint(account.organizations().get(), name="broker", url=f"http://{host}/", actor=account)
    web = Web(tmp_path)
    workers = [Worker(tmp_path, WEBHOOK_ALLOWED_PRIVATE=host) for _ in range(2)]
    killed = Counter()
    try:
        wait_for(web.answers, web)
        senders = [Sender(web.port, secret, range(start, SHIPMENTS, CLIENTS)) for start in range(CLIENTS)]
        for sender in senders:
            sender.start()
        answered = 0
        while any(sender.is_alive() for sender in senders):
            time.sleep(dice.random() * 0.2)
            if sum(len(sender.answers) for sender in senders) < answered + dice.randint(3, 9):
                continue  # who was killed last is up again, or another stands in
            answered = sum(len(sender.answers) for sender in senders)
            if killed["worker"] < killed["web"] // 3:
                which = dice.randrange(len(workers))
                workers[which].kill()
                workers[which] = Worker(tmp_path, WEBHOOK_ALLOWED_PRIVATE=host)
                killed["worker"] += 1
                half_a_minute_passes()
            else:
                web.kill_one(dice)
                killed["web"] += 1
        assert [sender.lost for sender in senders] == [None] * CLIENTS
        receiver.is_well = True
        half_a_minute_passes()
        wait_for(lambda: hours_pass() and all_done() and all_told(), workers[0], seconds=180, every=1)
    finally:
        for process in (web, *workers):
            process.__exit__()

    answers = {number: pk for sender in senders for number, pk in sender.answers.items()}
    stored = dict(Shipment.objects.values_list("reference", "pk"))
    assert killed["web"] >= 3
    assert killed["worker"] >= 1
    assert sum(sum(sender.tries.values()) for sender in senders) > SHIPMENTS  # some was sent again
    assert Shipment.objects.count() == SHIPMENTS == len(answers)
    assert {f"ONCE-{number:04}": pk for number, pk in answers.items()} == stored
    triggers = defaultdict(list)
    for screening in Screening.objects.select_related("shipment", "run"):
        triggers[screening.shipment.reference].append(screening.run.trigger)
    assert {reference: why for reference, why in triggers.items() if len(why) > 1} == {}
    assert triggers.keys() == stored.keys()
    assert all(shipment.is_screened for shipment in Shipment.objects.all())
    flagged = Finding.objects.filter(rule="LISTED_ENTITY").values("screening__shipment").annotate(times=Count("pk"))
    assert [row["times"] for row in flagged] == [1] * (SHIPMENTS // 8)
    assert Case.objects.filter(shipments__isnull=False).values("shipments").annotate(times=Count("pk")).count() == (
        SHIPMENTS // 8
    )
    assert not Job.objects.exclude(state=Job.State.DONE).exists()
    events = Event.objects.filter(kind="shipment.screened").values_list("data__reference", flat=True)
    assert sorted(events) == sorted(stored)
    assert receiver.told.keys() == {
        event.name for event in Event.objects.filter(organization__in=account.organizations())
    }


def hours_pass():
    """The jobs of the killed are taken up by whoever still runs, and what was not told is told again."""
    stopped = timezone.now() - timedelta(seconds=8)  # a living worker's heart beats every five seconds
    if Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=stopped).exists():
        half_a_minute_passes()
    waiting = WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING, tries__gt=0)
    if waiting.update(next_at=timezone.now(), tries=1):
        wake_due()
    return True


def all_told():
    return not WebhookDelivery.objects.exclude(state=WebhookDelivery.State.DELIVERED).exists()
