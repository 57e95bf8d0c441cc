"""Receipts: what a screening said is said again, byte for byte, whatever is in use later."""

import io
import json
from dataclasses import replace

import pytest
from django.core.management import call_command

from entities import reference_digest
from entities.domain.errors import Refused
from entities.domain.matching import SHIPPED
from entities.domain.plain import from_plain, to_plain
from entities.models import ListVersion
from entities.services import jobs
from entities.services.names import answer_proposal, propose_name
from entities.services.thresholds import adopt_thresholds, propose_thresholds
from screening.domain import rules
from screening.models import Screening, ScreeningInput
from screening.services import receipts
from screening.services.receipts import read_receipt, receipt_of, replay
from tests.evidence.told import Matter

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter():
    return Matter()


def every_receipt():
    return {screening.pk: receipt_of(screening) for screening in Screening.objects.order_by("pk")}


def test_each_screening_is_replayed_to_the_same_bytes(matter):
    made = every_receipt()
    assert len(made) >= 4
    assert {pk: replay(read_receipt(receipt)) for pk, receipt in made.items()} == made


def test_later_lists_thresholds_and_names_change_nothing(matter, monkeypatch):
    made = every_receipt()
    before = matter.shipment.latest_screening_id
    manager, approver = matter.manager, matter.approver
    proposed = propose_thresholds(replace(SHIPPED, match_share=0.99), reason="Still fewer", actor=manager)
    jobs.work_off()
    proposed.refresh_from_db()
    adopt_thresholds(proposed, actor=approver)
    entity = matter.findings().exclude(listing=None).first().listing.entity
    name = propose_name(entity, text="Example Garments JSC", source="A register", actor=matter.analyst)
    answer_proposal(name, actor=approver, is_confirmed=True)
    current = ListVersion.objects.current("UFLPA")
    ListVersion.objects.filter(pk=current.pk).update(published_at=current.published_at.replace(year=2020))
    monkeypatch.setattr(reference_digest, "tables", lambda: {"entities/data/xinjiang_gazetteer.csv": "0" * 64})
    jobs.work_off()
    matter.shipment.refresh_from_db()
    assert matter.shipment.latest_screening_id != before
    assert {pk: replay(read_receipt(made[pk])) for pk in made} == made


def test_another_engine_refuses_and_names_both(matter, monkeypatch):
    receipt = read_receipt(receipt_of(Screening.objects.first()))
    monkeypatch.setattr(receipts, "ENGINE_VERSION", "2099.1")
    with pytest.raises(Refused, match=rf"engine {receipt['engine_version']}; this program has engine 2099\.1"):
        replay(receipt)


def test_a_changed_receipt_is_refused(matter):
    receipt = receipt_of(Screening.objects.first())
    with pytest.raises(Refused, match="changed after it was made"):
        read_receipt(receipt.replace(b'"outcome":"presumption"', b'"outcome":"no_finding"'))
    with pytest.raises(Refused, match="no receipt"):
        read_receipt(b"{}")


def test_a_result_that_does_not_follow_from_the_input_is_told(matter, tmp_path):
    receipt = json.loads(receipt_of(Screening.objects.first()))
    receipt["result"]["findings"].pop()
    path = tmp_path / "receipt.json"
    path.write_bytes(receipts._sealed({key: value for key, value in receipt.items() if key != "sha256"}))
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("replay", str(path), stdout=out)
    assert ended.value.code == 1
    assert "Another result: findings" in out.getvalue()


def test_the_command_replays_a_file_and_a_number(matter, tmp_path):
    screening = Screening.objects.last()
    path = tmp_path / "receipt.json"
    path.write_bytes(receipt_of(screening))
    for named in (str(path), str(screening.pk)):
        out = io.StringIO()
        call_command("replay", named, stdout=out)
        assert out.getvalue().startswith("The same bytes: SHA-256 ")


def test_what_the_rules_looked_at_reads_back_as_it_was(matter):
    for kept in ScreeningInput.objects.all():
        facts = from_plain(rules.ShipmentFacts, kept.facts)
        assert json.loads(json.dumps(to_plain(facts))) == kept.facts


def test_a_screening_without_its_input_says_so(matter):
    screening = Screening.objects.last()
    screening.pk = 10**6
    with pytest.raises(Refused, match="before receipts were kept"):
        receipt_of(screening)
