"""What to ask an importer for, from what is known of the chain: the papers of each step, and the missing steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

SALE = "Purchase order, invoice and proof of payment"
TRANSPORT = "Transport papers"
PRODUCTION = "Production records (lots, dates, quantities, inputs)"


def suggested_items(paths: Sequence[Sequence[str]], missing_stages: Sequence[str]) -> list[str]:
    """One thing to send per item, in the order of the chain.

    A path names the parties from the direct seller upstream. The papers of each step are to tie by party, lot, date
    and quantity (CBP UFLPA FAQ, Feb 2023); a stage without a party is to be named first.
    """
    items: list[str] = []
    for path in paths:
        for customer, supplier in pairwise(path):
            items.append(f"{SALE}: {supplier} to {customer}")
            items.append(f"{TRANSPORT}: {supplier} to {customer}")
        items.extend(f"{PRODUCTION}: {party}" for party in path)
    items.extend(f"Name and address of every {stage}, with a business record of each" for stage in missing_stages)
    items.append("Supply chain map from raw material to the imported article, with every party named")
    items.append("English translation of each paper in another language")
    return list(dict.fromkeys(items))
