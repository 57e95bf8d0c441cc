"""Fill an empty database with the demonstration: people, shipments, chains, papers, and cases at work."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import cotton, lots_and_prices, papers, portfolio
from config.demo.portfolio import Batch, Demo
from entities.domain.roles import Role
from entities.models import ListVersion, Organization, User
from entities.services import accounts, api_clients, jobs, suppliers
from evidence.models import Exhibit
from evidence.services.assessments import assess
from evidence.services.concluding import conclude_review, decide
from evidence.services.documents import receive_upload
from screening.domain.law.states import Kind
from screening.domain.lots import Lot
from screening.models import Case, Decision, Shipment, TaskItem
from screening.services import carrying_out, cases, detentions, requests
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from screening.services.traces import declare_trace

# Pictures of pages take seconds each, and pages can be looked at while a worker reads them.
LEFT_TO_THE_WORKER = ("ocr",)


class Command(BaseCommand):
    help = "Fill the database with the demonstration (fictional firms, real list). Running it again changes nothing."

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration does not belong in production; set CLEARORIGIN_MODE=demo.")
        if not ListVersion.objects.exists():
            raise CommandError("No list is loaded: run `manage.py load_reference_data` first.")
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # nobody lives at these addresses
        self.today = timezone.localdate()
        jobs.work_off(but=LEFT_TO_THE_WORKER)  # what loading the list left to do
        self._people()
        self._shipments()
        self._say("Screening (as a worker does)")
        jobs.work_off(but=LEFT_TO_THE_WORKER)
        self._cases()
        jobs.work_off(but=LEFT_TO_THE_WORKER)
        self._sign_ins()

    def _people(self) -> None:
        """The office, importers, the broker, and an account for each role."""
        organizations = {portfolio.OFFICE: self._organization(portfolio.OFFICE, Organization.Kind.OFFICE)}
        for name, number in portfolio.IMPORTERS:
            organizations[name] = self._organization(name, Organization.Kind.IMPORTER, number)
        broker = organizations[portfolio.BROKER] = self._organization(portfolio.BROKER, Organization.Kind.BROKER)
        for email, name, role, where in portfolio.PEOPLE:
            self._member(organizations[where], email, name, role)
        for name in portfolio.BROKER_ACTS_FOR:
            if not broker.authorized_by.filter(importer=organizations[name]).exists():
                start = self.today - timedelta(days=200)
                accounts.authorize_broker(broker, organizations[name], valid_from=start, actor=None)

        self._sandbox(organizations[portfolio.HARBOR])

    def _member(self, organization: Organization, email: str, name: str, role: Role) -> None:
        if not User.objects.filter(email=email).exists():
            membership = accounts.add_member(organization, email=email, full_name=name, role=role, actor=None)
            membership.user.set_password(portfolio.PASSWORD)
            membership.user.save(update_fields=["password"])

    def _sandbox(self, live: Organization) -> None:
        """A sandbox of an importer, opened by its member, with a program and a person of its own."""
        if Organization.objects.filter(sandbox_of=live).exists():
            return
        member = _person("harbor")
        sandbox = accounts.open_sandbox(live, actor=member)
        api_clients.add_client(sandbox, name=portfolio.TRIAL_PROGRAM, actor=member)
        email, name, role, _ = portfolio.TRIAL
        self._member(sandbox, email, name, role)

    def _organization(self, name: str, kind: Organization.Kind, number: str = "") -> Organization:
        known = Organization.objects.filter(name=name).first()
        return known or accounts.add_organization(name=name, kind=kind, actor=None, importer_number=number)

    def _shipments(self) -> None:
        """Every shipment of the portfolio that is not stored yet, with the chain above its maker and its lots."""
        demos = (*portfolio.SHIPMENTS, *lots_and_prices.SHIPMENTS)
        for number, demo in enumerate(demos, 1):
            if Shipment.objects.filter(entry_number=demo.entry).exists():
                continue
            self._say(f"Shipment {number} of {len(demos)}: {demo.goods} ({demo.shows})")
            owner = Organization.objects.get(name=demo.owner)
            actor = User.objects.filter(memberships__organization=owner).earliest("pk")
            self._declare_chain(demo, owner, actor)
            shipment = add_shipment(_declared(demo, owner, self.today), owner=owner, actor=actor)
            self._declare_lots(demo, shipment, actor)

    def _declare_chain(self, demo: Demo, owner: Organization, actor: User) -> None:
        customer = suppliers.add_supplier(demo.maker, organization=owner, actor=actor)
        imported_on = demo.imported(self.today)
        last = len(demo.chain) - 1
        for place, step in enumerate((*demo.chain, *demo.beside)):
            supplier = suppliers.add_supplier(step.facts, organization=owner, actor=actor)
            said: dict[str, Any] = (
                {
                    "commodity": step.commodity or demo.commodity,
                    "stage": step.stage,
                    "goods": step.goods,
                    "valid_from": imported_on - timedelta(days=300),
                }
                if step.says_goods
                else {}
            )
            suppliers.declare_link(
                supplier,
                customer,
                actor=actor,
                declared_by=owner,
                source="Importer's chain map (DEMONSTRATION)",
                **said,
            )
            if place < last:
                customer = supplier

    def _declare_lots(self, demo: Demo, shipment: Shipment, actor: User) -> None:
        owner = shipment.owner

        def lot(batch: Batch) -> Lot:
            firm = batch.supplier and suppliers.add_supplier(batch.supplier, organization=owner, actor=actor)
            return Lot(
                batch.lot,
                batch.goods,
                batch.hts,
                Decimal(batch.kg),
                "kg",
                firm.pk if firm else None,
                1 if batch.is_line else None,
            )

        for step in demo.lots:
            declare_trace(
                shipment,
                maker=suppliers.add_supplier(step.maker, organization=owner, actor=actor),
                inputs=[lot(one) for one in step.took],
                outputs=[lot(one) for one in step.made],
                made_on=demo.imported(self.today) - timedelta(days=step.days_before),
                process=step.process,
                paper=step.paper,
                actor=actor,
                declared_by=owner,
            )

    def _cases(self) -> None:
        """Four cases at different points of their life; the rest are new."""
        self._awaiting_evidence("551-0900101-0")
        self._under_review("551-0900104-4")
        self._decided("551-0900108-5")
        self._awaiting_approval("551-0900113-5")

    def _awaiting_evidence(self, entry: str) -> None:
        case = self._new_case(entry, presented_days_ago=12)
        if case is None:
            return
        self._ask(
            case,
            [
                "Purchase orders, garment maker to knitter",
                "Invoice and proof of payment, knitter to spinner",
                "Production records that tie yarn lots to fabric rolls",
                "Bale list and origin of the cotton",
                "English translation of every page in another language",
            ],
            days=8,
        )
        self._send_papers(case, (*papers.COTTON_FILE, *cotton.FILES))

    def _under_review(self, entry: str) -> None:
        case = self._new_case(entry, presented_days_ago=27)
        if case is None:
            return
        task = self._ask(case, ["Lot certificates from quartzite to module", "Index of papers"], days=2)
        self._send_papers(case, papers.SOLAR_FILE)
        requests.answer_request(task, actor=_member_of(case))
        assess(
            Case.objects.get(pk=case.pk),
            actor=_person("reviewer"),
            pathway="applicability",
            code="A2",
            verdict="not_shown",
            reason="The polysilicon producer of this chain is on the list; the papers sent speak of another entry.",
        )

    def _awaiting_approval(self, entry: str) -> None:
        case = self._new_case(entry, presented_days_ago=20)
        if case is not None:
            self._recommend_not_shown(case)

    def _decided(self, entry: str) -> None:
        case = self._new_case(entry, presented_days_ago=29)
        if case is None:
            return
        self._recommend_not_shown(case)
        decide(
            case.recommendations.latest("pk"),
            actor=_person("approver"),
            verdict=Decision.Verdict.APPROVED,
            reasons="The manufacturer itself is listed; nothing was sent that speaks against it. DEMONSTRATION.",
        )

    def _recommend_not_shown(self, case: Case) -> None:
        reviewer = _person("reviewer")
        detention = case.detentions.get()
        detentions.record_event(
            detention,
            Kind.NOTICE_ISSUED,
            detention.detained_on or self.today,
            actor=_person("analyst"),
            source="Notice of detention (DEMONSTRATION)",
        )
        case = cases.start_review(case, actor=reviewer)
        for code in ("A1", "A2", "A3", "A4", "A5", "A6"):
            assess(
                case,
                actor=reviewer,
                pathway="applicability",
                code=code,
                verdict="not_shown",
                reason="Nothing was sent. DEMONSTRATION.",
            )
        conclude_review(
            case,
            actor=reviewer,
            pathway="applicability",
            conclusion="scope_not_rebutted",
            grounds=["LISTED_ENTITY"],
            lines=[carrying_out.key_of(row) for row in carrying_out.open_lines(case)],
            reasons="A listed entity stands in the chain and the importer sent nothing. DEMONSTRATION.",
        )

    def _new_case(self, entry: str, *, presented_days_ago: int) -> Case | None:
        """The case of an entry, if nothing happened in it yet; with its detention recorded."""
        case = Case.objects.filter(shipments__entry_number=entry, stage=Case.Stage.OPEN).first()
        if case is None or case.detentions.exists():
            return None
        self._say(f"Case {case.number}: {case.opened_because}")
        cases.assign(case, actor=_person("manager"), to=_person("reviewer"))
        detentions.record_detention(
            case,
            case.shipments.get(entry_number=entry),
            actor=_person("analyst"),
            presented_on=self.today - timedelta(days=presented_days_ago),
            detained_on=self.today - timedelta(days=presented_days_ago - 4),
            port="2704 Los Angeles",
            source="Notice of detention (DEMONSTRATION)",
        )
        return case

    def _ask(self, case: Case, items: list[str], *, days: int) -> Any:
        return requests.request_evidence(
            case, actor=_person("analyst"), due_on=self.today + timedelta(days=days), items=items
        )

    def _send_papers(self, case: Case, files: tuple[tuple[str, bytes], ...]) -> None:
        """The importer uploads; a worker reads."""
        item = TaskItem.objects.filter(task__case=case).first()
        for name, content in files:
            if not Exhibit.objects.filter(case=case, document__file_name=name).exists():
                receive_upload(
                    ContentFile(content, name=name),
                    organization=case.importer,
                    actor=_member_of(case),
                    case=case,
                    task_item=item,
                )
        jobs.work_off(but=LEFT_TO_THE_WORKER)

    def _say(self, text: str) -> None:
        self.stdout.write(f"  {text}")

    def _sign_ins(self) -> None:
        self.stdout.write(f"\nSign in with the password {portfolio.PASSWORD}")
        for email, name, role, where in (*portfolio.PEOPLE, portfolio.TRIAL):
            self.stdout.write(f"  {email:<22} {role.value.replace('_', ' '):<16} {name}, {where}")


def _declared(demo: Demo, owner: Organization, today: date) -> DeclaredShipment:
    amount, unit = demo.quantity
    roles = [DeclaredRole("manufacturer", demo.maker)]
    if demo.seller:
        roles.append(DeclaredRole("seller", demo.seller))
    roles.append(
        DeclaredRole(
            "importer",
            portfolio.fictional(owner.name.removesuffix(" (fictional)"), "Long Beach", "US", "1 Pier Avenue"),
        )
    )
    return DeclaredShipment(
        entry_number=demo.entry,
        reference=f"DEMO-{demo.entry[4:11]}",
        imported_on=demo.imported(today),
        lines=(
            DeclaredLine(
                number=1,
                description=demo.goods,
                hts_codes=(demo.hts,),
                origin_country=demo.origin,
                quantity=Decimal(amount),
                quantity_unit=unit,
                gross_weight_kg=Decimal(demo.weight_kg),
                value=Decimal(demo.value_usd),
                currency="USD",
            ),
        ),
        parties=tuple(roles),
    )


def _person(who: str) -> User:
    return User.objects.get(email=f"{who}@demo.test")


def _member_of(case: Case) -> User:
    return User.objects.filter(memberships__organization=case.importer).earliest("pk")
