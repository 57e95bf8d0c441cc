"""Names of listed entities the office proposes: those that wait, the second person's answer, giving one up."""

from __future__ import annotations

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from config.filters import YesNoFilter
from entities.domain.roles import Act
from entities.models import JudgementConfirmation, ListedEntity, NameStatement
from entities.serializers.names import NameAnswerInput, NameProposalSerializer, NameWithdrawalInput
from entities.services import names as service


class NameProposalFilter(django_filters.FilterSet):
    entity = django_filters.ModelChoiceFilter(queryset=ListedEntity.objects.all())
    waiting = YesNoFilter(field_name="answered_by", lookup_expr="isnull", help_text="True: those nobody answered yet.")


@extend_schema_view(
    list=extend_schema(summary="List proposed names"), retrieve=extend_schema(summary="One proposed name")
)
class NameProposalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[NameStatement]):
    """Names of listed entities the office proposed to add or to give up, and what came of each. For the office only.

    A name is proposed at its entity. What confirming it touches is shown on its page.
    """

    queryset = NameStatement.objects.none()
    serializer_class = NameProposalSerializer
    filterset_class = NameProposalFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = {
        "list": Act.VIEW_DESK,
        "retrieve": Act.VIEW_DESK,
        "answer": Act.VIEW_DESK,  # narrowed below: whoever proposed may take it back
        "withdraw": Act.PROPOSE_NAME,
    }

    def get_queryset(self) -> QuerySet[NameStatement]:
        rows = NameStatement.objects.visible_to(account(self.request)).proposals()
        return rows.select_related("entity", "author__person", "answered_by__author__person")

    @extend_schema(summary="Answer a proposed name", request=NameAnswerInput, responses=NameProposalSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Confirm as the second person, or decline with a reason. Its shipments are screened again.

        Refused (409) with the code ``same_person`` where you proposed it yourself, also under another account, and
        ``answered`` where somebody answered before.
        """
        proposal = self.get_object()
        if not service.may_answer(proposal, account(request)):
            raise PermissionDenied
        sent = NameAnswerInput(data=request.data)
        sent.is_valid(raise_exception=True)
        service.answer_proposal(
            proposal,
            actor=account(request),
            is_confirmed=sent.validated_data["verdict"] == JudgementConfirmation.Verdict.CONFIRMED,
            reason=sent.validated_data["reason"],
        )
        return Response(NameProposalSerializer(self.get_queryset().get(pk=proposal.pk)).data)

    @extend_schema(summary="Withdraw a name", request=NameWithdrawalInput, responses={201: NameProposalSerializer})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Propose that a name the office confirmed counts no more. It counts until a second person confirms that.

        Refused (409) with the code ``not_confirmed`` where it is only proposed: decline it instead.
        """
        stated = get_object_or_404(self.get_queryset().filter(act=NameStatement.Act.ADD), pk=pk)
        sent = NameWithdrawalInput(data=request.data)
        sent.is_valid(raise_exception=True)
        withdrawal = service.propose_withdrawal(
            stated.entity, text=stated.text, reason=sent.validated_data["reason"], actor=account(request)
        )
        shown = NameProposalSerializer(self.get_queryset().get(pk=withdrawal.pk))
        return Response(shown.data, status=status.HTTP_201_CREATED)
