"""Thresholds of matching: tried on the pairs the office judged, proposed by one person, put in use by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from entities import audit, history
from entities.attempts import on_record
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.matching import ENGINE_VERSION, SHIPPED, Matcher, Thresholds
from entities.domain.matching.results import Said
from entities.domain.matching.thresholds import LABELS, problems
from entities.domain.matching.trial import JudgedPair, Tally, moved
from entities.domain.roles import Act
from entities.matchers import Basis, matcher_for
from entities.models import Change, Judgement, ListVersion, ThresholdSet, User
from entities.services import jobs
from entities.services.changes import record_change

COUNTED = 10_000  # judged pairs a trial looks at, the latest: a page of some six seconds on one core
SHOWN = 500  # pairs named in a stored effect beside those lost; the counts are of all
State = ThresholdSet.State


@dataclass(frozen=True, slots=True)
class Bench:
    """The pairs the office judged, with the lists in use, and how many are left out and why."""

    pairs: tuple[JudgedPair, ...]
    registers: tuple[str, ...]  # of each pair
    matchers: dict[str, Matcher]
    versions: tuple[ListVersion, ...]
    on: date
    unsure: int
    awaiting: int
    not_listed: int
    older: int

    def said(self, lines: Sequence[Thresholds]) -> list[tuple[Said, ...]]:
        """With the lines drawn in each of these places, what is said of every pair."""
        by_pair = [
            self.matchers[register].verdicts(pair.party, pair.entity_key, self.on, lines)
            for register, pair in zip(self.registers, self.pairs, strict=True)
        ]
        return [tuple(said[number] for said in by_pair) for number in range(len(lines))]

    def tally(self, said: Sequence[Said]) -> Tally:
        return Tally.of(self.pairs, said)


def in_use() -> Thresholds:
    """Where screening draws the lines now."""
    adopted = ThresholdSet.objects.in_use()
    return adopted.values if adopted else SHIPPED


def bench(on: date | None = None) -> Bench:
    """The latest judgement that counts on each pair, where its entity is on the list in use on that day.

    What was judged of the same words when the list said otherwise counts too: it is still that firm or another.
    """
    on = on or timezone.localdate()
    names = Basis.in_use().names_up_to
    published = ListVersion.objects.published().order_by("published_at", "pk")
    versions = {version.register: version for version in published}  # the last one of each register stays
    matchers = {register: matcher_for(version, Basis(None, names)) for register, version in versions.items()}
    latest: dict[tuple[str, str, str], int] = {}
    unsure = 0
    of_pair = ("party_key", "register", "entity_key")
    for pk, verdict, *key in Judgement.objects.that_count().order_by("-pk").values_list("pk", "verdict", *of_pair):
        if (pair := (key[0], key[1], key[2])) not in latest:
            latest[pair] = pk
            unsure += verdict == Judgement.Verdict.UNSURE
    waiting = Judgement.objects.awaiting_a_second_person().values_list(*of_pair)
    keep = list(latest.values())[:COUNTED]
    pairs: list[JudgedPair] = []
    registers: list[str] = []
    not_listed = 0
    for start in range(0, len(keep), 500):
        rows = Judgement.objects.filter(pk__in=keep[start : start + 500]).exclude(verdict=Judgement.Verdict.UNSURE)
        for row in rows.order_by("-pk"):
            matcher = matchers.get(row.register)
            entity = matcher.parties.get(row.entity_key) if matcher else None
            if entity is None or not entity.listed_on(on):
                not_listed += 1
                continue
            found: Literal["same", "different"] = "same" if row.verdict == Judgement.Verdict.SAME else "different"
            pairs.append(JudgedPair(row.pk, PartyFacts(**row.party), row.entity_key, row.entity_name, found))
            registers.append(row.register)
    return Bench(
        pairs=tuple(pairs),
        registers=tuple(registers),
        matchers=matchers,
        versions=tuple(versions.values()),
        on=on,
        unsure=unsure,
        awaiting=len(set(waiting) - latest.keys()),
        not_listed=not_listed,
        older=len(latest) - len(keep),
    )


def effect_of(values: Thresholds) -> dict[str, Any]:
    """What values would say of the judged pairs beside what those in use say, as it is kept with a proposal."""
    on_bench = bench()
    return effect_on(on_bench, *on_bench.said([in_use(), values]))


def effect_on(on_bench: Bench, before: Sequence[Said], after: Sequence[Said]) -> dict[str, Any]:
    """The effect, from what is said of the pairs before and after."""
    changed = moved(on_bench.pairs, before, after)
    lost = [one for one in changed if one.is_lost]
    others = changed[len(lost) :]
    return {
        "on": on_bench.on.isoformat(),
        "engine": ENGINE_VERSION,
        "lists": [{"id": version.pk, "label": version.label} for version in on_bench.versions],
        "pairs": len(on_bench.pairs),
        "before": asdict(on_bench.tally(before)),
        "after": asdict(on_bench.tally(after)),
        "lost": [_named(one.pair, one.before, one.after) for one in lost],
        "moved": [_named(one.pair, one.before, one.after) for one in others[:SHOWN]],
        "moved_count": len(others),
    }


def propose_thresholds(values: Thresholds, *, reason: str, actor: User) -> ThresholdSet:
    """Propose other thresholds, with what they would have said of the judged pairs. Nothing is screened with them yet.

    Raises ``Refused`` where a value is out of bounds, where they are in use already, or another proposal waits.
    """
    _require(actor, Act.PROPOSE_THRESHOLDS, "Only a reviewer or a manager of the office proposes thresholds.")
    for name, problem in problems(values).items():
        raise Refused("threshold_out_of_bounds", f"{LABELS[name]}: {problem}")
    if not reason.strip():
        raise Refused("reason_missing", "Say why these thresholds are proposed.")
    effect = effect_of(values)  # before the lock: it may take seconds
    with transaction.atomic():
        audit.lock_head()  # one proposal after another
        if waiting := ThresholdSet.objects.proposed():
            who = waiting.proposed_by.full_name
            raise Refused("already_proposed", f"A proposal of {who} waits. It must be put in use or refused first.")
        if values == in_use():
            raise Refused("in_use_already", "These thresholds are in use already. Change at least one of them.")
        made = ThresholdSet.objects.create(
            **asdict(values),
            reason=reason.strip(),
            effect={**effect, "touches": None},  # counted by a worker
            proposed_by=actor,
            proposed_person_id=User.objects.get(pk=actor.pk).person_id,
        )
        jobs.enqueue("threshold_preview", {"set": made.pk})
        audit.record(
            Action.THRESHOLDS_PROPOSED,
            actor=actor,
            target=made,
            before=asdict(in_use()),
            after={**asdict(values), "lost": len(effect["lost"])},
            reason=made.reason,
        )
    return made


def adopt_thresholds(proposed: ThresholdSet, *, actor: User, answer: str = "") -> ThresholdSet:
    """Put proposed thresholds in use, and have what they touch screened again. Never by the person who proposed them.

    Where a firm judged the same would be lost, only with an answer that says why; not before what they touch was
    counted, and not where more would be lost by now than the proposal shows. A refused attempt goes on record.
    """
    known = {row["judgement"] for row in proposed.effect["lost"]}
    more = [row for row in effect_of(proposed.values)["lost"] if row["judgement"] not in known]
    with on_record("adopt thresholds", actor=actor, target=proposed):
        proposed, fresh = _lock_proposal(proposed, actor)
        _require(fresh, Act.ADOPT_THRESHOLDS, "Only an approver or a manager of the office puts thresholds in use.")
        if fresh.person_id in {proposed.proposed_person_id, proposed.proposed_by.person_id}:
            raise Refused("own_proposal", "You proposed these thresholds; a different person must put them in use.")
        if proposed.effect["touches"] is None:
            raise Refused("preview_missing", "What they touch is still being counted. Try again when it is shown.")
        if more:
            names = ", ".join(row["party"] for row in more[:3])
            raise Refused(
                "effect_moved_on",
                f"Since they were proposed, {len(more)} more firm{'s' if len(more) > 1 else ''} judged the same would "
                f"be lost ({names}). Refuse the proposal and have it made again.",
            )
        if proposed.effect["lost"] and not answer.strip():
            raise Refused("answer_missing", "Firms judged the same would be lost: say why they are put in use anyway.")
        before = asdict(in_use())
        proposed.state = State.ADOPTED
        _settle(proposed, fresh, answer)
        record_change(Change.Kind.THRESHOLDS, [proposed.pk], note=f"thresholds {proposed.pk} put in use")
        audit.record(
            Action.THRESHOLDS_ADOPTED,
            actor=fresh,
            target=proposed,
            before=before,
            after={**asdict(proposed.values), "lost": len(proposed.effect["lost"])},
            reason=proposed.answer,
        )
    return proposed


@transaction.atomic
def refuse_thresholds(proposed: ThresholdSet, *, actor: User, answer: str) -> ThresholdSet:
    """Set a proposal aside for good. It stays with its answer; whoever proposed it may withdraw it so."""
    proposed, fresh = _lock_proposal(proposed, actor)
    if proposed.proposed_by_id != fresh.pk:
        _require(fresh, Act.ADOPT_THRESHOLDS, "Only an approver, a manager, or who proposed them refuses thresholds.")
    if not answer.strip():
        raise Refused("answer_missing", "Say why the proposal is set aside.")
    proposed.state = State.REFUSED
    _settle(proposed, fresh, answer)
    audit.record(
        Action.THRESHOLDS_REFUSED,
        actor=fresh,
        target=proposed,
        before={"state": State.PROPOSED},
        after={"state": State.REFUSED},
        reason=proposed.answer,
    )
    return proposed


def _lock_proposal(proposed: ThresholdSet, actor: User) -> tuple[ThresholdSet, User]:
    """The proposal and the actor as they are by now; refused where somebody settled it before."""
    fresh = User.objects.select_related("person").get(pk=actor.pk)
    locked = ThresholdSet.objects.select_for_update().get(pk=proposed.pk)
    history.note_changed(locked)
    if locked.state != State.PROPOSED:
        raise Refused("settled", f"This proposal was settled before: {locked.get_state_display().lower()}.")
    return locked, fresh


def _settle(proposed: ThresholdSet, actor: User, answer: str) -> None:
    proposed.settled_by, proposed.settled_person = actor, actor.person
    proposed.settled_at, proposed.answer = timezone.now(), answer.strip()
    proposed.save(update_fields=["state", "settled_by", "settled_person", "settled_at", "answer"])


def _require(actor: User, act: Act, sentence: str) -> None:
    if not User.objects.get(pk=actor.pk).has_perm(act):
        raise Refused("not_allowed", sentence)


def _named(pair: JudgedPair, before: Said, after: Said) -> dict[str, Any]:
    return {
        "judgement": pair.judgement,
        "party": pair.party_name,
        "city": pair.party.city,
        "country": pair.party.country,
        "entity": pair.entity_name,
        "verdict": pair.verdict,
        "before": before,
        "after": after,
    }
