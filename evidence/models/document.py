"""Papers as they came, unchanged, and what could be read of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from entities.domain.roles import Act
from entities.models import in_environment_of
from evidence.domain.readability import BADLY, Readability, readability
from evidence.listed_names import ListedNames


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: Any) -> DocumentQuerySet:
        """What one may open: the office all but data on workers, which its reviewers alone see; others the papers
        of their own organisations, unless the supplier who sent them withholds them or they hold data on workers."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            rows = self.filter(in_environment_of(user, "organization"))
            return rows if user.has_perm(Act.VIEW_WORKER_DATA) else rows.not_on_workers()
        return self.filter(organization__in=user.organizations(), access=Document.Access.CASE)

    def not_on_workers(self) -> DocumentQuerySet:
        """Without rosters, identity papers and wages: what may be searched, quoted and put into packets."""
        return self.exclude(access=Document.Access.WORKERS)

    def being_read(self) -> DocumentQuerySet:
        """Papers of which a machine has not read every page it can."""
        return self.filter(state__in=[Document.State.QUEUED, Document.State.OCR])

    def outdated(self) -> DocumentQuerySet:
        """Papers with text that were last looked through for other listed names than those in use now."""
        names = ListedNames.in_use()
        if names is None:
            return self.none()
        has_text = Exists(Page.objects.filter(document=OuterRef("pk")).exclude(text=""))
        as_now = Q(scanned_with__isnull=False, scanned_with=names.version_id, scanned_names_up_to=names.names_up_to)
        return self.filter(~as_now, has_text).exclude(state=Document.State.QUEUED)


class Document(models.Model):
    """One file an organisation sent. The original is kept unchanged with its SHA-256."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be read"
        OCR = "ocr", "Pages are being read from their pictures"
        READ = "read", "Read"
        NO_TEXT = "no_text", "Kept, but no text could be read by machine"
        REFUSED = "refused", "Cannot be read"

    class Access(models.TextChoices):
        """Who may open it, beside the rule that no other importer ever does."""

        CASE = "case", "The importer and the office"
        OFFICE = "office", "The office only: its sender withholds it from the buyer"
        WORKERS = "workers", "Reviewers of the office only: it holds data on workers"

    organization = models.ForeignKey("entities.Organization", on_delete=models.PROTECT, related_name="documents")
    file = models.FileField(upload_to="documents/%Y/%m/", max_length=300)
    file_name = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    problem_code = models.CharField(max_length=30, blank=True)
    problem = models.TextField(blank=True, help_text="Why it, or part of it, cannot be read.")
    remedy = models.TextField(blank=True, help_text="What its sender can do about that.")
    notes = models.JSONField(default=list, help_text="What the reader has to say about how it read the file.")
    attachments = models.JSONField(default=list, help_text="Files in a mail or an archive: name, size, SHA-256.")
    came_in = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts",
        help_text="The mail or archive it was taken out of, where it did not come by itself.",
    )  # fmt: skip
    languages = models.JSONField(default=dict)
    needs_translation = models.BooleanField(default=False)
    page_count = models.PositiveIntegerField(default=0)
    scanned_with = models.ForeignKey(
        "entities.ListVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The list its text was last looked through with; none where no list was loaded.",
    )  # fmt: skip
    scanned_names_up_to = models.PositiveBigIntegerField(
        default=0, help_text="The last statement of the office on names of listed entities that counted then."
    )
    scanned_at = models.DateTimeField(null=True, blank=True, help_text="When its text was last looked through.")
    virus_scanned_at = models.DateTimeField(
        null=True, blank=True, help_text="When the virus scanner looked at it; empty: no scanner is set, or none did."
    )
    virus = models.CharField(max_length=200, blank=True, help_text="What the virus scanner found in it.")
    access = models.CharField(max_length=7, choices=Access, default=Access.CASE)
    uploaded_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    delivery = models.ForeignKey(
        "evidence.SupplierDelivery", null=True, blank=True, on_delete=models.PROTECT, related_name="documents",
        help_text="Where a supplier sent it, on the request of uploaded_by.",
    )  # fmt: skip
    job = models.ForeignKey("entities.Job", null=True, on_delete=models.PROTECT, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "sha256"], name="document_once_per_organization")
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_being_read(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.OCR)

    @property
    def sender(self) -> str:
        """Who sent it, for people: an account, or a supplier without one."""
        return str(self.delivery) if self.delivery else self.uploaded_by.full_name

    @property
    def is_on_workers(self) -> bool:
        return self.access == self.Access.WORKERS


class PageQuerySet(models.QuerySet["Page"]):
    def silent(self) -> PageQuerySet:
        """Pages on which something stands, but no text a machine can take: none at all, or letters in no order."""
        return self.filter(Q(has_text=False, is_blank=False) | Q(quality__lt=BADLY))


class Page(models.Model):
    """One page (or sheet) of a document, with the text read from it. Its hash is what a citation holds on to."""

    class Source(models.TextChoices):
        NONE = "", "Not read"
        TEXT = "text", "Text of the file"
        OCR = "ocr", "Read by machine from a picture"
        SHEET = "sheet", "Cells of a sheet"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=120, blank=True, help_text="Sheet name, where the page is a sheet.")
    text = models.TextField(blank=True)
    has_text = models.BooleanField(default=False, help_text="Whether a machine could read it; else a person must.")
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=5, choices=Source, blank=True)
    confidence = models.FloatField(null=True, blank=True, help_text="Of the machine reading: mean by word, 0 to 1.")
    quality = models.FloatField(null=True, blank=True, help_text="Share of letters in words that look like words.")
    is_blank = models.BooleanField(default=False)
    blacked_out = models.FloatField(default=0.0, help_text="Share of the page covered by solid black, 0 to 1.")
    scripts = models.JSONField(default=dict, help_text="Letters by script.")
    needs_translation = models.BooleanField(default=False)
    width = models.FloatField(null=True, blank=True, help_text="In points, of the page set upright.")
    height = models.FloatField(null=True, blank=True)
    turned = models.PositiveSmallIntegerField(default=0, help_text="Degrees clockwise it was turned to be upright.")
    image = models.FileField(upload_to="pages/%Y/%m/", max_length=300, blank=True, help_text="The upright page.")
    looked_at = models.DateTimeField(
        null=True, blank=True, help_text="When its picture was made and, where the file has no text, read."
    )

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="page_once")]

    def __str__(self) -> str:
        return f"{self.document} p. {self.number}"

    @property
    def readability(self) -> Readability:
        """How well it can be read; what cannot be read counts as not shown until a readable copy replaces it."""
        return readability(
            has_text=self.has_text,
            is_blank=self.is_blank,
            quality=self.quality,
            confidence=self.confidence,
            blacked_out=self.blacked_out,
        )


class PageLayout(models.Model):
    """Where the words, tables and marks of a page stand. Apart from the page, since few questions need it."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="layout")
    words = models.JSONField(default=list, help_text="[text, left, top, right, bottom, confidence], as shares.")
    tables = models.JSONField(default=list, help_text="Rows of cells: [text, [box] or name of the cell].")
    marks = models.JSONField(
        null=True, default=None, help_text="Boxes of ink that is neither word nor rule; null where nobody looked."
    )

    def __str__(self) -> str:
        return f"Layout of {self.page}"


class Mention(models.Model):
    """A listed name or a place of Xinjiang seen in a page's text. Not a finding: a person confirms or not."""

    class Kind(models.TextChoices):
        LISTED = "listed", "Listed entity"
        PLACE = "place", "Place in Xinjiang"

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="mentions")
    kind = models.CharField(max_length=8, choices=Kind)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.CharField(max_length=400)
    subject_key = models.CharField(max_length=200, help_text="Key of the listed entity, or code of the place.")
    subject = models.CharField(max_length=300)
    strength = models.CharField(max_length=20, blank=True)
    list_version = models.ForeignKey(
        "entities.ListVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The list it was first seen with.",
    )  # fmt: skip
    seen_later_at = models.DateTimeField(
        null=True, blank=True, help_text="When a scan after the reading first saw the name on this page."
    )

    class Meta:
        ordering = ["page__number", "start"]

    def __str__(self) -> str:
        return f"{self.subject} on {self.page}"
