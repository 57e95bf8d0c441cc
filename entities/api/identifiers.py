"""Look at numbers and codes before they are filed."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from entities import reference
from entities.domain.identifiers import examine
from entities.serializers.identifiers import (
    IdentifierChecksInput,
    IdentifierChecksSerializer,
    IdentifierInput,
    identifier_answer,
)

EXAMPLE = {
    "checks": [
        {"id": "1", "kind": "entry_number", "value": "551-2518786-6"},
        {
            "id": "2",
            "kind": "mid",
            "value": "VNABCCOM1234SHA",
            "context": {
                "name": "A.B.C. Company",
                "address": "232 Main Street Suite 1234",
                "city": "Ningbo",
                "country": "CN",
            },
        },
    ]
}
_REMEDY = "Send filer code, seven digits and check digit, for example 551-3518786-6."
ANSWER = {
    "results": [
        {
            "id": "1",
            "kind": "entry_number",
            "value": "551-2518786-6",
            "valid": False,
            "normalised": "551-2518786-6",
            "expected": "8",
            "proposed": None,
            "stands_for": None,
            "messages": [
                {
                    "code": "entry_number",
                    "severity": "warning",
                    "detail": "The check digit is 6, but 8 is expected: one digit may be wrong.",
                    "remedy": _REMEDY,
                }
            ],
        },
        {
            "id": "2",
            "kind": "mid",
            "value": "VNABCCOM1234SHA",
            "valid": True,
            "normalised": "VNABCCOM1234SHA",
            "expected": None,
            "proposed": "CNABCCOM1234NIN",
            "stands_for": None,
            "messages": [
                {
                    "code": "mid_differs",
                    "severity": "warning",
                    "detail": "The country and city in VNABCCOM1234SHA are not the firm's. "
                    "Name, address and city give CNABCCOM1234NIN.",
                    "remedy": "Use the code that detail gives or correct name and address.",
                }
            ],
        },
    ]
}


class IdentifierChecksView(APIView):
    """Look at identifiers by form, check digit, published codes and the firm they belong to."""

    @extend_schema(
        tags=["identifier-checks"],
        operation_id="check_identifiers",
        summary="Check identifiers before filing, up to a thousand",
        request=IdentifierChecksInput,
        responses=IdentifierChecksSerializer,
        examples=[
            OpenApiExample("An entry number and a manufacturer code", value=EXAMPLE, request_only=True),
            OpenApiExample("What is said of them", value=ANSWER, response_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        """Say of entry numbers, manufacturer codes, containers, tariff numbers, ports and the like what looks wrong,
        the check digit that would fit and the code that is proposed, as ``warnings`` of a shipment would.

        An ``error`` cannot be right, or CBP's systems reject it; a ``warning`` may be right; a ``note`` is worth
        knowing. Carriers are known in part and tariff numbers by one edition, so neither is ever refused for being
        unknown. Nothing is stored.
        """
        sent = IdentifierChecksInput(data=request.data)
        sent.is_valid(raise_exception=True)
        codes = reference.codes()
        answers = [
            identifier_answer(one, examine(one["kind"], one["value"], codes, IdentifierInput.whose(one)))
            for one in sent.validated_data["checks"]
        ]
        return Response(IdentifierChecksSerializer({"results": answers}).data)
