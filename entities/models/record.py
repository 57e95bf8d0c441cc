"""What happened (audit), what changed (the feed), what is to be done (jobs)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models.account import in_environment_of


class AuditEvent(models.Model):
    """One act: who did what to what, when, what it was before and is after, and why.

    Events form a chain: each carries the hash of the one before. The database refuses UPDATE, DELETE and TRUNCATE.
    The target is named by kind and key, without foreign keys, so that an event outlives what it speaks of. Its
    ``rows_hash`` stands for the digests of the rows it speaks of (``RowDigest``).
    """

    sequence = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=80, blank=True)
    target_kind = models.CharField(max_length=40)
    target_key = models.CharField(max_length=64)
    target_label = models.CharField(max_length=300, blank=True)
    case_number = models.CharField(max_length=20, blank=True)
    organization_id = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    rows_hash = models.CharField(max_length=64, blank=True)
    salt = models.CharField(max_length=32, blank=True)
    content_hash = models.CharField(
        max_length=64, blank=True, help_text="Of all above; empty: recorded before digests of rows were kept."
    )
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["case_number", "-sequence"], name="audit_by_case"),
            models.Index(fields=["target_kind", "target_key", "-sequence"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.target_kind} {self.target_key}"


class RowDigest(models.Model):
    """A row as the event of that number found it: its digest, or that it is no longer there. Appended with the event.

    Kind and key name the row, without a foreign key, so that a row taken away behind the product's back is missed.
    """

    sequence = models.PositiveBigIntegerField(db_index=True)
    kind = models.CharField(max_length=60)
    key = models.BigIntegerField()
    is_gone = models.BooleanField(default=False)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["kind", "key"], name="row_digest_by_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} as of event {self.sequence}"


class AuditHead(models.Model):
    """The last event of the chain: the one row that is locked while an event is added."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"


class Change(models.Model):
    """One line of the change feed: a fact that findings rest on has changed, and what it was that changed."""

    class Kind(models.TextChoices):
        SHIPMENT = "shipment", "Shipment, its lines, parties or dates"
        SUPPLIER = "supplier", "Supplier or site"
        LINK = "link", "Supply link"
        OWNERSHIP = "ownership", "Ownership link"
        LIST = "list", "List version"
        JUDGEMENT = "judgement", "Judgement on a party and a listed entity"
        THRESHOLDS = "thresholds", "Thresholds of matching"
        NAME = "name", "Name of a listed entity the office knows"
        DETENTION = "detention", "Detention of goods"

    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    consumed_at = models.DateTimeField(null=True, blank=True)
    screened = models.PositiveBigIntegerField(
        null=True, help_text="The shipment that was screened with this change in the transaction that made it."
    )

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(consumed_at=None), name="change_unconsumed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> JobQuerySet:
        """The office sees every job; others those of their organisations."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            of_nobody = models.Q(organization=None) if not user.is_in_sandbox else models.Q(pk=None)
            return self.filter(in_environment_of(user, "organization") | of_nobody)
        return self.filter(organization__in=user.organizations())


class Job(models.Model):
    """Work for a worker: an import, a reading, a screening, a mail. The row is the truth; messages carry its id."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    priority = models.PositiveSmallIntegerField(default=5)
    payload = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=80, blank=True)
    organization = models.ForeignKey(
        "entities.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    run_after = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "dedupe_key"],
                condition=models.Q(state="queued") & ~models.Q(dedupe_key=""),
                name="job_queued_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["priority", "id"],
                condition=models.Q(state__in=["queued", "running"]),
                name="job_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}
