"""What was changed past the product is named after later acts too: no act of the product covers it up."""

import re

import pytest

from entities import audit, history, proof
from entities.domain.errors import Refused
from entities.forms.audit import action_label
from entities.models import AuditEvent
from evidence.models import Citation, Document, Page
from evidence.services import concluding
from screening.models import (
    Answer,
    Case,
    Decision,
    Determination,
    Finding,
    LegalEvent,
    Letter,
    Message,
    Recommendation,
    ShipmentLine,
    ShipmentParty,
)
from screening.services import cases, detentions
from tests.evidence.test_export import export, faults_of, tamper
from tests.evidence.told import Matter
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
