"""Numbers and codes of the trade: their form, their check digit, and what is wrong with one that fails."""

from entities.domain.identifiers.cargo import (
    bill_of_lading,
    container,
    foreign_port,
    in_bond,
    port,
    protest_number,
    scac,
)
from entities.domain.identifiers.check import Check
from entities.domain.identifiers.customs import entry_check_digit, entry_number, hts, importer_number
from entities.domain.identifiers.examining import (
    MANUFACTURER,
    NOBODY,
    Codes,
    Examined,
    Kind,
    Remark,
    Whose,
    examine,
    tariff_code,
)
from entities.domain.identifiers.firms import chinese_postal_code, gln, lei, uscc, uscc_place
from entities.domain.identifiers.mid import mid, mid_differences, mid_for, mid_letters, mid_proposed

__all__ = [
    "MANUFACTURER",
    "NOBODY",
    "Check",
    "Codes",
    "Examined",
    "Kind",
    "Remark",
    "Whose",
    "bill_of_lading",
    "chinese_postal_code",
    "container",
    "entry_check_digit",
    "entry_number",
    "examine",
    "foreign_port",
    "gln",
    "hts",
    "importer_number",
    "in_bond",
    "lei",
    "mid",
    "mid_differences",
    "mid_for",
    "mid_letters",
    "mid_proposed",
    "port",
    "protest_number",
    "scac",
    "tariff_code",
    "uscc",
    "uscc_place",
]
