"""Goods detained under the UFLPA: 19 U.S.C. 1499(c), 1514 and 1618; 19 CFR 151.16, 174.21, 174.30 and 174.31; UFLPA
sec. 3(b)."""

from __future__ import annotations

from datetime import timedelta

from screening.domain.law.clocks import Deadline, DetentionClock, detention_clock, report_exception_by
from screening.domain.law.states import Kind, Law, Moved, Standing, State, read_table

REVIEWS = frozenset({State.APPLICABILITY_REVIEW, State.EXCEPTION_REVIEW})
HELD = REVIEWS | {State.DETAINED, State.NOTICED, State.INFO_REQUESTED}
BARRED = frozenset({State.EXCLUDED, State.DEEMED_EXCLUDED})
DENIED_PROTEST = frozenset({State.PROTEST_DENIED, State.PROTEST_DEEMED_DENIED})
BESIDE = BARRED | DENIED_PROTEST | {State.PROTESTED, State.LITIGATION}  # an exception request is open beside the state


# Capitals name groups of states, a minus takes a state out of one; ``=``: the state stays, or goes back to its review.
TABLE = read_table(
    """
before                                | event                | to                   | provision                       | final | rule
arrived                               | presented            | presented            | 19 CFR 151.16(b)                |       | sets P, from which all clocks count
presented                             | released             | released             | 19 U.S.C. 1499(c)(1)            |       | by P + 5 business days
presented                             | detained             | detained             | 19 CFR 151.16(b)                |       | by P + 5 business days
detained                              | notice_issued        | noticed              | 19 CFR 151.16(c)                |       | by D + 5 business days; lateness is flagged
detained noticed                      | applicability_filed  | applicability_review | CBP Forced Labor Portal         |       |
detained noticed applicability_review | exception_filed      | exception_review     | UFLPA sec. 3(b)                 |       |
BARRED protested                      | exception_filed      | =                    | UFLPA sec. 3(b)                 |       | open beside it; no time named
REVIEWS                               | information_asked    | info_requested       | CBP UFLPA FAQ                   |       | the statutory clock runs on
info_requested                        | information_answered | =                    | CBP Forced Labor Portal         |       | back to the review that asked
REVIEWS info_requested                | time_asked           | =                    | CBP Forced Labor Portal         |       | no statutory day moves
HELD                                  | released             | released             | 19 CFR 151.16                   | yes   | admissible
HELD -detained                        | excluded             | excluded             | 19 U.S.C. 1499(c)(5); HQ 962034 | yes   | not admissible; notice with reasons
deemed_excluded                       | excluded             | excluded             | HQ 962141                       | yes   | both days kept; the earlier governs
BARRED                                | released             | released             | 19 CFR 174.21(b)                | yes   | found admissible after all
HELD BARRED                           | disposal_noticed     | =                    | 19 CFR 158.43, 158.45           |       | held until they leave or are destroyed
HELD BARRED                           | exported             | exported             | 19 CFR 151.16                   |       | before a seizure; counted as denied
HELD BARRED                           | destroyed            | destroyed            | 19 CFR 151.16                   |       | under supervision; counted as denied
HELD BARRED                           | seized               | seized               | 19 U.S.C. 1499(c)(4)            |       | where otherwise provided by law
seized                                | petition_filed       | petition             | 19 U.S.C. 1618                  |       |
petition                              | petition_releases    | released             | 19 U.S.C. 1618                  |       |
petition                              | petition_exports     | exported             | 19 U.S.C. 1618                  |       |
petition                              | petition_refused     | forfeited            | 19 U.S.C. 1618                  |       |
seized                                | forfeited            | forfeited            | 19 U.S.C. 1499(c)(4)            |       |
BARRED                                | protest_filed        | protested            | 19 U.S.C. 1514(c)(3)            |       | within 180 days
protested                             | protest_allowed      | released             | 19 CFR 174.21(b)                | yes   |
protested                             | protest_denied       | protest_denied       | 19 CFR 174.30                   | yes   | notice mailed
DENIED_PROTEST                        | summons_filed        | litigation           | 19 CFR 174.31                   |       | within 180 days
litigation                            | judgment_releases    | released             | 28 U.S.C. 1581(a)               |       |
litigation                            | judgment_sustains    | final                | 28 U.S.C. 1581(a)               |       |
BESIDE exception_review               | exception_granted    | exception_granted    | UFLPA sec. 3(b)                 | yes   | report due in 30 days
exception_granted                     | released             | released             | UFLPA sec. 3(b)                 | yes   | after the grant
exception_review                      | exception_refused    | excluded             | UFLPA sec. 3(b)                 | yes   |
BESIDE                                | exception_refused    | =                    | UFLPA sec. 3(b)                 | yes   | the exclusion or protest goes on
""",
    {"HELD": HELD, "REVIEWS": REVIEWS, "BARRED": BARRED, "DENIED_PROTEST": DENIED_PROTEST, "BESIDE": BESIDE},
)


def clock_of(standing: Standing) -> DetentionClock | None:
    """The statutory clock as the events so far set it; none before the goods are presented."""
    if standing.presented_on is None:
        return None
    return detention_clock(
        standing.presented_on,
        detained_on=standing.detained_on,
        excluded_on=standing.excluded_on,
        protested_on=standing.protested_on,
        denied_on=standing.denied_on,
    )


def by_time(standing: Standing) -> Moved | None:
    """What the law does next where nobody acts: detention, deemed exclusion, deemed denial, finality."""
    clock = clock_of(standing)
    if clock is None:
        return None
    day = timedelta(days=1)
    if standing.state == State.PRESENTED:
        return Moved(Kind.DETAINED_BY_LAW, clock.decide_by + day, clock.decide_by, State.DETAINED, "19 CFR 151.16(b)")
    if standing.state in HELD:
        on = clock.last_determination_day + day
        return Moved(Kind.DEEMED_EXCLUDED, on, on, State.DEEMED_EXCLUDED, "19 U.S.C. 1499(c)(5)(A)")
    if standing.state in BARRED:
        on = clock.protest_by + day
        return Moved(Kind.TIME_TO_PROTEST_ENDED, on, on, State.FINAL, "19 U.S.C. 1514")
    if standing.state == State.PROTESTED and clock.protest_deemed_denied_on is not None:
        on = clock.protest_deemed_denied_on
        provision = "19 CFR 174.21(b); 19 U.S.C. 1499(c)(5)(B)"
        return Moved(Kind.PROTEST_DEEMED_DENIED, on, on, State.PROTEST_DEEMED_DENIED, provision)
    if standing.state in DENIED_PROTEST and clock.summons_by is not None:
        on = clock.summons_by + day
        return Moved(Kind.TIME_TO_SUMMON_ENDED, on, on, State.FINAL, "19 CFR 174.31")
    return None


def deadline(standing: Standing) -> Deadline | None:
    """The statutory day that comes next: to decide, to protest, to decide the protest, to go to court, to report."""
    if standing.state == State.EXCEPTION_GRANTED and standing.granted_on:
        on = report_exception_by(standing.granted_on)
        return Deadline(
            "report_exception_by", on, "Report on the exception to Congress and the public", "UFLPA sec. 3(c)"
        )
    code = next((code for states, code in _NEXT if standing.state in states), None)
    clock = clock_of(standing)
    if clock is None or code is None:
        return None
    return next((one for one in clock.deadlines() if one.code == code), None)


_NEXT = (
    (frozenset({State.PRESENTED}), "decide_by"),
    (HELD, "last_determination_day"),
    (BARRED, "protest_by"),
    (frozenset({State.PROTESTED}), "protest_deemed_denied_on"),
    (DENIED_PROTEST, "summons_by"),
)

UFLPA = Law(TABLE, by_time, deadline)
