"""To which steps of the chain papers belong, by API, where a reviewer says so. For the office."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from config.api_fields import ModelSerializer, StrictSerializer, Words
from config.etags import IF_MATCH, check_precondition
from entities.domain.roles import Act
from evidence.models import Exhibit, Paper, PaperPlacement
from evidence.models.check import latest_of
from evidence.papers_api import OfCasePapers
from evidence.services import placements, proof_grids
from screening.models import Case
from screening.services.second_looks import look_first

MOST_STEPS = 50


class PlacementSerializer(ModelSerializer[PaperPlacement]):
    """What a reviewer said last of a paper. Without steps it belongs nowhere in the chain."""

    steps = serializers.ListField(child=serializers.CharField(), help_text="Keys of the proof grid")
    labels = serializers.ListField(child=serializers.CharField(), help_text="What the steps were called then")
    author = serializers.CharField(source="author.full_name")

    class Meta:
        model = PaperPlacement
        fields = ["id", "paper", "steps", "labels", "reason", "author", "created_at"]
        read_only_fields = fields


class PlacementInput(StrictSerializer):
    """A paper and the steps it belongs to, by their keys in the proof grid; none: it belongs nowhere in the chain."""

    paper = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    steps = serializers.ListField(child=Words(max_length=200), max_length=MOST_STEPS)
    reason = Words(max_length=2000)

    def validate_steps(self, steps: list[str]) -> list[tuple[str, str]]:
        known: dict[str, str] = self.context["steps"]
        for key in steps:
            if key not in known:
                detail = f"The chain of the case has no step {key}: read its proof grid."
                raise serializers.ValidationError(detail, "does_not_exist")
        return [(key, known[key]) for key in dict.fromkeys(steps)]


class PlacementViewSet(OfCasePapers):
    """Where papers belong in the chain of a case, as reviewers said. A later word takes the place of an earlier."""

    queryset = PaperPlacement.objects.none()
    serializer_class = PlacementSerializer
    acts = {"list": Act.VIEW_DESK, "create": Act.ASSESS}

    @extend_schema(summary="Papers placed in the chain", responses=PlacementSerializer(many=True))
    def list(self, request: Request, number: str) -> Response:
        """What stands of each paper that a reviewer placed; where the others belong is proposed in the proof grid."""
        return Response(self._shown(self.case()))

    @extend_schema(
        summary="Place a paper in the chain",
        request=PlacementInput,
        responses={201: PlacementSerializer(many=True)},
        parameters=[IF_MATCH],
    )
    def create(self, request: Request, number: str) -> Response:
        """Say to which steps a paper belongs, and why; the proof grid and the alarms are worked out anew.

        ``If-Match`` takes the ETag of the papers placed.
        """
        case, user = self.case(), account(request)
        look_first(case, user)
        check_precondition(request, lambda: self._shown(case))
        content, _ = proof_grids.current(case, user)
        context = {**self.get_serializer_context(), "steps": {one["key"]: one["label"] for one in content["steps"]}}
        sent = PlacementInput(data=request.data, context=context)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        exhibits = Exhibit.objects.openable_by(user).filter(case=case)
        paper = get_object_or_404(Paper.objects.filter(document__exhibits__in=exhibits), pk=said.pop("paper"))
        placements.place_paper(case, paper, actor=user, **said)
        return Response(self._shown(case), status=status.HTTP_201_CREATED)

    def _shown(self, case: Case) -> Any:
        rows = PaperPlacement.objects.visible_to(account(self.request)).filter(case=case, paper__superseded_at=None)
        stands = latest_of(rows.select_related("author__person"), "paper_id")
        return self.get_serializer(sorted(stands.values(), key=lambda row: row.pk), many=True).data
