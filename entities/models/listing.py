"""The lists a party is compared with: versions, the entities they name, and the rows as printed."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone


class ListVersionQuerySet(models.QuerySet["ListVersion"]):
    def current(self, register: str) -> ListVersion:
        """The published version screening uses now.

        Raises ``ListVersion.DoesNotExist`` where none was loaded (``manage.py load_reference_data``).
        """
        return self.filter(register=register, published_at__isnull=False).latest("published_at", "pk")


class ListVersion(models.Model):
    """One state of a list as it was retrieved. Immutable: a correction is a new version."""

    class Register(models.TextChoices):
        UFLPA = "UFLPA", "UFLPA Entity List"
        WRO = "WRO", "CBP withhold release orders (Xinjiang)"

    register = models.CharField(max_length=10, choices=Register)
    label = models.CharField(max_length=80)
    source = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    retrieved_on = models.DateField()
    rows_sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    entity_count = models.PositiveIntegerField()
    loaded_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ListVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "rows_sha256"], name="list_version_rows_once")]

    def __str__(self) -> str:
        return self.label


class ListedEntity(models.Model):
    """An entity as it lives on across list versions, known by its key."""

    register = models.CharField(max_length=10, choices=ListVersion.Register)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key"], name="listed_entity_once")]

    def __str__(self) -> str:
        return self.name


class ListingQuerySet(models.QuerySet["Listing"]):
    def in_force(self, on: date) -> ListingQuerySet:
        """Rows of entities that stood on the list on that date: the entity's FIRST effective date counts, since a
        rename, correction or move resets the printed one."""
        return self.filter(models.Q(removed_on=None) | models.Q(removed_on__gt=on), first_effective_on__lte=on)


class Listing(models.Model):
    """One row of one version, as printed, with its Federal Register citation."""

    version = models.ForeignKey(ListVersion, on_delete=models.PROTECT, related_name="listings")
    entity = models.ForeignKey(ListedEntity, on_delete=models.PROTECT, related_name="listings")
    row_id = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    listed_as = models.TextField(blank=True)
    aliases = models.JSONField(default=list)
    native_names = models.JSONField(default=list, help_text='[{"text": "…", "source": "…", "confirmed": true}]')
    section = models.CharField(max_length=40, blank=True, help_text="Sub-list, for example 2(d)(2)(B)(v).")
    effective_on = models.DateField()
    first_effective_on = models.DateField()
    removed_on = models.DateField(null=True, blank=True)
    scope = models.TextField(blank=True, help_text='Scope words as listed, for example "and subsidiaries".')
    location = models.CharField(max_length=300, blank=True)
    sector = models.CharField(max_length=300, blank=True)
    citation = models.CharField(max_length=120, blank=True, help_text="Federal Register citation.")
    document_number = models.CharField(max_length=40, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    completeness = models.CharField(max_length=40, blank=True)
    is_current = models.BooleanField(default=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        ordering = ["name", "section"]
        constraints = [models.UniqueConstraint(fields=["version", "row_id"], name="listing_row_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.section}"
