"""Thresholds of matching: tried on judged pairs, changed by two persons, what they touch screened again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.matching import SHIPPED, Thresholds
from entities.domain.matching.thresholds import NAMES, around, problems
from entities.domain.matching.trial import JudgedPair, Tally, moved
from entities.domain.roles import Role
from entities.matchers import matcher_for
from entities.models import AuditEvent, Change, Judgement, ListVersion, ThresholdSet
from entities.services import jobs, judgements
from entities.services.lists import load_reference_lists
from entities.services.thresholds import adopt_thresholds as adopt
from entities.services.thresholds import bench, effect_of, in_use, propose_thresholds
from entities.services.thresholds import refuse_thresholds as refuse
from screening.models import Finding, Screening
from tests.api_client import V1, client_of
from tests.factories import make_user
from tests.screening import test_judgements as made

pytestmark = pytest.mark.django_db
MISSPELT = PartyFacts(name="Aksu Huafu Color Spining Co Ltd", country="CN")  # a match by points
BRAND_AND_TRADE = PartyFacts(name="Zhongtai Chemical", country="CN")  # asked about by points
FEWER_MATCHES = replace(SHIPPED, match_points=7.0)  # what was a match by points is asked
FEWER_QUESTIONS = replace(SHIPPED, match_points=8.0, possible_points=6.0, possible_points_own=6.0)


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def reviewer():
    return make_user(Role.REVIEWER)


@pytest.fixture
def approver():
    return make_user(Role.APPROVER)


def aksu(shipment):
    """The finding of a shipment's latest screening on Aksu Huafu itself."""
    shipment.refresh_from_db()
    return shipment.latest_screening.findings.get(
        rule="LISTED_ENTITY", listing__entity__key="aksuhuafucolorspinningcoltd"
    )


def put_in_use(proposed, **values):
    """A second person adopts, once it was counted what the proposal touches."""
    jobs.work_off()
    proposed.refresh_from_db()
    return adopt(proposed, **values)


def judged(analyst, party=BRAND_AND_TRADE, verdict="same"):
    """A shipment by this party, and the judgement on its strongest finding."""
    shipment = made.ship(party)
    return shipment, made.judge(made.listed(shipment), analyst, verdict, reason="looked at")


# --- which values can be thresholds -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"match_share": 1.01}, "match_share"),
        ({"possible_share": 0.49}, "possible_share"),
        ({"match_points": 0.0}, "match_points"),
        ({"possible_points": -1.0}, "possible_points"),
        ({"match_points": 101.0}, "match_points"),
        ({"match_share": 0.7}, "possible_share"),
        ({"possible_points": 6.3}, "possible_points"),
        ({"possible_points_own": 6.3}, "possible_points_own"),
        ({"match_points": float("nan")}, "match_points"),
    ],
)
def test_a_value_that_cannot_be_a_threshold_is_named_with_its_remedy(changes, field):
    found = problems(replace(SHIPPED, **changes))
    assert list(found) == [field]
    assert found[field].startswith("Give ")


def test_what_the_product_ships_with_is_within_bounds():
    assert problems(SHIPPED) == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_sweep_moves_one_threshold_and_keeps_within_bounds(name):
    now = replace(SHIPPED, match_points=7.0)
    sweep = around(now, name)
    values = [getattr(one, name) for one in sweep]
    assert values == sorted(set(values))
    assert {getattr(now, name), getattr(SHIPPED, name)} <= set(values)
    assert len(sweep) >= 4
    assert all(replace(one, **{name: getattr(now, name)}) == now and not problems(one) for one in sweep)


def test_the_pairs_lost_come_first_and_those_answered_as_before_are_left_out():
    kept, asked, lost = (JudgedPair(pk, PartyFacts(name="x"), "key", "X", "same") for pk in (1, 2, 3))
    quiet = JudgedPair(4, PartyFacts(name="y"), "key", "X", "different")
    pairs = [kept, asked, lost, quiet]
    before, after = ["match", "match", "possible", "possible"], ["match", "possible", "none", "none"]
    assert [one.pair.judgement for one in moved(pairs, before, after)] == [3, 2, 4]
    assert Tally.of(pairs, after) == Tally(same_match=1, same_possible=1, same_none=1, different_none=1)


# --- which judgements are looked at -----------------------------------------------------------------------------


def test_the_bench_looks_at_the_latest_judgement_that_counts_on_each_pair(analyst):
    shipment, first = judged(analyst, verdict="different")
    second = made.judge(made.listed(shipment), analyst, "same", reason="one register")
    made.judge(made.listed(made.ship(made.POSSIBLE)), analyst, "unsure")
    found = bench()
    assert [(pair.judgement, pair.verdict) for pair in found.pairs] == [(second.pk, "same")]
    assert (found.unsure, found.awaiting, found.not_listed, found.older) == (1, 0, 0, 0)
    assert first.pk < second.pk


def test_a_match_judged_different_counts_once_a_second_person_confirms(analyst, approver):
    shipment = made.ship(MISSPELT)
    judgement = made.judge(aksu(shipment), analyst, "different")
    assert (bench().pairs, bench().awaiting) == ((), 1)
    judgements.answer_judgement(judgement, actor=approver, is_confirmed=True)
    found = bench()
    assert ([pair.verdict for pair in found.pairs], found.awaiting) == (["different"], 0)
    assert found.tally(found.said([SHIPPED])[0]) == Tally(different_match=1)


def test_a_declined_judgement_leaves_the_one_before(analyst, approver):
    shipment, first = judged(analyst, verdict="same")
    second = made.judge(made.listed(shipment), analyst, "different")
    judgements.answer_judgement(second, actor=approver, is_confirmed=False, reason="same register")
    assert [pair.judgement for pair in bench().pairs] == [first.pk]


def test_a_pair_whose_entity_is_not_on_the_list_that_day_is_counted_apart(analyst):
    judged(analyst)
    before_the_law = bench(timezone.localdate().replace(year=2020, month=1, day=1))
    assert (before_the_law.pairs, before_the_law.not_listed) == ((), 1)


def test_the_effect_names_every_firm_that_would_be_lost(analyst):
    _, judgement = judged(analyst)
    effect = effect_of(FEWER_QUESTIONS)
    [lost] = effect["lost"]
    assert (lost["judgement"], lost["party"], lost["before"], lost["after"]) == (
        judgement.pk,
        BRAND_AND_TRADE.name,
        "possible",
        "none",
    )
    assert (effect["before"]["same_possible"], effect["after"]["same_none"], effect["moved"]) == (1, 1, [])
    assert effect["lists"][0]["id"] in set(ListVersion.objects.values_list("pk", flat=True))


# --- two persons ------------------------------------------------------------------------------------------------


def test_a_proposal_keeps_its_effect_and_screens_nothing(analyst, reviewer):
    shipment, _ = judged(analyst)
    screened = shipment.screenings.count()
    proposed = propose_thresholds(FEWER_MATCHES, reason="Fewer false matches", actor=reviewer)
    jobs.work_off()
    assert in_use() == SHIPPED
    assert (proposed.values, proposed.effect["pairs"], proposed.effect["lost"]) == (FEWER_MATCHES, 1, [])
    assert shipment.screenings.count() == screened
    event = AuditEvent.objects.get(action="thresholds.proposed")
    assert (event.actor_id, event.after["match_points"], event.before["match_points"]) == (reviewer.pk, 7.0, 6.2)


@pytest.mark.parametrize(
    ("values", "reason", "said"),
    [
        (SHIPPED, "x", "in use already"),
        (FEWER_MATCHES, "  ", "Say why"),
        (replace(SHIPPED, match_share=0.4), "x", "share from 0.5 to 1"),
    ],
)
def test_a_proposal_that_cannot_stand_leaves_nothing_behind(reviewer, values, reason, said):
    with pytest.raises(Refused, match=said):
        propose_thresholds(values, reason=reason, actor=reviewer)
    assert not ThresholdSet.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="thresholds.").exists()


def test_what_a_proposal_touches_is_counted_first_whether_judged_or_not(reviewer, approver):
    shipment = made.ship(MISSPELT)
    proposed = propose_thresholds(FEWER_MATCHES, reason="x", actor=reviewer)
    with pytest.raises(Refused, match="still being counted"):
        adopt(proposed, actor=approver)
    jobs.work_off()
    proposed.refresh_from_db()
    touches = proposed.effect["touches"]
    assert (proposed.effect["pairs"], touches["party_count"], touches["shipment_count"]) == (0, 1, 1)
    [party] = touches["parties"]
    assert (party["name"], party["before"], party["after"]) == (MISSPELT.name, "match", "possible")
    assert adopt(proposed, actor=approver).state == "adopted"
    assert shipment.screenings.count() == 1


def test_one_proposal_waits_at_a_time(reviewer):
    propose_thresholds(FEWER_MATCHES, reason="x", actor=reviewer)
    with pytest.raises(Refused, match=f"A proposal of {reviewer.full_name} waits"):
        propose_thresholds(FEWER_QUESTIONS, reason="x", actor=make_user(Role.MANAGER))
    assert ThresholdSet.objects.count() == 1


@pytest.mark.parametrize("role", [Role.ANALYST, Role.APPROVER, Role.AUDITOR, Role.IMPORTER_MEMBER])
def test_only_a_reviewer_or_a_manager_proposes(role):
    with pytest.raises(Refused, match="reviewer or a manager"):
        propose_thresholds(FEWER_MATCHES, reason="x", actor=make_user(role))
    assert not ThresholdSet.objects.exists()


@pytest.mark.parametrize("other_account", [False, True])
def test_nobody_puts_their_own_proposal_in_use(other_account):
    manager = make_user(Role.MANAGER)
    proposed = propose_thresholds(FEWER_MATCHES, reason="x", actor=manager)
    actor = make_user(Role.APPROVER, person=manager.person) if other_account else manager
    with pytest.raises(Refused, match="a different person"):
        put_in_use(proposed, actor=actor)
    with pytest.raises(IntegrityError), transaction.atomic():
        ThresholdSet.objects.update(
            state="adopted", settled_by=actor, settled_person=actor.person, settled_at=timezone.now()
        )
    assert (in_use(), Change.objects.filter(kind="thresholds").count()) == (SHIPPED, 0)


def test_accounts_found_to_be_one_person_after_the_proposal_are_not_two(reviewer, approver):
    proposed = propose_thresholds(FEWER_MATCHES, reason="x", actor=reviewer)
    reviewer.person = approver.person
    reviewer.save(update_fields=["person"])
    with pytest.raises(Refused, match="a different person"):
        put_in_use(proposed, actor=approver)
    assert in_use() == SHIPPED


def test_a_reviewer_does_not_put_a_proposal_in_use(reviewer):
    proposed = propose_thresholds(FEWER_MATCHES, reason="x", actor=make_user(Role.MANAGER))
    with pytest.raises(Refused, match="approver or a manager"):
        put_in_use(proposed, actor=reviewer)
    with pytest.raises(Refused, match="an approver, a manager"):
        refuse(proposed, actor=reviewer, answer="x")
    assert ThresholdSet.objects.get().state == "proposed"


def test_a_proposal_that_loses_a_firm_takes_an_answer(analyst, reviewer, approver):
    judged(analyst)
    proposed = propose_thresholds(FEWER_QUESTIONS, reason="x", actor=reviewer)
    with pytest.raises(Refused, match="say why they are put in use anyway"):
        put_in_use(proposed, actor=approver, answer=" ")
    adopted = put_in_use(proposed, actor=approver, answer="That firm is barred by its address.")
    assert (in_use(), adopted.answer) == (FEWER_QUESTIONS, "That firm is barred by its address.")
    event = AuditEvent.objects.get(action="thresholds.adopted")
    assert (event.after["lost"], event.reason, event.actor_id) == (1, adopted.answer, approver.pk)


def test_a_firm_judged_the_same_since_the_proposal_stops_it(analyst, reviewer, approver):
    proposed = propose_thresholds(FEWER_QUESTIONS, reason="x", actor=reviewer)
    judged(analyst)
    with pytest.raises(Refused, match=f"1 more firm judged the same would be lost \\({BRAND_AND_TRADE.name}\\)"):
        put_in_use(proposed, actor=approver, answer="x")
    assert in_use() == SHIPPED


def test_a_proposal_is_withdrawn_by_who_made_it_and_settled_once(reviewer, approver):
    proposed = propose_thresholds(FEWER_MATCHES, reason="x", actor=reviewer)
    with pytest.raises(Refused, match="Say why"):
        refuse(proposed, actor=reviewer, answer="")
    assert refuse(proposed, actor=reviewer, answer="A slip").state == "refused"
    for settle in (adopt, refuse):
        with pytest.raises(Refused, match="settled before: refused"):
            settle(proposed, actor=approver, answer="x")
    assert in_use() == SHIPPED
    assert propose_thresholds(FEWER_MATCHES, reason="again", actor=reviewer).state == "proposed"


def test_the_thresholds_shipped_with_are_put_back_in_use_like_any_others(reviewer, approver):
    for values in (FEWER_MATCHES, SHIPPED):
        put_in_use(propose_thresholds(values, reason="x", actor=reviewer), actor=approver)
    assert (in_use(), ThresholdSet.objects.filter(state="adopted").count()) == (SHIPPED, 2)


# --- from a judged pair to the shipment screened again ----------------------------------------------------------


def test_what_new_thresholds_touch_is_screened_again_and_the_old_screening_can_be_made_again(
    analyst, reviewer, approver
):
    touched = made.ship(MISSPELT)
    judgement = made.judge(aksu(touched), analyst, "same", reason="one register")
    other = made.ship(PartyFacts(name="Quiet Harbour Garments JSC", country="VN"))
    before = aksu(touched)
    assert (before.verdict, before.judgement) == ("match", judgement)
    proposed = propose_thresholds(FEWER_MATCHES, reason="Misspelt names are to be asked about", actor=reviewer)
    [asked] = [row for row in proposed.effect["moved"] if row["judgement"] == judgement.pk]
    assert (asked["before"], asked["after"]) == ("match", "possible")
    adopted = put_in_use(proposed, actor=approver)
    screenings = other.screenings.count()
    jobs.work_off()
    # 1. The touched shipment has a new screening, made with the new thresholds; the other was left alone.
    now = aksu(touched)
    assert (now.verdict, now.screening.run.thresholds, now.screening.run.trigger) == (
        "possible",
        adopted,
        f"thresholds {adopted.pk} put in use",
    )
    assert other.screenings.count() == screenings
    # 2. The old one stands as it was, and its basis gives the same verdict again; so does that of the new one.
    kept = Finding.objects.get(pk=before.pk)
    assert (kept.verdict, kept.screening.run.thresholds) == ("match", None)
    for finding in (kept, now):
        run = finding.screening.run
        again = matcher_for(run.list_version, run.basis).screen(
            PartyFacts(**finding.declared), finding.screening.screened_on
        )
        [match] = [one for one in again if one.key == "aksuhuafucolorspinningcoltd"]
        assert (match.verdict, match.score) == (finding.verdict, finding.score)
    assert Screening.objects.filter(shipment=touched).count() == 3  # declared, judged, other thresholds


def test_a_lost_firm_is_found_by_its_judgement_alone_and_not_in_other_words(analyst, reviewer, approver):
    shipment, judgement = judged(analyst)
    other_words = made.ship(replace(BRAND_AND_TRADE, country=""))
    assert made.listed(other_words, "Zhongtai").verdict == "possible"
    proposed = propose_thresholds(FEWER_QUESTIONS, reason="x", actor=reviewer)
    put_in_use(proposed, actor=approver, answer="known")
    jobs.work_off()
    found = made.listed(shipment, "Zhongtai")
    assert (found.judgement, found.screening.run.thresholds) == (judgement, proposed)
    assert made.listed(other_words, "Zhongtai") is None


def test_a_firm_that_would_still_be_asked_about_as_an_affiliate_is_not_lost(analyst):
    judged(analyst, made.POSSIBLE)
    effect = effect_of(FEWER_QUESTIONS)
    [asked] = effect["moved"]
    assert (asked["before"], asked["after"], effect["lost"]) == ("possible", "affiliate", [])
    assert effect["after"]["same_possible"] == 1


# --- pages and API ----------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, settings):
    settings.DEMO = True  # the second factor has tests of its own

    def get(user, query="", **values):
        client.force_login(user)
        return client.get(reverse("threshold-bench") + query, values)

    return get


def as_query(values: Thresholds):
    return {name: getattr(values, name) for name in NAMES}


def test_the_bench_shows_a_table_for_each_threshold_with_the_value_in_use_marked(page, analyst):
    judged(analyst)
    said = page(analyst).content.decode()
    assert said.count('<tr aria-current="true"><th scope="row">') == 5
    assert "Looked at: 1 pair" in said


def test_values_are_tried_pair_by_pair(page, analyst, reviewer):
    shipment, _ = judged(analyst)
    said = page(reviewer, **as_query(FEWER_QUESTIONS)).content.decode()
    assert "1 firm judged the same would be lost" in said
    finding = made.listed(shipment)
    assert f'href="{reverse("shipment-detail", args=[shipment.pk])}#finding-{finding.pk}"' in said
    assert "Why they should be used" in said
    assert "Why they should be used" not in page(analyst, **as_query(FEWER_QUESTIONS)).content.decode()


def test_each_value_that_cannot_be_tried_has_its_error_at_its_field(page, reviewer):
    values = as_query(SHIPPED) | {"match_share": "0.3", "possible_points": "many", "match_points": ""}
    form = page(reviewer, **values).context["tried"]
    assert {field: errors[0].split(":")[0] for field, errors in form.errors.items()} == {
        "match_share": "Give a share from 0.5 to 1",
        "match_points": "Give a number.",
        "possible_points": "Give a number, such as 0.85 or 6.2.",
    }


def test_a_proposal_without_a_reason_keeps_what_was_tried(page, client, reviewer):
    page(reviewer)
    response = client.post(reverse("threshold-propose"), as_query(FEWER_MATCHES) | {"reason": " "})
    assert response.status_code == 422
    assert response.context["tried"].values == FEWER_MATCHES
    assert "reason" in response.context["propose"].errors
    assert not ThresholdSet.objects.exists()


def test_a_proposal_settled_meanwhile_is_said_to_be(page, client, reviewer, approver):
    proposed = propose_thresholds(FEWER_MATCHES, reason="x", actor=reviewer)
    refuse(proposed, actor=reviewer, answer="A slip")
    page(approver)
    response = client.post(reverse("threshold-adopt", args=[proposed.pk]), {"adopt-answer": ""})
    assert response.status_code == 422
    assert "This proposal was settled before: refused." in response.content.decode()


def test_the_page_of_matching_shows_others_in_use_beside_the_shipped_and_that_they_were_not_measured(
    client, reviewer, approver, analyst
):
    client.force_login(analyst)
    before = client.get(reverse("how-matching-works")).content.decode()
    put_in_use(propose_thresholds(FEWER_MATCHES, reason="x", actor=reviewer), actor=approver)
    after = client.get(reverse("how-matching-works")).content.decode()
    assert ("Measured at the shipped thresholds" in before, "Measured at the shipped thresholds" in after) == (
        False,
        True,
    )
    assert "<strong>7.0</strong>" in after
    assert ">6.2</td>" in after


def test_a_shipment_and_the_api_name_the_thresholds_it_was_screened_with(page, client, analyst, reviewer, approver):
    touched = made.ship(MISSPELT)
    assert "thresholds as shipped" in _shipment_page(client, analyst, touched)
    adopted = put_in_use(propose_thresholds(FEWER_MATCHES, reason="x", actor=reviewer), actor=approver)
    jobs.work_off()
    assert f"set {adopted.pk}</a>" in _shipment_page(client, analyst, touched)
    results = client_of(analyst).get(f"{V1}/shipments/{touched.pk}/screenings/").json()["results"]
    assert [one["thresholds"] for one in results] == [adopted.pk, None]
    member = touched.owner.memberships.get().user
    row = client_of(member).get(f"{V1}/thresholds/{adopted.pk}/").json()
    assert (row["is_in_use"], row["match_points"], row["state"]) == (True, 7.0, "adopted")


def _shipment_page(client, user, shipment):
    client.force_login(user)
    return client.get(reverse("shipment-detail", args=[shipment.pk])).content.decode()


def test_the_bench_takes_few_queries_however_many_pairs(page, analyst, django_assert_max_num_queries):
    _, judgement = judged(analyst)
    fields = {name: getattr(judgement, name) for name in _COPIED}
    Judgement.objects.bulk_create(
        Judgement(**{**fields, "party_key": f"{number:064}"}, made_at=timezone.now() - timedelta(days=number))
        for number in range(40)
    )
    with django_assert_max_num_queries(40):
        response = page(analyst, **as_query(FEWER_QUESTIONS))
    assert len(response.context["effect"]["lost"]) == 41


_COPIED = [
    *("party", "register", "entity_key", "entity_name", "entity_rows", "entity_sha256", "machine_verdict"),
    *("verdict", "scope", "reason", "author", "author_person"),
]
