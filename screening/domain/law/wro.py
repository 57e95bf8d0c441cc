"""Goods held under a withhold release order or a finding: 19 CFR 12.42 to 12.44. A regime with clocks of its
own, never mixed with the UFLPA."""

from __future__ import annotations

from datetime import date, timedelta

from screening.domain.law.clocks import DAYS_TO_SUMMON, Deadline, order_clock
from screening.domain.law.states import Kind, Law, Moved, Standing, State, read_table

WAITING = frozenset({State.DETAINED, State.NOTICED})
HELD = WAITING | {State.PROOF_FILED, State.INFO_REQUESTED}


# Capitals name groups of states, a minus takes a state out of one; ``=``: the state stays, or goes back to its review.
TABLE = read_table(
    """
before         | event                | to             | provision                             | final | rule
arrived        | imported             | =              | 19 CFR 12.43(a)                       |       | sets the day the three months count from
arrived        | detained             | detained       | 19 CFR 12.42(e)                       |       |
detained       | notice_issued        | noticed        | 19 CFR 12.42(e)                       |       |
WAITING        | proof_filed          | proof_filed    | 19 CFR 12.43                          |       | within three months of the importation
proof_filed    | information_asked    | info_requested | 19 CFR 12.43(c)                       |       |
info_requested | information_answered | =              | 19 CFR 12.43(c)                       |       |
HELD           | released             | released       | 19 CFR 12.43(c)                       | yes   | proof accepted
HELD           | excluded             | excluded       | 19 CFR 12.44(a)                       | yes   | in writing
HELD excluded  | disposal_noticed     | =              | 19 CFR 158.43, 158.45                 |       | held until they leave or are destroyed
HELD excluded  | exported             | exported       | 19 CFR 12.44(a)                       |       | before a seizure
HELD excluded  | destroyed            | destroyed      | 19 CFR 12.44(b)                       |       |
HELD excluded  | seized               | seized         | 19 CFR 12.44(c)                       |       | under a finding
seized         | petition_filed       | petition       | 19 U.S.C. 1618                        |       |
petition       | petition_releases    | released       | 19 U.S.C. 1618                        |       |
petition       | petition_exports     | exported       | 19 U.S.C. 1618                        |       |
petition       | petition_refused     | forfeited      | 19 U.S.C. 1618                        |       |
seized         | forfeited            | forfeited      | 19 CFR 12.44(c)                       |       |
excluded       | protest_filed        | protested      | 19 U.S.C. 1514(c)(3); 19 CFR 12.44(b) |       | before the goods are deemed abandoned
protested      | protest_allowed      | released       | 19 CFR 174.29                         | yes   |
protested      | protest_denied       | protest_denied | 19 CFR 174.30                         | yes   | notice mailed
protest_denied | summons_filed        | litigation     | 19 CFR 174.31                         |       | within 180 days
litigation     | judgment_releases    | released       | 28 U.S.C. 1581(a)                     |       |
litigation     | judgment_sustains    | final          | 28 U.S.C. 1581(a)                     |       |
""",
    {"WAITING": WAITING, "HELD": HELD},
)


def by_time(standing: Standing) -> Moved | None:
    """What the law does next where nobody acts: abandonment of excluded goods, finality."""
    day = timedelta(days=1)
    if standing.state == State.EXCLUDED and standing.imported_on and standing.excluded_on:
        on = order_clock(standing.imported_on, excluded_on=standing.excluded_on).abandoned_on
        return Moved(Kind.DEEMED_ABANDONED, on, on, State.ABANDONED, "19 CFR 12.44(b)") if on else None
    if standing.state == State.PROTEST_DENIED and standing.denied_on:
        on = standing.denied_on + timedelta(days=DAYS_TO_SUMMON) + day
        return Moved(Kind.TIME_TO_SUMMON_ENDED, on, on, State.FINAL, "19 CFR 174.31")
    return None


def too_late(standing: Standing, kind: Kind, on: date) -> str | None:
    """Proof counts within three months of the importation only (19 CFR 12.43(a))."""
    if kind != Kind.PROOF_FILED or standing.imported_on is None:
        return None
    last = order_clock(standing.imported_on).prove_by
    return None if on <= last else f"proof was due on {last:%-d %B %Y}, three months after the importation."


def deadline(standing: Standing) -> Deadline | None:
    """The day that comes next: for the proof, before abandonment, or to go to court."""
    if standing.imported_on and standing.state in HELD:
        return order_clock(standing.imported_on).deadlines()[0]
    if standing.imported_on and standing.excluded_on and standing.state == State.EXCLUDED:
        return order_clock(standing.imported_on, excluded_on=standing.excluded_on).deadlines()[1]
    if standing.state == State.PROTEST_DENIED and standing.denied_on:
        on = standing.denied_on + timedelta(days=DAYS_TO_SUMMON)
        return Deadline(
            "summons_by", on, "Last day to file a summons at the Court of International Trade", "19 CFR 174.31"
        )
    return None


WRO = Law(TABLE, by_time, deadline, too_late)
