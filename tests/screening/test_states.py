"""Every state tried against every event, and properties of any order of events."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.domain.law.states import BY_LAW, FINAL, Event, Kind, OutOfOrder, Standing, State
from screening.domain.law.uflpa import HELD, UFLPA
from screening.domain.law.wro import WRO

P = date(2026, 6, 29)
D30 = P + timedelta(days=30)


def day(number):
    return P + timedelta(days=number)


# How each state is reached: kinds with the day after presentation on which they happen, and the day it is looked at.
WAYS = {
    State.ARRIVED: ([], 0),
    State.PRESENTED: ([("presented", 0)], 1),
    State.DETAINED: ([("presented", 0), ("detained", 2)], 3),
    State.NOTICED: ([("presented", 0), ("detained", 2), ("notice_issued", 4)], 5),
    State.APPLICABILITY_REVIEW: ([("presented", 0), ("detained", 2), ("applicability_filed", 6)], 7),
    State.EXCEPTION_REVIEW: ([("presented", 0), ("detained", 2), ("exception_filed", 6)], 7),
    State.INFO_REQUESTED: (
        [("presented", 0), ("detained", 2), ("applicability_filed", 6), ("information_asked", 8)],
        9,
    ),
    State.EXCLUDED: ([("presented", 0), ("detained", 2), ("notice_issued", 4), ("excluded", 10)], 11),
    State.DEEMED_EXCLUDED: ([("presented", 0)], 31),
    State.PROTESTED: ([("presented", 0), ("protest_filed", 40)], 41),
    State.PROTEST_DENIED: ([("presented", 0), ("protest_filed", 40), ("protest_denied", 50)], 51),
    State.PROTEST_DEEMED_DENIED: ([("presented", 0), ("protest_filed", 40)], 70),
    State.LITIGATION: ([("presented", 0), ("protest_filed", 40), ("protest_denied", 50), ("summons_filed", 60)], 61),
    State.SEIZED: ([("presented", 0), ("detained", 2), ("seized", 5)], 6),
    State.PETITION: ([("presented", 0), ("detained", 2), ("seized", 5), ("petition_filed", 7)], 8),
    State.EXCEPTION_GRANTED: (
        [("presented", 0), ("detained", 2), ("exception_filed", 6), ("exception_granted", 9)],
        10,
    ),
    State.RELEASED: ([("presented", 0), ("released", 3)], 4),
    State.EXPORTED: ([("presented", 0), ("detained", 2), ("exported", 5)], 6),
    State.DESTROYED: ([("presented", 0), ("detained", 2), ("destroyed", 5)], 6),
    State.FORFEITED: ([("presented", 0), ("detained", 2), ("seized", 5), ("forfeited", 9)], 10),
    State.FINAL: ([("presented", 0)], 211),
}

# What may follow, and where it leads: the table of the handbook, written out state by state.
ALLOWED = {
    State.ARRIVED: {"presented": "presented"},
    State.PRESENTED: {"released": "released", "detained": "detained"},
    State.DETAINED: {
        "notice_issued": "noticed",
        "applicability_filed": "applicability_review",
        "exception_filed": "exception_review",
        "released": "released",
        "disposal_noticed": "detained",
        "exported": "exported",
        "destroyed": "destroyed",
        "seized": "seized",
    },
    State.NOTICED: {
        "applicability_filed": "applicability_review",
        "exception_filed": "exception_review",
        "released": "released",
        "excluded": "excluded",
        "disposal_noticed": "noticed",
        "exported": "exported",
        "destroyed": "destroyed",
        "seized": "seized",
    },
    State.APPLICABILITY_REVIEW: {
        "exception_filed": "exception_review",
        "information_asked": "info_requested",
        "time_asked": "applicability_review",
        "released": "released",
        "excluded": "excluded",
        "disposal_noticed": "applicability_review",
        "exported": "exported",
        "destroyed": "destroyed",
        "seized": "seized",
    },
    State.EXCEPTION_REVIEW: {
        "information_asked": "info_requested",
        "time_asked": "exception_review",
        "released": "released",
        "excluded": "excluded",
        "disposal_noticed": "exception_review",
        "exported": "exported",
        "destroyed": "destroyed",
        "seized": "seized",
        "exception_granted": "exception_granted",
        "exception_refused": "excluded",
    },
    State.INFO_REQUESTED: {
        "information_answered": "applicability_review",
        "time_asked": "info_requested",
        "released": "released",
        "excluded": "excluded",
        "disposal_noticed": "info_requested",
        "exported": "exported",
        "destroyed": "destroyed",
        "seized": "seized",
    },
    State.EXCLUDED: {
        "exception_filed": "excluded",
        "released": "released",
        "disposal_noticed": "excluded",
        "exported": "exported",
        "destroyed": "destroyed",
        "seized": "seized",
        "protest_filed": "protested",
    },
    State.DEEMED_EXCLUDED: {
        "exception_filed": "deemed_excluded",
        "excluded": "excluded",
        "released": "released",
        "disposal_noticed": "deemed_excluded",
        "exported": "exported",
        "destroyed": "destroyed",
        "seized": "seized",
        "protest_filed": "protested",
    },
    State.PROTESTED: {
        "exception_filed": "protested",
        "protest_allowed": "released",
        "protest_denied": "protest_denied",
    },
    State.PROTEST_DENIED: {"summons_filed": "litigation"},
    State.PROTEST_DEEMED_DENIED: {"summons_filed": "litigation"},
    State.LITIGATION: {"judgment_releases": "released", "judgment_sustains": "final"},
    State.SEIZED: {"petition_filed": "petition", "forfeited": "forfeited"},
    State.PETITION: {
        "petition_releases": "released",
        "petition_exports": "exported",
        "petition_refused": "forfeited",
    },
    State.EXCEPTION_GRANTED: {"released": "released"},
    **{state: {} for state in FINAL if state in WAYS},
}


def course(events, number, law=UFLPA):
    made = [Event(Kind(kind), day(on), key) for key, (kind, on) in enumerate(events, 1)]
    return law.course(made, 1, as_of=day(number))


@pytest.mark.parametrize("state", WAYS)
def test_each_state_is_reached(state):
    events, number = WAYS[state]
    assert course(events, number)[0].state == state


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in BY_LAW])
@pytest.mark.parametrize("state", WAYS)
def test_each_state_against_each_event(state, kind):
    events, number = WAYS[state]
    if kind.value in ALLOWED[state]:
        standing, _steps = course([*events, (kind, number)], number)
        assert standing.state == ALLOWED[state][kind.value]
    else:
        with pytest.raises(OutOfOrder) as refused:
            course([*events, (kind, number)], number)
        words = str(refused.value)
        assert words.startswith(f"{kind.label} on ")
        assert words.endswith(".")


@pytest.mark.parametrize("kind", sorted(BY_LAW))
def test_what_the_law_does_is_never_entered(kind):
    with pytest.raises(OutOfOrder, match="computed, never entered"):
        course([("presented", 0), (kind, 10)], 10)


def test_a_refusal_says_what_the_goods_are_and_what_it_would_take():
    with pytest.raises(OutOfOrder) as refused:
        course([("presented", 0), ("detained", 2), ("excluded", 3)], 4)
    assert str(refused.value) == (
        "Excluded on 2 July 2026: the goods are detained since 1 July 2026; it takes one of these states: "
        "Applicability review; Deemed excluded; Detained, notice issued; Exception review; Information requested."
    )


def test_a_question_goes_back_to_the_review_that_asked():
    for review in ("applicability_filed", "exception_filed"):
        events = [
            ("presented", 0),
            ("detained", 1),
            (review, 3),
            ("information_asked", 5),
            ("information_answered", 9),
        ]
        assert course(events, 9)[0].state.value.startswith(review.removesuffix("_filed"))


def test_an_open_question_never_stops_the_statutory_clock():
    asked = [
        ("presented", 0),
        ("detained", 1),
        ("applicability_filed", 3),
        ("information_asked", 5),
        ("time_asked", 20),
    ]
    assert course(asked, 30)[0].state == State.INFO_REQUESTED
    standing, steps = course(asked, 31)
    assert (standing.state, standing.deemed_excluded_on) == (State.DEEMED_EXCLUDED, D30 + timedelta(days=1))
    assert steps[-1].event is None


def test_a_release_on_day_30_is_in_time_and_a_day_later_the_goods_were_excluded_before():
    held = [("presented", 0), ("detained", 1)]
    assert [step.kind for step in course([*held, ("released", 30)], 40)[1]][-1] == Kind.RELEASED
    late = [step.kind for step in course([*held, ("released", 31)], 40)[1]]
    assert late[-2:] == [Kind.DEEMED_EXCLUDED, Kind.RELEASED]


def test_an_express_exclusion_after_a_deemed_one_keeps_both_days_and_the_earlier_governs():
    standing, _steps = course([("presented", 0), ("excluded", 45)], 60)
    assert (standing.excluded_on, standing.deemed_excluded_on) == (day(45), day(31))
    assert course([("presented", 0), ("excluded", 45)], 210)[0].state == State.EXCLUDED
    assert course([("presented", 0), ("excluded", 45)], 211)[0].state == State.FINAL


def test_an_exception_is_open_beside_an_exclusion_and_a_grant_ends_it():
    events = [("presented", 0), ("exception_filed", 50), ("protest_filed", 60)]
    standing, _steps = course(events, 61)
    assert (standing.state, standing.has_open_exception) == (State.PROTESTED, True)
    granted, steps = course([*events, ("exception_granted", 70), ("released", 71)], 80)
    assert granted.state == State.RELEASED
    assert [step.proceeding for step in steps if step.is_determination] == ["exception:2", "detention"]
    refused, _steps = course([*events, ("exception_refused", 70)], 80)
    assert (refused.state, refused.has_open_exception) == (State.PROTESTED, False)


def test_without_a_request_no_exception_is_granted():
    with pytest.raises(OutOfOrder, match="no exception request is open"):
        course([("presented", 0), ("exception_granted", 50)], 50)


def test_lines_fare_differently():
    made = [
        Event(Kind.PRESENTED, day(0), 1),
        Event(Kind.DETAINED, day(1), 2),
        Event(Kind.RELEASED, day(9), 3, frozenset({2})),
    ]
    assert UFLPA.course(made, 1, as_of=day(10))[0].state == State.DETAINED
    assert UFLPA.course(made, 2, as_of=day(10))[0].state == State.RELEASED


# --- withhold release orders ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "number", "state"),
    [
        ([], 1, "detained"),
        ([("notice_issued", 3)], 4, "noticed"),
        ([("proof_filed", 92)], 93, "proof_filed"),
        ([("proof_filed", 50), ("information_asked", 55)], 56, "info_requested"),
        ([("proof_filed", 50), ("information_asked", 55), ("information_answered", 58)], 59, "proof_filed"),
        ([("proof_filed", 50), ("released", 60)], 61, "released"),
        ([], 300, "detained"),  # no proof: the exclusion is in writing, never by silence
        ([("excluded", 95)], 155, "excluded"),
        ([("excluded", 95)], 156, "abandoned"),
        ([("excluded", 95), ("exported", 150)], 156, "exported"),
        ([("excluded", 95), ("protest_filed", 150)], 500, "protested"),
        ([("excluded", 95), ("protest_filed", 150), ("protest_denied", 200)], 381, "final"),
        ([("excluded", 95), ("seized", 100), ("forfeited", 140)], 141, "forfeited"),
    ],
)
def test_an_order_has_states_and_clocks_of_its_own(events, number, state):
    held = [("imported", 0), ("detained", 0)]
    assert course([*held, *events], number, WRO)[0].state == state


def test_proof_after_three_months_is_too_late():
    with pytest.raises(OutOfOrder, match="proof was due on 29 September 2026"):
        course([("imported", 0), ("detained", 0), ("proof_filed", 93)], 93, WRO)


@pytest.mark.parametrize("kind", ["presented", "applicability_filed", "exception_filed"])
def test_the_events_of_the_uflpa_are_unknown_to_an_order(kind):
    with pytest.raises(OutOfOrder):
        course([("imported", 0), ("detained", 0), (kind, 5)], 5, WRO)


# --- any order of events ----------------------------------------------------------------------------------------

ENTERED = sorted(set(Kind) - BY_LAW)
histories = st.lists(st.tuples(st.sampled_from(ENTERED), st.integers(0, 260)), max_size=9)


def played(history, law):
    """The events of a random history that the law takes, one after another, as an officer would record them."""
    taken = [Event(Kind.PRESENTED if law is UFLPA else Kind.IMPORTED, P, 0)]
    for key, (kind, on) in enumerate(history, 1):
        try:
            law.course([*taken, Event(kind, day(on), key)], 1, as_of=day(400))
        except OutOfOrder:
            continue
        taken.append(Event(kind, day(on), key))
    return taken


@given(histories)
def test_no_order_of_events_reaches_a_state_without_what_it_rests_on(history):
    taken = played(history, UFLPA)
    standing, steps = UFLPA.course(taken, 1, as_of=day(400))
    seen = [step.kind for step in steps]
    for kind, needs in {
        Kind.NOTICE_ISSUED: {Kind.DETAINED, Kind.DETAINED_BY_LAW},
        Kind.PROTEST_FILED: {Kind.EXCLUDED, Kind.DEEMED_EXCLUDED, Kind.EXCEPTION_REFUSED},
        Kind.PROTEST_DENIED: {Kind.PROTEST_FILED},
        Kind.SUMMONS_FILED: {Kind.PROTEST_DENIED, Kind.PROTEST_DEEMED_DENIED},
        Kind.EXCEPTION_GRANTED: {Kind.EXCEPTION_FILED},
        Kind.FORFEITED: {Kind.SEIZED},
    }.items():
        if kind in seen:
            assert needs & set(seen[: seen.index(kind)])
    ends = [step for step in steps if step.state in FINAL]
    assert len(ends) <= 1
    assert not ends or steps[-1] is ends[0]
    assert standing.is_final == bool(ends)


@given(histories, st.integers(0, 300))
def test_held_goods_are_never_held_on_day_31(history, number):
    standing, _steps = UFLPA.course(played(history, UFLPA), 1, as_of=day(max(31, number)))
    assert standing.state not in HELD
    assert standing.state != State.PRESENTED


@given(histories, st.permutations(range(10)))
def test_the_order_of_recording_makes_no_difference(history, order):
    taken = played(history, UFLPA)
    shuffled = [taken[index] for index in order if index < len(taken)]
    assert UFLPA.course(taken, 1, as_of=day(300)) == UFLPA.course(shuffled, 1, as_of=day(300))


@given(histories)
def test_the_course_up_to_a_day_is_the_beginning_of_the_course_up_to_a_later_one(history):
    taken = played(history, UFLPA)
    _standing, whole = UFLPA.course(taken, 1, as_of=day(400))
    for number in (0, 6, 31, 100, 211):
        _standing, part = UFLPA.course(taken, 1, as_of=day(number))
        assert part == whole[: len(part)]


@given(histories)
def test_a_proceeding_is_determined_once_unless_another_event_says_otherwise(history):
    _standing, steps = UFLPA.course(played(history, UFLPA), 1, as_of=day(400))
    protests = [step.proceeding for step in steps if step.is_determination and step.proceeding.startswith("protest")]
    assert len(protests) == len(set(protests))
    exceptions = [step.proceeding for step in steps if step.is_determination and "exception" in step.proceeding]
    assert len(exceptions) == len(set(exceptions))


@given(histories)
def test_under_an_order_nothing_of_the_uflpa_happens(history):
    _standing, steps = WRO.course(played(history, WRO), 1, as_of=day(400))
    uflpa_only = {Kind.DEEMED_EXCLUDED, Kind.DETAINED_BY_LAW, Kind.APPLICABILITY_FILED, Kind.EXCEPTION_GRANTED}
    assert not uflpa_only & {step.kind for step in steps}


def test_a_standing_begins_with_nothing():
    assert (Standing().state, Standing().is_final) == (State.ARRIVED, False)
