"""A case from the lists to the decision, every row of it made by the services that put acts on record."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from entities.domain.facts import PartyFacts
from entities.domain.matching import SHIPPED
from entities.domain.roles import Role
from entities.models import Organization
from entities.services import jobs, judgements, ownership, suppliers
from entities.services.accounts.invitations import invite
from entities.services.accounts.organizations import add_organization, authorize_broker
from entities.services.lists import load_reference_lists
from entities.services.names import answer_proposal, propose_name
from entities.services.thresholds import adopt_thresholds, propose_thresholds
from evidence.models import Document, PaperCheck
from evidence.reference import yields
from evidence.services import (
    assessments,
    concluding,
    corrections,
    exports,
    goods,
    packets,
    placements,
    searches,
    supplier_requests,
    versions,
)
from evidence.services.alarms import answer_alarm, state_yield
from evidence.services.assessments import CitedPage
from evidence.services.translations import Range, attach_translation
from screening.domain.law.states import Kind
from screening.domain.lots import Lot
from screening.models import Case, Draw
from screening.services import cases, letters, pairs, second_looks, what_if
from screening.services.detentions import record_detention, record_event
from screening.services.epcis import receive_document
from screening.services.extensions import ask_extension
from screening.services.intake import receive_files
from screening.services.messages import write_message
from screening.services.overrides import set_finding_aside
from screening.services.reminders import remind_of_tasks
from screening.services.requests import answer_item, request_evidence
from screening.services.shipments import (
    DeclaredLine,
    DeclaredRole,
    DeclaredShipment,
    add_shipment,
    change_shipment,
)
from screening.services.traces import declare_trace
from tests.evidence.sending import a_file, send
from tests.factories import make_organization, make_user, on_record
from tests.screening.made_epcis import chain, content, document

LISTED = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")
ALIKE = PartyFacts(name="Hetian Haolin Hair Accessories Co., Ltd.", country="CN", city="Qingdao")
NAMING = b"Delivery note 19, 12,400 kg of yarn of Aksu Huafu Color Spinning Co., Ltd., received in good order."
MAKER = PartyFacts(name="Example Garments JSC", country="VN")


def declared(**head):
    return DeclaredShipment(
        imported_on=date(2026, 5, 4),
        lines=(
            DeclaredLine(
                1,
                "Cotton yarn",
                ("5205240090",),
                quantity=Decimal(12),
                quantity_unit="kg",
                value=Decimal(48),
                currency="USD",
            ),
        ),
        parties=(
            DeclaredRole("manufacturer", LISTED, line_number=1),
            DeclaredRole("shipper", ALIKE),
            DeclaredRole("seller", MAKER),
        ),
        **head,
    )


def on_record_user(*said):
    return on_record(make_user(*said))


class Matter:
    """One importer's case with all that belongs to it, and another importer's of the same firms."""

    def __init__(self):
        load_reference_lists()
        self.analyst, self.reviewer = on_record_user(Role.ANALYST), on_record_user(Role.REVIEWER)
        self.approver = on_record_user(Role.APPROVER)
        self.manager = on_record_user(Role.MANAGER)
        proposed = propose_thresholds(replace(SHIPPED, match_share=0.97), reason="Fewer questions", actor=self.manager)
        jobs.work_off()
        proposed.refresh_from_db()
        adopt_thresholds(proposed, actor=self.approver)
        self.importer = make_organization(name="Example Imports LLC")
        self.member = on_record_user(Role.IMPORTER_MEMBER, self.importer)
        self.shipment = add_shipment(declared(reference="first"), owner=self.importer, actor=self.member)
        rival = make_organization(Organization.Kind.IMPORTER, name="Secret Rival Inc")
        self.rival = add_shipment(declared(), owner=rival, actor=on_record_user(Role.IMPORTER_MEMBER, rival))
        self._tell_of_firms()
        self.shipment = change_shipment(self.shipment, declared(reference="second"), actor=self.member)
        jobs.work_off()
        self.case = Case.objects.get(importer=self.importer)
        self._judge()
        self._lots()
        self._others()
        jobs.work_off()
        self._work()

    def _tell_of_firms(self):
        rows = suppliers.declare_parties(self.importer, [LISTED, MAKER])
        self.firms = [rows[suppliers.fingerprint(one)].supplier for one in (LISTED, MAKER)]
        suppliers.declare_link(*self.firms, actor=self.member, declared_by=self.importer, commodity="cotton")
        ownership.declare_ownership(*self.firms, actor=self.member, declared_by=self.importer)

    def _judge(self):
        found = self.findings().of_pairs()
        same, other = (found.filter(party_name=one.name).first() for one in (LISTED, ALIKE))
        pairs.judge(same, verdict="same", scope="firm", reason="The same licence", actor=self.analyst)
        judged = pairs.judge(other, verdict="different", scope="firm", reason="Another town", actor=self.analyst)
        judgements.answer_judgement(judged, actor=self.reviewer, is_confirmed=True)
        name = propose_name(
            same.listing.entity, text="辛普韦克纺纱有限公司", source="Annual report, page 12", actor=self.analyst
        )
        answer_proposal(name, actor=self.reviewer, is_confirmed=True)

    def _lots(self):
        maker = self.firms[1]
        declare_trace(
            self.shipment, maker=maker, outputs=[Lot("Y-1", line_number=1)], actor=self.member,
            declared_by=self.importer,
        )  # fmt: skip
        receive_document(
            self.shipment, content(document(chain()[1])), name="gin.jsonld", actor=self.member,
            declared_by=self.importer,
        )  # fmt: skip

    def _others(self):
        """What belongs to no case: an import, a question, a broker with a power of attorney, an invitation."""
        broker = add_organization(name="Example Brokers", kind=Organization.Kind.BROKER, actor=self.manager)
        authorize_broker(broker, self.importer, valid_from=date(2026, 1, 1), actor=self.manager)
        invite(broker, email="agent@example.test", role=Role.BROKER_MEMBER, actor=self.manager)
        file = SimpleUploadedFile("goods.csv", b"Entry number,Manufacturer,Description\n,Example Mill Ltd.,Yarn\n")
        receive_files([file], organization=self.importer, actor=self.member, confirm_mapping=False)
        what_if.give_receipt(
            what_if.ask(declared(), owner=self.importer, actor=self.member), {"said": 1}, actor=self.member
        )

    def _work(self):
        case, today = self.case, timezone.localdate()
        detention = record_detention(
            case, self.shipment, actor=self.analyst, presented_on=today - timedelta(days=4),
            detained_on=today - timedelta(days=2),
            source="Form 6051D",
        )  # fmt: skip
        task = request_evidence(case, actor=self.analyst, due_on=date(2030, 1, 1), items=["Invoice"])
        ask_extension(task, actor=self.member, days=7, reason="The mill is closed", missing="The ledger")
        remind_of_tasks(task.due_on - timedelta(days=2))
        answer_item(task.items.first(), actor=self.member, text="See the invoice.")
        write_message(case, actor=self.member, text="More will follow.")
        letters.draft_letter(
            case, kind="notice_of_detention", actor=self.analyst, detention=detention,
            facts=letters.facts_of(case, detention=detention, exhibits=[]),
        )  # fmt: skip
        letter = letters.record_received(
            case, kind="notice_of_detention", received_number="CBP-1", dated=today,
            content=b"%PDF-1.7 a notice", actor=self.analyst,
        )  # fmt: skip
        letters.refuse_event(letter, actor=self.analyst, reason="The same notice came before.")
        self.document = send(case, NAMING, actor=self.member, item=task.items.first())
        asked = supplier_requests.ask_supplier(
            case, supplier_requests.Asked("Example Spinning", "Laydown sheets"), actor=self.member, days=9
        )
        supplier_requests.receive(asked, [a_file(b"A laydown sheet", "laydown.txt")], sender="Li Wei")
        jobs.work_off()
        corrections.correct_field(
            self.document.papers.standing().get(), name="date", value="2026-05-04", actor=self.reviewer,
            reason="As stamped.",
        )  # fmt: skip
        versions.name_replaced(self.document, Document.objects.exclude(pk=self.document.pk).get(), actor=self.member)
        placements.place_paper(
            case, self.document.papers.standing().get(), steps=[("import", "Example Imports LLC")], reason="The sale.",
            actor=self.reviewer,
        )  # fmt: skip
        cotton = [one for one in goods.positions() if one.commodity == "cotton"]
        goods.choose_commodity(
            case,
            case.shipments.first().lines.first(),
            position=cotton[-1],
            reason="By the label.",
            actor=self.reviewer,
        )
        searches.keep_search(case, words="laydown", why="A laydown record", actor=self.reviewer)
        case = cases.start_review(case, actor=self.reviewer)
        process = yields()[0].process
        state_yield(
            case, process=process, firm="", low=Decimal("0.5"), high=Decimal("0.9"), source="The mill's books",
            actor=self.reviewer,
        )  # fmt: skip
        jobs.work_off()
        alarm = PaperCheck.objects.get(case=case).content["alarms"][0]
        answer_alarm(case, alarm["fingerprint"], is_dismissed=True, reason="The mill is closed.", actor=self.reviewer)
        for code in ("A1", "A2", "A3", "A4", "A5", "A6"):
            assessments.assess(
                case, actor=self.reviewer, pathway="applicability", code=code, verdict="not_shown",
                reason="As the page says.", citations=[CitedPage(1, 1)],
            )  # fmt: skip
        for applies in (False, True):
            set_finding_aside(
                case, self.findings().first(), actor=self.reviewer, reason="Another firm?", applies=applies
            )
        recommendation = concluding.conclude_review(
            case, actor=self.reviewer, pathway="applicability", conclusion="scope_not_rebutted",
            reasons="No lots tie.", grounds=["LISTED_ENTITY"],
        )  # fmt: skip
        with override_settings(SECOND_LOOK_SHARE=1.0):
            concluding.decide(recommendation, actor=self.approver, verdict="approved", reasons="As recommended.")
        second_looks.decline(
            Draw.objects.get(), actor=on_record_user(Role.REVIEWER), reason="I know the mill’s owner."
        )
        second_looks.give(
            Draw.objects.get(),
            actor=on_record_user(Role.REVIEWER),
            conclusion="scope_not_rebutted",
            reasons="I agree.",
        )
        for kind in (Kind.NOTICE_ISSUED, Kind.EXCLUDED):
            record_event(detention, kind=kind, on=today, source="Notice", actor=self.approver)
        self.case.refresh_from_db()
        self.document.refresh_from_db()
        other = Document.objects.exclude(pk=self.document.pk).get()
        attach_translation(self.document, Range(1, 1), document=other, at=Range(1, 1), actor=self.member)
        packets.ask_for_packet(self.case, actor=self.member)
        exports.ask_for_export(self.case, actor=self.analyst)
        jobs.work_off()

    def findings(self):
        self.shipment.refresh_from_db()
        return self.shipment.latest_screening.findings.all()
