"""What was changed past the product is named after later acts too: no act of the product covers it up."""

import re

import pytest
from django.core.files.base import ContentFile

from entities import audit, history, proof
from entities.domain.errors import Refused
from entities.forms.audit import action_label
from entities.models import AuditEvent, SupplyLink
from evidence.models import Citation, Document, Page, Translation
from evidence.services import concluding
from evidence.services.translations import take_back_translation
from screening.domain.intake.kinds import LINKS
from screening.models import (
    Answer,
    Case,
    Decision,
    Determination,
    Finding,
    LegalEvent,
    Letter,
    LotDocument,
    LotTrace,
    Message,
    Recommendation,
    ShipmentLine,
    ShipmentParty,
)
from screening.services import cases, detentions, intake
from screening.services.epcis import receive_document, tie_places
from tests.evidence.test_export import export, faults_of, tamper
from tests.evidence.told import LISTED, MAKER, Matter
from tests.screening import made_epcis
from tests.screening.made_cases import ask

pytestmark = pytest.mark.django_db
# What belongs to a case and to the rows that its acts are on.
BELONGING = (
    Case, ShipmentLine, ShipmentParty, Finding, LegalEvent, Determination, Answer, Recommendation, Decision, Letter,
    Message, Document, Page, Citation,
)  # fmt: skip


@pytest.fixture
def matter():
    return Matter()


def named(matter, folder, model, key):
    """The faults that name a row, here and in an export of the case."""
    one = proof.PROVED[model._meta.label_lower]
    here = [fault for fault in history.verify(with_files=False).faults if f" {key} ({one.label})" in fault]
    elsewhere = [fault for fault in faults_of(export(matter.case, folder)) if re.search(rf"{one.kind} {key}\b", fault)]
    return here, elsewhere


def more_work(matter):
    """Acts on the case after all else: it is given to somebody, taken up again, a day is corrected, more is asked."""
    cases.assign(matter.case, actor=matter.analyst, to=matter.reviewer)
    cases.reopen(matter.case, actor=matter.reviewer, reason="Another look.")
    event = LegalEvent.objects.standing().filter(detention__case=matter.case, decision=None).latest("on", "pk")
    detentions.correct_event(event, actor=matter.analyst, on=event.on, source="ACE message", reason="Better source.")
    ask(matter.case, matter.analyst)


def test_later_acts_cover_up_nothing_that_was_changed_by_hand(matter, tmp_path):
    of_case = proof.of_case(matter.case.pk)
    changed = [(model, min(of_case[model._meta.label_lower])) for model in BELONGING]
    for model, key in changed:
        tamper(proof.PROVED[model._meta.label_lower], key)
    more_work(matter)
    here, elsewhere = history.verify(with_files=False).faults, faults_of(export(matter.case, tmp_path))
    for model, key in changed:
        assert any(f" {key} ({model._meta.label})" in fault for fault in here), model
        assert any(re.search(rf"{model._meta.label_lower} {key}\b", fault) for fault in elsewhere), model


def test_an_act_on_the_very_row_says_that_it_found_it_changed(matter, tmp_path):
    tamper(proof.PROVED["screening.case"], matter.case.pk)
    before = audit.head().sequence
    cases.reopen(matter.case, actor=matter.reviewer, reason="Another look.")
    here, elsewhere = named(matter, tmp_path, Case, matter.case.pk)
    (found,) = AuditEvent.objects.filter(action="row.found_changed")
    assert (found.sequence, found.actor_name, found.case_number) == (before + 1, "ClearOrigin", matter.case.number)
    assert action_label(found.action) == "Row: found changed"
    said = f"was changed past the product after event {found.after['recorded']}: event {found.sequence} found it so."
    assert [fault.endswith(said) for fault in (*here, *elsewhere)] == [True, True]


def test_a_refused_attempt_does_not_speak_anew_of_what_it_was_on(matter, tmp_path):
    recommendation = matter.case.recommendations.first()
    tamper(proof.PROVED["screening.recommendation"], recommendation.pk)
    with pytest.raises(Refused):
        concluding.decide(recommendation, actor=matter.reviewer, verdict="approved", reasons="My own.")
    assert AuditEvent.objects.latest("sequence").action == "attempt.refused"
    here, elsewhere = named(matter, tmp_path, Recommendation, recommendation.pk)
    assert len(here) == len(elsewhere) == 1


def test_more_work_on_a_case_that_nobody_changed_by_hand_holds(matter, tmp_path):
    more_work(matter)
    assert history.verify(with_files=False).faults == []
    assert faults_of(export(matter.case, tmp_path)) == []


@pytest.mark.parametrize("model", [LotDocument, LotTrace])
def test_documents_of_lots_taken_up_again_cover_up_nothing_of_what_was_changed_by_hand(matter, tmp_path, model):
    document = LotDocument.objects.get(shipment=matter.shipment)
    trace = LotTrace.objects.get(shipment=matter.shipment, document=None)
    key = {LotDocument: document, LotTrace: trace}[model].pk
    tamper(proof.PROVED[model._meta.label_lower], key)
    receive_document(
        matter.shipment, made_epcis.content(made_epcis.document(made_epcis.chain()[3])), name="weaver.jsonld",
        actor=matter.member, declared_by=matter.importer,
    )  # fmt: skip
    here, elsewhere = named(matter, tmp_path, model, key)
    assert len(here) == len(elsewhere) == 1
    assert "was changed past the product after event" in here[0]
    assert "was changed past the product after event" in elsewhere[0]


def test_more_documents_of_lots_hold_where_nobody_changed_anything_by_hand(matter, tmp_path):
    document = LotDocument.objects.get(shipment=matter.shipment)
    tie_places(document, {made_epcis.PLACES["gin"]: matter.firms[1]}, actor=matter.member, line_number=1)
    tie_places(document, {made_epcis.PLACES["gin"]: matter.firms[0]}, actor=matter.member, line_number=1)
    assert history.verify(with_files=False).faults == []
    assert faults_of(export(matter.case, tmp_path)) == []


def test_a_translation_taken_back_covers_up_nothing_of_the_translation(matter, tmp_path):
    row = Translation.objects.standing().get()
    tamper(proof.PROVED["evidence.translation"], row.pk)
    take_back_translation(row, actor=matter.member)
    here, elsewhere = named(matter, tmp_path, Translation, row.pk)
    assert len(here) == len(elsewhere) == 1


def test_an_import_that_goes_on_says_that_it_was_found_changed(matter):
    file = ContentFile(b"Entry number,Manufacturer,Description\n,Example Mill Ltd.,Cloth\n", name="more.csv")
    batch = intake.receive_files(
        [file], organization=matter.importer, actor=matter.member, confirm_mapping=False, in_line=False
    )
    tamper(proof.PROVED["screening.importbatch"], batch.pk)
    intake.import_now(batch, lambda *_: None)
    assert AuditEvent.objects.latest("sequence").action == "batch.stored"
    (found,) = AuditEvent.objects.filter(action="row.found_changed")
    said = f"was changed past the product after event {found.after['recorded']}: event {found.sequence} found it so."
    assert [one for one in history.verify(with_files=False).faults if one.endswith(said)] != []


def of_links(matter, text):
    batch = intake.receive_files(
        [ContentFile(text.encode(), name="links.csv")],
        organization=matter.importer,
        actor=matter.member,
        confirm_mapping=False,
        in_line=False,
        kind=LINKS,
    )
    return intake.import_now(batch, lambda *_: None)


def test_a_file_that_states_links_again_covers_up_nothing_of_them_and_of_their_firms(matter):
    text = f"upstream,downstream,material\n{LISTED.name},{MAKER.name},cotton\n"
    of_links(matter, text)
    assert history.verify(with_files=False).faults == []
    link = SupplyLink.objects.latest("pk")
    SupplyLink.objects.filter(pk=link.pk).update(is_disputed=True)
    tamper(proof.PROVED["entities.supplier"], link.supplier_id)
    again = of_links(matter, text + "Example Gin Ltd.,Example Mill Ltd.,cotton\n")
    assert (again.state, again.made["links"], again.made["stated_before"]) == ("done", 1, 1)
    faults = history.verify(with_files=False).faults
    assert any(f" {link.pk} (entities.SupplyLink)" in fault for fault in faults)
    assert any(f" {link.supplier_id} (entities.Supplier)" in fault for fault in faults)
    assert len(faults) == 2
