"""Judgements: recorded with both sides as they stand, confirmed by a second person, applied while neither changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from entities import audit, history, office_names
from entities.attempts import on_record
from entities.domain import judging
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.judging import Judged
from entities.domain.known import KnownFirm, KnownFirms
from entities.domain.names import has_han
from entities.models import (
    Change,
    Judgement,
    JudgementConfirmation,
    ListedEntity,
    Listing,
    ListVersion,
    User,
)
from entities.models.judgement import JudgementQuerySet
from entities.office_names import OfficeName
from entities.prepared import Prepared
from entities.services.changes import record_change

SCOPES = tuple(Judgement.Scope.values)
Verdict, Machine = Judgement.Verdict, Judgement.Machine
_SAME_FIRMS = Prepared(
    lambda register: (
        Judgement.objects.filter(register=register, verdict=Verdict.SAME)
        .select_related("author__person", "confirmation")
        .order_by("pk")
    )
)


def list_rows(version: ListVersion, keys: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """What a list version says of entities, as far as it bears on who they are."""
    wanted = sorted(set(keys))
    found: dict[str, list[dict[str, Any]]] = {key: [] for key in wanted}
    for row in Listing.objects.filter(version=version, entity__key__in=wanted).select_related("entity"):
        found[row.entity.key].append(_words_of(row))
    known = office_names.names_of(version.register, up_to=office_names.last_statement(), keys=wanted)
    for key, names in known.items():
        for words in found[key]:
            _add_office_names(words, names)
    for rows in found.values():
        rows.sort(key=lambda row: (row["name"], row["section"], row["effective_on"]))
    return found


def standing(party: PartyFacts, keys: Iterable[str], version: ListVersion) -> dict[str, Judged]:
    """The judgement that stands on this party and each entity, where one does, under this list version."""
    wanted = set(keys)
    own_keys = [judging.party_key(party, scope) for scope in SCOPES]
    rows = list(Judgement.objects.between(own_keys, version.register, wanted))
    if not rows:
        return {}
    digests = {key: judging.rows_sha256(now) for key, now in list_rows(version, wanted).items()}
    found: dict[str, Judged] = {}
    for row in rows:
        if row.entity_key not in found and _counts(row) and row.entity_sha256 == digests[row.entity_key]:
            found[row.entity_key] = row.as_judged()
    return found


def known_firms(version: ListVersion) -> KnownFirms:
    """The firms judged to be entities of this list, by what they declared; a later judgement takes the place."""
    rows = _SAME_FIRMS(version.register)
    if not rows:
        return KnownFirms()
    later = _latest(rows)
    said = list_rows(version, {row.entity_key for row in rows})
    now = {key: judging.rows_sha256(words) for key, words in said.items()}
    return KnownFirms(
        KnownFirm(
            key=row.entity_key,
            facts=PartyFacts(**row.party),
            judgement=row.pk,
            sentence=row.as_judged().sentence,
            scope=row.scope,
            stands=row.entity_sha256 == now[row.entity_key],
        )
        for row in rows
        if later[row.party_key, row.register, row.entity_key] == row.pk
    )


@transaction.atomic
def record_judgement(
    party: PartyFacts,
    entity: ListedEntity,
    *,
    machine_verdict: str,
    verdict: str,
    scope: str,
    reason: str,
    actor: User,
) -> Judgement:
    """A person says whether a party is the listed entity. Setting a match aside waits for a second person."""
    if verdict not in Verdict.values or scope not in SCOPES:
        raise Refused("verdict_missing", "Say whether it is the same firm, a different one, or that you are unsure.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why. The reason stands on every finding this judgement settles.")
    version = ListVersion.objects.current(entity.register)
    rows = list_rows(version, [entity.key])[entity.key]
    if not rows:
        raise Refused("not_listed", f"{entity.name} does not stand on the list in use now.")
    before = standing(party, [entity.key], version).get(entity.key)
    is_match = machine_verdict == Machine.MATCH or (before is not None and before.verdict == Verdict.SAME)
    judgement = Judgement.objects.create(
        party_key=judging.party_key(party, scope),
        party={name: value for name, value in asdict(party).items() if value},
        register=version.register,
        entity_key=entity.key,
        entity_name=entity.name,
        entity_rows=rows,
        entity_sha256=judging.rows_sha256(rows),
        machine_verdict=Machine.MATCH if is_match else Machine.POSSIBLE,
        verdict=verdict,
        scope=scope,
        reason=reason.strip(),
        author=actor,
        author_person=actor.person,
    )
    if not judgement.awaits_a_second_person:
        _tell(judgement)
    audit.record(
        Action.JUDGEMENT_RECORDED,
        actor=actor,
        target=judgement,
        before={"judgement": before.pk, "verdict": before.verdict} if before else {},
        after={
            "verdict": verdict,
            "scope": scope,
            "machine_verdict": judgement.machine_verdict,
            "entity": entity.key,
            "party": judgement.party_name,
        },
        reason=judgement.reason,
    )
    return judgement


def answer_judgement(
    judgement: Judgement, *, actor: User, is_confirmed: bool, reason: str = ""
) -> JudgementConfirmation:
    """A second person confirms that a matched party is a different firm, or declines it with a reason.

    A refused attempt goes on record.
    """
    with on_record("answer judgement", actor=actor, target=judgement):
        answer = _answer(judgement, actor, is_confirmed, reason)
    return answer


def _answer(judgement: Judgement, actor: User, is_confirmed: bool, reason: str) -> JudgementConfirmation:
    judgement = Judgement.objects.select_for_update().get(pk=judgement.pk)
    history.note_changed(judgement)
    if judgement.verdict != Verdict.DIFFERENT:
        raise Refused("nothing_to_confirm", "Only “a different firm” takes a second person.")
    if judgement.answer is not None:
        raise Refused("answered", "A second person answered this judgement before.")
    if judgement.author_person_id == actor.person_id:
        raise Refused("same_person", "You judged this yourself. A second person must confirm it.")
    if not is_confirmed and not reason.strip():
        raise Refused("reason_missing", "Say why you do not agree.")
    if is_confirmed and (why := why_not_standing(judgement)):
        raise Refused("judgement_over", why)
    verdicts = JudgementConfirmation.Verdict
    answer = JudgementConfirmation.objects.create(
        judgement=judgement,
        verdict=verdicts.CONFIRMED if is_confirmed else verdicts.DECLINED,
        reason=reason.strip(),
        author_person=judgement.author_person,
        confirmed_by=actor,
        confirmed_person=actor.person,
    )
    if is_confirmed:
        _tell(judgement)
    audit.record(
        Action.JUDGEMENT_CONFIRMED if is_confirmed else Action.JUDGEMENT_DECLINED,
        actor=actor,
        target=judgement,
        after={"entity": judgement.entity_key, "party": judgement.party_name},
        reason=answer.reason,
    )
    return answer


def why_not_standing(judgement: Judgement) -> str:
    """Why a judgement counts no more: a later one took its place, or the list says otherwise now."""
    later = Judgement.objects.filter(
        party_key=judgement.party_key,
        register=judgement.register,
        entity_key=judgement.entity_key,
        pk__gt=judgement.pk,
    )
    if any(_counts(row) for row in later.select_related("confirmation")):
        return "A later judgement took its place."
    version = ListVersion.objects.current(judgement.register)
    changes = lapsed_by_list(judgement, list_rows(version, [judgement.entity_key])[judgement.entity_key])
    return f"It lapsed: {'; '.join(changes)}." if changes else ""


def lapsed_by_list(judgement: Judgement, rows: Sequence[dict[str, Any]]) -> list[str]:
    """What the list says otherwise of the entity since the judgement; nothing where it says the same."""
    if judging.rows_sha256(rows) == judgement.entity_sha256:
        return []
    return judging.row_changes(judgement.entity_rows, rows)


@dataclass(frozen=True, slots=True)
class JudgementState:
    """A judgement and how it stands today."""

    judgement: Judgement
    state: str  # one of Judgement.State
    why: str = ""


def states_of(judgements: Sequence[Judgement]) -> list[JudgementState]:
    """How these judgements stand today, in a few queries however many they are."""
    rows = _rows_now({(row.register, row.entity_key) for row in judgements})
    later = _latest(judgements)
    return [_state(row, rows[row.register, row.entity_key], later) for row in judgements]


def in_state(rows: JudgementQuerySet, state: str) -> JudgementQuerySet:
    """Those of the judgements that stand so today, by the rules of ``states_of``, as a query to page through."""
    states = Judgement.State
    if state == states.DECLINED:
        return rows.filter(confirmation__verdict=JudgementConfirmation.Verdict.DECLINED)
    rows = rows.exclude(confirmation__verdict=JudgementConfirmation.Verdict.DECLINED)
    judged = set(rows.order_by().values_list("register", "entity_key").distinct())
    now = [f"{register} {key} {judging.rows_sha256(said)}" for (register, key), said in _rows_now(judged).items()]
    rows = rows.alias(said=Concat("register", Value(" "), "entity_key", Value(" "), "entity_sha256"))
    if state == states.LAPSED:
        return rows.exclude(said__in=now)
    later = Judgement.objects.that_count().filter(
        party_key=OuterRef("party_key"),
        register=OuterRef("register"),
        entity_key=OuterRef("entity_key"),
        pk__gt=OuterRef("pk"),
    )
    rows = rows.filter(said__in=now)
    if state == states.SUPERSEDED:
        return rows.filter(Exists(later))
    rows = rows.filter(~Exists(later))
    return rows.awaiting_a_second_person() if state == states.AWAITS else rows.that_count()


def earlier_on(party: PartyFacts, entity: ListedEntity) -> list[JudgementState]:
    """What was judged before of this firm and entity, under these words or others, and why it counts no more."""
    names = {text for text in (judging.plain_words(party.name), judging.plain_words(party.native_name)) if text}
    rows = Judgement.objects.filter(register=entity.register, entity_key=entity.key).select_related(
        "author__person", "confirmation__confirmed_by__person"
    )
    found = []
    for state in states_of(list(rows[:200])):
        row = state.judgement
        before = PartyFacts(**row.party)
        if row.party_key in {judging.party_key(party, scope) for scope in SCOPES}:
            found.append(state)
        elif names & {judging.plain_words(before.name), judging.plain_words(before.native_name)} or (
            party.uscc and party.uscc == before.uscc
        ):
            changes = judging.party_changes(before, party, row.scope)
            found.append(JudgementState(row, "lapsed", f"The party is another: {'; '.join(changes)}."))
    return found


def _latest(judgements: Sequence[Judgement]) -> dict[tuple[str, str, str], int]:
    """Of each party and entity spoken of the last judgement that counts."""
    latest: dict[tuple[str, str, str], int] = {}
    pairs = Judgement.objects.filter(party_key__in={row.party_key for row in judgements})
    for row in pairs.select_related("confirmation").order_by("pk"):
        if _counts(row):
            latest[row.party_key, row.register, row.entity_key] = row.pk
    return latest


def _rows_now(entities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What the lists in use now say of entities, by register and key."""
    keys: dict[str, set[str]] = defaultdict(set)
    for register, key in entities:
        keys[register].add(key)
    return {
        (register, key): rows
        for register, wanted in keys.items()
        for key, rows in list_rows(ListVersion.objects.current(register), wanted).items()
    }


def _state(row: Judgement, rows: Sequence[dict[str, Any]], later: dict[tuple[str, str, str], int]) -> JudgementState:
    if row.is_declined:
        return JudgementState(
            row, "declined", f"Declined by {row.confirmation.confirmed_by.full_name}: {row.confirmation.reason}"
        )
    if changes := lapsed_by_list(row, rows):
        return JudgementState(row, "lapsed", f"The list changed: {'; '.join(changes)}.")
    if later.get((row.party_key, row.register, row.entity_key), 0) > row.pk:
        return JudgementState(row, "superseded", "A later judgement took its place.")
    if row.awaits_a_second_person:
        return JudgementState(row, "awaits", "Counts once a second person confirms it.")
    return JudgementState(row, "stands")


def _counts(row: Judgement) -> bool:
    """Neither declined nor waiting for a second person."""
    return not (row.is_declined or row.awaits_a_second_person)


def _tell(judgement: Judgement) -> None:
    """Let the shipments it touches be screened again."""
    record_change(Change.Kind.JUDGEMENT, [judgement.pk], note=f"judgement: {judgement}"[:300])


def _add_office_names(words: dict[str, Any], names: Iterable[OfficeName]) -> None:
    """What the office knows beside the row: a judgement lapses with it as with a change of the row."""
    for name in names:
        field = "native_names" if has_han(name.text) else "aliases"
        words[field] = sorted({*words[field], name.text})
    confirmed = (name.text for name in names if name.confirmed)
    words["confirmed_names"] = sorted({*words["confirmed_names"], *confirmed})


def _words_of(row: Listing) -> dict[str, Any]:
    return {
        "name": row.name,
        "listed_as": row.listed_as,
        "aliases": sorted(row.aliases),
        "native_names": sorted(native["text"] for native in row.native_names),
        "confirmed_names": sorted(native["text"] for native in row.native_names if native["confirmed"]),
        "section": row.section,
        "effective_on": row.effective_on.isoformat(),
        "first_effective_on": row.first_effective_on.isoformat(),
        "removed_on": row.removed_on.isoformat() if row.removed_on else "",
        "scope": row.scope,
        "location": row.location,
        "citation": row.citation,
    }
