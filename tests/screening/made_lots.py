"""A shipment of cotton shirts and firms up to the gin, for tests of lots. All but the listed gin are invented."""

from datetime import date
from decimal import Decimal

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.services import jobs
from entities.services.lists import load_reference_lists
from entities.services.suppliers import add_supplier
from screening.domain.lots import Lot
from screening.services.shipments import add_shipment
from screening.services.traces import declare_trace
from tests.factories import declared_shipment, make_organization, make_user

LISTED = "Aksu Huafu Color Spinning Co., Ltd."
MAKER = PartyFacts(name="Example Maker", city="Example City", country="VN")


class Cotton:
    """One importer's shipment, its member, an analyst of the office, and suppliers by name."""

    def __init__(self):
        load_reference_lists()
        self.importer = make_organization(name="Example Imports LLC")
        self.member = make_user(Role.IMPORTER_MEMBER, self.importer)
        self.analyst = make_user(Role.ANALYST)
        self.office = self.analyst.active_memberships[0].organization
        self.shipment = add_shipment(
            declared_shipment(maker=MAKER.name, reference="PO-77"), owner=self.importer, actor=self.member
        )
        self.maker = self.supplier(MAKER)

    def supplier(self, facts, organization=None):
        facts = facts if isinstance(facts, PartyFacts) else PartyFacts(name=facts, country="CN")
        return add_supplier(facts, organization=organization or self.importer, actor=self.member)

    def step(self, maker, inputs, outputs, *, actor=None, declared_by=None, **said):
        """Claim a step; lots are numbers, or lots."""
        return declare_trace(
            self.shipment,
            maker=maker,
            inputs=[one if isinstance(one, Lot) else Lot(one) for one in inputs],
            outputs=[one if isinstance(one, Lot) else Lot(one) for one in outputs],
            actor=actor or self.member,
            declared_by=declared_by or self.importer,
            **said,
        )

    def screen(self):
        """Have everything screened that waits; the findings of the shipment by rule and firm."""
        jobs.work_off()
        self.shipment.refresh_from_db()
        return list(self.shipment.latest_screening.findings.all())

    def found(self, rule="LISTED_ENTITY"):
        return [(one.party_name, one.grade, one.steps_upstream) for one in self.screen() if one.rule == rule]


def kg(number, quantity, **said):
    return Lot(number, quantity=Decimal(quantity), unit="kg", **said)


MADE_ON = date(2026, 1, 10)
