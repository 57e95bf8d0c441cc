"""Lots of a shipment: steps of production, and EPCIS documents."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.roles import Act
from entities.serializers.suppliers import WithdrawalInput
from screening.api.examples import EPCIS, LOT_TRACE
from screening.models import LotDocument, LotTrace, Shipment
from screening.serializers.traces import (
    LotDocumentInput,
    LotDocumentNameSerializer,
    LotDocumentSerializer,
    LotTraceAnswer,
    LotTraceInput,
    LotTraceSerializer,
)
from screening.services import epcis, traces

OF_SHIPMENT = extend_schema(
    parameters=[OpenApiParameter("shipment", OpenApiTypes.INT, OpenApiParameter.PATH, description="Id at /shipments/")]
)


class OfShipment(viewsets.GenericViewSet[Any]):
    """Rows of one shipment, which its address names."""

    lookup_value_regex = "[0-9]{1,18}"

    def shipment(self) -> Shipment:
        rows = Shipment.objects.visible_to(account(self.request)).select_related("owner")
        return get_object_or_404(rows, pk=self.kwargs["shipment"])

    def input_context(self) -> dict[str, Any]:
        return {**self.get_serializer_context(), "shipment": self.shipment()}


@OF_SHIPMENT
@extend_schema_view(
    list=extend_schema(summary="List the steps of production of a shipment"),
    retrieve=extend_schema(summary="One step of production"),
)
class LotTraceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfShipment):
    """Lots of one shipment followed through production. A path that runs over lots is graded ``traced``."""

    queryset = LotTrace.objects.none()
    serializer_class = LotTraceSerializer
    filter_backends = ()
    acts = {"create": Act.ADD_SHIPMENT, "withdraw": Act.ADD_SHIPMENT}

    def get_queryset(self) -> QuerySet[LotTrace]:
        if getattr(self, "swagger_fake_view", False):
            return LotTrace.objects.none()
        rows = LotTrace.objects.visible_to(account(self.request)).filter(shipment=self.shipment())
        return rows.select_related("maker", "declared_by", "shipment").prefetch_related("lots")

    @extend_schema(
        summary="Claim a step of production",
        request=LotTraceInput,
        responses={201: LotTraceAnswer},
        examples=[OpenApiExample("A spinner's lot", value=LOT_TRACE, request_only=True)],
    )
    def create(self, request: Request, shipment: str) -> Response:
        """State that a maker turned input lots into output lots for this shipment, which is screened again.

        Lot numbers tie steps to each other. What the lots leave open (an origin not traced, more out than in) comes
        back as ``warnings``. Refused (409) with the code ``lot_made_twice`` where another step puts out such a lot.
        """
        context = self.input_context()
        sent = LotTraceInput(data=request.data, context=context)
        sent.is_valid(raise_exception=True)
        trace = traces.declare_trace(context["shipment"], actor=account(request), **sent.validated_data)
        stored = self.get_queryset().get(pk=trace.pk)
        answer = LotTraceAnswer(stored, context={**context, "standing": list(self.get_queryset().standing())})  # type: ignore[attr-defined]
        address = reverse("api-lot-traces-detail", args=[shipment, trace.pk])
        headers = {"Location": request.build_absolute_uri(address)}
        return Response(answer.data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(summary="Withdraw a step of production", request=WithdrawalInput, responses=LotTraceSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, shipment: str, pk: str) -> Response:
        """Take back a step one may speak of; it stays on record, and screening no longer follows its lots."""
        trace = self.get_object()
        sent = WithdrawalInput(data=request.data)
        sent.is_valid(raise_exception=True)
        traces.withdraw_trace(trace, actor=account(request), reason=sent.validated_data["reason"])
        return Response(LotTraceSerializer(self.get_queryset().get(pk=pk)).data)


@OF_SHIPMENT
@extend_schema_view(
    list=extend_schema(summary="List the EPCIS documents of a shipment"),
    retrieve=extend_schema(summary="One EPCIS document, and what became of each event"),
)
class LotDocumentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfShipment):
    """EPCIS 2.0 documents sent for a shipment, kept as they came."""

    queryset = LotDocument.objects.none()
    filter_backends = ()
    acts = {"create": Act.ADD_SHIPMENT}

    def get_serializer_class(self) -> Any:
        return LotDocumentNameSerializer if self.action == "list" else LotDocumentSerializer

    def get_queryset(self) -> QuerySet[LotDocument]:
        if getattr(self, "swagger_fake_view", False):
            return LotDocument.objects.none()
        rows = LotDocument.objects.visible_to(account(self.request)).filter(shipment=self.shipment())
        return rows.select_related("declared_by")

    @extend_schema(
        summary="Send an EPCIS document",
        request=LotDocumentInput,
        responses={201: LotDocumentSerializer},
        examples=[OpenApiExample("A gin's transformation", value=EPCIS, request_only=True)],
    )
    def create(self, request: Request, shipment: str) -> Response:
        """Make the events of a document into steps of production of the shipment, which is screened again.

        ``parties`` ties places and parties to suppliers; it is remembered. An event at a place tied to nobody is not
        stored: send the same document again with the tie. An event told twice counts once; one with an
        errorDeclaration takes back what was stored of it. Refused (409) where the JSON is no EPCIS document.
        """
        context = self.input_context()
        sent = LotDocumentInput(data=request.data, context=context)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        document = epcis.receive_document(
            context["shipment"],
            json.dumps(data["document"], ensure_ascii=False).encode("utf-8", "surrogatepass"),
            name=data["name"] or "EPCIS document",
            actor=account(request),
            declared_by=data["declared_by"],
            line_number=data["line"],
            ties=data["ties"],
        )
        stored = self.get_queryset().get(pk=document.pk)
        address = reverse("api-lot-documents-detail", args=[shipment, document.pk])
        return Response(
            LotDocumentSerializer(stored).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": request.build_absolute_uri(address)},
        )
