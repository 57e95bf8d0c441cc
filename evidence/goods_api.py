"""Of which commodity chain the goods of a case are, by API: as their codes propose, or as a reviewer chose."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from config.api_fields import StrictSerializer, Text, Words
from entities.domain.roles import Act
from evidence.goods_words import stage_words
from evidence.models import ChosenCommodity
from evidence.papers_api import OfCasePapers
from evidence.services import goods
from screening.domain.coverage import ChainPosition
from screening.models import ShipmentLine


class PositionSerializer(serializers.Serializer[Any]):
    """A place in a commodity chain: the chain, and the stage that makes the goods."""

    commodity = serializers.CharField()
    made_by_stage = serializers.IntegerField()
    stage = serializers.SerializerMethodField()

    def get_stage(self, position: ChainPosition) -> str:
        return stage_words(position)


class ChoiceSerializer(serializers.Serializer[Any]):
    """What a reviewer said. An empty commodity: of no chain that is known here."""

    commodity = serializers.CharField(allow_blank=True)
    made_by_stage = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    author = serializers.CharField(source="author.full_name")
    created_at = serializers.DateTimeField()


class GoodsSerializer(serializers.Serializer[Any]):
    """A line of goods with its place in a chain."""

    shipment = serializers.IntegerField(source="line.shipment_id")
    line = serializers.IntegerField(source="line.number")
    description = serializers.CharField(source="line.description", allow_blank=True)
    hts_codes = serializers.ListField(source="line.hts_codes", child=serializers.CharField())
    proposed = PositionSerializer(allow_null=True, help_text="By its codes")
    chosen = ChoiceSerializer(allow_null=True, help_text="By a reviewer, whose word goes before the codes")
    stands = PositionSerializer(source="position", allow_null=True, help_text="What the proof grid goes by")


class GoodsInput(StrictSerializer):
    """Where the goods of a line stand; without commodity: in no chain that is known here."""

    shipment = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    line = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    commodity = Text(max_length=40)
    made_by_stage = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=99)
    reason = Words(max_length=2000)


class GoodsViewSet(OfCasePapers):
    """The goods of a case. For the office."""

    queryset = ChosenCommodity.objects.none()
    serializer_class = GoodsSerializer
    acts = {"list": Act.VIEW_DESK, "create": Act.ASSESS}

    @extend_schema(summary="Of which chain the goods of a case are", responses=GoodsSerializer(many=True))
    def list(self, request: Request, number: str) -> Response:
        """Each line with where its codes place it and what a reviewer chose."""
        return Response(self.get_serializer(goods.goods_of(self.case()), many=True).data)

    @extend_schema(
        summary="Choose the chain of a line", request=GoodsInput, responses={201: GoodsSerializer(many=True)}
    )
    def create(self, request: Request, number: str) -> Response:
        """Say where the goods of a line stand; the proof grid is worked out anew with what that chain asks for."""
        case = self.case()
        sent = GoodsInput(data=request.data)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        rows = ShipmentLine.objects.filter(shipment__cases=case).select_related("shipment")
        line = get_object_or_404(rows, shipment=said["shipment"], number=said["line"])
        position = ChainPosition(said["commodity"], said["made_by_stage"] or 0) if said["commodity"] else None
        goods.choose_commodity(case, line, position=position, reason=said["reason"], actor=account(request))
        shown = self.get_serializer(goods.goods_of(case), many=True).data
        return Response(shown, status=status.HTTP_201_CREATED)
