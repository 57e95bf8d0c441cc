"""The tables that come with the product, each by its digest; and reading with those of an earlier day."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("entities/data", "screening/data", "screening/data/intake")
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Tables:
    """A state of the tables: the content of each by its path, the same where the digests are."""

    digests: tuple[tuple[str, str], ...]
    content: Mapping[str, str] = field(compare=False)


_in_use: ContextVar[Tables | None] = ContextVar("reference tables", default=None)


@cache
def shipped() -> Tables:
    """Every reference table by its path in the product."""
    paths = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.csv"))
    content = {path.relative_to(ROOT).as_posix(): path.read_bytes().decode() for path in paths}
    return Tables(tuple((path, digest(text)) for path, text in content.items()), content)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def in_use() -> Tables:
    return _in_use.get() or shipped()


@contextmanager
def read_with(tables: Tables) -> Iterator[None]:
    """Answer inside from these tables instead of those that come with the product."""
    before = _in_use.set(None if tables == shipped() else tables)
    try:
        yield
    finally:
        _in_use.reset(before)


def rows_of(path: str) -> list[dict[str, str]]:
    """The rows of a table in use."""
    return list(csv.DictReader(io.StringIO(in_use().content[path], newline="")))


def kept(most: int | None = None) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer]]:
    """Keep answers that rest on the tables, apart for each state of these; of the last ``most`` questions."""

    def keep(answer: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
        @lru_cache(maxsize=most)
        def known(tables: Tables | None, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
            return answer(*args, **kwargs)

        @wraps(answer)
        def ask(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
            return known(_in_use.get(), *args, **kwargs)  # type: ignore[arg-type]

        return ask

    return keep
