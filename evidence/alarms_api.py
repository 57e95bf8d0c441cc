"""The alarms of a case by API: what does not agree in its papers, as the caller may know it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api import MayAct, account
from evidence import reference
from evidence.alarms_page import agreements_of, rows_of
from evidence.models import PaperCheck
from screening.models import Case


class AlarmSideSerializer(serializers.Serializer[Any]):
    exhibit = serializers.IntegerField()
    title = serializers.CharField(help_text="The paper.")
    type = serializers.CharField(allow_blank=True)
    page = serializers.IntegerField()
    box = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="Shares of the page.")
    cell = serializers.CharField(allow_blank=True, help_text="Cell of a sheet, for example B12.")
    field = serializers.CharField(source="name", allow_blank=True)
    text = serializers.CharField(help_text="The value.")


class AlarmSerializer(serializers.Serializer[Any]):
    fingerprint = serializers.CharField(help_text="Equal for the same values at the same places.")
    code = serializers.CharField(help_text="R1 to R10, a deficiency code, or a contradiction.")
    kind = serializers.CharField(help_text="contradiction, arithmetic or gap.")
    weight = serializers.CharField(help_text="high, medium or low.")
    sentence = serializers.CharField()
    settles = serializers.CharField(help_text="What would settle it.")
    says = AlarmSideSerializer(many=True)
    also = AlarmSideSerializer(many=True)
    dismissed_because = serializers.CharField(allow_null=True, help_text="For the office alone.")


class AgreementSerializer(serializers.Serializer[Any]):
    sentence = serializers.CharField()
    agree = serializers.IntegerField()
    compared = serializers.IntegerField()


class AlarmsSerializer(serializers.Serializer[Any]):
    case = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True, help_text="null: the papers were not checked yet.")
    digest = serializers.CharField(allow_blank=True, help_text="SHA-256 of what the check rested on.")
    alarms = AlarmSerializer(many=True)
    agreements = AgreementSerializer(many=True)
    not_checked = serializers.ListField(child=serializers.CharField(), help_text="Rules that lacked their input.")


class AlarmsView(APIView):
    """What does not agree in the papers of a case, and what is missing. A question to persons, no conclusion."""

    permission_classes = (MayAct,)

    @extend_schema(summary="Contradictions and gaps of a case", responses={200: AlarmsSerializer}, tags=["cases"])
    def get(self, request: Request, number: str) -> Response:
        """Each alarm with both values and both places; rules that lacked their input are named, not passed over."""
        user = account(request)
        case = Case.objects.visible_to(user).filter(number=number).first()
        if case is None:
            raise Http404
        kept = PaperCheck.objects.filter(case=case).first()
        rows = rows_of(case, user, kept) if kept else []
        compared = kept.content["compared"] if kept else {}
        said = {
            "case": case.number,
            "checked_at": kept.checked_at if kept else None,
            "digest": kept.digest if kept else "",
            "alarms": [
                {**one.alarm, "dismissed_because": one.dismissal.reason if one.dismissal else None}
                for one in rows
                if user.is_officer or one.dismissal is None
            ],
            "agreements": agreements_of(case, user, kept) if kept else [],
            "not_checked": [code for code in reference.checks() if not compared.get(code)],
        }
        return Response(AlarmsSerializer(said).data)
