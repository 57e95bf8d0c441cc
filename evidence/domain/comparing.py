"""Two papers compared in one field: do they agree, and which values stand on either side.

What cannot be compared without a guess is left open and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from evidence.domain.placing import plain_number
from evidence.domain.tie_values import Compared, Field, Papers, Value, Ways, added, limit, of_side, totals, values
from evidence.domain.units import comparable, number, plain


def compare(name: str, left: Papers, right: Papers, side: str, ways: Ways) -> Compared:
    """Papers on either side of a tie in one field. ``side``: of production records the ``input`` or the ``output``."""
    how = ways.fields.get(name, Field(name.replace("_", " ")))
    compare_by = _BY.get(how.how)
    if compare_by is None:
        return Compared("open", f"A person compares the {how.label}: no field of these papers states it.")
    return compare_by(name, how, left, right, side, ways)


def _sum(name: str, how: Field, left: Papers, right: Papers, side: str, ways: Ways) -> Compared:
    sides = [totals(how, papers, side, ways) for papers in (left, right)]
    if not (sides[0] and sides[1]):
        return _silent(how, left if not sides[0] else right)
    first, second = (added(one, ways) for one in sides)
    if first is None or second is None:
        return Compared("open", f"The {how.label} is stated in units that cannot be added.", *_both(sides))
    pair = comparable(first, second)
    if pair is None:
        words = f"The {how.label} is stated in {first.unit.label} and in {second.unit.label}"
        return Compared("open", f"{words}, which cannot be compared without a guess.", *_both(sides))
    rule, mode, low_first, share = limit(name, left[0], right[0], ways)
    one, other, unit = pair
    gap = one - other
    allowed = share * max(abs(one), abs(other)) if mode == "equal" else share * (other if low_first else one)
    over = (gap if low_first else -gap) if mode == "at_most" else abs(gap)
    words = f"{how.label.capitalize()}: {plain(one)} against {plain(other)} {unit}"
    if over <= allowed:
        note = "" if gap == 0 else f", within {_percent(share)}" if over > 0 else ", as it may be"
        return Compared("agrees", f"{words}{note}.", *_both(sides), rule)
    words = f"{words}, {plain(abs(gap))} {unit} apart; {_percent(share)} is allowed."
    return Compared("breaks", words, *_both(sides), rule)


def _price(name: str, how: Field, left: Papers, right: Papers, side: str, ways: Ways) -> Compared:
    found = [{one.read.value: one for one in values(how.reads, papers, ways, lines=True)} for papers in (left, right)]
    if not (found[0] and found[1]):
        return _silent(how, left if not found[0] else right)
    rule, _, _, share = limit(name, left[0], right[0], ways)
    others = [amount for value in found[1] if (amount := number(value)) is not None]
    for value, one in found[0].items():
        amount = number(value)
        if amount is None or not others:
            return Compared("open", "A unit price could not be read as a figure.")
        nearest = min(others, key=lambda other: abs(other - amount))
        if abs(nearest - amount) > share * max(abs(nearest), abs(amount)):
            other = next(two for value, two in found[1].items() if number(value) == nearest)
            return Compared("breaks", f"Unit price: {plain(amount)} against {plain(nearest)}.", (one,), (other,), rule)
    words = ", ".join(plain(amount) for value in found[0] if (amount := number(value)) is not None)
    return Compared("agrees", f"Unit price: {words} on both.", *_both([list(one.values()) for one in found]), rule)


def _set(name: str, how: Field, left: Papers, right: Papers, side: str, ways: Ways) -> Compared:
    found = [
        {_plain(name, one): one for one in values(of_side(how, papers, side, ways), papers, ways)}
        for papers in (left, right)
    ]
    for one in found:
        one.pop("", None)
    if not (found[0] and found[1]):
        return _silent(how, left if not found[0] else right)
    if not (shared := found[0].keys() & found[1].keys()):
        words = f"{_some(found[0].values())} against {_some(found[1].values())}; none is the same."
        return Compared(
            "breaks", f"{how.label.capitalize()}: {words}", *_both([[*one.values()] for one in found]), "R4"
        )
    at, beside = (0, 1) if _is_within(left, right, ways) or len(found[0]) <= len(found[1]) else (1, 0)
    if _is_within(right, left, ways):
        at, beside = 1, 0
    if missing := [found[at][key] for key in found[at] if key not in shared]:
        words = (
            f"{how.label.capitalize()} {_some(missing)} of {missing[0].paper.title} does not stand on the other paper."
        )
        some = (tuple(missing), tuple(found[beside].values()))
        return Compared("breaks", words, *(some if at == 0 else some[::-1]), "R4")
    same = [[one[key] for key in one if key in shared] for one in found]
    return Compared("agrees", f"{how.label.capitalize()}: {_some(same[0])} on both.", *_both(same), "R4")


def _plain(name: str, value: Value) -> str:
    """A number as it is compared; of tariff numbers the six digits all countries share."""
    plain_value = plain_number(value.read.value)
    return plain_value[:6] if name == "code" else plain_value


def _is_within(first: Papers, second: Papers, ways: Ways) -> bool:
    return (first[0].paper.type, second[0].paper.type) in ways.contained


def _number(name: str, how: Field, left: Papers, right: Papers, side: str, ways: Ways) -> Compared:
    found = [values(how.reads, papers, ways, lines=False)[:1] for papers in (left, right)]
    if not (found[0] and found[1]):
        return _silent(how, left if not found[0] else right)
    one, other = found[0][0], found[1][0]
    if plain_number(one.read.value) == plain_number(other.read.value):
        return Compared("agrees", f"{how.label.capitalize()}: {one.text} on both.", (one,), (other,))
    return Compared("breaks", f"{how.label.capitalize()}: {one.text} against {other.text}.", (one,), (other,))


def _party(name: str, how: Field, left: Papers, right: Papers, side: str, ways: Ways) -> Compared:
    compared: list[Compared] = []
    for role in how.reads if "holder" not in how.reads else ("seller",):
        found = [values(ways.roles.get(role, (role,)), papers, ways, lines=False)[:1] for papers in (left, right)]
        if found[0] and found[1]:
            compared.append(_same(role, found[0][0], found[1][0], ways))
    if not compared:
        return _silent(how, left)
    worst = next((one for state in ("breaks", "open") for one in compared if one.state == state), None)
    if worst is not None:
        return worst
    sides = [tuple(value for one in compared for value in getattr(one, which)) for which in ("left", "right")]
    return Compared("agrees", " ".join(one.words for one in compared), sides[0], sides[1], "R7")


def _payee(name: str, how: Field, left: Papers, right: Papers, side: str, ways: Ways) -> Compared:
    is_left = any(one.paper.all("payee") for one in left)
    paid = values(("payee",), left if is_left else right, ways, lines=False)[:1]
    sold = values(("seller", "holder"), right if is_left else left, ways, lines=False)[:1]
    if not (paid and sold):
        return _silent(how, left if bool(paid) != is_left else right)
    pair = (paid[0], sold[0]) if is_left else (sold[0], paid[0])
    is_same = ways.same_party(paid[0].read.value, sold[0].read.value)
    words = f"paid to {paid[0].text}, sold by {sold[0].text}"
    if is_same is None:
        return Compared("open", f"Payee: {words}; whether they are one firm is open.", (pair[0],), (pair[1],), "R2")
    said = f"Payee: {words}." if is_same else f"Payee: {words}; the payee is not the seller."
    return Compared("agrees" if is_same else "breaks", said, (pair[0],), (pair[1],), "R2")


def _date(name: str, how: Field, left: Papers, right: Papers, side: str, ways: Ways) -> Compared:
    found = [[one for one in values(how.reads, papers, ways, lines=False) if _day(one)] for papers in (left, right)]
    if not (found[0] and found[1]):
        return _silent(how, left if not found[0] else right)
    first, second = (max(one, key=lambda value: value.read.value) for one in found)
    ranks = [ways.forward.get(one.paper.paper.type) for one in (first, second)]
    words = f"Date: {_on(first)} against {_on(second)}"
    if ranks[0] is None or ranks[1] is None or ranks[0] == ranks[1]:
        return Compared("open", f"{words}; neither must come first.", (first,), (second,), "R8")
    is_forward = (first.read.value <= second.read.value) == (
        ranks[0] < ranks[1]
    ) or first.read.value == second.read.value
    if is_forward:
        return Compared("agrees", f"{words}, in order.", (first,), (second,), "R8")
    return Compared("breaks", f"{words}: in the wrong order.", (first,), (second,), "R8")


def _text(name: str, how: Field, left: Papers, right: Papers, side: str, ways: Ways) -> Compared:
    found = [values(how.reads, papers, ways, lines=False)[:1] for papers in (left, right)]
    if not (found[0] and found[1]):
        return _silent(how, left if not found[0] else right)
    one, other = found[0][0], found[1][0]
    words = sorted((plain_number(one.read.value), plain_number(other.read.value)), key=len)
    if words[0] and words[0] in words[1]:
        return Compared("agrees", f"{how.label.capitalize()}: the same on both.", (one,), (other,), "R7")
    said = f"{how.label.capitalize()}: “{one.text}” and “{other.text}”; a person compares them."
    return Compared("open", said, (one,), (other,), "R7")


_BY = {
    "sum": _sum,
    "price": _price,
    "set": _set,
    "number": _number,
    "party": _party,
    "payee": _payee,
    "date": _date,
    "text": _text,
}


def _same(role: str, one: Value, other: Value, ways: Ways) -> Compared:
    is_same = ways.same_party(one.read.value, other.read.value)
    if is_same:
        return Compared("agrees", f"{role.capitalize()}: {one.text}.", (one,), (other,), "R7")
    words = f"{role.capitalize()}: {one.text} against {other.text}"
    if is_same is None:
        return Compared("open", f"{words}; whether they are one firm is open.", (one,), (other,), "R7")
    return Compared("breaks", f"{words}.", (one,), (other,), "R7")


def _silent(how: Field, papers: Papers) -> Compared:
    return Compared("open", f"{papers[0].title} does not say the {how.label}.")


def _both(sides: Sequence[Sequence[Value]]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    return tuple(sides[0]), tuple(sides[1])


def _some(found: Iterable[Value], most: int = 4) -> str:
    texts = list(dict.fromkeys(one.text for one in found))
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def _percent(share: Decimal) -> str:
    return f"{plain(share * 100)} %"


def _day(value: Value) -> date | None:
    try:
        return date.fromisoformat(value.read.value)
    except ValueError:
        return None


def _on(value: Value) -> str:
    day = _day(value)
    return f"{day:%-d %b %Y}" if day else value.text
