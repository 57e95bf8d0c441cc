"""A re-screening as a reader may see it: why it was made, and per shipment what came out otherwise.

The office sees the changes themselves and every difference. An owner is told the cause in general words, and of the
findings what it may know of them; what rests on other importers' links alone does not show.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from entities.models import Change, Job, Judgement, ListVersion, NameStatement, OwnershipLink, SupplyLink, User
from entities.parts import parts_of
from screening.confidential import Discretion
from screening.domain.difference import Compared, difference
from screening.models import Case, Detention, Finding, Rescreened, Rescreening, Screening, Shipment

SHOWN_CAUSES = 20
IN_A_MAIL = 20  # shipments named in a mail; the page it leads to has all
_FOR_OWNERS = {
    Change.Kind.SUPPLIER: "what is known of the supply chain changed",
    Change.Kind.LINK: "what is known of the supply chain changed",
    Change.Kind.OWNERSHIP: "what is known of the supply chain changed",
    Change.Kind.JUDGEMENT: "the office judged whether a firm is a listed entity",
    Change.Kind.THRESHOLDS: "the settings by which names are compared with the list changed",
    Change.Kind.NAME: "the names by which the office knows a listed entity changed",
    Change.Kind.DETENTION: "the record of when goods were detained changed",
    Change.Kind.SHIPMENT: "the shipment itself changed",
}


@dataclass(slots=True)
class Retold:
    """One shipment of a re-screening as a reader may see it."""

    row: Rescreened
    because: str
    new: list[Finding] = field(default_factory=list)
    gone: list[Finding] = field(default_factory=list)
    changed: list[tuple[Finding, Finding]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)

    @property
    def outcome_changed(self) -> bool:
        return self.row.after is not None and self.row.before.outcome != self.row.after.outcome

    @property
    def is_changed(self) -> bool:
        return bool(self.outcome_changed or self.new or self.gone or self.changed)


def compared(finding: Finding) -> Compared:
    """A finding as the difference takes it: the same rule on the same party, entity and place is the same finding."""
    entity = finding.listing.entity_id if finding.listing else None
    who = finding.supplier_id or finding.party_name
    return Compared(
        key=finding.pk,
        about=(finding.rule, tuple(finding.line_numbers), finding.party_role, who, entity, finding.place_code),
        says=(
            finding.severity,
            finding.ground,
            finding.asks_review,
            finding.verdict,
            finding.grade,
            finding.steps_upstream,
            finding.matched_text,
        ),
        steps_upstream=finding.steps_upstream,
    )


def because(kinds: Collection[str], after: Screening | None) -> str:
    """Why a shipment was screened again, in words anybody may read."""
    said = []
    if Change.Kind.LIST in kinds:
        said.append(f"a new list is in use ({after.run.list_version.label})" if after else "a new list is in use")
    said += [words for kind, words in _FOR_OWNERS.items() if kind in kinds]
    return "; ".join(dict.fromkeys(said)) or "the record changed"


def retold(rows: Iterable[Rescreened], user: User) -> list[Retold]:
    """Shipments of re-screenings with their differences, as a reader may see them."""
    rows = list(rows)
    screenings = {one.pk: one for row in rows for one in (row.before, row.after) if row.after and one}
    findings = _findings_of(rows, screenings, whole=not user.is_officer)
    discretion = Discretion(user, screenings.values())
    cases = _cases(rows, user)
    told = []
    for row in rows:
        one = Retold(row, _because_for(row, user), cases=cases.get(row.pk, []))
        if row.after is not None:
            if user.is_officer:
                old, new = row.difference, findings
                one.new = [new[pk] for _, pk, _ in old.get("new", ())]
                one.gone = [findings[pk] for pk, _, _ in old.get("gone", ())]
                one.changed = [(findings[then], findings[now]) for then, now, _ in old.get("changed", ())]
            else:
                _retell(one, findings, discretion)
        told.append(one)
    return told


def latest_of(shipment: Shipment, user: User) -> list[Retold]:
    """The re-screening that led to what stands of a shipment now; none where its own facts did."""
    if shipment.latest_screening_id is None:
        return []
    rows = with_screenings(Rescreened.objects.filter(shipment=shipment, after=shipment.latest_screening_id))
    row = rows.order_by("-pk").first()
    return retold([row], user) if row else []


def latest_of_case(case: Case, user: User) -> list[Retold]:
    """Of the shipments of a case those whose standing screening comes from a change of the record."""
    rows = Rescreened.objects.visible_to(user).filter(shipment__cases=case, after=F("shipment__latest_screening"))
    newest: dict[int, Rescreened] = {row.shipment_id: row for row in with_screenings(rows).order_by("pk")}
    return retold(newest.values(), user)


def with_screenings(rows: Any) -> Any:
    """With what telling of them needs."""
    version = "after__run__list_version"  # of it the label is told; the rest is large
    return rows.select_related("rescreening", "shipment__owner", "before", version).defer(
        f"{version}__touches", f"{version}__doubts", f"{version}__warnings"
    )


def causes_of(rescreening: Rescreening) -> tuple[list[dict[str, str]], int]:
    """The changes that led to it, for the office, each with the page of what changed; and how many more there are."""
    changes = list(rescreening.changes.order_by("pk"))
    first: dict[tuple[str, str], Change] = {}
    for change in changes:
        first.setdefault((change.note, change.kind), change)
    shown = list(first.values())[:SHOWN_CAUSES]
    keys: dict[str, set[int]] = defaultdict(set)
    for change in shown:
        keys[change.kind].add(int(change.key))
    where = _pages(keys)
    told = [
        {"text": change.note or change.get_kind_display(), "url": where.get((change.kind, int(change.key)), "")}
        for change in shown
    ]
    return told, len(first) - len(shown)


def tally(rows: Iterable[Rescreened]) -> dict[str, Any]:
    """Counts over the shipments of a re-screening: by importer, and of findings by steps upstream."""
    importers: dict[str, Counter[str]] = defaultdict(Counter)
    steps: dict[int | None, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    for row in rows:
        counts = {name: len(found) for name, found in row.difference.items()}
        counts |= {
            "looked_at": 1,
            "outcome": int(row.after is not None and row.before.outcome != row.after.outcome),
            "otherwise": int(row.is_changed),
            "opened": sum(case["act"] == "opened" for case in row.cases),
            "decided": sum(case["act"] == "decided" for case in row.cases),
        }
        importers[row.shipment.owner.name].update(counts)
        total.update(counts)
        for name, found in row.difference.items():
            for _, _, step in found:
                steps[step][name] += 1
    return {
        "total": dict(total),
        "importers": [(name, dict(counts)) for name, counts in sorted(importers.items())],
        "steps": [(step, dict(steps[step])) for step in sorted(steps, key=lambda one: -1 if one is None else one)],
    }


def telling(rescreening: Rescreening, owner_id: int, account: User) -> dict[str, Any] | None:
    """What a member of an owner is told by mail; None where nothing it may know came out otherwise."""
    rows = with_screenings(rescreening.shipments.changed().filter(shipment__owner=owner_id).order_by("pk"))
    changed = [one for one in retold(rows, account) if one.is_changed]
    if not changed:
        return None
    return {
        "because": list(dict.fromkeys(one.because for one in changed)),
        "count": len(changed),
        "outcomes": sum(one.outcome_changed for one in changed),
        "new": sum(len(one.new) for one in changed),
        "gone": sum(len(one.gone) for one in changed),
        "page": reverse("rescreening-detail", args=[rescreening.pk]),
        "shipments": [{"label": one.row.shipment.label, "outcome": _outcomes(one)} for one in changed[:IN_A_MAIL]],
        "others": max(0, len(changed) - IN_A_MAIL),
    }


def _outcomes(one: Retold) -> str:
    before, after = one.row.before, one.row.after
    if after is None or before.outcome == after.outcome:
        return f"outcome as before ({before.get_outcome_display()}), findings differ"
    return f"was {before.get_outcome_display()}, now {after.get_outcome_display()}"


def _because_for(row: Rescreened, user: User) -> str:
    """The cause as the run keeps it for the office; in general words for others."""
    if user.is_officer and row.after is not None and row.after.run.rescreening_id == row.rescreening_id:
        return row.after.run.trigger
    return because(row.causes, row.after)


def _retell(one: Retold, findings: Mapping[int, Finding], discretion: Discretion) -> None:
    """The difference between what the reader may know of the findings before and after."""
    sides: list[list[Finding]] = []
    for screening in (one.row.before, one.row.after):
        assert screening is not None
        own = [finding for finding in findings.values() if finding.screening_id == screening.pk]
        for finding in own:
            finding.screening = screening
            screening.shipment = one.row.shipment
        sides.append([discretion.finding(finding) for finding in own])
    differs = difference(map(compared, sides[0]), map(compared, sides[1]))
    one.new = [findings[found.key] for found in differs.new]
    one.gone = [findings[found.key] for found in differs.gone]
    one.changed = [(findings[then.key], findings[now.key]) for then, now in differs.changed]


def _findings_of(
    rows: Sequence[Rescreened], screenings: Mapping[int, Screening], *, whole: bool
) -> dict[int, Finding]:
    """The findings that differ, or where they must be compared anew all of both sides."""
    if whole:
        ids, name = set(screenings), "screening__in"
    else:
        kept = (found for row in rows for many in row.difference.values() for found in many)
        ids, name = {pk for then, now, _ in kept for pk in (then, now) if pk is not None}, "pk__in"
    found: dict[int, Finding] = {}
    for some in parts_of(ids):
        chunk = Finding.objects.filter(**{name: some})
        found |= {row.pk: row for row in chunk.select_related("listing").order_by("pk")}
    return found


def _cases(rows: Sequence[Rescreened], user: User) -> dict[int, list[dict[str, Any]]]:
    """What followed for cases the reader may know of, with the reason."""
    ids = {one["case"] for row in rows for one in row.cases}
    found = {
        case.pk: case
        for case in Case.objects.visible_to(user)
        .filter(pk__in=ids)
        .select_related("lead_finding__screening__shipment")
    }
    page = "case-detail" if user.is_officer else "importer-case"
    leads = [case.lead_finding.screening for case in found.values() if case.lead_finding]
    discretion = Discretion(user, leads)
    said = {
        pk: {"number": case.number, "url": reverse(page, args=[pk]), "reason": discretion.reason(case)}
        for pk, case in found.items()
    }
    return {
        row.pk: [{**said[one["case"]], "act": one["act"]} for one in row.cases if one["case"] in said] for row in rows
    }


def _pages(keys: Mapping[str, Collection[int]]) -> dict[tuple[str, int], str]:
    """By what changed the page that shows it."""
    kind = Change.Kind
    found: dict[tuple[str, int], str] = {
        (kind.LIST, pk): reverse("list-version-detail", args=[pk]) for pk in keys.get(kind.LIST, ())
    }
    found |= {(kind.THRESHOLDS, pk): reverse("threshold-bench") + "#history" for pk in keys.get(kind.THRESHOLDS, ())}
    found |= {(kind.SUPPLIER, pk): reverse("supplier-detail", args=[pk]) for pk in keys.get(kind.SUPPLIER, ())}
    for pk, case in Detention.objects.filter(pk__in=keys.get(kind.DETENTION, ())).values_list("pk", "case"):
        found[kind.DETENTION, pk] = reverse("case-detail", args=[case])
    for pk, customer in SupplyLink.objects.filter(pk__in=keys.get(kind.LINK, ())).values_list("pk", "customer"):
        found[kind.LINK, pk] = reverse("supplier-detail", args=[customer])
    for pk, owned in OwnershipLink.objects.filter(pk__in=keys.get(kind.OWNERSHIP, ())).values_list("pk", "owned"):
        found[kind.OWNERSHIP, pk] = reverse("supplier-detail", args=[owned])
    for pk, entity in NameStatement.objects.filter(pk__in=keys.get(kind.NAME, ())).values_list("pk", "entity"):
        found[kind.NAME, pk] = reverse("listed-entity-detail", args=[entity])
    different = Judgement.objects.filter(pk__in=keys.get(kind.JUDGEMENT, ()), verdict=Judgement.Verdict.DIFFERENT)
    for pk in different.values_list("pk", flat=True):
        found[kind.JUDGEMENT, pk] = reverse("match-confirm", args=[pk])
    return found


def of_version(version: ListVersion) -> Rescreening | None:
    """The re-screening that followed the publication of a list version."""
    return Rescreening.objects.filter(changes__kind=Change.Kind.LIST, changes__key=str(version.pk)).first()


def progress_of(rescreening: Rescreening, user: User) -> dict[str, Any]:
    """How far it is, for the part of its page that asks again by itself. How many shipments of others are looked at
    is the office's to know."""
    state = _state_of(rescreening)
    looked_at = rescreening.shipments.visible_to(user)
    label = "Looking at the shipments again" if user.is_officer else "Your shipments are being looked at again"
    so_far = f"{looked_at.changed().count()} came out otherwise so far." if user.is_officer else ""
    stopped = "A fault has stopped it: not every shipment was looked at. The next change that touches them will."
    return {
        "id": "rescreening-progress",
        "url": reverse("rescreening-progress", args=[rescreening.pk]),
        "state": state,
        "label": label,
        "done": looked_at.count(),
        "total": rescreening.shipment_count if user.is_officer else 0,
        "detail": stopped if state == Job.State.FAILED else so_far,
    }


def is_being_made(rescreening: Rescreening) -> bool:
    """Shipments are still to be looked at, and somebody will."""
    return rescreening.finished_at is None and _state_of(rescreening) != Job.State.FAILED


def _state_of(rescreening: Rescreening) -> str:
    """The state of the work on it: that of the jobs which are still open; failed where there is none and it is not
    finished."""
    if rescreening.finished_at is not None:
        return Job.State.DONE
    jobs = Job.objects.filter(
        kind="screen",
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
        created_at__gte=rescreening.at,
        payload__rescreening=rescreening.pk,
    )
    states = set(jobs.values_list("state", flat=True))
    return next((one for one in (Job.State.RUNNING, Job.State.QUEUED) if one in states), Job.State.FAILED)


def ended_in_words(rescreening: Rescreening) -> str:
    """When it ended, in one sentence; nothing while shipments are still to be looked at."""
    if rescreening.finished_at is None:
        return ""
    if rescreening.shipment_count == 0:
        return "It touches no shipment that was screened before."
    return f"Finished on {timezone.localtime(rescreening.finished_at):%-d %B %Y, %H:%M}."
