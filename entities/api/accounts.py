"""Who am I; and sandboxes for trials."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api import account
from entities.domain.roles import Act
from entities.models import Organization
from entities.serializers.accounts import MeSerializer, SandboxInput, SandboxSerializer, describe
from entities.services import accounts


class MeView(APIView):
    """The account behind a request."""

    @extend_schema(tags=["me"], operation_id="me", summary="Who am I", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The account that the token or session signs in as, with its roles and the importers it may act for."""
        return Response(MeSerializer(describe(account(request), request.auth)).data)


@extend_schema_view(list=extend_schema(summary="List sandboxes"))
class SandboxViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Organization]):
    """The sandboxes of importers and brokers one belongs to, for trials: everything works as in live use, and nothing
    reaches the live work of the office. Programs and keys of a sandbox are made on the page API clients."""

    queryset = Organization.objects.none()
    serializer_class = SandboxSerializer
    acts = dict.fromkeys(("list", "create"), Act.MANAGE_API_CLIENTS)

    def get_queryset(self) -> QuerySet[Organization]:
        return Organization.objects.opened_as_sandboxes(account(self.request))

    @extend_schema(
        summary="Open a sandbox",
        request=SandboxInput,
        responses={201: SandboxSerializer},
        examples=[OpenApiExample("Of the only importer one belongs to", value={}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Open the sandbox of an importer or a broker that one is a member of. Each has one; that of a broker comes
        with an importer that authorised it, which ``GET /me/`` names to its keys.

        Refused (409) with the code ``sandbox_open`` where it is open already, and ``no_sandbox_of`` to a program of a
        sandbox.
        """
        sent = SandboxInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        opened = accounts.open_sandbox(sent.validated_data["organization"], actor=account(request))
        return Response(self.get_serializer(opened).data, status=status.HTTP_201_CREATED)
