"""Filters of lists in the API: what is asked by parameters. Where nothing is asked, nothing is looked at."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

_OF_PAGES = frozenset({"cursor", "page_size", "after"})


class Filters(DjangoFilterBackend):
    """The filters a resource declares. Most readings name none of them and need not pay for a form."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        declared: Any = self.get_filterset_class(view, queryset)
        if declared is None or (_OF_PAGES.issuperset(request.query_params) and not _always_filters(declared)):
            return queryset
        return super().filter_queryset(request, queryset, view)


def _always_filters(declared: type[django_filters.FilterSet]) -> bool:
    """Whether it leaves rows out also where no parameter says so."""
    return declared.filter_queryset is not django_filters.FilterSet.filter_queryset
