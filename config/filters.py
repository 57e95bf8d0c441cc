"""Filters of lists in the API: what is asked by parameters. Where nothing is asked, nothing is looked at, and a
parameter that the list does not have is refused: it would be read as if it were not there, and all be listed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions
from rest_framework.request import Request

_OF_PAGES = frozenset({"cursor", "page_size", "after"})


class Filters(DjangoFilterBackend):
    """The filters a resource declares. Most readings name none of them and need not pay for a form."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        declared: Any = self.get_filterset_class(view, queryset)
        if view.action == "list":
            _refuse_unknown(request, declared.base_filters if declared else ())
        if declared is None or (_OF_PAGES.issuperset(request.query_params) and not _always_filters(declared)):
            return queryset
        return super().filter_queryset(request, queryset, view)


def _refuse_unknown(request: Request, filters: Iterable[str]) -> None:
    known = sorted(filters)
    said = f"This list is filtered by {', '.join(known)}." if known else "This list has no filters."
    faults = {
        name: [exceptions.ErrorDetail(f"Not a parameter here. {said}", "unknown_parameter")]
        for name in request.query_params
        if name not in _OF_PAGES and name not in known
    }
    if faults:
        raise exceptions.ValidationError(faults)


def _always_filters(declared: type[django_filters.FilterSet]) -> bool:
    """Whether it leaves rows out also where no parameter says so."""
    return declared.filter_queryset is not django_filters.FilterSet.filter_queryset
