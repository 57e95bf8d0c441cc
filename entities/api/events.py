"""The feed of events: what happened, oldest first, read on from where one stopped."""

from __future__ import annotations

import re
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, pagination, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from config.api import CursorPagination, account
from config.filters import AnyOfFilter
from entities.domain.events import EventKind
from entities.models import Event
from entities.prepared import Prepared
from entities.serializers.events import EventSerializer

LATEST = "latest"
_OLDEST = Prepared(lambda: Event.objects.order_by("pk").only("pk")[:1])
_NAME = re.compile("evt_([0-9]{1,18})")


class EventsDropped(exceptions.APIException):
    """The caller stopped reading so long ago that it may have missed events which are no longer kept."""

    status_code = status.HTTP_410_GONE
    default_detail = "The event named in after is older than the oldest kept: what came next may be gone."
    default_code = "events_dropped"


class EventFilter(django_filters.FilterSet):
    kind = AnyOfFilter(
        choices=[(kind.value, kind.value) for kind in EventKind], help_text="Only these; several by kind=…&kind=…"
    )


class FeedPagination(pagination.BasePagination):
    """Events after the last one read. ``next`` is always there: ask it again and again, an empty page keeps it."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        size = CursorPagination().get_page_size(request)
        after = _after(queryset, request.query_params.get("after", ""))
        found = list(queryset.filter(pk__gt=after).order_by("pk")[: size + 1])
        events, self.has_more = found[:size], len(found) > size
        last = events[-1].pk if events else after
        address = request.build_absolute_uri()
        self.next = replace_query_param(address, "after", f"evt_{last}")
        return events

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "has_more": self.has_more, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "has_more", "results"],
            "properties": {
                "next": {
                    "type": "string",
                    "format": "uri",
                    "description": "Where to read on, also where nothing new is there yet.",
                },
                "has_more": {"type": "boolean", "description": "Read on at once: there is more."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "after",
                "in": "query",
                "required": False,
                "schema": {"type": "string", "pattern": "^(latest|evt_[0-9]{1,18})$"},
                "description": "Id of the last event read. Left out: from the first; latest: what comes from now on.",
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "maximum": CursorPagination.max_page_size},
                "description": "Events in one answer.",
            },
        ]


class EventViewSet(viewsets.GenericViewSet[Event]):
    """What happened to your shipments, cases and papers, and to the lists, in the order in which it happened."""

    queryset = Event.objects.none()
    serializer_class = EventSerializer
    filterset_class = EventFilter
    pagination_class = FeedPagination
    lookup_value_regex = "evt_[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Event]:
        return Event.objects.visible_to(account(self.request))

    @extend_schema(summary="Read the feed of events")
    def list(self, request: Request) -> Response:
        """Oldest first. Keep the address in ``next`` and ask it again: nothing is left out and nothing comes twice.

        Old events are dropped once every webhook has them. Whoever asks for what followed one that is gone by then
        is told so (410), rather than given a row with a gap.
        """
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(summary="One event", parameters=[OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)])
    def retrieve(self, request: Request, pk: str) -> Response:
        event = get_object_or_404(self.get_queryset(), pk=pk.removeprefix("evt_"))
        return Response(self.get_serializer(event).data)


def _after(events: QuerySet[Event], text: str) -> int:
    if text == LATEST:
        return events.order_by("pk").values_list("pk", flat=True).last() or 0
    if not text:
        return 0
    named = _NAME.fullmatch(text)
    if named is None:
        fault = exceptions.ErrorDetail("Not the id of an event, as evt_4711.", "invalid")
        raise exceptions.ValidationError({"after": [fault]})
    after = int(named[1])
    for oldest in _OLDEST():
        if after < oldest.pk:
            raise EventsDropped
    return after
