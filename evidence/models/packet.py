"""Packets: the papers of a case put together as CBP asks for them, as one PDF and as a ZIP by exhibit."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from entities.models import in_environment_of
from evidence.models.document import Document


class PacketQuerySet(models.QuerySet["Packet"]):
    def visible_to(self, user: Any) -> PacketQuerySet:
        """The office sees all; others those made for the importer, of their own organisations' cases."""
        if not user.is_authenticated:
            return self.none()
        if user.is_officer:
            return self.filter(in_environment_of(user, "case__importer"))
        return self.filter(is_for_office=False, case__importer__in=user.organizations())


class Packet(models.Model):
    """One file of a packet. Appended; the PDF and the ZIP that are made together bear the same number."""

    class Form(models.TextChoices):
        PDF = "pdf", "One PDF"
        ZIP = "zip", "A ZIP by exhibit"

    case = models.ForeignKey("screening.Case", on_delete=models.PROTECT, related_name="packets")
    number = models.PositiveIntegerField(help_text="Runs within the case.")
    form = models.CharField(max_length=3, choices=Form)
    is_for_office = models.BooleanField(default=False, help_text="Holds what the importer may not see.")
    file = models.FileField(max_length=300)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    page_count = models.PositiveIntegerField(default=0)
    documents = models.JSONField(default=list, help_text="Keys of the documents that are in it.")
    notes = models.JSONField(default=list, help_text="What was left out, or put in another form, and why.")
    made_by = models.ForeignKey("entities.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = PacketQuerySet.as_manager()

    class Meta:
        ordering = ["-number", "form"]
        constraints = [models.UniqueConstraint(fields=["case", "number", "form"], name="packet_once")]

    def __str__(self) -> str:
        return f"packet {self.number} of {self.case}"

    @property
    def name(self) -> str:
        """A file name that the portal takes: letters and digits, one dot."""
        return f"Case{self.case.number.replace('-', '')}Packet{self.number}.{self.form}"

    def may_be_given_to(self, user: Any) -> bool:
        """Whether each document in it may be opened by this person now, and none holds data on workers."""
        open_now = Document.objects.visible_to(user).not_on_workers().filter(pk__in=self.documents)
        return open_now.count() == len(self.documents)
