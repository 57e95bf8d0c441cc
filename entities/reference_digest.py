"""The tables that come with the product, by the digest of each: which state of them a screening was made with."""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@cache
def tables() -> dict[str, str]:
    """Every reference table by its path in the product, with its SHA-256."""
    found = sorted(path for app in ("entities", "screening") for path in (ROOT / app / "data").glob("*.csv"))
    return {path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
