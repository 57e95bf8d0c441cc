"""Numbers that name a firm or a place of business."""

import re

from entities.domain.identifiers.check import Check, ok, refuse, warn

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE = {character: value for value, character in enumerate(_USCC)}


def uscc(text: str) -> Check:
    """Unified Social Credit Code (GB 32100-2015): 18 characters, the last one a check character."""
    plain = re.sub(r"[\s\-]", "", text).upper()
    if len(plain) != 18:
        return refuse(plain, f"A credit code has 18 characters, this one {len(plain)}.")
    wrong = sorted(set(plain) - set(_USCC))
    if wrong:
        return refuse(plain, f"A credit code never has {', '.join(wrong)}: the letters I, O, S, V and Z are not used.")
    if not plain[2:8].isdigit():
        return refuse(plain, "Characters 3 to 8 of a credit code are the digits of the registering authority's area.")
    total = sum(_USCC_VALUE[character] * pow(3, place, 31) for place, character in enumerate(plain[:17]))
    expected = _USCC[(31 - total % 31) % 31]
    if plain[17] != expected:
        return warn(
            plain,
            f"The check character is {plain[17]}, but {expected} is expected: one character may be wrong.",
            expected,
        )
    organisation = plain[8:17]
    inner = _organisation_check(organisation[:8])
    if organisation[8] != inner:
        return warn(
            plain,
            f"The inner organisation code ends in {organisation[8]}, but {inner} is expected.",
            inner,
            valid=True,
        )
    return ok(plain)


def _organisation_check(body: str) -> str:
    """Check character of the organisation code inside (GB 11714)."""
    total = sum(int(c, 36) * weight for c, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def uscc_place(text: str) -> str:
    """The six-digit area whose authority registered the firm; empty unless the check character is right.

    65xxxx proves registration in Xinjiang, not production there; another area proves nothing.
    """
    checked = uscc(text)
    return checked.normalised[2:8] if checked.valid else ""


def chinese_postal_code(text: str) -> Check:
    """Chinese postal code: six digits."""
    plain = text.strip()
    if not re.fullmatch(r"\d{6}", plain):
        hint = " A spreadsheet may have dropped a leading zero." if re.fullmatch(r"\d{5}", plain) else ""
        return refuse(plain, f"A Chinese postal code has six digits.{hint}")
    return ok(plain)


def gln(text: str) -> Check:
    """Global Location Number (GS1): 13 digits, the last one a check digit."""
    plain = re.sub(r"\s", "", text)
    if not re.fullmatch(r"\d{13}", plain):
        return refuse(plain, "A location number has 13 digits.")
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(plain[:12]))
    expected = str((10 - total % 10) % 10)
    if plain[12] != expected:
        return warn(plain, f"The check digit is {plain[12]}, but {expected} is expected.", expected)
    return ok(plain)


def lei(text: str) -> Check:
    """Legal Entity Identifier (ISO 17442): 18 letters or digits and two check digits."""
    plain = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z0-9]{18}\d\d", plain):
        return refuse(plain, "A legal entity identifier has 18 letters or digits and two check digits.")
    expected = f"{98 - int(''.join(str(int(c, 36)) for c in plain[:18] + '00')) % 97:02d}"
    if plain[18:] != expected:
        return warn(plain, f"The check digits are {plain[18:]}, but {expected} is expected.", expected)
    return ok(plain)
