"""The listed names that texts are looked through for: those of the list in use, and those the office knows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max, Q

from entities.models import ListVersion, NameStatement

REGISTER = ListVersion.Register.UFLPA
_Act = NameStatement.Act


@dataclass(frozen=True, slots=True)
class ListedNames:
    """Enough to tell whether a text was looked through for the same names, and to do it again.

    ``names_up_to``: the last statement of the office that changed what a listed entity is called.
    """

    version_id: int
    names_up_to: int

    @classmethod
    def in_use(cls) -> ListedNames | None:
        """What is looked for now; None where no Entity List is loaded."""
        published = ListVersion.objects.published().filter(register=REGISTER).order_by("published_at", "pk")
        version_id = published.values_list("pk", flat=True).last()
        if version_id is None:
            return None
        # A withdrawal that is proposed, or declined, leaves the names as they were.
        changing = NameStatement.objects.filter(entity__register=REGISTER).exclude(
            Q(act=_Act.WITHDRAW) | Q(act=_Act.DECLINE, proposal__act=_Act.WITHDRAW)
        )
        return cls(version_id, changing.aggregate(last=Max("pk"))["last"] or 0)
