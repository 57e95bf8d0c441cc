"""The alarms of a case by API: what does not agree in its papers, as the caller may know it; answered by reviewers."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from config.api_fields import StrictSerializer, Words
from config.etags import IF_MATCH, check_precondition
from entities.domain.roles import Act
from evidence import reference
from evidence.alarms_page import agreements_of, row_of, rows_of
from evidence.models import AlarmDismissal, PaperCheck
from evidence.papers_api import OfCasePapers
from evidence.services import alarms
from screening.models import Case
from screening.services.second_looks import look_first


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


@extend_schema_serializer(many=False)
class AlarmsSerializer(serializers.Serializer[Any]):
    case = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True, help_text="null: the papers were not checked yet.")
    digest = serializers.CharField(allow_blank=True, help_text="SHA-256 of what the check rested on.")
    alarms = AlarmSerializer(many=True)
    agreements = AgreementSerializer(many=True)
    not_checked = serializers.ListField(child=serializers.CharField(), help_text="Rules that lacked their input.")


class AlarmAnswerInput(StrictSerializer):
    """What a reviewer says of an alarm."""

    is_dismissed = serializers.BooleanField(help_text="true: it is explained; false: it is an alarm again.")
    reason = Words(max_length=4000, help_text="What explains it, and the exhibit and page that show it.")


class AlarmViewSet(OfCasePapers):
    """What does not agree in the papers of a case, and what is missing. A question to persons, no conclusion."""

    queryset = AlarmDismissal.objects.none()
    serializer_class = AlarmsSerializer
    lookup_field = "fingerprint"
    lookup_value_regex = "[0-9a-f]{1,64}"
    acts = {"answers": Act.ASSESS}

    @extend_schema(summary="Contradictions and gaps of a case", responses={200: AlarmsSerializer})
    def list(self, request: Request, number: str) -> Response:
        """Each alarm with both values and both places; rules that lacked their input are named, not passed over."""
        return Response(self._shown(self.case()))

    @extend_schema(
        summary="Dismiss an alarm, or raise it again",
        request=AlarmAnswerInput,
        responses={201: AlarmsSerializer},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"])
    def answers(self, request: Request, number: str, fingerprint: str) -> Response:
        """Say that an alarm is explained, and by what. Once its values change, it is an alarm again.

        ``If-Match`` takes the ETag of the alarms of the case.
        """
        case, user = self.case(), account(request)
        look_first(case, user)
        if row_of(case, user, fingerprint) is None:
            raise Http404
        check_precondition(request, lambda: self._shown(case))
        sent = AlarmAnswerInput(data=request.data)
        sent.is_valid(raise_exception=True)
        alarms.answer_alarm(case, fingerprint, actor=user, **sent.validated_data)
        return Response(self._shown(case), status=status.HTTP_201_CREATED)

    def _shown(self, case: Case) -> Any:
        user = account(self.request)
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
        return self.get_serializer(said).data
