"""A cell that holds a party: the name, the address below it, and whoever else the cell mentions."""

import re
from dataclasses import dataclass
from functools import lru_cache

from screening.domain.intake.cells import given, one_line, tidy
from screening.domain.intake.places import Places, Tail, read_tail

# Words that end a company's name. Those of the second group only carry a name on to the next line.
_FORM = re.compile(
    r"LLCC?|LLP|LP|INC(?:ORPORATED)?|LTD|LIMITED?|CO|COMPANY|CORP(?:ORAT(?:ION|ED))?|GMBH|AG|KG|SA|SAS|SRL|SPA|BV|NV|AS|"
    r"O?AO|OOO|ZAO|LTDA|PVT|PTE|PTY|PLC|[CP]?JSC|OJSC|DOO|EIRELI|BHD|OY|AB|SARL|EURL|STI|SIRKETI|CV|TAS|SLU?|SAU|FZ[EC]|"
    r"FZCO|APS|KFT|SRO|SIA|UAB|GROUP|HOLDINGS?"
)
_CARRY_ON = re.compile(r"SANAYII?|SAN|TICARET|TIC|VE|PRIVATE|JOINT|STOCK|SDN|SP|S|A|DE|C|V|PT|RL|INTL")
_UNFINISHED = re.compile(r"AND|&|VE-?|DE|OF|FOR|THE|PRIVATE|JOINT|STOCK|ET|Y|E|D[AOI]|UND")
_STREET = re.compile(
    r"\b(ST|STR|STREET|AVE|AVENUE|RD|ROAD|BLVD|DR|DRIVE|LANE|LN|WAY|HWY|HIGHWAY|PKWY|SUITE|FLOOR|BOX|PLAZA|BUILDING)\b"
)
_ORDER = re.compile(
    r"^(?:(?:CONSIGNED\s+)?(?:UN)?TO\s+(?:THE\s+)?ORDERS?\b|(?:THE\s+)?ORDER\s+OF\b|ORDER$|THE\s+ORDER\b|"
    r"A\s+LA\s+ORDEN\b|[AÀ]\s+L.ORDRE\b|A\s+ORDEM\b|凭.{0,6}指示|TO\s+BEARER\b|TO\s+WHOM\b)(?:\s*(?:OF|DE|DU|DA)\b)?[\s:,.\-]*",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:OF\s+)?(?:THE\s+)?(?:SHIPPERS?|CONSIGNEES?|HOLDER|BEARER|ORDER|SAME|TO ORDER.*|TO THE ORDER.*)?$",
    re.IGNORECASE,
)
_SAME = re.compile(
    r"^\W*(?:THE\s+)?SAME(?:\s*,?\s*AS)?\b[\s,]*(?:THE\s+|ABOVE\s*)?(CONSIGNEE|CNEE|SHIPPER|BUYER|IMPORTER|ABOVE)?\W*$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"^(?:TBN|TBA|TBD|TO BE (?:NOMINATED|NAMED|ADVISED|DECLARED)|UNKNOWN|NOT (?:KNOWN|STATED|GIVEN|DISCLOSED)|"
    r"CONFIDENTIAL|X{4,}|VARIOUS|VARIOUS SHIPPERS|INDIVIDUALS? OR ORGANI[SZ]ATIONS? DO(?:ES)? NOT HAVE A TAX CODE|"
    r"NOT AVAILABLE.*)\W*$",
    re.IGNORECASE,
)
_BANK = re.compile(r"\b(BANK|BANCO|BANQUE|BANCA|BANKASI|SPARKASSE|CREDIT AGRICOLE)\b|银行", re.IGNORECASE)
_RELATED = re.compile(
    r"(?:(?<=^)|(?<=[\s,;(.\-]))(?:"
    r"(?P<behalf>ON\s+BEHALF\s+O[FN]|O\s?/\s?B\s?/?\s?O|B\s?/\s?O\b|FOR\s+(?:THE\s+)?ACCOUNT(?:\s+AND\s+RISK)?(?:\s+OF)?|F/A/O)"
    r"|(?P<care>C\s?/\s?O\b|CARE\s+OF)"
    r"|(?P<alias>D\s?/\s?B\s?/?\s?A\b|DBA\b|TRADING\s+AS|F\s?/?\s?K\s?/?\s?A\b|FORMERLY(?:\s+KNOWN\s+AS)?|ALSO\s+KNOWN\s+AS)"
    r")[\s.:,]+",
    re.IGNORECASE,
)
_RELATION = {"behalf": "on behalf of", "care": "care of", "alias": "also named"}
_PHONE_LINE = re.compile(
    r"^(?:TE|TEL|TELE|TELEPHONE|PH|PHONE|FAX|TELFAX|T|F|电话|传真)?\s*(?:NO)?\s*[.:\-]*\s*(\+?[\d(][\d\s()./+\-]{6,24})(?:\s*(?:TEL|FAX|EX.*))?$",
    re.IGNORECASE,
)
_TELEPHONE_AT_END = re.compile(r"(.+), *TE([A-Z]{2}|N/A|ON BEHALF.*|[\d(+][\d\s()./+\-]{6,})")
_TAX_NUMBER_FOLLOWS = re.compile(r"TAX ?ID\W*$", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:^|[,\n]\s*)\d\)\s*")
_CHINESE = re.compile(r"[一-鿿]")
# The length at which the CBP manifest system cuts a name or an address line.
CUT_AT = 35


@dataclass(frozen=True)
class Mention:
    """Another party the cell names: the one acted for, the one in whose care, or another name of the same firm."""

    relation: str
    name: str
    address: str = ""


@dataclass(frozen=True)
class PartyCell:
    """One party as far as a cell tells. ``is_order``: a bill made out to order, so the name given is not a buyer."""

    name: str = ""
    address: str = ""
    tail: Tail = Tail()
    phone: str = ""
    is_order: bool = False
    is_bank: bool = False
    same_as: str = ""
    placeholder: str = ""
    name_cut: bool = False
    mentions: tuple[Mention, ...] = ()


def split_parties(text: str) -> list[str]:
    """One cell may hold several notify parties, parted by a semicolon on its own line or numbered 1), 2)."""
    parts = re.split(r"\n\s*;\s*\n", tidy(text))
    if len(parts) == 1 and len(_NUMBERED.findall(parts[0])) > 1 and _NUMBERED.match(parts[0]):
        parts = _NUMBERED.split(parts[0])
    return [part.strip(" ,;\n") for part in parts if given(part)]


@lru_cache(maxsize=4096)
def read_party_cell(text: str, places: Places, *, holds_address: bool = False) -> PartyCell:
    """The party in a cell. One of several lines, or one said to hold an address, is parted into name and address."""
    shown = given(text)
    if not shown:
        return PartyCell()
    flat = one_line(shown)
    if found := _SAME.match(flat):
        return PartyCell(same_as=(found[1] or "consignee").lower())
    if _PLACEHOLDER.match(flat):
        return PartyCell(placeholder=flat)
    lines, phone = _without_phones(_telephone_prefix([line for line in shown.split("\n") if line.strip(" ,;.")]))
    if not lines:
        return PartyCell(phone=phone)
    whole = "\n".join(lines)
    order = _ORDER.match(one_line(whole))
    if order:
        whole = _after(whole, len(order.group(0)))
    whole, mentions = _mentions(whole, places)
    cell = _name_and_address(whole, places, parted=holds_address or "\n" in shown)
    name, address = cell
    is_bank = bool(order and _BANK.search(name))
    if order and _names_nobody(name, places):
        address, name = ", ".join(part for part in (address,) if part), ""
    return PartyCell(
        name=name,
        address=address,
        tail=read_tail(tuple(part for part in re.split(r",\s*(?=[^,]*$)|\n", address) if part), places),
        phone=phone,
        is_order=bool(order),
        is_bank=is_bank,
        name_cut=len(lines[0]) == CUT_AT and bool(name) and not _ends_with_form(name),
        mentions=mentions,
    )


def _after(text: str, length: int) -> str:
    """The text behind its first characters, counted as if line breaks and runs of spaces were one space each."""
    seen = position = 0
    while position < len(text) and seen < length:
        run = re.match(r"\s+", text[position:])
        position += len(run.group(0)) if run else 1
        seen += 1
    return text[position:].strip(" ,:;\n")


def _telephone_prefix(lines: list[str]) -> list[str]:
    """The fifth line of a manifest party is its telephone field, printed with TE before whatever it holds."""
    if len(lines) == 2 and (found := _TELEPHONE_AT_END.fullmatch(lines[1])):
        lines = [lines[0], found[1], "TE" + found[2]]
    if len(lines) < 3 or not re.match(r"TE(?![LR]\b)", lines[-1]):
        return lines
    rest = lines[-1][2:].strip()
    known = re.match(r"(ON BEHALF|OBO|BO |FOR |TAX|FAX|[A-Z]{2}$|N/A$|[\d(+:.\-])", rest)
    if known or len(lines) == 5 and not re.match(r"(XAS|RMINAL|NNESSEE|HRAN|CH|MPLE|L AVIV)", rest):
        return [*lines[:-1], rest] if given(rest) else lines[:-1]
    return lines


def _without_phones(lines: list[str]) -> tuple[list[str], str]:
    kept, phone = [], ""
    for place, line in enumerate(lines):
        found = _PHONE_LINE.match(line.strip(" ,;"))
        digits = re.sub(r"\D", "", found[1]) if found else ""
        if found and place and 7 <= len(digits) <= 15 and not _TAX_NUMBER_FOLLOWS.search(lines[place - 1]):
            phone = phone or found[1].strip()
        else:
            kept.append(line.strip(" ;"))
    return kept, phone


def _mentions(text: str, places: Places) -> tuple[str, tuple[Mention, ...]]:
    """Take “on behalf of …”, “c/o …” and “doing business as …” out of the text; what is left is the party itself."""
    found = _RELATED.search(text)
    if found is None or not text[: found.start()].strip(" ,;(\n"):
        if found is None:
            return text, ()
        # “C/O Somebody” alone: the cell names nobody else, so somebody is the party.
        return text[found.end() :].strip(), ()
    before, after = text[: found.start()].rstrip(" ,;(-\n"), text[found.end() :].strip(" \n")
    kind = next(name for name, value in found.groupdict().items() if value)
    after, further = _mentions(after, places) if _RELATED.search(after) else (after, ())
    lines = after.split("\n")
    name, rest = _name_and_address("\n".join(lines), places, parted=True)
    own_address = ", ".join(before.split("\n")[1:])
    if rest and (kind == "alias" or not read_tail(tuple(filter(None, [own_address])), places).country):
        before, rest = f"{before}\n{rest}", ""
    mention = (Mention(_RELATION[kind], name, rest),) if name else ()
    return before, mention + further


def _name_and_address(text: str, places: Places, *, parted: bool) -> tuple[str, str]:
    lines = [line.strip(" ,") for line in text.split("\n") if line.strip(" ,.")]
    if not lines:
        return "", ""
    if not parted:
        return one_line(text), ""
    if _is_street(lines[0]):
        return "", _joined(lines)
    name, spilled = _cut_after_form(lines[0])
    rest = lines[1:]
    if not spilled and rest:
        carried, left = _carried_on(name, rest[0])
        if carried:
            glue = "" if name.endswith("-") else " "
            name, rest = name.rstrip("-") + glue + carried, ([left] if left else []) + rest[1:]
    address = [line for line in [spilled, *rest] if line]
    if not address and len(lines) == 1 and (places.country_at_end(name) and (cut := _before_country(name, places))):
        name, address = cut
    return one_line(name.strip(" ,;")), _joined(address)


def _before_country(name: str, places: Places) -> tuple[str, list[str]] | None:
    """``FOSHAN AIXIN TECH CO LIMITED CHINA``: what follows the legal form is only a country."""
    words = name.split()
    for size in range(1, min(5, len(words))):
        tail = " ".join(words[-size:])
        if _is_form(words[-size - 1]) and places.country(tail):
            return " ".join(words[:-size]), [tail]
    return None


def _joined(lines: list[str]) -> str:
    return one_line(", ".join(line.strip(" ,;") for line in lines if line.strip(" ,;.")))


def _is_street(line: str) -> bool:
    return bool(re.match(r"\d+[A-Z]?\s", line) and _STREET.search(line.upper()) and not _ends_with_form(line))


def _is_form(word: str) -> bool:
    return bool(_FORM.fullmatch(re.sub(r"[^A-Z]", "", word.upper()))) and not re.search(r"\d", word)


def _ends_with_form(name: str) -> bool:
    words = name.split()
    return bool(words) and (
        _is_form(words[-1]) or bool(re.search(r"\bS\.?\s?A\.?(?: DE C\.?V?)?$|公司$|厂$", name.upper()))
    )


def _cut_after_form(line: str) -> tuple[str, str]:
    """Part ``CEMEX INC. 10100 KATY FREEWAY`` behind the legal form, where an address can only begin."""
    words = line.split()
    for place in range(1, len(words) - 1):
        follows = words[place + 1]
        if (
            _is_form(words[place])
            and not _is_form(follows)
            and re.match(r"[#(]?\d|NO\b\.?|PLOT\b|P\.?O\.?\b|SURVEY\b", follows.upper())
        ):
            return " ".join(words[: place + 1]), " ".join(words[place + 1 :])
    if _CHINESE.search(line) and (found := re.match(r"(.+?(?:公司|厂|集团))[\s,，:：]*(.+)", line)):
        return found[1], found[2]
    return line, ""


def _carried_on(name: str, line: str) -> tuple[str, str]:
    """The words by which the next line finishes the name, ``COMPANY`` of ``COMPANY, PLOT C7``, and what is left."""
    words = line.split()
    if _ends_with_form(name):
        # “… COMPANY” / “LIMITED DONG SON WARD”: only further words of the legal form belong to the name.
        forms = next((place for place, word in enumerate(words) if not _is_form(word)), len(words))
        return " ".join(words[:forms]).rstrip(","), " ".join(words[forms:]).strip(" ,-")
    last = -1
    for place, word in enumerate(words[:7]):
        if re.search(r"\d", word):
            break
        if _is_form(word):
            last = place
            continue
        next_ends_it = place + 1 < len(words) and _is_form(words[place + 1])
        carries_on = last < 0 or _CARRY_ON.fullmatch(re.sub(r"[^A-Z]", "", word.upper()))
        if not carries_on or (word.endswith(",") and not next_ends_it):
            break
    while last >= 0 and last + 1 < len(words) and _is_form(words[last + 1]):
        last += 1
    if last < 0:
        ending = name.split()[-1].upper().strip(".,")
        if _UNFINISHED.fullmatch(ending) and not re.search(r"\d", line):
            return line, ""
        return "", line
    return " ".join(words[: last + 1]).rstrip(","), " ".join(words[last + 1 :]).strip(" ,-")


def _names_nobody(name: str, places: Places) -> bool:
    bare = name.strip(" .,")
    if _NOBODY.match(bare) or places.country(bare):
        return True
    return len(bare.split()) == 1 and not _is_form(bare) and not _BANK.search(bare) and not _CHINESE.search(bare)
