"""What a statement about two firms says: a delivery from one to the other, or a holding of one in the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from entities.domain.errors import Refused


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What a supplier delivers to a customer, when, how much of it, where it comes from, and what says so.

    ``share`` is percent of what the customer takes in of these goods. ``origin`` is where the material comes from, in
    the words of the statement.
    """

    commodity: str = ""
    stage: str = ""
    goods: str = ""
    hts_prefix: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    origin: str = ""
    share: Decimal | None = None
    quantity: Decimal | None = None
    unit: str = ""
    basis: str = "declaration"
    confidence: str = "stated"
    source: str = ""
    source_url: str = ""
    is_disputed: bool = False

    def check(self) -> None:
        """Raises ``Refused`` where the statement cannot be meant as it stands."""
        _check_period(self.valid_from, self.valid_to, "link_period", "The last delivery lies before the first")
        _check_share(self.share)
        if self.quantity is not None and self.quantity <= 0:
            raise Refused("link_quantity", f"The quantity is {self.quantity}: give a number above 0, or leave it out.")


@dataclass(frozen=True, slots=True)
class OwnershipFacts:
    """What an owner holds in another firm: at least and at most how many percent, of what kind, since when."""

    share_from: Decimal | None = None
    share_to: Decimal | None = None
    interest: str = ""
    is_indirect: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    basis: str = "declaration"
    source: str = ""
    source_url: str = ""

    def check(self) -> None:
        """Raises ``Refused`` where the statement cannot be meant as it stands."""
        _check_period(self.valid_from, self.valid_to, "ownership_period", "The holding ends before it begins")
        _check_share(self.share_from)
        _check_share(self.share_to)
        if self.share_from is not None and self.share_to is not None and self.share_to < self.share_from:
            raise Refused("share_order", "The most that is held is below the least: exchange the two shares.")


def _check_period(first: date | None, last: date | None, code: str, what: str) -> None:
    if first and last and last < first:
        raise Refused(code, f"{what}: exchange the dates.")


def _check_share(share: Decimal | None) -> None:
    if share is not None and not 0 <= share <= 100:
        raise Refused("share_range", f"A share of {share} percent cannot be: give a number from 0 to 100.")
