"""Passes over shipments screened before, after a change of the list, a name, a judgement or the record."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.roles import Act
from screening.foreseen import foreseen_of
from screening.models import Foreseen, Rescreening
from screening.rescreened import because, retold, with_screenings
from screening.serializers.rescreenings import (
    ForeseenCountsSerializer,
    ForeseenSerializer,
    RescreenedSerializer,
    RescreeningDetailSerializer,
    RescreeningSerializer,
)


@extend_schema_view(list=extend_schema(summary="List passes of re-screening, newest first"))
class RescreeningViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Rescreening]):
    """Passes over shipments screened before. The office sees each; others those in which a shipment of theirs was
    screened again, and of these their own shipments."""

    queryset = Rescreening.objects.none()
    serializer_class = RescreeningSerializer
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"foreseen": Act.VIEW_DESK}

    def get_queryset(self) -> QuerySet[Rescreening]:
        return Rescreening.objects.visible_to(account(self.request))

    def get_serializer_context(self) -> dict[str, Any]:
        user = self.request.user
        return {**super().get_serializer_context(), "is_office": user.is_authenticated and user.is_officer}

    @extend_schema(summary="One pass: why, and what came of it", responses=RescreeningDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Why shipments were screened again and how many, of those the caller may see. For the office also how much of
        it the exposure index had said at once, and how much of that the screenings bear out."""
        row, user = self.get_object(), account(request)
        looked_at = row.shipments.visible_to(user)
        again = looked_at.exclude(after=None)
        if user.is_officer:
            causes = set(row.changes.order_by().values_list("kind", flat=True).distinct())
        else:
            causes = {kind for kinds in again.values_list("causes", flat=True) for kind in kinds}
        first = with_screenings(again.order_by("pk")).first()
        foreseen = foreseen_of(row) if user.is_officer else None
        answer = {
            **self.get_serializer(row).data,
            "because": because(causes, first.after if first else None),
            "causes": sorted(causes),
            "looked_at": looked_at.count(),
            "screened_again": again.count(),
            "otherwise": looked_at.changed().count() if user.is_officer else None,
            "foreseen": foreseen and ForeseenCountsSerializer(foreseen).data,
        }
        return Response(answer)

    @extend_schema(summary="Shipments that came out otherwise in a pass", responses=RescreenedSerializer(many=True))
    @action(detail=True)
    def shipments(self, request: Request, pk: str) -> Response:
        """The screening before and the one after, findings new, gone and changed, and what followed for cases. Outside
        the office a page may hold fewer than asked for: what differs only behind a confidential source is left out.
        """
        user = account(request)
        rows = with_screenings(self.get_object().shipments.visible_to(user).changed())
        told = retold(cast("Any", self.paginate_queryset(rows)) or [], user)
        shown = told if user.is_officer else [one for one in told if one.is_changed]
        return self.get_paginated_response(RescreenedSerializer(shown, many=True).data)

    @extend_schema(summary="What was foreseen of a pass", responses=ForeseenSerializer(many=True))
    @action(detail=True)
    def foreseen(self, request: Request, pk: str) -> Response:
        """What the exposure index said at once of each shipment, and whether the screening since bears it out. For the
        office: the ways may run over links that other importers declared."""
        rows: Any = Foreseen.objects.visible_to(account(request)).filter(rescreening=self.get_object())
        page = self.paginate_queryset(rows.with_settled())
        return self.get_paginated_response(ForeseenSerializer(cast("Any", page), many=True).data)
