"""The addresses of the API. Resources answer to a token or a session; the schema and its pages are public."""

from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, permissions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from config.api import unknown_address
from config.api_docs import SchemaView, documentation
from entities.api.accounts import MeView, SandboxViewSet
from entities.api.events import EventViewSet
from entities.api.identifiers import IdentifierChecksView
from entities.api.judgements import JudgementViewSet
from entities.api.lists import ListedEntityViewSet, ListVersionViewSet
from entities.api.names import NameProposalViewSet
from entities.api.parties import ScreenPartyView
from entities.api.suppliers import LinkViewSet, OwnershipViewSet, SupplierViewSet
from entities.api.thresholds import ThresholdSetViewSet
from entities.api.webhooks import DeliveryViewSet, WebhookViewSet
from evidence.alarms_api import AlarmViewSet
from evidence.api import CaseExportViewSet, DocumentViewSet
from evidence.deciding_api import RecommendationViewSet, ReviewViewSet, VerdictViewSet
from evidence.goods_api import GoodsViewSet
from evidence.grid_api import ProofGridView
from evidence.papers_api import (
    KeptSearchViewSet,
    PacketViewSet,
    PaperSearchViewSet,
    PaperViewSet,
    TranslationViewSet,
)
from evidence.placing_api import PlacementViewSet
from screening.api.cases import CaseViewSet
from screening.api.clocks import ClockView
from screening.api.imports import ImportRowViewSet, ImportViewSet
from screening.api.letters import LetterViewSet
from screening.api.matches import MatchViewSet
from screening.api.receipts import ReceiptViewSet
from screening.api.rescreenings import RescreeningViewSet
from screening.api.screenings import ScreeningViewSet
from screening.api.shipments import FindingViewSet, ShipmentViewSet
from screening.api.tasks import MessageViewSet, ReminderViewSet, TaskViewSet
from screening.api.traces import LotDocumentViewSet, LotTraceViewSet
from screening.api.what_if import WhatIfViewSet


class UnknownAddress(APIView):
    """Whatever the API has no address for."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)

    @extend_schema(exclude=True)
    def handle(self, request: Request, path: str) -> Response:
        raise exceptions.NotFound(unknown_address(request.path_info))

    get = post = put = patch = delete = head = options = handle


router = SimpleRouter()
router.register("shipments", ShipmentViewSet, basename="api-shipments")
OF_SHIPMENT = r"shipments/(?P<shipment>[0-9]{1,18})"
router.register(f"{OF_SHIPMENT}/lot-traces", LotTraceViewSet, basename="api-lot-traces")
router.register(f"{OF_SHIPMENT}/lot-documents", LotDocumentViewSet, basename="api-lot-documents")
router.register("screenings", ScreeningViewSet, basename="api-screenings")
router.register("rescreenings", RescreeningViewSet, basename="api-rescreenings")
router.register("receipts", ReceiptViewSet, basename="api-receipts")
router.register("what-if", WhatIfViewSet, basename="api-what-if")
router.register("findings", FindingViewSet, basename="api-findings")
router.register("matches", MatchViewSet, basename="api-matches")
router.register("judgements", JudgementViewSet, basename="api-judgements")
router.register("cases", CaseViewSet, basename="api-cases")
OF_CASE = r"cases/(?P<number>[0-9]{4}-[0-9]{1,12})"
router.register(f"{OF_CASE}/verdicts", VerdictViewSet, basename="api-verdicts")
router.register(f"{OF_CASE}/recommendations", RecommendationViewSet, basename="api-recommendations")
router.register(f"{OF_CASE}/goods", GoodsViewSet, basename="api-goods")
router.register(f"{OF_CASE}/alarms", AlarmViewSet, basename="api-alarms")
router.register(f"{OF_CASE}/placements", PlacementViewSet, basename="api-placements")
router.register(f"{OF_CASE}/paper-search", PaperSearchViewSet, basename="api-paper-search")
router.register(f"{OF_CASE}/kept-searches", KeptSearchViewSet, basename="api-kept-searches")
router.register(f"{OF_CASE}/translations", TranslationViewSet, basename="api-translations")
router.register(f"{OF_CASE}/packets", PacketViewSet, basename="api-packets")
router.register("letters", LetterViewSet, basename="api-letters")
router.register("tasks", TaskViewSet, basename="api-tasks")
router.register("messages", MessageViewSet, basename="api-messages")
router.register("reminders", ReminderViewSet, basename="api-reminders")
router.register("suppliers", SupplierViewSet, basename="api-suppliers")
router.register("links", LinkViewSet, basename="api-links")
router.register("ownerships", OwnershipViewSet, basename="api-ownerships")
router.register("documents", DocumentViewSet, basename="api-documents")
router.register("papers", PaperViewSet, basename="api-papers")
router.register("exports", CaseExportViewSet, basename="api-exports")
router.register("imports", ImportViewSet, basename="api-imports")
router.register("import-rows", ImportRowViewSet, basename="api-import-rows")
router.register("listed-entities", ListedEntityViewSet, basename="api-listed-entities")
router.register("listed-names", NameProposalViewSet, basename="api-listed-names")
router.register("list-versions", ListVersionViewSet, basename="api-list-versions")
router.register("thresholds", ThresholdSetViewSet, basename="api-thresholds")
router.register("events", EventViewSet, basename="api-events")
router.register("webhooks", WebhookViewSet, basename="api-webhooks")
router.register("webhook-deliveries", DeliveryViewSet, basename="api-webhook-deliveries")
router.register("sandboxes", SandboxViewSet, basename="api-sandboxes")

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", documentation, name="api-docs"),
    path("v1/clocks/", ClockView.as_view(), name="api-clocks"),
    path("v1/me/", MeView.as_view(), name="api-me"),
    path("v1/identifier-checks/", IdentifierChecksView.as_view(), name="api-identifier-checks"),
    path("v1/screen-party/", ScreenPartyView.as_view(), name="api-screen-party"),
    re_path(rf"^v1/{OF_CASE}/review/$", ReviewViewSet.as_view({"get": "retrieve"}), name="api-review"),
    re_path(
        r"^v1/cases/(?P<number>[0-9]{4}-[0-9]{1,12})/proof-grid/$",
        ProofGridView.as_view(),
        name="api-cases-proof-grid",
    ),
    path("v1/", include(router.urls)),
    re_path(r"^(?P<path>(?s:.*))$", UnknownAddress.as_view(), name="api-unknown"),
]
