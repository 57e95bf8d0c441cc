"""One row of a list, and what makes two rows speak of the same entity."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

_FORMS = re.compile(r"\b(?:co|ltd|limited|company|inc|corp|corporation)\b\.?", re.IGNORECASE)
_ACRONYM = re.compile(r"\s*\(([A-Z]{2,})\)\s*$")


class NativeName(TypedDict):
    """A name in Chinese script, with its source. The official list prints none."""

    text: str
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list as printed, with the dates that count."""

    row_id: str
    entity_key: str
    name: str
    listed_as: str
    aliases: tuple[str, ...]
    native_names: tuple[NativeName, ...]
    section: str
    effective_on: date
    first_effective_on: date
    removed_on: date | None
    scope: str
    location: str
    sector: str
    citation: str
    document_number: str
    source_url: str
    completeness: str
    is_current: bool

    @property
    def place(self) -> tuple[str, str]:
        """Where the row stands: its entity and its section."""
        return self.entity_key, self.section

    @property
    def printed(self) -> tuple[str, date]:
        """What the list prints: the cell and the date beside it."""
        return _plain(self.listed_as or self.name), self.effective_on


def entity_key(name: str) -> str:
    """The key that joins the rows of one entity: letters and digits, without an acronym printed behind the name."""
    return "".join(letter for letter in _ACRONYM.sub("", name).lower() if letter.isalnum())


def acronym(name: str) -> str:
    """The acronym printed behind a name, for example XPCC."""
    found = _ACRONYM.search(name)
    return found[1] if found else ""


def loose_key(name: str) -> str:
    """The same without legal forms: ``Aksu Huafu Textiles Co.`` was corrected to ``… Co., Ltd.``."""
    return entity_key(_FORMS.sub("", name))


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _plain(text: str) -> str:
    return " ".join(text.split())
