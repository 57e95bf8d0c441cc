"""The proof grid of a case by API: what the papers show at each step, as the caller may know it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api import MayAct, account
from evidence.models import Assessment
from evidence.services import proof_grids
from screening.models import Case


class GridItemSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(help_text="Type of paper that is asked for.")
    name = serializers.CharField(source="label", help_text="What people call it.")
    purpose = serializers.CharField()
    basis = serializers.CharField(source="source", help_text="The provision or guidance it rests on.")
    condition = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    papers = serializers.ListField(child=serializers.IntegerField())


class GridCellSerializer(serializers.Serializer[Any]):
    family = serializers.CharField()
    state = serializers.CharField(help_text="shown, weak, missing, contradicted or not_applicable: as proposed.")
    reasons = serializers.ListField(child=serializers.CharField())
    items = GridItemSerializer(many=True)
    ties = serializers.ListField(child=serializers.IntegerField(), help_text="Numbers of ties, from 0.")
    judged = serializers.CharField(allow_null=True, help_text="What a reviewer holds; for the office alone.")


class GridStepSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField(source="label")
    stage = serializers.CharField(allow_blank=True)
    is_gap = serializers.BooleanField()
    supplies = serializers.ListField(child=serializers.CharField())
    cells = GridCellSerializer(many=True)


class TieSideSerializer(serializers.Serializer[Any]):
    exhibit = serializers.IntegerField()
    page = serializers.IntegerField()
    cell = serializers.CharField(allow_blank=True)
    text = serializers.CharField()


class TieSerializer(serializers.Serializer[Any]):
    pair = serializers.ListField(child=serializers.CharField())
    field = serializers.CharField(allow_blank=True)
    state = serializers.CharField(help_text="agrees, breaks or open.")
    words = serializers.CharField()
    rule = serializers.CharField(allow_blank=True)
    left = TieSideSerializer(many=True)
    right = TieSideSerializer(many=True)


class GridPaperSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    exhibit = serializers.IntegerField()
    title = serializers.CharField()
    type = serializers.CharField(allow_blank=True)
    first_page = serializers.IntegerField()
    last_page = serializers.IntegerField()
    steps = serializers.ListField(child=serializers.CharField())


class ProofGridSerializer(serializers.Serializer[Any]):
    case = serializers.CharField()
    is_current = serializers.BooleanField(help_text="false: a worker is looking at the papers; ask again.")
    steps = GridStepSerializer(many=True)
    ties = TieSerializer(many=True)
    papers = GridPaperSerializer(many=True)


class ProofGridView(APIView):
    """What the papers of a case show, step by step of its chain. A proposal: persons judge."""

    permission_classes = (MayAct,)

    @extend_schema(summary="The proof grid of a case", responses={200: ProofGridSerializer}, tags=["cases"])
    def get(self, request: Request, number: str) -> Response:
        """Steps from the importation up to the raw material, each with its cells by family of papers."""
        user = account(request)
        case = Case.objects.visible_to(user).select_related("importer").filter(number=number).first()
        if case is None:
            raise Http404
        content, is_current = proof_grids.current(case, user)
        judged = Assessment.objects.visible_to(user).standing_in_grid(case)
        steps = [
            {
                **step,
                "cells": [
                    {
                        "family": family,
                        "judged": judged[step["key"], family].verdict if (step["key"], family) in judged else None,
                        **cell,
                    }
                    for family, cell in content["cells"][step["key"]].items()
                ],
            }
            for step in content["steps"]
        ]
        papers = [{"id": int(key), **one} for key, one in content["papers"].items()]
        said = {"case": case.number, "is_current": is_current, "steps": steps, "ties": content["ties"]}
        return Response(ProofGridSerializer({**said, "papers": papers}).data)
