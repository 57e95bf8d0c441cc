"""The exposure index: what every supplier is exposed to through those upstream of it. Derived, rebuilt on demand.

Nothing here is a fact of its own: ``manage.py rebuild_index`` makes it anew from suppliers, links and lists. Rows name
suppliers and links by number, without foreign keys, so that millions are written at once; days are counted as
``date.toordinal`` does, so that a period is two plain numbers.
"""

from __future__ import annotations

from datetime import date

from django.db import models

ALWAYS = (date.min.toordinal(), date.max.toordinal())


class IndexedLink(models.Model):
    """A standing supply link as the index takes it: the kind of goods, and the importations its period fits.

    ``is_sure``: dated and not disputed, so that a path over it can be relevant on the days ``first`` to ``last``. A
    link that states Xinjiang origin, or that speaks of a labour scheme, stands here once more with a supplier of its
    own, the negative of the link.
    """

    link = models.BigIntegerField()
    supplier = models.BigIntegerField()
    customer = models.BigIntegerField()
    kind = models.IntegerField(help_text="Number of the kind of goods; 0 where not known.")
    is_sure = models.BooleanField()
    first = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "supplier"], name="indexed_link_by_customer"),
            models.Index(fields=["supplier", "customer"], name="indexed_link_by_supplier"),
            models.Index(fields=["link"], name="indexed_link_by_link"),
        ]

    def __str__(self) -> str:
        return f"indexed link {self.link}"


class IndexedGround(models.Model):
    """Why a supplier itself asks a question or raises the presumption, for importations on ``first`` to ``last``."""

    supplier = models.BigIntegerField(db_index=True)
    ground = models.PositiveSmallIntegerField(help_text="Number of the rule, and whether it is certain.")
    listed_key = models.CharField(max_length=200, blank=True, help_text="The listed entity, where it is one.")
    first = models.IntegerField()
    last = models.IntegerField()

    def __str__(self) -> str:
        return f"ground {self.ground} of supplier {self.supplier}"


class IndexedPair(models.Model):
    """Goods of one kind can be an input of another: both by their numbers."""

    kind = models.IntegerField()
    goes_into = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "goes_into"], name="indexed_pair_once")]

    def __str__(self) -> str:
        return f"{self.kind} into {self.goes_into}"


class Exposure(models.Model):
    """Some way leads down to this supplier from one with a ground: over ``steps`` links, the last of them ``via``.

    ``kind``: the goods that come in over it, by the nearest link that says so. ``is_relevant``: every link is sure and
    its goods go into the next; then it holds for importations on the days ``first`` to ``last``. Otherwise the way is
    possible, on all days of the ground. Of two ways to the same only those stand of which none is as short and holds
    as long.
    """

    supplier = models.BigIntegerField()
    kind = models.IntegerField()
    ground = models.PositiveSmallIntegerField()
    is_relevant = models.BooleanField()
    first = models.IntegerField()
    last = models.IntegerField()
    steps = models.PositiveSmallIntegerField()
    via = models.BigIntegerField(help_text="The indexed link the way comes in over.")

    class Meta:
        indexes = [models.Index(fields=["supplier", "steps"], name="exposure_of_supplier")]

    def __str__(self) -> str:
        return f"exposure of supplier {self.supplier}, {self.steps} steps"


class IndexedName(models.Model):
    """A key under which a supplier is found by its names, addresses and manufacturer codes (entities/domain/matching).

    A change of the list is sought by these, so that only those are asked again whom it can concern.
    """

    supplier = models.BigIntegerField(db_index=True)
    key = models.BigIntegerField(help_text="The key as a number.")

    class Meta:
        indexes = [models.Index(fields=["key", "supplier"], name="indexed_name_by_key")]

    def __str__(self) -> str:
        return f"key {self.key} of supplier {self.supplier}"


class IndexedWord(models.Model):
    """A Latin word of names, once: what may be another word misspelt, or hold one, is looked for among these."""

    text = models.CharField(max_length=600, unique=True)

    def __str__(self) -> str:
        return self.text


class IndexState(models.Model):
    """What the index was built from: one row, locked while the index is brought up to date."""

    list_version = models.ForeignKey("entities.ListVersion", null=True, on_delete=models.PROTECT, related_name="+")
    thresholds = models.ForeignKey("entities.ThresholdSet", null=True, on_delete=models.PROTECT, related_name="+")
    names_up_to = models.PositiveBigIntegerField(default=0)
    engine_version = models.CharField(max_length=40, blank=True)
    built_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"index of {self.built_at:%Y-%m-%d %H:%M}" if self.built_at else "index not built"
