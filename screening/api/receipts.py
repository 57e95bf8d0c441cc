"""Receipts of screenings: what went in, by which versions, and what came out."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.request import Request

from config.api import account
from entities.domain.roles import Act
from screening.models import Screening
from screening.services.receipts import receipt_of


class ReceiptViewSet(viewsets.GenericViewSet[Screening]):
    """The receipt of a screening, by the number of the screening. For the office: it holds the whole chain."""

    queryset = Screening.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"retrieve": Act.VIEW_DESK}

    def get_queryset(self) -> QuerySet[Screening]:
        return Screening.objects.visible_to(account(self.request)).select_related("run")

    @extend_schema(summary="The receipt of a screening", responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        """Canonical JSON, byte for byte as ``manage.py replay`` makes it again.

        Refused (409) with the code ``input_not_kept`` where it was screened before receipts were kept.
        """
        return HttpResponse(receipt_of(self.get_object()), content_type="application/json")
