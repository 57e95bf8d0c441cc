"""Screenings and their findings. Stored once, never recomputed: a new run makes new findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from entities.matchers import Basis
from screening.domain import periods
from screening.models.shipment import Shipment

if TYPE_CHECKING:
    from screening.models.case import Case

ORDER_RULE = "WRO"  # the rule whose findings speak under a withhold release order, not under the UFLPA


class ScreeningRun(models.Model):
    """One pass of the engine over one or many shipments, with the versions it used."""

    trigger = models.CharField(max_length=200, help_text="Why it ran, in words.")
    list_version = models.ForeignKey("entities.ListVersion", on_delete=models.PROTECT, related_name="+")
    wro_version = models.ForeignKey(
        "entities.ListVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The withhold release orders it was screened with, where any were loaded.",
    )  # fmt: skip
    engine_version = models.CharField(max_length=40)
    thresholds = models.ForeignKey(
        "entities.ThresholdSet", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The thresholds the office had put in use; none: those the product ships with.",
    )  # fmt: skip
    names_up_to = models.PositiveBigIntegerField(
        default=0, help_text="The last statement of the office on names of listed entities that counted."
    )
    rescreening = models.ForeignKey(
        "screening.Rescreening", null=True, blank=True, on_delete=models.PROTECT, related_name="runs",
        help_text="The pass over many shipments it is part of, where a change of the record asked for it.",
    )  # fmt: skip
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def basis(self) -> Basis:
        return Basis(self.thresholds_id, self.names_up_to)


class ScreeningQuerySet(models.QuerySet["Screening"]):
    def visible_to(self, user: Any) -> ScreeningQuerySet:
        return self.filter(shipment__in=Shipment.objects.visible_to(user))

    def standing(self) -> ScreeningQuerySet:
        """The latest of each shipment."""
        return self.filter(models.Exists(Shipment.objects.filter(latest_screening=models.OuterRef("pk"))))


class Screening(models.Model):
    """What a run said of one shipment: outcome, how far the chain is known, and the facts it saw."""

    class DateBasis(models.TextChoices):
        IMPORTED = "imported", "date of importation"
        ESTIMATED = "estimated", "estimated arrival; the date of importation is not known yet"
        TODAY = "today", "today; neither importation nor arrival is known yet"

    run = models.ForeignKey(ScreeningRun, on_delete=models.PROTECT, related_name="screenings")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="screenings")
    facts_version = models.PositiveIntegerField()
    facts = models.JSONField(help_text="Lines, parties and chain as screened.")
    screened_on = models.DateField(help_text="The date whose list applies.")
    date_basis = models.CharField(max_length=10, choices=DateBasis)
    outcome = models.CharField(max_length=12, choices=Shipment.Outcome)
    coverage = models.JSONField(help_text="Per line: stages expected, declared, proven; unknown above step n.")
    caveats = models.JSONField(default=list, help_text="What the reader must know of this result, in sentences.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["outcome", "-id"], name="screening_by_outcome"),
            models.Index(fields=["created_at"], name="screening_by_moment"),
        ]

    def __str__(self) -> str:
        return f"screening {self.pk} of {self.shipment}"


class KeptOnce(models.Model):
    """What was read, as canonical JSON: kept once, by its digest, for all screenings that read the same."""

    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField(help_text="Canonical JSON.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.sha256[:12]}"

    @cached_property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


class ScreenedNetwork(KeptOnce):
    """The firms behind goods as a screening read them, in the words of the statements: who supplies and owns whom.

    Firms with their places, supply links, holdings above and below.
    """


class ScreenedRecord(KeptOnce):
    """What was on record beside the shipments of an importer as a run read it: how like goods came and when such were
    detained, what like goods cost, the words of earlier sources.

    Ways and detentions by heading, prices by goods. Prices name no shipment: these are numbered.
    """


class ScreeningInput(models.Model):
    """All that a screening read, in the words it was declared in: with the lists, thresholds and tables it names, its
    receipt is replayed from this alone. Kept apart, as it is large and seldom read."""

    screening = models.OneToOneField(Screening, on_delete=models.PROTECT, related_name="input")
    facts = models.JSONField(help_text="Lines, parties, lots, judgements in force.")
    network = models.ForeignKey(
        ScreenedNetwork, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="None: screened before what was read was kept in its own words.",
    )  # fmt: skip
    record = models.ForeignKey(
        ScreenedRecord, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="None: the part of the record that bears on the shipment stands among the facts.",
    )  # fmt: skip
    tables = models.JSONField(help_text="The reference tables that came with the product then, each by its SHA-256.")

    def __str__(self) -> str:
        return f"input of {self.screening}"


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: Any) -> FindingQuerySet:
        return self.filter(screening__shipment__in=Shipment.objects.visible_to(user))

    def current(self) -> FindingQuerySet:
        """Findings of the latest screening of their shipment."""
        return self.filter(models.Exists(Shipment.objects.filter(latest_screening=models.OuterRef("screening"))))

    def of_case(self, case: Case) -> FindingQuerySet:
        """What a case is about: the findings of its regime in the latest screening of each of its shipments."""
        return self.filter(screening__in=case.shipments.values("latest_screening")).of_regime(case.regime)

    def of_regime(self, regime: str) -> FindingQuerySet:
        """Findings that bear on a case of this regime: an order and the presumption never share one."""
        return self.filter(rule=ORDER_RULE) if regime == "WRO" else self.exclude(rule=ORDER_RULE)

    def of_pairs(self) -> FindingQuerySet:
        """Findings that a party is, or may be, a listed entity: what a person can judge."""
        return self.filter(rule="LISTED_ENTITY").exclude(firm_key="").exclude(listing=None)


class Finding(models.Model):
    """One reason why a shipment is flagged. It has a basis always, a ground only where it raises the presumption."""

    class Severity(models.TextChoices):
        BLOCK = "block", "Stops cargo"
        HIGH = "high", "High"
        MEDIUM = "medium", "Medium"
        LOW = "low", "Low"
        INFO = "info", "For information"

    class Ground(models.TextChoices):
        XINJIANG_ORIGIN = "XINJIANG_ORIGIN", "Xinjiang origin"
        LISTED_ENTITY = "LISTED_ENTITY", "Listed entity"
        WRO = "WRO", "Withhold release order"

    class Grade(models.TextChoices):
        DIRECT = "direct", "Named on the shipment"
        TRACED = "traced", "Traced by lots"
        RELEVANT = "relevant", "Relevant"
        POSSIBLE = "possible", "Possible"

    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="findings")
    rule = models.CharField(max_length=30)
    severity = models.CharField(max_length=6, choices=Severity)
    basis = models.CharField(max_length=200, help_text="Citation: statute, CFR, guidance.")
    ground = models.CharField(max_length=20, choices=Ground, blank=True)
    asks_review = models.BooleanField(help_text="A person must look before the shipment goes on.")
    headline = models.CharField(max_length=500, help_text="The reason in one sentence.")
    line_numbers = models.JSONField(default=list, help_text="The articles concerned; empty: the whole shipment.")
    party_role = models.CharField(max_length=20, blank=True)
    party = models.ForeignKey(
        "entities.DeclaredParty", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    supplier = models.ForeignKey(
        "entities.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    party_name = models.CharField(max_length=300, blank=True)
    steps_upstream = models.PositiveSmallIntegerField(null=True, blank=True)
    grade = models.CharField(max_length=10, choices=Grade, blank=True)
    path = models.JSONField(default=list, help_text="From the article to the party, one node a step.")
    other_paths = models.PositiveSmallIntegerField(default=0, help_text="Ways that lead there beside the one shown.")
    matched_field = models.CharField(max_length=30, blank=True)
    matched_text = models.CharField(max_length=600, blank=True)
    score = models.FloatField(null=True, blank=True)
    verdict = models.CharField(max_length=8, blank=True, help_text="What the matcher says: match or possible.")
    declared = models.JSONField(default=dict, help_text="The party's words as they were compared with the list.")
    firm_key = models.CharField(max_length=64, blank=True, help_text="The firm a judgement speaks of.")
    site_key = models.CharField(max_length=64, blank=True, help_text="That firm at this address.")
    judgement = models.ForeignKey(
        "entities.Judgement", null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    reasons = models.JSONField(default=list)
    listing = models.ForeignKey(
        "entities.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    list_version = models.ForeignKey("entities.ListVersion", on_delete=models.PROTECT, related_name="+")
    place_code = models.CharField(max_length=12, blank=True)
    place_name = models.CharField(max_length=120, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(basis=""), name="finding_has_a_basis"),
        ]
        indexes = [
            models.Index(fields=["firm_key"], condition=~models.Q(firm_key=""), name="finding_by_firm"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.headline}"

    for_outsider = False  # changed in memory for a reader outside the office; never saved

    @property
    def ways_beside(self) -> int | None:
        """How many other ways lead there; None for outsiders, as they may run over other importers' links."""
        return None if self.for_outsider else self.other_paths

    @property
    def way(self) -> list[dict[str, Any]]:
        """The nodes of the path, each with the period of its link in words."""
        return [{**node, "period": periods.of_node(node)} for node in self.path]

    @property
    def is_withheld(self) -> bool:
        """The end of the path is another importer's: "confidential source" stands for it."""
        return any("supplier" not in node for node in self.path)

    @property
    def weakest_link(self) -> dict[str, Any] | None:
        """The link on which the worth of the path hangs: who supplies whom, why it is weak, what would settle it."""
        weakest = max(self.path, key=lambda node: len(node.get("weak", ())), default=None)
        if weakest is None or not weakest.get("weak"):
            return None
        names = {node["step"]: node["name"] or node["native_name"] for node in self.path}
        return {
            "supplier": names[weakest["step"]],
            "customer": names.get(weakest["step"] - 1, ""),
            "weak": weakest["weak"],
        }


class Look(models.Model):
    """A person looked at the review findings of a screening and set them aside, with a reason. Findings stay."""

    screening = models.OneToOneField(Screening, on_delete=models.PROTECT, related_name="look")
    reason = models.TextField()
    looked_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"look at {self.screening}"
