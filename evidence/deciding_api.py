"""Judging and deciding: what a case needs, verdicts, recommendations, and the answer of a second person.

The same services as the pages, so the same refusals: nobody answers what they had a hand in, by whatever account or
role, and a refused attempt goes on record.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities.domain.errors import Refused
from entities.domain.roles import Act
from evidence.deciding_serializers import (
    DecisionInput,
    RecommendationInput,
    RecommendationSerializer,
    ReviewSerializer,
    SealedSerializer,
    VerdictInput,
    VerdictSerializer,
)
from evidence.domain.rubric import MARKS
from evidence.models import Assessment
from evidence.needed import unread_papers, ways_of
from evidence.seen_against import seen_against
from evidence.services import assessments, concluding
from screening.models import Case, Recommendation
from screening.services import carrying_out, decisions, second_looks
from screening.services.requests import open_inquiries


class OfCase(viewsets.GenericViewSet[Any]):
    """Something within one case, addressed by the number of the case."""

    def case(self) -> Case:
        """The case in the address. Refused where its outcome is hidden from this account."""
        user = account(self.request)
        rows = Case.objects.visible_to(user).select_related("importer")
        case = get_object_or_404(rows, number=self.kwargs["number"])
        second_looks.look_first(case, user)
        return case


class ReviewViewSet(OfCase):
    """What a case needs to be decided."""

    queryset = Assessment.objects.none()
    serializer_class = ReviewSerializer
    acts = {"retrieve": Act.VIEW_DESK}

    @extend_schema(summary="What a case needs to be decided")
    def retrieve(self, request: Request, number: str) -> Response:
        """The pathways with their questions, what is held of each step, what is missing, and what may be concluded."""
        case, user = self.case(), account(request)
        pending = case.recommendations.filter(decision=None).first()
        seen = seen_against(case)
        stands = decisions.grounds_that_stand(case)
        shown = {
            "case": case.number,
            "stage": case.stage,
            "open_questions": open_inquiries(case),
            "papers_unread": unread_papers(case),
            "grounds": [{"ground": ground, "finding": finding} for ground, finding in stands.items()],
            "lines": [
                {
                    "key": carrying_out.key_of(row),
                    "shipment": row.shipment.label,
                    "line_number": row.line_number,
                    "state": row.state,
                }
                for row in carrying_out.open_lines(case)
            ],
            "rubric": [{**asdict(one), "seen": seen.get(one.code, "")} for one in MARKS],
            "pathways": ways_of(case, user),
            "pending": pending.pk if pending else None,
        }
        return Response(self.get_serializer(shown).data)


class VerdictViewSet(OfCase):
    """Verdicts on the questions of a case. Appended: a later one takes the place of an earlier one."""

    queryset = Assessment.objects.none()
    serializer_class = VerdictSerializer
    pagination_class = None
    acts = {"list": Act.VIEW_DESK, "create": Act.ASSESS}

    @extend_schema(summary="Verdicts given on a case", responses=VerdictSerializer(many=True))
    def list(self, request: Request, number: str) -> Response:
        """Every verdict on a question, the latest first, those that stand no more included."""
        rows = Assessment.objects.visible_to(account(request)).with_pages().filter(case=self.case(), family="")
        return Response(self.get_serializer(rows, many=True).data)

    @extend_schema(summary="Judge a question", request=VerdictInput, responses={201: VerdictSerializer})
    def create(self, request: Request, number: str) -> Response:
        """Say whether a question is shown, why, and by which pages; for a step of the chain or as a whole."""
        case = self.case()
        sent = VerdictInput(data=request.data)
        sent.is_valid(raise_exception=True)
        row = assessments.assess(case, actor=account(request), **sent.values())
        stored = Assessment.objects.with_pages().get(pk=row.pk)
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)


@extend_schema_view(
    list=extend_schema(summary="Recommendations on a case"),
)
class RecommendationViewSet(mixins.ListModelMixin, OfCase):
    """Conclusions of reviewers, each answered by a second person. Appended, never edited."""

    queryset = Recommendation.objects.none()
    serializer_class = RecommendationSerializer
    lookup_value_regex = "[0-9]{1,18}"
    acts = {
        "list": Act.VIEW_DESK,
        "retrieve": Act.VIEW_DESK,
        "create": Act.RECOMMEND,
        "decision": Act.VIEW_DESK,  # who may not decide is refused by the service, which puts the attempt on record
    }

    def get_queryset(self) -> QuerySet[Recommendation]:
        rows = Recommendation.objects.visible_to(account(self.request)).filter(case=self.case())
        return rows.select_related("case", "recommended_by__person", "decision__decided_by__person")

    @extend_schema(summary="One recommendation with its sealed record", responses=SealedSerializer)
    def retrieve(self, request: Request, number: str, pk: str) -> Response:
        """The record as it was sealed, what changed since, and whether you may answer it."""
        return Response(self._sealed(self.get_object()))

    @extend_schema(
        summary="Recommend a conclusion", request=RecommendationInput, responses={201: RecommendationSerializer}
    )
    def create(self, request: Request, number: str) -> Response:
        """Put a conclusion before an approver. Refused (409) while a question is not judged, something needed is not
        shown, a cited page changed, or no finding raises the ground."""
        case = self.case()
        sent = RecommendationInput(data=request.data)
        sent.is_valid(raise_exception=True)
        row = concluding.conclude_review(case, actor=account(request), **sent.validated_data)
        stored = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Answer a recommendation", request=DecisionInput, responses={201: RecommendationSerializer})
    @action(detail=True, methods=["post"])
    def decision(self, request: Request, number: str, pk: str) -> Response:
        """Approve, or return to the reviewer. Refused (409) for whoever had a hand in the review, by any account or
        role, and where anything of the sealed record changed. A refused attempt goes on record."""
        recommendation = self.get_object()
        sent = DecisionInput(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            concluding.decide(recommendation, actor=account(request), **sent.validated_data)
        except Refused as refused:
            if refused.code == "not_an_approver":
                raise exceptions.PermissionDenied(refused.message, refused.code) from refused
            raise
        stored = self.get_queryset().get(pk=recommendation.pk)
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)

    def _sealed(self, row: Recommendation) -> Any:
        user, is_open = account(self.request), not hasattr(row, "decision")
        context = {
            **self.get_serializer_context(),
            "is_intact": decisions.is_sealed(row),
            "changed": concluding.changed_since(row, user) if is_open else [],
            "hindrance": decisions.hindrance(row, user),
        }
        return SealedSerializer(row, context=context).data
