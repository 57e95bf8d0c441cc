"""Files of shipments and of links: the batch, how its columns were read, every row as it stood in the file."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of


class MappingProfile(models.Model):
    """How a sender's layout is read: which column is which field. Remembered per sender and layout."""

    organization = models.ForeignKey("entities.Organization", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, default="shipments")
    layout = models.CharField(max_length=64, help_text="Digest of the header cells.")
    mapping = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "kind", "layout"], name="mapping_profile_once")]

    def __str__(self) -> str:
        return f"{self.organization} {self.kind} {self.layout[:8]}"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: Any) -> ImportBatchQuerySet:
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user, "organization"))
        return self.filter(organization__in=user.organizations())


class ImportBatch(models.Model):
    """One upload of shipments, or of links between firms. ``rows_read = rows_stored + rows_rejected``, always.

    Of JSON a row is one shipment with all its lines, as a program declares it.
    """

    class Kind(models.TextChoices):
        SHIPMENTS = "shipments", "Shipments"
        LINKS = "links", "Supply links and ownership"

    class Form(models.TextChoices):
        NDJSON = "ndjson", "JSON, a shipment a line"
        JSON = "json", "JSON array"

    class State(models.TextChoices):
        READING = "reading", "Reading the file"
        MAPPING = "mapping", "Columns to confirm"
        IMPORTING = "importing", "Storing rows"
        DONE = "done", "Stored"
        FAILED = "failed", "Could not be read"

    organization = models.ForeignKey("entities.Organization", on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.SHIPMENTS)
    form = models.CharField(max_length=6, choices=Form, blank=True, help_text="Empty: tables.")
    stores_only = models.BooleanField(default=False, help_text="Its shipments are stored and not screened.")
    is_public = models.BooleanField(
        default=False,
        help_text="Links from published sources: they are nobody's declaration, everybody may know them.",
    )
    customer = models.ForeignKey(
        "entities.Supplier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Of a file of links: the customer in every row that names none.",
    )
    uploaded_by = models.ForeignKey("entities.User", null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64, help_text="Of the file; of the files' digests where there are several.")
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    layout = models.CharField(max_length=64, blank=True)
    mapping = models.JSONField(
        default=dict,
        help_text="The sheets: file, header row, layout. The layouts: headings, column to field, and why. Of JSON: "
        "the byte behind the last row that is done.",
    )
    job = models.ForeignKey("entities.Job", null=True, on_delete=models.PROTECT, related_name="+")
    rows_read = models.PositiveIntegerField(default=0)
    rows_stored = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(
        default=list, help_text="[{column, reason, remedy, rows, examples}]: what was stored, but not all understood."
    )
    made = models.JSONField(default=dict, help_text="Of a file of links: how many links, holdings, firms it made.")
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="done")
                | models.Q(rows_read=models.F("rows_stored") + models.F("rows_rejected")),
                name="batch_rows_add_up",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def done_so_far(self) -> int:
        return self.rows_stored + self.rows_rejected

    def left_unscreened(self) -> models.QuerySet[Any]:
        """Its shipments that were stored without screening and are not screened yet."""
        return self.shipments.filter(latest_screening=None) if self.stores_only else self.shipments.none()

    @property
    def is_at_work(self) -> bool:
        """Something is reading or storing it, or will."""
        return self.state in {self.State.READING, self.State.IMPORTING} and not self.has_stopped

    @property
    def has_stopped(self) -> bool:
        """A fault has ended the work before the batch was stored; it can be taken up where it stood."""
        is_unfinished = self.state in {self.State.READING, self.State.IMPORTING}
        return is_unfinished and self.job is not None and not self.job.is_open


class ImportFile(models.Model):
    """A file of a batch as it came, unchanged: usually one, or several tables that are joined, or an archive."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=300, help_text="The sender's name for it; on disk it has a neutral one.")
    file = models.FileField(max_length=300)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """A row as it stood in the file, beside what became of it. Kept so that what was understood can be checked."""

    class State(models.TextChoices):
        STORED = "stored", "Stored"
        REJECTED = "rejected", "Not stored"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    sheet = models.CharField(max_length=120, blank=True)
    number = models.PositiveIntegerField(help_text="Row number in the file, counted from 1.")
    raw = models.JSONField(
        default=list, help_text="The cells as text, in file order. Of JSON: the text of a row that is not stored."
    )
    state = models.CharField(max_length=10, choices=State)
    shipment = models.ForeignKey(
        "screening.Shipment", null=True, blank=True, on_delete=models.CASCADE, related_name="import_rows"
    )
    line_number = models.PositiveIntegerField(null=True, blank=True)
    made = models.JSONField(
        default=list, help_text="What the row of a file of links says: [{kind: link or ownership, key, is_new}]"
    )
    problems = models.JSONField(
        default=list,
        help_text="[{column, value, reason, remedy, severity}]; of JSON the column is a pointer, and there is a code.",
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["batch", "state"], name="import_row_by_state")]

    def __str__(self) -> str:
        return f"{self.batch} row {self.number}"
