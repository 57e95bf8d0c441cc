"""The statutory clocks, for anybody."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api_fields import StrictSerializer
from screening.domain.law.clocks import detention_clock
from screening.serializers.cases import DeadlineSerializer


class ClockQuery(StrictSerializer):
    """When goods were presented for examination, and what has happened since."""

    presented = serializers.DateField()
    detained = serializers.DateField(required=False)
    excluded = serializers.DateField(required=False)
    protested = serializers.DateField(required=False)
    denied = serializers.DateField(required=False)


class ClockSerializer(serializers.Serializer[object]):
    """Every day set, by its key, and the same as a list with the provision that sets each."""

    decide_by = serializers.DateField()
    notice_by = serializers.DateField()
    last_determination_day = serializers.DateField()
    deemed_excluded_on = serializers.DateField(allow_null=True)
    protest_by = serializers.DateField()
    protest_deemed_denied_on = serializers.DateField(allow_null=True)
    summons_by = serializers.DateField(allow_null=True)
    deadlines = DeadlineSerializer(many=True)


class ClockView(APIView):
    """The days the law sets for goods presented on a day."""

    permission_classes = (permissions.AllowAny,)

    @extend_schema(
        tags=["clocks"],
        operation_id="clocks",
        summary="Which days the law sets",
        parameters=[ClockQuery],
        responses={200: ClockSerializer},
    )
    def get(self, request: Request) -> Response:
        """Business days skip weekends, federal holidays and days closed by order; day 30 is never moved. Sources stand
        beside each day. Needs no token; nothing is stored.
        """
        asked = ClockQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        days = asked.validated_data
        try:
            clock = detention_clock(
                days["presented"],
                detained_on=days.get("detained"),
                excluded_on=days.get("excluded"),
                protested_on=days.get("protested"),
                denied_on=days.get("denied"),
            )
        except ValueError as error:
            fault = serializers.ErrorDetail(str(error), "dates_in_order")
            raise serializers.ValidationError({"presented": [fault]}) from error
        return Response(ClockSerializer({**clock.days(), "deadlines": clock.deadlines()}).data)
