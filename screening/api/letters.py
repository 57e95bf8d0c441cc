"""Letters: read and downloaded by the office and by the importer they concern; they are written on the pages.

What a letter of CBP is in law is confirmed here as there."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, renderers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from config.etags import IF_MATCH, check_precondition
from config.filters import YesNoFilter
from entities.domain.roles import Act
from screening.letter_file import file_of
from screening.models import Case, Letter
from screening.models.letter import KIND_CHOICES
from screening.serializers.letters import InLawInput, LetterSerializer, NoEventInput
from screening.services import letters

NOTICED = {"detention": 31, "kind": "notice_issued", "on": "2026-11-03"}
EXCLUDED_LINES = {
    "detention": 31,
    "kind": "excluded",
    "on": "2026-11-20",
    "lines": [1, 3],
    "reason": "The evidence does not show where the cotton was grown.",
}
NO_EVENT = {"reason": "It repeats the notice of 3 November, which is on record from letter R-2026-0004."}


class LetterFilter(django_filters.FilterSet):
    case = django_filters.ModelChoiceFilter(
        to_field_name="number",
        queryset=lambda request: Case.objects.visible_to(request.user),
        help_text="Number of the case.",
    )
    kind = django_filters.ChoiceFilter(choices=KIND_CHOICES)
    origin = django_filters.ChoiceFilter(choices=Letter.Origin.choices)
    waiting = YesNoFilter(
        method="to_be_confirmed",
        help_text="True: letters of CBP of which nobody said yet what they are in law.",
    )

    def to_be_confirmed(self, rows: QuerySet[Letter], name: str, value: bool) -> QuerySet[Letter]:
        waiting = letters.waiting(rows)
        return waiting if value else rows.exclude(pk__in=waiting.values("pk"))


class PDFRenderer(renderers.JSONRenderer):
    """Lets a caller ask for application/pdf: the file is streamed as it is stored, an error stays JSON."""

    media_type = "application/pdf"
    format = "pdf"


@extend_schema_view(list=extend_schema(summary="List letters"), retrieve=extend_schema(summary="One letter"))
class LetterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Letter]):
    """What went out, what CBP issued, and finished papers of importers, addressed by their number."""

    queryset = Letter.objects.none()
    serializer_class = LetterSerializer
    filterset_class = LetterFilter
    lookup_field = "number"
    lookup_value_regex = "[LPR]-[0-9]{4}-[0-9]{4,12}"
    acts = dict.fromkeys(("in_law", "no_event"), Act.RECORD_DETENTION)

    def get_queryset(self) -> QuerySet[Letter]:
        rows = Letter.objects.visible_to(account(self.request))
        return rows.select_related("case", "approver_person", "no_event__author__person")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        if args:
            on_record = letters.on_record_of(args[0] if kwargs.get("many") else args[:1])
            kwargs["context"] = {**self.get_serializer_context(), "on_record": on_record}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(
        summary="Confirm what a letter of CBP is in law",
        request=InLawInput,
        responses={201: LetterSerializer},
        parameters=[IF_MATCH],
        examples=[
            OpenApiExample("A notice of detention", value=NOTICED, request_only=True),
            OpenApiExample("An exclusion of two lines", value=EXCLUDED_LINES, request_only=True),
        ],
    )
    @action(detail=True, methods=["post"], url_path="in-law")
    def in_law(self, request: Request, number: str) -> Response:
        """Put on record what the letter did to the goods of a detention, and from which day; states and clocks follow.
        Where the event was recorded before the letter came, that record takes the day and the source of the letter.

        Refused (409) with the code ``in_law_before`` where the letter is on record for the detention already,
        ``not_what_it_says`` where a letter of its kind is no such event, ``out_of_order`` where the law does not know
        the event in the state of the goods, and ``decision_missing`` where two persons decide it in this office.
        """
        letter = self._as_seen()
        sent = InLawInput(data=request.data, context={**self.get_serializer_context(), "letter": letter})
        sent.is_valid(raise_exception=True)
        letters.put_in_law(letter, actor=account(request), **sent.validated_data)
        return self._as_it_is(letter)

    @extend_schema(
        summary="Say that a letter of CBP does nothing to the goods",
        request=NoEventInput,
        responses={201: LetterSerializer},
        parameters=[IF_MATCH],
        examples=[OpenApiExample("A letter that repeats another", value=NO_EVENT, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_path="no-event")
    def no_event(self, request: Request, number: str) -> Response:
        """It waits no longer to be confirmed. Putting it on record in law later stays possible, and counts then.

        Refused (409) with the code ``in_law_before`` where the letter is on record in law, and ``nothing_waits`` where
        it does not wait to be confirmed.
        """
        letter = self._as_seen()
        sent = NoEventInput(data=request.data)
        sent.is_valid(raise_exception=True)
        letters.refuse_event(letter, actor=account(request), **sent.validated_data)
        return self._as_it_is(letter)

    def _as_seen(self) -> Letter:
        """The letter, where it still is as the caller saw it."""
        letter = self.get_object()
        check_precondition(self.request, lambda: self.get_serializer(letter).data)
        return letter

    def _as_it_is(self, letter: Letter) -> Response:
        shown = self.get_serializer(self.get_queryset().get(pk=letter.pk))
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="The PDF of a letter",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], url_path="pdf", renderer_classes=[renderers.JSONRenderer, PDFRenderer])
    def pdf(self, request: Request, number: str) -> FileResponse:
        """The file as it went out; its SHA-256 is ``file_sha256``."""
        return file_of(self.get_object())
