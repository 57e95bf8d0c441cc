"""Of which commodity chain the goods of a case are: what their HTS codes propose, and what a person chose instead."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from entities import audit
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import User
from evidence.models import ChosenCommodity
from evidence.services.asking import ask_for_check
from screening.domain.coverage import ChainPosition
from screening.models import Case, Shipment, ShipmentLine
from screening.reference import chain_position, commodity_stages
from screening.services.cases import lock

Key = tuple[int, int]  # of a line: its shipment and its number


@dataclass(frozen=True, slots=True)
class Goods:
    """A line, where its codes place it, and what a person chose."""

    line: ShipmentLine
    proposed: ChainPosition | None
    chosen: ChosenCommodity | None = None

    @property
    def position(self) -> ChainPosition | None:
        return position_in(self.chosen) if self.chosen else self.proposed


@transaction.atomic
def choose_commodity(
    case: Case, line: ShipmentLine, *, position: ChainPosition | None, reason: str, actor: User
) -> ChosenCommodity:
    """Say of which chain the goods of a line are and which stage makes them; None: of no chain that is known here."""
    case = lock(case)
    if not actor.has_perm(Act.ASSESS):
        raise Refused("not_a_reviewer", "Only a reviewer says of which chain goods are.")
    if not case.shipments.filter(pk=line.shipment_id).exists():
        raise Refused("line_of_another_case", "The case has no such line of goods.")
    if position is not None and position not in positions():
        raise Refused("commodity_unknown", "Choose a chain and one of its stages from the list.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why the goods belong there.")
    row = ChosenCommodity.objects.create(
        case=case,
        shipment=line.shipment,
        line_number=line.number,
        commodity=position.commodity if position else "",
        made_by_stage=position.made_by_stage if position else None,
        reason=reason.strip(),
        author=actor,
    )
    audit.record(
        Action.COMMODITY_CHOSEN,
        actor=actor,
        target=row,
        case=case,
        organization_id=case.importer_id,
        after={"line": row.line_number, "commodity": row.commodity, "made_by_stage": row.made_by_stage},
        reason=row.reason,
    )
    ask_for_check([case.pk])
    return row


def positions() -> list[ChainPosition]:
    """Every place goods can have in a chain that is known here: made by one of its stages."""
    return [
        ChainPosition(commodity, stage.number)
        for commodity, stages in commodity_stages().items()
        for stage in stages
        if not stage.trades
    ]


def position_in(row: ChosenCommodity) -> ChainPosition | None:
    return ChainPosition(row.commodity, row.made_by_stage) if row.made_by_stage else None


def chosen_in(case: Case) -> dict[Key, ChosenCommodity]:
    """What persons last said of the lines of a case."""
    rows = ChosenCommodity.objects.filter(case=case).select_related("author__person").order_by("pk")
    return {(row.shipment_id, row.line_number): row for row in rows}


def goods_of(case: Case) -> list[Goods]:
    """The lines of a case in order, each with what is proposed and what was chosen."""
    chosen = chosen_in(case)
    return [
        Goods(line, _by_codes(line), chosen.get((shipment.pk, line.number)))
        for shipment in case.shipments.prefetch_related("lines").order_by("pk")
        for line in shipment.lines.all()
    ]


def position_of(shipment: Shipment, chosen: dict[Key, ChosenCommodity]) -> tuple[ChainPosition | None, bool]:
    """Where the goods of a shipment stand, and whether a person said so: a person's word goes before the codes."""
    lines = list(shipment.lines.all())
    said = [row for line in lines if (row := chosen.get((shipment.pk, line.number)))]
    if by_person := next((found for row in said if (found := position_in(row))), None):
        return by_person, True
    passed_over = {row.line_number for row in said}
    rest = (line for line in lines if line.number not in passed_over)
    return next((found for line in rest if (found := _by_codes(line))), None), False


def _by_codes(line: ShipmentLine) -> ChainPosition | None:
    return next((found for code in line.hts_codes if (found := chain_position(code))), None)
