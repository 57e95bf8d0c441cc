"""The rules put to the papers of a case: kept with what they rested on; a person dismisses an alarm with a reason."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from entities import audit
from entities import reference as words
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.names.words import NameParser
from entities.domain.roles import Act
from entities.models import User
from evidence import reference
from evidence.domain.alarms import Alarm, Checked, Said
from evidence.domain.laid import Laid
from evidence.domain.ledger import Row, Yield
from evidence.domain.rules import ChainFacts, File, Stage, check, ledger_of
from evidence.domain.units import plain
from evidence.models import AlarmDismissal, PaperCheck, StatedYield
from evidence.models.check import latest_of
from evidence.services.asking import ask_for_check
from evidence.services.papers import silent_pages
from evidence.services.spent import spent_elsewhere
from screening.models import Case, TaskItem
from screening.services.cases import lock

RULES = 4  # raised when a rule changes: kept checks are then known to rest on older ones
Content = dict[str, Any]


def check_papers(case: Case, laid: Laid, for_importer: Laid) -> PaperCheck:
    """Put every rule to the papers of a case as laid on its chain, and keep what they say.

    ``for_importer``: the chain as far as the importer knows it. What rests on more than that is for the office alone.
    """
    file = file_of(case, laid)
    file = file.with_spent(spent_elsewhere(case, file))
    known = {one.fingerprint for one in check(file_of(case, for_importer)).alarms}
    row, _ = PaperCheck.objects.update_or_create(
        case=case,
        defaults={
            "digest": digest_of(file),
            "content": _content(check(file), ledger_of(file), known),
            "checked_at": timezone.now(),
        },
    )
    return row


def contradicted(kept: PaperCheck, *, for_importer: bool = False) -> dict[int, list[str]]:
    """By paper what does not agree with another or with itself, as far as no person dismissed it."""
    gone = dismissed(kept.case)
    found: dict[int, list[str]] = defaultdict(list)
    for alarm in kept.content["alarms"]:
        if alarm["kind"] == "gap" or alarm["fingerprint"] in gone or (for_importer and alarm["office_only"]):
            continue
        for side in alarm["says"]:
            if alarm["sentence"] not in found[side["paper"]]:
                found[side["paper"]].append(alarm["sentence"])
    return dict(found)


def file_of(case: Case, laid: Laid) -> File:
    """What the rules ask of a case."""
    return File(
        papers=laid.papers,
        types=reference.document_types(),
        tolerances=tolerances(),
        units=reference.units(),
        yields=(*reference.yields(), *stated_yields(case)),
        chain=ChainFacts(_stages(laid), _open_questions(case)),
        core_name=core_name,
        in_xinjiang=in_xinjiang,
        ports=reference.ports().named,
        same_party=laid.same_party,
        silent=silent_pages(case),
    )


def tolerances() -> dict[str, Decimal]:
    """The tolerances as shipped, or as this installation sets them."""
    shipped = reference.shipped_tolerances()
    own = {name: Decimal(value) for name, value in settings.EVIDENCE_TOLERANCES.items()}
    if unknown := own.keys() - shipped.keys():
        raise ImproperlyConfigured(
            f"EVIDENCE_TOLERANCES names {', '.join(sorted(unknown))}, which tolerances.toml lacks."
        )
    return {**shipped, **own}


def stated_yields(case: Case) -> list[Yield]:
    """The ranges that persons stated for a case, the latest of each process and supplier."""
    published = {one.process: one for one in reference.yields()}
    rows = StatedYield.objects.filter(case=case).select_related("author__person")
    return [
        Yield(
            row.process,
            published[row.process].label,
            row.low,
            row.high,
            row.source,
            published[row.process].input_words,
            published[row.process].output_words,
            core_name(row.firm) if row.firm else "",
            row.author.full_name,
        )
        for row in latest_of(rows, "process", "firm").values()
        if row.process in published
    ]


def digest_of(file: File) -> str:
    """What a check rested on, as a digest: papers, chain, tolerances, yields, and the state of the rules."""
    rested = {
        "rules": RULES,
        "papers": [asdict(one) for one in file.papers],
        "silent": [asdict(one) for one in file.silent],
        "chain": asdict(file.chain),
        "tolerances": dict(file.tolerances),
        "yields": [asdict(one) for one in file.yields],
    }
    return hashlib.sha256(json.dumps(rested, sort_keys=True, default=str).encode()).hexdigest()


# --- acts -----------------------------------------------------------------------------------------------------------


def dismissed(case: Case) -> dict[str, AlarmDismissal]:
    """What persons dismissed and nobody took back, by fingerprint."""
    rows = AlarmDismissal.objects.filter(case=case).select_related("author__person")
    return {key[0]: row for key, row in latest_of(rows, "fingerprint").items() if row.is_dismissed}


@transaction.atomic
def answer_alarm(case: Case, fingerprint: str, *, is_dismissed: bool, reason: str, actor: User) -> AlarmDismissal:
    """Say that an alarm is explained, and by what; or that it is an alarm again.

    Raises ``Refused`` where the actor is no reviewer, the alarm is not there, or no reason is given.
    """
    case = lock(case)
    if not actor.has_perm(Act.ASSESS):
        raise Refused("not_a_reviewer", "Only a reviewer dismisses an alarm.")
    alarm = alarm_of(case, fingerprint)
    if alarm is None:
        raise Refused("no_such_alarm", "This alarm is not there any more: its papers changed. Load the page again.")
    if (fingerprint in dismissed(case)) == is_dismissed:
        raise Refused("said_already", "This was said already. Load the page again.")
    if not reason.strip():
        raise Refused("reason_missing", "Say what explains it, and name the paper if there is one.")
    row = AlarmDismissal.objects.create(
        case=case,
        fingerprint=fingerprint,
        code=alarm["code"],
        sentence=alarm["sentence"],
        is_dismissed=is_dismissed,
        reason=reason.strip(),
        author=actor,
    )
    audit.record(
        Action.ALARM_DISMISSED if is_dismissed else Action.ALARM_RAISED_AGAIN,
        actor=actor,
        target=row,
        case=case,
        organization_id=case.importer_id,
        after={"code": row.code, "sentence": row.sentence},
        reason=row.reason,
    )
    ask_for_check([case.pk])
    return row


def alarm_of(case: Case, fingerprint: str) -> Content | None:
    """An alarm of the latest check."""
    kept = PaperCheck.objects.filter(case=case).first()
    alarms = kept.content["alarms"] if kept else []
    return next((one for one in alarms if one["fingerprint"] == fingerprint), None)


@transaction.atomic
def state_yield(
    case: Case, *, process: str, firm: str, low: Decimal, high: Decimal, source: str, actor: User
) -> StatedYield:
    """Set the range of a process for a case, for one supplier or all; the check is done anew with it.

    Raises ``Refused`` where the actor is no reviewer, the range is none, or its source is not named.
    """
    case = lock(case)
    if not actor.has_perm(Act.ASSESS):
        raise Refused("not_a_reviewer", "Only a reviewer states a yield.")
    if process not in {one.process for one in reference.yields()}:
        raise Refused("no_such_process", "Choose a process of the list.")
    if not 0 < low <= high:
        raise Refused("no_range", "The lowest yield is above 0 and at most the highest.")
    if not source.strip():
        raise Refused("source_missing", "Say where the range is taken from.")
    row = StatedYield.objects.create(
        case=case, process=process, firm=firm.strip(), low=low, high=high, source=source.strip(), author=actor
    )
    audit.record(
        Action.YIELD_STATED,
        actor=actor,
        target=row,
        case=case,
        organization_id=case.importer_id,
        after={"process": process, "firm": row.firm, "low": str(low), "high": str(high), "source": row.source},
    )
    ask_for_check([case.pk])
    return row


# --- what the rules ask ---------------------------------------------------------------------------------------------


def _stages(laid: Laid) -> tuple[Stage, ...]:
    return tuple(
        Stage(
            one.stage or one.name,
            () if one.is_gap else tuple(filter(None, (one.name, one.native_name))),
            converts=bool(one.number and one.number > 1) and "trades" not in one.facts,
        )
        for one in laid.steps
        if one.is_of_chain
    )


def _open_questions(case: Case) -> tuple[str, ...]:
    """What the office asked of the importer and has neither papers nor words for."""
    items = TaskItem.objects.filter(
        task__case=case, task__due_on__lt=timezone.localdate(), exhibits=None, answers=None
    )
    return tuple(items.order_by("pk").values_list("text", flat=True))


@cache
def _parser() -> NameParser:
    return NameParser(words.vocabulary())


@cache
def core_name(name: str) -> str:
    """What tells a firm's name from another: without its legal form, however it was grouped into words."""
    parsed = _parser().parse(name)
    return parsed[0].squeezed if parsed else ""


@cache
def in_xinjiang(address: str) -> str:
    """The place of Xinjiang an address names; empty where it names none."""
    return words.gazetteer().locate(PartyFacts(address=address)).place


# --- what is kept ---------------------------------------------------------------------------------------------------


def _content(checked: Checked, rows: Sequence[Row], known: Collection[str]) -> Content:
    return {
        "rules": RULES,
        "alarms": [_alarm(one, known) for one in checked.alarms],
        "agreements": [
            {
                "sentence": one.sentence,
                "agree": one.agree,
                "compared": one.compared,
                "says": [_said(s) for s in one.says],
            }
            for one in checked.agreements
        ],
        "compared": dict(checked.compared),
        "ledger": [_row(one) for one in rows],
    }


def _alarm(alarm: Alarm, known: Collection[str]) -> Content:
    what = reference.checks()[alarm.code]
    return {
        "fingerprint": alarm.fingerprint,
        "code": alarm.code,
        "kind": what.kind,
        "weight": what.weight,
        "sentence": alarm.sentence,
        "settles": what.settles,
        "subject": alarm.subject,
        "says": [_said(one) for one in alarm.says],
        "also": [_said(one) for one in alarm.also],
        "office_only": alarm.fingerprint not in known,
    }


def _said(said: Said) -> Content:
    return {
        "exhibit": said.exhibit,
        "document": said.document,
        "paper": said.paper,
        "title": said.title,
        "type": said.type,
        "page": said.page,
        "name": said.name,
        "text": said.text,
        "box": [said.box.left, said.box.top, said.box.right, said.box.bottom] if said.box else None,
        "cell": said.cell,
    }


def _row(row: Row) -> Content:
    stated = row.range
    return {
        "kind": row.kind,
        "subject": row.subject,
        "inputs": [{"text": str(one.quantity), "lot": one.lot, "said": _said(one.said)} for one in row.inputs],
        "outputs": [{"text": str(one.quantity), "lot": one.lot, "said": _said(one.said)} for one in row.outputs],
        "unit": row.unit,
        "available": plain(row.available) if row.available is not None else "",
        "least": plain(row.least) if row.least is not None else "",
        "claimed": plain(row.claimed) if row.claimed is not None else "",
        "gap": plain(row.gap) if row.gap is not None else "",
        "exceeds": row.exceeds(tolerances()["yield" if row.kind == "conversion" else "stock"]),
        "range": {
            "process": stated.process,
            "label": stated.label,
            "words": stated.words,
            "source": stated.source,
            "stated_by": stated.stated_by,
            "is_verified": stated.is_verified,
        }
        if stated
        else None,
        "why_not": row.why_not,
    }
