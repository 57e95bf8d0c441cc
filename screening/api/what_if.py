"""What a screening would say of goods not bought yet."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.roles import Act
from screening.api.examples import WHAT_IF
from screening.models import WhatIfReceipt
from screening.serializers.declarations import chain_from, shipment_from
from screening.serializers.what_if import WhatIfInput, WhatIfReceiptSerializer, WhatIfSerializer, said
from screening.services import what_if


class WhatIfViewSet(viewsets.GenericViewSet[WhatIfReceipt]):
    """Goods not bought yet, screened as if they were declared."""

    serializer_class = WhatIfInput
    acts = {"create": Act.ADD_SHIPMENT}

    @extend_schema(
        tags=["what-if"],
        operation_id="what_if",
        summary="Screen planned goods before buying",
        request=WhatIfInput,
        responses={200: WhatIfSerializer},
        examples=[OpenApiExample("As a shipment of yours, with another spinner", value=WHAT_IF, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Ask what a screening would say of planned goods: lines, parties and the chain behind them, or a shipment of
        yours (``like``) with another supplier. The rules, the list and the engine are those of every screening.

        Upstream of the firms named, your own links and public ones are followed; what other importers declared and
        what the office judged is used for the office alone. Unknown is not proven harmless: read ``coverage``. Nothing
        is stored but the receipt.
        """
        sent = WhatIfInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        answer = what_if.ask(
            shipment_from(data),
            chain_from(data),
            without=data["without"],
            owner=data["owner"],
            actor=account(request),
        )
        told = said(answer)
        receipt = what_if.give_receipt(answer, told, actor=account(request))
        return Response({**told, "receipt": WhatIfReceiptSerializer(receipt).data})
