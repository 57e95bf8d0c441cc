"""Frozen dataclasses as plain JSON values, and back. What is empty or as its default says is left out."""

from __future__ import annotations

import types
from collections.abc import Mapping, Set
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")
_AS_IT_IS = frozenset({str, int, float, bool, type(None)})


def to_plain(value: Any) -> Any:
    """A value as JSON holds it: dates and decimals as text, tuples and sets as lists."""
    shape: Any = type(value)
    if shape in _AS_IT_IS:
        return value
    if shape is date:
        return value.isoformat()
    if shape is Decimal:
        return str(value)
    if shape is dict:
        return {str(key): to_plain(item) for key, item in value.items()}
    if shape is tuple or shape is list:
        return [to_plain(item) for item in value]
    if (defaults := _defaults(shape)) is not None:
        plain = {}
        for name, default in defaults:  # many thousand rows go through here: no call for what is plain already
            item = getattr(value, name)
            if default is MISSING or item != default:
                plain[name] = item if type(item) in _AS_IT_IS else to_plain(item)
        return plain
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, Set):
        return sorted((to_plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_plain(shape: type[Shape], value: Any) -> Shape:
    """The value of that type again; the inverse of ``to_plain``."""
    found: Shape = _read(shape, value)
    return found


def _read(shape: Any, value: Any) -> Any:
    origin, inner = get_origin(shape), get_args(shape)
    if origin in {Union, types.UnionType}:
        return None if value is None else _read(next(one for one in inner if one is not types.NoneType), value)
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_read(inner[0], item) for item in value)
        return tuple(_read(one, item) for one, item in zip(inner, value, strict=True))
    if isinstance(origin, type) and issubclass(origin, Set):
        return frozenset(_read(inner[0], item) for item in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_read(inner[0], key): _read(inner[1], item) for key, item in value.items()}
    if not isinstance(shape, type):
        return value
    if is_dataclass(shape):
        hints = _hints(shape)
        return shape(**{name: _read(hints[name], item) for name, item in value.items()})
    if issubclass(shape, date):
        return shape.fromisoformat(value)
    return shape(value) if issubclass(shape, Enum | Decimal | int) and not isinstance(value, shape) else value


@cache
def _defaults(shape: type) -> tuple[tuple[str, Any], ...] | None:
    """The fields of a dataclass, each with what it is unless said; None where the type is none."""
    if not is_dataclass(shape):
        return None
    return tuple(
        (one.name, one.default if one.default_factory is MISSING else one.default_factory()) for one in fields(shape)
    )


@cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)
