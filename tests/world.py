"""One importer's shipment, case, papers and the rest, and an account of each kind: what page tests walk through."""

from dataclasses import replace
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from entities.domain.facts import PartyFacts
from entities.domain.matching import SHIPPED
from entities.domain.roles import Role
from entities.models import BrokerAuthorization, Invitation, ListedEntity, ListVersion, Organization
from entities.services import api_clients, jobs, ownership, suppliers, webhooks
from entities.services.lists import load_reference_lists
from entities.services.names import propose_name
from entities.services.thresholds import propose_thresholds
from entities.services.tokens import create_token
from evidence.models import CaseExport, Document, Exhibit, Packet, Page, Paper, PaperCheck, Translation
from evidence.services import supplier_requests
from evidence.services.checking import check
from screening.domain.lots import Lot
from screening.models import Case, Decision, Draw, Extension, ImportBatch, Recommendation, Task, TaskItem
from screening.services import pairs, what_if
from screening.services.detentions import record_detention
from screening.services.epcis import receive_document
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from screening.services.traces import declare_trace
from tests.factories import make_organization, make_user
from tests.screening.made_epcis import chain, content, document
from tests.screening.made_letters import letters_of

ANALYST, REVIEWER, APPROVER, AUDITOR, MANAGER = "analyst", "reviewer", "approver", "auditor", "manager"
IMPORTER, BROKER, RIVAL, STRANGE_BROKER, NOBODY = "importer", "broker", "rival", "strange broker", "nobody"
PIXEL = bytes.fromhex(  # a PNG of one white pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63f80f0001010100b138f6140000000049454e44ae426082"
)


def recommendation_of(importer, number="1999-0001"):
    """A recommendation on a case of its own that waits for an answer."""
    case = Case.objects.create(
        importer=importer, number=number, stage=Case.Stage.AWAITING_APPROVAL, opened_because="by hand"
    )
    recommender = make_user(Role.REVIEWER)
    sections = (
        *("findings", "overrides", "chain", "assessments", "exhibits"),
        *("lists", "questions", "events", "lines", "reviewers"),
    )
    return Recommendation.objects.create(
        case=case, pathway="applicability", conclusion="scope_not_rebutted", reasons="None.",
        recommended_by=recommender, recommended_person=recommender.person,
        record={name: [] for name in sections}, record_sha256="4" * 64,
    )  # fmt: skip


def export_of(case):
    """An export of a case, past the service that makes it."""
    file = ContentFile(b"PK", name="export.zip")
    return CaseExport.objects.create(case=case, file=file, size=2, sha256="4" * 64, head_sequence=0, head_hash="")


class World:
    """One importer's shipment, case, papers and the rest, and an account of each kind."""

    def __init__(self):
        load_reference_lists()
        self.importer = make_organization(name="Example Imports LLC")
        broker = make_organization(Organization.Kind.BROKER)
        BrokerAuthorization.objects.create(
            broker=broker, importer=self.importer, valid_from=timezone.localdate() - timedelta(days=9)
        )
        revoked = make_organization(Organization.Kind.BROKER)
        self.authorization = BrokerAuthorization.objects.create(
            broker=revoked,
            importer=self.importer,
            valid_from=date(2024, 1, 1),
            valid_to=timezone.localdate() - timedelta(days=1),
        )
        self.users = {
            role.value: make_user(role) for role in Role if role not in {Role.IMPORTER_MEMBER, Role.BROKER_MEMBER}
        }
        self.users |= {
            IMPORTER: make_user(Role.IMPORTER_MEMBER, self.importer),
            BROKER: make_user(Role.BROKER_MEMBER, broker),
            RIVAL: make_user(Role.IMPORTER_MEMBER),
            STRANGE_BROKER: make_user(Role.BROKER_MEMBER, revoked),
        }
        member, reviewer = self.users[IMPORTER], self.users[REVIEWER]
        listed = PartyFacts(name="Aksu Huafu Color Spinning Co., Ltd.", country="CN")
        maker = PartyFacts(name="Example Garments JSC", country="VN")
        rows = suppliers.declare_parties(self.importer, [listed, maker])
        ends = [rows[suppliers.fingerprint(one)].supplier for one in (listed, maker)]
        self.link = suppliers.declare_link(*ends, actor=member, declared_by=self.importer, commodity="cotton")
        self.holding = ownership.declare_ownership(*ends, actor=member, declared_by=self.importer)
        self.shipment = add_shipment(
            DeclaredShipment(
                imported_on=date(2026, 5, 4),
                lines=(DeclaredLine(1, "Cotton yarn", ("5205240090",)),),
                parties=(DeclaredRole("manufacturer", listed), DeclaredRole("seller", maker)),
            ),
            owner=self.importer,
            actor=member,
        )
        jobs.work_off()
        self.shipment.refresh_from_db()
        self.case = self.shipment.cases.get()
        self.trace = declare_trace(
            self.shipment, maker=ends[1], outputs=[Lot("Y-1", line_number=1)], actor=member, declared_by=self.importer
        )
        self.epcis = receive_document(
            self.shipment,
            content(document(chain()[1])),
            name="gin.jsonld",
            actor=member,
            declared_by=self.importer,
        )
        jobs.work_off()
        self.shipment.refresh_from_db()
        suppliers.declare_link(*ends, actor=member, declared_by=self.importer, commodity="cotton", stage="spinner")
        jobs.work_off()
        self.shipment.refresh_from_db()
        self.rescreening = self.shipment.rescreened.latest("pk").rescreening
        planned = DeclaredShipment(parties=(DeclaredRole("manufacturer", maker),))
        answer = what_if.ask(planned, owner=self.importer, actor=member)
        self.receipt = what_if.give_receipt(answer, {}, actor=member)
        self.task = Task.objects.create(
            case=self.case, round=1, due_on=timezone.localdate() + timedelta(days=5), asked_by=reviewer
        )
        self.item = TaskItem.objects.create(task=self.task, number=1, text="Invoices")
        self.extension = Extension.objects.create(
            task=self.task,
            days=5,
            reason="The mill is closed",
            missing="Laydown sheets",
            due_before=self.task.due_on,
            asked_by=member,
            asked_on=timezone.localdate(),
        )
        self.document = Document.objects.create(
            organization=self.importer,
            file_name="invoice.txt",
            size=4,
            sha256="0" * 64,
            uploaded_by=member,
            state="read",
        )
        self.document.file.save("x", ContentFile(b"text"))
        page = Page.objects.create(document=self.document, number=1, text="text", sha256="1" * 64)
        self.paper = Paper.objects.create(document=self.document, first_page=1, last_page=1, type="PURCHASE_ORDER")
        page.image.save("page.png", ContentFile(PIXEL))
        Exhibit.objects.create(case=self.case, document=self.document, number=1, added_by=member)
        check(self.case)
        self.alarm = PaperCheck.objects.get(case=self.case).content["alarms"][0]["fingerprint"]
        self.batch = ImportBatch.objects.create(
            organization=self.importer, uploaded_by=member, file_name="a.csv", sha256="2" * 64, state="done"
        )
        self.invitation = Invitation.objects.create(
            email="new@example.test",
            organization=self.importer,
            role=Role.IMPORTER_MEMBER,
            token_digest="3" * 64,
            invited_by=reviewer,
            expires_at=timezone.now() + timedelta(days=3),
        )
        self.asked = supplier_requests.ask_supplier(
            self.case, supplier_requests.Asked("Example Garments JSC", "The cutting tickets"), actor=member, days=9
        )
        self.export = export_of(self.case)
        self.packet = Packet.objects.create(
            case=self.case, number=1, form="pdf", file=ContentFile(b"%PDF", name="p.pdf"), size=4, sha256="5" * 64,
            documents=[self.document.pk], made_by=member,
        )  # fmt: skip
        pages = {"first_page": 1, "last_page": 1, "document_first_page": 1, "document_last_page": 1}
        self.translation = Translation.objects.create(
            original=self.document, document=self.document, author=member, **pages
        )
        self.program = api_clients.add_client(self.importer, name="entry system", actor=member)
        self.key = api_clients.make_key(
            self.program, name="production", scopes=["shipments:write"], days=90, actor=member
        )[0]
        self.webhook = webhooks.add_endpoint(
            self.importer, name="entry system", url="https://hooks.example.com/", actor=member
        )[0]
        self.delivery = webhooks.send_test(self.webhook, actor=member)
        webhooks.pause(self.webhook, actor=member)  # so that no test sends anything
        self.token = create_token(self.users[ANALYST], name="script", days=9, actor=self.users[ANALYST])[0]

        self.thresholds = propose_thresholds(
            replace(SHIPPED, match_share=0.95), reason="Fewer false matches", actor=self.users[MANAGER]
        )
        self.pair = self.shipment.latest_screening.findings.of_pairs().first()
        self.judgement = pairs.judge(
            self.pair, verdict="different", scope="firm", reason="another owner", actor=self.users[ANALYST]
        )

        self.detention = record_detention(
            self.case,
            self.shipment,
            actor=self.users[ANALYST],
            presented_on=timezone.localdate() - timedelta(days=3),
            source="form 6051D",
        )

        self.letter_draft, self.letter, self.report = letters_of(self.case, self.users[ANALYST], self.users[APPROVER])
        self.name = propose_name(
            self.pair.listing.entity,
            text="辛普韦克纺纱有限公司",
            source="Annual report 2024, page 12",
            actor=self.users[ANALYST],
        )

        self.drawn = self._draw()
        self.recommended = recommendation_of(self.importer, number="1999-0002")

    def _draw(self):
        """A decision, on a case of its own, that is drawn for a second look."""
        approver, recommendation = self.users[APPROVER], recommendation_of(self.case.importer)
        said = {name: getattr(recommendation, name) for name in ("case", "pathway", "conclusion", "reasons")}
        decision = Decision.objects.create(
            recommendation=recommendation,
            verdict="returned",
            recommended_person=recommendation.recommended_person,
            decided_by=approver,
            decided_person=approver.person,
            **said,
        )
        return Draw.objects.create(decision=decision, share=1)

    def kwargs(self, name):
        """What the address of this name is filled with."""
        if name in {"second-look", "second-look-decline"}:
            return {"pk": self.drawn.pk}
        if name == "report-file":
            return {"table": "industry"}
        if name == "finding-override":
            return {"pk": self.case.pk, "finding": self.shipment.latest_screening.findings.first().pk}
        screening = self.shipment.latest_screening or self.shipment.screenings.first()
        keys = {
            "token-revoke": self.token.pk,
            **dict.fromkeys(("api-key-add", "api-client-close"), self.program.pk),
            "sandbox-open": self.importer.pk,
            **dict.fromkeys(("api-key-rotate", "api-key-revoke"), self.key.pk),
            **dict.fromkeys(("delivery-detail", "delivery-replay"), self.delivery.pk),
            "api-events-detail": self.delivery.event.name,
            "item-judge": self.item.pk,
            "paper-set": self.document.pk,
            "extension-answer": self.extension.pk,
            **dict.fromkeys(("screening-receipt", "api-receipts-detail", "api-screenings-detail"), screening.pk),
            **dict.fromkeys(("export-download", "api-exports-detail", "api-exports-file"), self.export.pk),
            "supplier-request-end": self.asked.pk,
            "detention-event-add": self.detention.pk,
            "legal-event-correct": self.detention.events.first().pk,
            "rescreening-detail": self.rescreening.pk,
            "rescreening-progress": self.rescreening.pk,
            **{f"api-rescreenings-{one}": self.rescreening.pk for one in ("detail", "shipments", "foreseen")},
            "what-if-receipt": self.receipt.pk,
            "match-judge": self.pair.pk,
            "match-confirm": self.judgement.pk,
            "account-detail": self.users[REVIEWER].pk,
            "second-factor-reset": self.users[REVIEWER].pk,
            "same-person": self.users[REVIEWER].pk,
            "broker-revoke": self.authorization.pk,
            "listed-entity-detail": ListedEntity.objects.first().pk,
            "listed-name-add": ListedEntity.objects.first().pk,
            "listed-name-answer": self.name.pk,
            "listed-name-withdraw": self.name.pk,
            "supplier-detail": self.link.supplier_id,
            "link-add": self.link.supplier_id,
            "link-withdraw": self.link.pk,
            "lot-trace-add": self.shipment.pk,
            "lot-document-add": self.shipment.pk,
            "lot-trace-withdraw": self.trace.pk,
            "lot-document-detail": self.epcis.pk,
            "lot-document-tie": self.epcis.pk,
            "lot-document-download": self.epcis.pk,
            "link-dispute": self.link.pk,
            "owner-add": self.link.supplier_id,
            "ownership-withdraw": self.holding.pk,
            "supplier-aggregate": self.link.supplier_id,
            "api-links-dispute": self.link.pk,
            "api-ownerships-detail": self.holding.pk,
            "api-ownerships-withdraw": self.holding.pk,
            "api-suppliers-detail": self.link.supplier_id,
            "api-links-detail": self.link.pk,
            "api-links-withdraw": self.link.pk,
            "api-findings-detail": screening.findings.first().pk,
            "api-findings-judgements": self.pair.pk,
            "api-judgements-detail": self.judgement.pk,
            "api-judgements-answer": self.judgement.pk,
            "api-listed-entities-detail": ListedEntity.objects.first().pk,
            **dict.fromkeys(
                ("api-listed-names-detail", "api-listed-names-answer", "api-listed-names-withdraw"), self.name.pk
            ),
            "api-listed-entities-names": ListedEntity.objects.first().pk,
            "api-list-versions-detail": ListVersion.objects.first().pk,
            "api-imports-detail": self.batch.pk,
            "api-thresholds-detail": self.thresholds.pk,
        }
        if name in {"password-reset-confirm"}:
            return {"uidb64": "MQ", "token": "set-password"}
        if name in {"invitation-accept", "invitation-sign-out"}:
            return {"token": "unknown"}
        if name in {"from-supplier", "from-supplier-pass-on", "original-file"}:
            return {"token": "unknown"}
        if name == "from-supplier-receipt":
            return {"token": "unknown", "number": "R-1"}
        if name == "alarm-answer":
            return {"pk": self.case.pk, "fingerprint": self.alarm}
        if name == "identical-report":
            return {"pk": self.case.pk}
        if name == "paper-place":
            return {"pk": self.case.pk, "paper": self.paper.pk}
        if name in {"api-cases-detail", "api-cases-evidence-requests", "api-cases-proof-grid"}:
            return {"number": self.case.number}
        if name.startswith("api-papers"):
            return {"pk": self.paper.pk}
        if name in {"api-translations-take-back", "api-packets-file"}:
            row = self.translation if name == "api-translations-take-back" else self.packet
            return {"number": self.case.number, "pk": row.pk}
        if name == "api-alarms-answers":
            return {"number": self.case.number, "fingerprint": self.alarm}
        of_case = ("alarms", "goods", "kept-searches", "packets", "paper-search", "placements", "translations")
        if name.startswith(tuple(f"api-{one}" for one in of_case)):
            return {"number": self.case.number}
        if name in {"api-recommendations-detail", "api-recommendations-decision"}:
            return {"number": self.recommended.case.number, "pk": self.recommended.pk}
        if name == "api-review" or name.startswith(("api-verdicts", "api-recommendations")):
            return {"number": self.case.number}
        if name.startswith("api-tasks") and not name.endswith("-list"):
            return {"pk": self.task.pk}
        if name == "item-answer":
            return {"pk": self.case.pk, "item": self.item.pk}
        if name in {"request-answer", "extension-ask"}:
            return {"pk": self.case.pk, "task": self.task.pk}
        if name == "paper-detail":
            return {"pk": self.document.pk, "paper": self.paper.pk}
        if name == "translation-add":
            return {"pk": self.case.pk, "exhibit": 1}
        if name in {"translation-take-back", "packet-download"}:
            return {"pk": (self.packet if name == "packet-download" else self.translation).pk}
        if name == "packet-progress":
            return {"pk": self.case.pk}
        if name == "document-page-image":
            return {"pk": self.document.pk, "number": 1}
        if name == "item-upload":
            return {"pk": self.case.pk, "item": self.item.pk}
        if name in keys:
            return {"pk": keys[name]}
        if name.startswith("api-webhook-deliveries"):
            return {"pk": self.delivery.pk}
        if name.startswith(("webhook-", "api-webhooks")):
            return {"pk": self.webhook.pk}
        if name.startswith("letter-draft"):
            return {"pk": self.letter_draft.pk}
        if name in {"letter-detail", "letter-in-law", "letter-no-event", "letter-file", "letter-portal"}:
            return {"pk": self.letter.pk}
        if name == "exception-report":
            return {"number": self.report.number}
        if name.startswith("api-letters-") and not name.endswith("-list"):
            return {"number": self.letter.number}
        if name.startswith("letter-"):
            return {"pk": self.case.pk}
        if name.startswith(("api-lot-traces", "api-lot-documents")):
            row = self.trace if name.startswith("api-lot-traces") else self.epcis
            return {"shipment": self.shipment.pk} | ({} if name.endswith("-list") else {"pk": row.pk})
        of = {
            "threshold": self.thresholds.pk,
            "list": ListVersion.objects.first().pk,
            "case": self.case.pk,
            "importer": self.case.pk,
            "shipment": self.shipment.pk,
            "document": self.document.pk,
            "batch": self.batch.pk,
            "import": self.batch.pk,
            "member": self.users[REVIEWER].memberships.get().pk,
            "organization": self.importer.pk,
            "broker": self.importer.pk,
            "invitation": self.importer.pk if name == "invitation-add" else self.invitation.pk,
        }
        return {"pk": of[name.removeprefix("api-").split("-")[0].removesuffix("s")]}

    def address(self, name):
        try:
            return reverse(name)
        except NoReverseMatch:
            return reverse(name, kwargs=self.kwargs(name))
