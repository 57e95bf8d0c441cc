"""Many requests of one shape read quickly, by the serializer that reads a single one.

A reader is made of the serializer's own fields and their limits. It takes only what that serializer surely accepts,
with the same values; in any doubt it says so, and the serializer itself reads the request and tells what is wrong. So
there is one definition of what is valid, and most of many requests need not pay for its error messages.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast

from django.core.exceptions import ValidationError as ModelFault
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from config.api_fields import CountryField, CreditCodeField, StrictSerializer, TariffCodeField, Text, Words

Read = Callable[[Any], Any]
MOST_REMEMBERED = 20_000
_PLAIN_TEXT = (MaxLengthValidator, ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)
# What these make of a text depends on the text alone, and few texts are sent again and again.
_REPEATED = frozenset(
    {
        CountryField,
        TariffCodeField,
        CreditCodeField,
        serializers.DateField,
        serializers.ChoiceField,
        serializers.RegexField,
        serializers.IntegerField,
    }
)


class Doubt(Exception):
    """The serializer has to look itself."""


def reader_of(serializer: serializers.Serializer[Any]) -> Read:
    """A function from a request to its validated data. Raises ``Doubt``."""
    reading = _of_serializer(serializer)

    def read(data: Any) -> Any:
        try:
            return reading(data)
        except (serializers.ValidationError, ModelFault, TypeError, ValueError):
            raise Doubt from None

    return read


class ReaderOfThreads:
    """Reads single requests by the reader of a serializer that each thread makes once: to make a serializer of many
    fields takes longer than to read with it."""

    def __init__(self, shape: type[serializers.Serializer[Any]]) -> None:
        self._shape = shape
        self._own = threading.local()

    def __call__(self, data: Any, context: Mapping[str, Any]) -> dict[str, Any]:
        """The validated data of a request. Raises the serializer's ``ValidationError``."""
        try:
            shared, read = self._own.made
        except AttributeError:
            shared = {}
            read = reader_of(self._shape(context=shared))
            self._own.made = shared, read
        shared.update(context)
        try:
            found: dict[str, Any] = read(data)
        except Doubt:
            serializer = self._shape(data=data, context=context)
            serializer.is_valid(raise_exception=True)
            found = serializer.validated_data
        finally:
            shared.clear()
        return found


def _of_serializer(serializer: serializers.Serializer[Any]) -> Read:
    renamed = [one for one in serializer.fields.values() if one.source != one.field_name]
    if renamed or serializer.validators:
        return serializer.run_validation
    readers: dict[str, Read] = {}
    needed, plain, made = set(), {}, {}  # fields without a default, with one, and with one that is made anew each time
    for name, field in serializer.fields.items():
        if field.read_only:
            continue
        default, check = _default(field), getattr(serializer, f"validate_{name}", None)
        readers[name] = _checked(_of_field(field), check)
        if default is _REQUIRED:
            needed.add(name)
        elif callable(default) or (check is not None and default is not _LEFT_OUT):
            made[name] = _checked(_value_of(default), check)
        elif default is not _LEFT_OUT:
            plain[name] = default
    is_strict = isinstance(serializer, StrictSerializer)
    validate = serializer.validate

    def read(data: Any) -> Any:
        if type(data) is not dict or not needed.issubset(data):
            raise Doubt
        values = plain.copy()
        for name, value in data.items():
            if (reading := readers.get(name)) is not None:
                values[name] = reading(value)
            elif is_strict:
                raise Doubt
        for name, make in made.items():
            if name not in data:
                values[name] = make(None)
        return validate(values)

    return read


def _checked(reading: Read, check: Read | None) -> Read:
    return reading if check is None else lambda value: check(reading(value))


def _value_of(default: Any) -> Read:
    return lambda _: default() if callable(default) else default


_REQUIRED, _LEFT_OUT = object(), object()


def _default(field: Any) -> Any:
    if field.default is not empty:
        return _LEFT_OUT if getattr(field.default, "requires_context", False) else field.default
    return _REQUIRED if field.required else _LEFT_OUT


def _of_field(field: Any) -> Read:
    kind = type(field)
    if kind in {Words, Text} and all(type(one) in _PLAIN_TEXT for one in field.validators):
        return _text(field)
    if kind is serializers.DecimalField:
        return _decimal(field)
    if kind in _REPEATED:
        return _remembered(field)
    if kind is serializers.ListField:
        return _list(field, _of_field(field.child))
    if kind is serializers.ListSerializer:
        return _list(field, _of_serializer(field.child))
    if isinstance(field, serializers.Serializer):
        return _of_serializer(field)
    return cast("Read", field.run_validation)


def _text(field: Any) -> Read:
    most, least, may_be_blank = field.max_length or 10**9, field.min_length or 0, field.allow_blank
    by_the_field = field.run_validation
    if not field.trim_whitespace:
        return cast("Read", by_the_field)

    def read(value: Any) -> Any:
        if type(value) is not str:
            return by_the_field(value)
        text = value.strip()
        if not text:
            if not may_be_blank:
                raise Doubt
            return ""
        # Outside ASCII there may be halves of characters; the field knows.
        if least <= len(text) <= most and text.isascii() and "\0" not in text:
            return text
        return by_the_field(value)

    return read


def _decimal(field: Any) -> Read:
    places, whole = field.decimal_places, field.max_digits - field.decimal_places
    plain = re.compile(rf"[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{places}}})?\Z").match
    unit = Decimal(1).scaleb(-places)
    by_the_field = field.run_validation
    if field.min_value not in (None, 0) or field.max_value is not None or field.rounding or field.localize:
        return cast("Read", by_the_field)

    def read(value: Any) -> Any:
        if type(value) in {int, float, str} and plain(text := str(value)):
            return Decimal(text).quantize(unit)
        return by_the_field(value)

    return read


def _remembered(field: Any) -> Read:
    known: dict[tuple[type, Any], Any] = {}
    by_the_field = field.run_validation

    def read(value: Any) -> Any:
        if type(value) not in {str, int}:
            return by_the_field(value)
        key = (type(value), value)
        if key in known:
            return known[key]
        found = by_the_field(value)
        if len(known) < MOST_REMEMBERED:
            known[key] = found
        return found

    return read


def _list(field: Any, child: Read) -> Read:
    most = field.max_length if field.max_length is not None else 10**9
    least = field.min_length or (0 if field.allow_empty else 1)

    def read(value: Any) -> Any:
        if type(value) is not list or not least <= len(value) <= most:
            raise Doubt
        return [child(one) for one in value]

    return read
