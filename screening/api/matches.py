"""Is it the same firm? The pairs that wait for a judgement."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.roles import Act
from entities.models import Judgement
from screening.models import Finding
from screening.serializers.matches import MatchSerializer
from screening.services import pairs


class MatchViewSet(viewsets.GenericViewSet[Finding]):
    """Declared parties that are, or may be, on a list, each firm and entity once. For the office only."""

    queryset = Finding.objects.none()
    serializer_class = MatchSerializer
    acts = {"list": Act.VIEW_DESK}

    @extend_schema(summary="Pairs that wait for a judgement", responses=MatchSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Each firm that nobody judged yet beside the listed entity it may be, newest finding first, with what a
        judgement would move. A pair leaves the list when it is judged, and comes back when the judgement lapses.
        """
        user = account(request)
        waiting = {pair.finding_id: pair for pair in pairs.waiting_pairs(user)}
        rows = Finding.objects.visible_to(user).filter(pk__in=waiting).select_related("listing__entity")
        page: Any = self.paginate_queryset(rows) or []
        moved = {scope: pairs.moved_by_each(page, scope, user) for scope in Judgement.Scope.values}
        shown = MatchSerializer(page, many=True, context={"pairs": waiting, "moved": moved})
        return self.get_paginated_response(shown.data)
