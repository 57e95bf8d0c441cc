"""Filters of lists in the API: what is asked by parameters. Where nothing is asked, nothing is looked at.

A parameter that would not narrow the list as its sender means it is refused, as all would be listed: one the list does
not have, one without a value or given twice, a yes or no that is neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions
from rest_framework.request import Request

OF_PAGES = frozenset({"cursor", "page_size", "after"})


class Filters(DjangoFilterBackend):
    """The filters a resource declares. Most readings name none of them and need not pay for a form."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        declared: Any = self.get_filterset_class(view, queryset)
        if view.action == "list":
            _refuse_what_would_not_count(request, declared.base_filters if declared else {})
        if declared is None or (OF_PAGES.issuperset(request.query_params) and not _always_filters(declared)):
            return queryset
        return super().filter_queryset(request, queryset, view)


def _refuse_what_would_not_count(request: Request, filters: Mapping[str, django_filters.Filter]) -> None:
    known = sorted(filters)
    said = f"This list is filtered by {', '.join(known)}." if known else "This list has no filters."
    faults: dict[str, list[exceptions.ErrorDetail]] = {}
    for name, values in request.query_params.lists():
        if name in OF_PAGES:
            continue
        if name not in known:
            faults[name] = [exceptions.ErrorDetail(f"Not a parameter here. {said}", "unknown_parameter")]
        elif len(values) > 1 and not isinstance(filters[name], AnyOfFilter):
            faults[name] = [exceptions.ErrorDetail("Given more than once.", "repeated_parameter")]
        elif not all(value.strip() for value in values):
            faults[name] = [exceptions.ErrorDetail("Without a value.", "blank")]
    if faults:
        raise exceptions.ValidationError(faults)


class _YesNoField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value.lower() not in {"true", "false"}:
            raise ValidationError("Say true or false.", "invalid")
        return bool(value.lower() == "true")


class YesNoFilter(django_filters.BooleanFilter):
    """Those of which something holds, or does not."""

    field_class = _YesNoField


class AnyOfFilter(django_filters.MultipleChoiceFilter):
    """Those with one of several values in a field of their own: each row is found once, so none need be compared with
    all others to drop repeated ones, which would read and sort the whole list for one page."""

    def __init__(self, **given: Any) -> None:
        super().__init__(distinct=False, **given)


def _always_filters(declared: type[django_filters.FilterSet]) -> bool:
    """Whether it leaves rows out also where no parameter says so."""
    return declared.filter_queryset is not django_filters.FilterSet.filter_queryset
