"""Judgements on whether a party is a listed entity: read by the office, answered by a second person."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.roles import Act
from entities.models import Judgement, JudgementConfirmation, ListVersion
from entities.models.judgement import JudgementQuerySet
from entities.serializers.judgements import CONFIRMED_EXAMPLE, AnswerInput, JudgementSerializer
from entities.services import judgements as service

CONFIRMED = {"verdict": "confirmed"}
DECLINED = {"verdict": "declined", "reason": "The business licence names the same address as the list."}


class JudgementFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        method="standing_so", choices=Judgement.State.choices, help_text="How it stands today."
    )
    register = django_filters.ChoiceFilter(choices=ListVersion.Register.choices)
    entity = django_filters.CharFilter(
        field_name="entity_key", max_length=200, help_text="Key of the listed entity, as /listed-entities/ gives it."
    )
    verdict = django_filters.ChoiceFilter(choices=Judgement.Verdict.choices)

    def standing_so(self, rows: JudgementQuerySet, name: str, value: str) -> JudgementQuerySet:
        return service.in_state(rows, value)


@extend_schema_view(list=extend_schema(summary="List judgements"), retrieve=extend_schema(summary="One judgement"))
class JudgementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Judgement]):
    """What the office judged of declared parties and listed entities. None is ever changed: a later one takes its
    place, and each lapses by itself when the list says otherwise of the entity. For the office only."""

    queryset = Judgement.objects.none()
    serializer_class = JudgementSerializer
    filterset_class = JudgementFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"list": Act.VIEW_DESK, "retrieve": Act.VIEW_DESK, "answer": Act.CONFIRM_JUDGEMENT}

    def get_queryset(self) -> QuerySet[Judgement]:
        rows = Judgement.objects.visible_to(account(self.request))
        return rows.select_related("author__person", "confirmation__confirmed_by__person")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        if args:
            found = service.states_of(args[0] if kwargs.get("many") else args[:1])
            args = (found if kwargs.get("many") else found[0],)
        return super().get_serializer(*args, **kwargs)

    @extend_schema(
        summary="Answer a judgement as the second person",
        request=AnswerInput,
        responses=JudgementSerializer,
        examples=[
            OpenApiExample("Confirm", value=CONFIRMED, request_only=True),
            OpenApiExample("Decline", value=DECLINED, request_only=True),
            OpenApiExample("Confirmed", value=CONFIRMED_EXAMPLE, response_only=True),
        ],
    )
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Confirm that a matched party is a different firm, or decline it with a reason. Confirmed, it counts, and its
        shipments are screened again; declined, it never does.

        Refused (409) with the code ``same_person`` where you judged it yourself, also under another account,
        ``answered`` where somebody answered before, ``nothing_to_confirm`` where the verdict takes no second person,
        and ``judgement_over`` where it lapsed or a later judgement took its place.
        """
        judgement = self.get_object()
        sent = AnswerInput(data=request.data)
        sent.is_valid(raise_exception=True)
        service.answer_judgement(
            judgement,
            actor=account(request),
            is_confirmed=sent.validated_data["verdict"] == JudgementConfirmation.Verdict.CONFIRMED,
            reason=sent.validated_data["reason"],
        )
        return Response(self.get_serializer(self.get_queryset().get(pk=judgement.pk)).data)
