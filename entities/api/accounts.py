"""Who am I."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api import account
from entities.serializers.accounts import MeSerializer, describe


class MeView(APIView):
    """The account behind a request."""

    @extend_schema(tags=["me"], operation_id="me", summary="Who am I", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The account that the token or session signs in as, with its roles and the importers it may act for."""
        return Response(MeSerializer(describe(account(request), request.auth)).data)
