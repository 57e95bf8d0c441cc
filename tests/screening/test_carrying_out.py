"""A decision of the authority is carried out in law on the lines it names; any other office's is its own position."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.roles import Role
from evidence.services import concluding
from screening.domain.law.states import Kind
from screening.domain.pathways import OUTCOMES, PATHWAY_OF, TABLE
from screening.laws import LAWS
from screening.models import Case, Decision, HeldLine, LegalEvent, Recommendation
from screening.services import detentions
from screening.services.carrying_out import key_of, open_lines
from tests.factories import make_user
from tests.screening.made_cases import make_case, make_exhibit, recommended, set_all_aside

pytestmark = pytest.mark.django_db
Stage = Case.Stage
TODAY = timezone.localdate


@pytest.fixture
def reviewer():
    return make_user(Role.REVIEWER)


@pytest.fixture
def authority(settings):
    settings.OFFICE_IS_AUTHORITY = True


@pytest.fixture
def case(reviewer):
    """Two lines of an entry, detained and noticed."""
    case = make_case(Stage.UNDER_REVIEW)
    make_exhibit(case, "one page")
    shipment = case.shipments.get()
    shipment.lines.create(number=3, description="Cotton towels", hts_codes=["6302600020"])
    detention = detentions.record_detention(
        case, shipment, actor=reviewer, presented_on=TODAY() - timedelta(days=9),
        detained_on=TODAY() - timedelta(days=7), source="form 6051D",
    )  # fmt: skip
    event(detention, Kind.NOTICE_ISSUED, reviewer, days_ago=6)
    return case


def event(detention, kind, actor, days_ago=1):
    return detentions.record_event(
        detention, kind, TODAY() - timedelta(days=days_ago), actor=actor, source="a notice"
    )  # fmt: skip


def decide(recommendation):
    return concluding.decide(
        recommendation, actor=make_user(Role.APPROVER), verdict="approved", reasons="The record bears it out."
    )


def keys(case):
    return [key_of(row) for row in open_lines(case)]


def states(case):
    return list(HeldLine.objects.filter(detention__case=case).order_by("line_number").values_list("state", flat=True))


def test_an_exclusion_is_recorded_on_every_line_named(authority, case, reviewer):
    decision = decide(recommended(case, reviewer, lines=keys(case)))
    done = LegalEvent.objects.get(kind=Kind.EXCLUDED)
    assert (done.decision, done.on, states(case)) == (decision, TODAY(), ["excluded", "excluded"])
    assert Case.objects.get(pk=case.pk).stage == Stage.CLOSED


def test_part_of_an_entry_is_released_and_the_case_goes_on_with_the_rest(authority, case, reviewer):
    first, second = keys(case)
    set_all_aside(case, reviewer)
    decide(recommended(case, reviewer, "not_in_scope", "shown", lines=[first]))
    assert states(case) == ["released", "noticed"]
    case.refresh_from_db()
    assert case.stage == Stage.UNDER_REVIEW
    later = decide(recommended(case, reviewer, "not_in_scope", "shown", lines=[second]))
    assert states(case) == ["released", "released"]
    assert later.supersedes is None
    assert Case.objects.get(pk=case.pk).stage == Stage.CLOSED


def test_an_exception_is_granted_and_then_the_goods_are_released(authority, case, reviewer):
    event(case.detentions.get(), Kind.EXCEPTION_FILED, reviewer)
    decide(recommended(case, reviewer, "exception_met", "shown", lines=keys(case)))
    kinds = list(LegalEvent.objects.exclude(decision=None).order_by("pk").values_list("kind", flat=True))
    assert kinds == [Kind.EXCEPTION_GRANTED, Kind.RELEASED]
    assert states(case) == ["released", "released"]


def test_an_exception_refused_excludes(authority, case, reviewer):
    event(case.detentions.get(), Kind.EXCEPTION_FILED, reviewer)
    decide(recommended(case, reviewer, "exception_not_met", lines=keys(case)))
    assert states(case) == ["excluded", "excluded"]


@pytest.mark.parametrize(
    ("conclusion", "verdict", "state"),
    [("protest_allowed", "shown", "released"), ("protest_denied", "not_shown", "protest_denied")],
)
def test_a_protest_is_decided_on_its_reasons(conclusion, verdict, state, authority, case, reviewer):
    decide(recommended(case, reviewer, lines=keys(case)))
    event(case.detentions.get(), Kind.PROTEST_FILED, reviewer, days_ago=0)
    Case.objects.update(stage=Stage.UNDER_REVIEW)
    case.refresh_from_db()
    decision = decide(recommended(case, reviewer, conclusion, verdict, lines=keys(case)))
    assert states(case) == [state, state]
    assert decision.supersedes is None  # a proceeding of its own


def test_an_act_the_law_does_not_know_now_is_not_recommended(authority, case, reviewer):
    with pytest.raises(Refused, match="“protest allowed” is not possible now"):
        recommended(case, reviewer, "protest_allowed", "shown", lines=keys(case))
    assert not Recommendation.objects.exists()


def test_the_authority_names_the_lines(authority, case, reviewer):
    with pytest.raises(Refused, match="Name the lines"):
        recommended(case, reviewer)
    with pytest.raises(Refused, match="no line of this case that is held"):
        recommended(case, reviewer, lines=["99-1"])
    assert not Recommendation.objects.exists()


def test_no_act_beyond_the_decision(authority, case, reviewer):
    decision = decide(recommended(case, reviewer, lines=keys(case)[:1]))
    detention = case.detentions.get()
    for kind, lines in ((Kind.RELEASED, [2]), (Kind.EXCLUDED, [3]), (Kind.EXCLUDED, [])):
        with pytest.raises(Refused, match="does not say"):
            detentions.record_event(
                detention, kind, TODAY(), actor=reviewer, source="x", lines=lines, decision=decision
            )
    assert states(case) == ["excluded", "noticed"]


def test_what_two_persons_decided_is_not_undone_by_one(authority, case, reviewer):
    decide(recommended(case, reviewer, lines=keys(case)))
    done = LegalEvent.objects.get(kind=Kind.EXCLUDED)
    with pytest.raises(Refused, match="a new decision"):
        detentions.withdraw_event(done, actor=reviewer, reason="It should not be.")
    day = TODAY() - timedelta(days=1)
    with pytest.raises(Refused, match="a new decision"):
        detentions.correct_event(done, actor=reviewer, on=day, source="x", reason="The day before.")
    assert LegalEvent.objects.standing().get(kind=Kind.EXCLUDED) == done
    assert states(case) == ["excluded", "excluded"]


def test_the_decision_of_another_office_records_nothing_of_cbp(case, reviewer):
    decision = decide(recommended(case, reviewer))
    assert decision.verdict == "approved"
    assert states(case) == ["noticed", "noticed"]
    assert not LegalEvent.objects.exclude(decision=None).exists()
    assert Case.objects.get(pk=case.pk).stage == Stage.CLOSED


def test_the_proof_of_an_order_is_accepted_or_not(authority, reviewer):
    case = make_case(Stage.UNDER_REVIEW, regime=Case.Regime.WRO)
    finding = case.lead_finding
    type(finding).objects.bulk_create(
        [
            type(finding)(
                **{
                    one.attname: getattr(finding, one.attname)
                    for one in finding._meta.concrete_fields
                    if not one.primary_key
                }
                | {"rule": "WRO", "ground": "WRO"}
            )
        ]
    )
    detentions.record_detention(
        case, case.shipments.get(), actor=reviewer, imported_on=TODAY() - timedelta(days=20),
        detained_on=TODAY() - timedelta(days=19), source="CBP notice",
    )  # fmt: skip
    decide(recommended(case, reviewer, "proof_not_accepted", grounds=["WRO"], lines=keys(case)))
    assert states(case) == ["excluded"]
    assert Decision.objects.get().grounds == ["WRO"]


@pytest.mark.parametrize("conclusion", OUTCOMES)
def test_every_conclusion_leads_to_acts_its_law_knows(conclusion):
    acts = OUTCOMES[conclusion].events
    regimes = TABLE[PATHWAY_OF[conclusion]].regimes
    known = {regime: {row.kind for row in LAWS[regime].table} for regime in regimes}
    assert all(set(acts) <= kinds for kinds in known.values())


def test_every_pathway_has_one_conclusion_for_the_importer_and_one_against():
    for row in TABLE.values():
        assert sorted(one.is_favourable for one in row.outcomes) == [False, True]
