"""The lists a party is compared with: versions, the entities they name, and the rows as printed."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone

from entities.prepared import Prepared


class ListVersionQuerySet(models.QuerySet["ListVersion"]):
    def published(self) -> ListVersionQuerySet:
        """Versions that are or were screened with; a draft or a refused one never is."""
        return self.filter(published_at__isnull=False)

    def before(self, version: ListVersion) -> ListVersion | None:
        """The version that was in use until this one was published."""
        return (
            self.published()
            .filter(register=version.register, published_at__lt=version.published_at)
            .order_by("published_at", "pk")
            .last()
        )


class ListVersionManager(models.Manager.from_queryset(ListVersionQuerySet)):  # type: ignore[misc]
    def current(self, register: str) -> ListVersion:
        """The published version screening uses now.

        Raises ``ListVersion.DoesNotExist`` where none was loaded (``manage.py load_reference_data``).
        """
        for version in _NEWEST_PUBLISHED(register):
            return version
        raise ListVersion.DoesNotExist(f"No version of the list {register} was published.")


class ListVersion(models.Model):
    """One state of a list as it was retrieved. Its rows never change: a correction is a new version.

    A version is loaded as a draft, which nothing is screened with; a second person publishes or refuses it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft, not in use"
        PUBLISHED = "published", "Published"
        REFUSED = "refused", "Refused"

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
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    base = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The version in use when this one was loaded; the difference shown is from it.",
    )  # fmt: skip
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    warnings = models.JSONField(default=list, blank=True, help_text="What speaks against publishing it, in sentences.")
    needs_reason = models.BooleanField(default=False, help_text="Published only with a reason, for its warnings.")
    doubts = models.JSONField(default=list, blank=True, help_text="What was not understood for certain.")
    touches = models.JSONField(null=True, blank=True, help_text="Suppliers, cases and shipments a draft would touch.")
    loaded_by = models.ForeignKey("entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    loaded_person = models.ForeignKey(
        "entities.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_by = models.ForeignKey("entities.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_person = models.ForeignKey(
        "entities.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True, help_text="Why it was published against a warning, or refused.")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ListVersionManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "rows_sha256"],
                condition=models.Q(state="draft"),
                name="list_version_draft_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(loaded_person=models.F("settled_person")) | ~models.Q(state="published"),
                name="list_version_by_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(state="published", published_at__isnull=False)
                | (~models.Q(state="published") & models.Q(published_at=None)),
                name="list_version_published_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(needs_reason=False) | ~models.Q(reason=""),
                name="list_version_override_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


_NEWEST_PUBLISHED = Prepared(
    lambda register: ListVersion.objects.published().filter(register=register).order_by("-published_at", "-pk")[:1]
)


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
