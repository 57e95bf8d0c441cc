"""Cases: read by the office and by the importer they concern; evidence is asked for by the office."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from config.filters import AnyOfFilter
from entities.domain.roles import Act
from screening.confidential import Discretion
from screening.models import Case, Decision, Shipment
from screening.serializers.cases import (
    CaseDetailSerializer,
    CaseSerializer,
    EvidenceRequestInput,
)
from screening.serializers.tasks import AskedSerializer
from screening.services import requests as service


class CaseFilter(django_filters.FilterSet):
    stage = AnyOfFilter(choices=Case.Stage.choices)
    regime = django_filters.ChoiceFilter(choices=Case.Regime.choices)
    importer = django_filters.ModelChoiceFilter(queryset=lambda request: request.user.organizations())
    shipment = django_filters.ModelChoiceFilter(
        field_name="shipments", queryset=lambda request: Shipment.objects.visible_to(request.user)
    )


@extend_schema_view(list=extend_schema(summary="List cases"), retrieve=extend_schema(summary="One case"))
class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Case]):
    """One importer's matters from the first flag to the decision, addressed by their number."""

    queryset = Case.objects.none()
    filterset_class = CaseFilter
    lookup_field = "number"
    lookup_value_regex = "[0-9]{4}-[0-9]{1,12}"
    acts = {"evidence_requests": Act.REQUEST_EVIDENCE}

    def get_queryset(self) -> QuerySet[Case]:
        cases = Case.objects.visible_to(account(self.request)).select_related("importer")
        cases = cases.prefetch_related(
            "shipments", "tasks__items__answers", "tasks__extensions", "detentions__held_lines", "detentions__events"
        )
        if not account(self.request).is_officer:
            cases = cases.select_related("lead_finding__screening__shipment", "lead_finding__listing")
        if self.action == "list":
            return cases
        approved = Decision.objects.filter(verdict=Decision.Verdict.APPROVED)
        return cases.prefetch_related(Prefetch("decisions", approved, to_attr="approved"))

    def get_serializer_class(self) -> type[CaseSerializer]:
        return CaseSerializer if self.action == "list" else CaseDetailSerializer

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        rows = [] if not args else args[0] if kwargs.get("many") else args[:1]
        if rows:
            user = account(self.request)
            leads = [] if user.is_officer else [case.lead_finding for case in rows if case.lead_finding]
            discretion = Discretion(user, [lead.screening for lead in leads])
            kwargs["context"] = {**self.get_serializer_context(), "discretion": discretion}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(summary="Ask for evidence", request=EvidenceRequestInput, responses={201: AskedSerializer})
    @action(detail=True, methods=["post"], url_path="evidence-requests")
    def evidence_requests(self, request: Request, number: str) -> Response:
        """Ask the importer for evidence until a day. Its members get a mail; the case waits for their answer."""
        case = self.get_object()
        sent = EvidenceRequestInput(data=request.data)
        sent.is_valid(raise_exception=True)
        task = service.request_evidence(case, actor=account(request), **sent.validated_data)
        return Response(AskedSerializer(task).data, status=status.HTTP_201_CREATED)
