"""Shipments and what was found about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import django_filters
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from config.api_fields import warnings_of
from config.etags import IF_MATCH, PreconditionFailed, check_precondition, etag_of, is_conditional
from config.filters import AnyOfFilter, YesNoFilter
from config.preferences import APPLIED, PREFER, seconds_to_wait
from config.quick_reading import ReaderOfThreads
from entities.domain.errors import Refused
from entities.domain.identifiers import entry_number
from entities.domain.roles import Act
from entities.models import Organization
from entities.serializers.judgements import EXAMPLE as JUDGED
from entities.serializers.judgements import JudgementInput, JudgementSerializer
from entities.services import judgements
from screening.api.examples import DECLARATION, JUDGEMENT
from screening.confidential import Discretion
from screening.doubtful import entries_elsewhere
from screening.models import Case, Finding, Shipment, ShipmentParty
from screening.models.run import FindingQuerySet
from screening.serializers.declarations import ShipmentInput, chain_from, shipment_from, shipment_warnings
from screening.serializers.screenings import FindingSerializer, ScreeningSerializer
from screening.serializers.shipments import ShipmentAnswer, ShipmentDetailSerializer, ShipmentSerializer
from screening.services import at_once, pairs
from screening.services import shipments as service

FINDINGS = Finding.objects.select_related("listing")
# What a list shows needs none of these, and they are large.
LARGE = ("latest_screening__facts", "latest_screening__coverage", "latest_screening__caveats")


_declaration = ReaderOfThreads(ShipmentInput)


class ShipmentFilter(django_filters.FilterSet):
    outcome = AnyOfFilter(choices=Shipment.Outcome.choices)
    entry_number = django_filters.CharFilter(method="numbered", max_length=20, help_text="With or without hyphens.")
    reference = django_filters.CharFilter(max_length=120)
    owner = django_filters.ModelChoiceFilter(queryset=lambda request: request.user.organizations())
    importer_number = django_filters.CharFilter(method="of_importer", max_length=13)
    created_since = django_filters.IsoDateTimeFilter(
        field_name="created_at",
        lookup_expr="gte",
        help_text="Moment as in ISO 8601, for example 2026-03-01T00:00:00Z.",
    )

    def of_importer(self, rows: QuerySet[Shipment], name: str, value: str) -> QuerySet[Shipment]:
        importers = Organization.objects.filter(importer_number=value)
        return rows.filter(owner__in=list(importers.values_list("pk", flat=True)))

    def numbered(self, rows: QuerySet[Shipment], name: str, value: str) -> QuerySet[Shipment]:
        return rows.filter(entry_number=entry_number(value).normalised)


@extend_schema_view(
    list=extend_schema(summary="List shipments"),
    retrieve=extend_schema(summary="One shipment with its latest screening"),
)
class ShipmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Shipment]):
    """Shipments of the importers one acts for. Declaring or changing one asks for it to be screened; ``status`` says
    whether the answer speaks of the shipment as it is now."""

    queryset = Shipment.objects.none()
    filterset_class = ShipmentFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"create": Act.ADD_SHIPMENT, "update": Act.ADD_SHIPMENT}

    def get_queryset(self) -> QuerySet[Shipment]:
        shipments = Shipment.objects.visible_to(account(self.request)).select_related("owner", "latest_screening")
        shipments = shipments.prefetch_related(Prefetch("cases", Case.objects.order_by("-pk")))
        if self.action == "list":
            return shipments.defer(*LARGE)
        return shipments.select_related("latest_screening__run__list_version").prefetch_related(
            "lines",
            Prefetch("parties", ShipmentParty.objects.select_related("party", "line")),
            Prefetch("latest_screening__findings", FINDINGS),
        )

    def get_serializer_class(self) -> type[ShipmentSerializer]:
        return ShipmentSerializer if self.action == "list" else ShipmentDetailSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._shown(self.get_object()))

    @extend_schema(
        summary="Declare a shipment",
        request=ShipmentInput,
        responses={201: ShipmentAnswer},
        parameters=[PREFER],
        examples=[OpenApiExample("A shipment with its chain", value=DECLARATION, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Declare a shipment with its lines, its parties and the suppliers behind them, as many steps as are known.

        All of it is stored, or nothing. What looks wrong but can stand is stored and said in ``warnings``. It is
        screened as soon as a worker is free; with ``Prefer: wait`` before the answer.
        """
        data = _declaration(request.data, self.get_serializer_context())
        declare = partial(
            service.add_shipment_with_chain,
            shipment_from(data),
            chain_from(data),
            owner=data["owner"],
            actor=account(request),
        )
        response = self._declared(declare, data)
        address = reverse("api-shipments-detail", args=[response.data["id"]])
        response["Location"] = request.build_absolute_uri(address)
        response.status_code = status.HTTP_201_CREATED
        return response

    @extend_schema(
        summary="Replace what is declared of a shipment",
        request=ShipmentInput,
        responses=ShipmentAnswer,
        parameters=[PREFER, IF_MATCH],
        examples=[OpenApiExample("A shipment with its chain", value=DECLARATION, request_only=True)],
    )
    def update(self, request: Request, pk: str) -> Response:
        """Replace the shipment, its lines and its parties; fields left out become empty. It is screened again, and
        what was found before stays on record. Sending the same again changes nothing.

        ``suppliers`` adds to the chain; a link is taken back with ``POST /links/{id}/withdraw/``.
        """
        shipment = self.get_object()
        check_precondition(request, lambda: self._shown(shipment))
        data = _declaration(request.data, {**self.get_serializer_context(), "shipment": shipment})
        declare = partial(
            service.change_shipment_with_chain,
            shipment,
            shipment_from(data),
            chain_from(data),
            actor=account(request),
            as_of=shipment.facts_version if is_conditional(request) else None,
        )
        try:
            return self._declared(declare, data)
        except Refused as refused:
            if refused.code == "changed_meanwhile":
                raise PreconditionFailed(refused.message) from refused
            raise

    @extend_schema(
        summary="Screenings of a shipment, newest first", responses=ScreeningSerializer(many=True), filters=False
    )
    @action(detail=True, filterset_class=None)
    def screenings(self, request: Request, pk: str) -> Response:
        """Every screening of the shipment as it was stored; none is ever changed."""
        shipment = self.get_object()
        screenings = shipment.screenings.select_related("run__list_version")
        found = screenings.prefetch_related(Prefetch("findings", FINDINGS))
        rows: list[Any] = list(self.paginate_queryset(cast("Any", found)) or [])
        for row in rows:
            row.shipment = shipment
        context = {"discretion": Discretion(account(request), rows)}
        return self.get_paginated_response(ScreeningSerializer(rows, many=True, context=context).data)

    def _declared(self, declare: Callable[[], Shipment], data: dict[str, Any]) -> Response:
        """The answer to a declaration; with its screening where the caller waits for it and it could be made."""
        seconds = seconds_to_wait(self.request)
        shipment = at_once.declare_and_screen(declare, seconds=seconds) if seconds else declare()
        stored = self.get_queryset().get(pk=shipment.pk)
        elsewhere = warnings_of(entries_elsewhere(stored, account(self.request)))
        context = self._context(stored) | {"warnings": [*shipment_warnings(data), *elsewhere]}
        answer = ShipmentAnswer(stored, context=context).data
        response = Response(answer)
        response["ETag"] = etag_of(self.request, {name: answer[name] for name in answer if name != "warnings"})
        if seconds and stored.is_screened:
            response[APPLIED] = f"wait={seconds}"
        return response

    def _shown(self, shipment: Shipment) -> dict[str, Any]:
        return ShipmentDetailSerializer(shipment, context=self._context(shipment)).data

    def _context(self, shipment: Shipment) -> dict[str, Any]:
        screening = shipment.latest_screening
        if screening is not None:
            screening.shipment = shipment
        return {
            **self.get_serializer_context(),
            "discretion": Discretion(account(self.request), [screening] if screening else []),
        }


class FindingFilter(django_filters.FilterSet):
    code = django_filters.CharFilter(field_name="rule", max_length=30)
    severity = AnyOfFilter(choices=Finding.Severity.choices)
    ground = AnyOfFilter(choices=Finding.Ground.choices)
    shipment = django_filters.ModelChoiceFilter(
        field_name="screening__shipment", queryset=lambda request: Shipment.objects.visible_to(request.user)
    )
    created_since = django_filters.IsoDateTimeFilter(field_name="screening__created_at", lookup_expr="gte")
    history = YesNoFilter(
        method="of_earlier_screenings", help_text="True: also findings of screenings that a later one has superseded."
    )

    def of_earlier_screenings(self, rows: QuerySet[Finding], name: str, value: bool) -> QuerySet[Finding]:
        return rows

    def filter_queryset(self, queryset: FindingQuerySet) -> QuerySet[Finding]:
        if not self.form.cleaned_data.get("history"):
            queryset = queryset.current()
        return super().filter_queryset(queryset)


@extend_schema_view(list=extend_schema(summary="List findings"), retrieve=extend_schema(summary="One finding"))
class FindingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Finding]):
    """Findings across shipments: those of each shipment's latest screening, unless ``history`` asks for all."""

    queryset = Finding.objects.none()
    serializer_class = FindingSerializer
    filterset_class = FindingFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"judgements": Act.JUDGE_MATCH}

    def get_queryset(self) -> QuerySet[Finding]:
        findings = Finding.objects.visible_to(account(self.request)).select_related("listing", "screening__shipment")
        if account(self.request).is_officer:  # only what must be kept back from others is found in the facts
            findings = findings.defer("screening__facts", "screening__coverage", "screening__caveats")
        return findings

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        rows: Sequence[Finding] = [] if not args else args[0] if kwargs.get("many") else args[:1]
        if rows:
            discretion = Discretion(account(self.request), [row.screening for row in rows])
            kwargs["context"] = {**self.get_serializer_context(), "discretion": discretion}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(
        summary="Judge whether the party of a finding is the listed entity",
        request=JudgementInput,
        responses={201: JudgementSerializer},
        examples=[
            OpenApiExample("A different firm", value=JUDGEMENT, request_only=True),
            OpenApiExample("It awaits a second person", value=JUDGED, response_only=True),
        ],
    )
    @action(detail=True, methods=["post"])
    def judgements(self, request: Request, pk: str) -> Response:
        """Say whether the party and the listed entity of this finding are the same firm. It settles every finding on
        the two, whoever declared the party, and their shipments are screened again.

        A firm judged different against a match counts only once a second person confirms it, with
        ``POST /judgements/{id}/answer/``; until then ``state`` is ``awaits``. Refused (409) with the code
        ``not_a_pair`` where the finding is about something else, and ``not_listed`` where the entity left the list.
        """
        finding = self.get_object()
        sent = JudgementInput(data=request.data)
        sent.is_valid(raise_exception=True)
        judgement = pairs.judge(finding, actor=account(request), **sent.validated_data)
        address = reverse("api-judgements-detail", args=[judgement.pk])
        return Response(
            JudgementSerializer(judgements.states_of([judgement])[0]).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": request.build_absolute_uri(address)},
        )
