"""The looks of papers: nine for the development half, two that only the test half has. Drawn by typst or by Pillow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bench.papers import chains
from bench.papers.made import Inventor, Pile, Sheet, Value
from bench.papers.words import label, native, title

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_QUANTITIES = {"quantity", "input_quantity", "output_quantity", "opening", "received", "issued", "closing"}
_FIGURES = {"unit_price", "amount", "total", "gross_weight", "net_weight", *_QUANTITIES}


@dataclass(frozen=True)
class Look:
    """A layout: its language, its wording, how it writes days and figures, and how it draws."""

    name: str
    language: str  # en, zh or both
    wording: int
    day: str  # iso, dmy, mdy or zh
    grouped: bool
    draw: Callable[[Look, Page], str]


@dataclass(frozen=True)
class Page:
    """A sheet in the words of its look: a title, labelled values, a table, a place for a signature."""

    title: str
    head: list[tuple[str, str]]
    columns: list[str]
    rows: list[list[str]]
    signature: str = ""
    signed: bool = False
    black: bool = False


def page_of(sheet: Sheet, look: Look, native: Mapping[str, str]) -> Page:
    """What the look prints of a sheet."""

    def says(name: str) -> str:
        english, chinese = label(sheet.type, name, look.wording)
        return {"en": english, "zh": chinese}.get(look.language, f"{chinese} {english}")

    def shows(name: str, value: Value) -> str:
        figure, unit = value if isinstance(value, tuple) else (value, "")
        if name == "date":
            return _day(date.fromisoformat(figure), look.day)
        if name in _FIGURES:
            figure = f"{Decimal(figure):,}" if look.grouped else figure
            words = {"kg": "千克"} if look.language == "zh" else {}
            return f"{figure} {words.get(unit, unit)}".strip()
        if name == "origin":
            return "中国" if look.language == "zh" else "China"
        return native.get(figure, figure) if look.language == "zh" else figure

    columns = list(dict.fromkeys(name for line in sheet.lines for name in line))
    order = [name for name in _ORDER if name in columns]
    english, chinese = title(sheet.type, look.wording)
    return Page(
        {"en": english, "zh": chinese}.get(look.language, f"{chinese} {english}"),
        [(says(name), shows(name, value)) for name, value in sheet.head.items() if name != "is_signed"],
        [says(name) for name in order],
        [[shows(name, line[name]) if name in line else "" for name in order] for line in sheet.lines],
        says("is_signed") if "is_signed" in sheet.head else "",
        sheet.head.get("is_signed") == "yes",
        sheet.blacked_out,
    )


_ORDER = (
    *("listed_number", "part", "goods", "hts", "lot", "input_lot", "input_quantity", "output_lot", "output_quantity"),
    *("quantity", "unit_price", "amount", "opening", "received", "issued", "closing", "question", "answer"),
)


def _day(day: date, style: str) -> str:
    return {
        "iso": f"{day}",
        "dmy": f"{day.day:02} {MONTHS[day.month - 1]} {day.year}",
        "mdy": f"{MONTHS[day.month - 1]} {day.day}, {day.year}",
        "zh": f"{day.year}年{day.month}月{day.day}日",
    }[style]


# --- drawing by typst ---------------------------------------------------------------------------------------------


def _s(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(rows: list[list[str]], columns: str, stroke: str, *, bold: bool = True) -> str:
    cells = []
    for at, row in enumerate(rows):
        cells += [f"[#strong({_s(one)})]" if at == 0 and bold else f"[#{_s(one)}]" for one in row]
    return f"#table(columns: {columns}, stroke: {stroke}, inset: 4pt, {', '.join(cells)})\n" if cells else ""


def _goods(page: Page, stroke: str) -> str:
    return _table([page.columns, *page.rows], f"{len(page.columns)}", stroke) if page.columns else ""


def _sign(page: Page) -> str:
    if not page.signature:
        return ""
    name = '#text(style: "italic", size: 13pt, font: "Libertinus Serif")[Li Wei]' if page.signed else "#h(1pt)"
    return f"#v(14pt) #{_s(page.signature + ': ')} #box(width: 5cm, stroke: (bottom: 0.5pt), height: 14pt)[{name}]\n"


def _grid(look: Look, page: Page) -> str:
    """Everything in ruled tables."""
    pairs = [cell for pair in page.head for cell in pair]
    rows = [pairs[at : at + 4] for at in range(0, len(pairs), 4)]
    rows[-1] += [""] * (4 - len(rows[-1]))
    return (
        f'#align(center, text(size: 16pt, weight: "bold", {_s(page.title)}))\n#v(6pt)\n'
        + _table(rows, "(auto, 1fr, auto, 1fr)", "0.6pt", bold=False)
        + _goods(page, "0.6pt")
        + _sign(page)
    )


def _letter(look: Look, page: Page) -> str:
    """Labels with a colon, one under the other, no rules but under the head of the table."""
    lines = "".join(f"#{_s(name + ': ' + value)} \\\n" for name, value in page.head)
    return (
        f"#text(size: 18pt, {_s(page.title)})\n#line(length: 100%)\n#v(4pt)\n{lines}\n#v(8pt)\n"
        + _goods(page, "(x, y) => if y == 0 { (bottom: 0.8pt) } else { none }")
        + _sign(page)
    )


def _boxes(look: Look, page: Page) -> str:
    """A form of boxes: a small label above, the value under it."""
    cells = [f"[#text(size: 6.5pt, {_s(name)}) \\ #{_s(value)}]" for name, value in page.head]
    if len(cells) % 2:
        cells.append("[]")
    return (
        f'#align(right, text(size: 15pt, weight: "bold", {_s(page.title)}))\n#v(4pt)\n'
        f"#table(columns: (1fr, 1fr), stroke: 0.5pt, inset: 5pt, {', '.join(cells)})\n"
        + _goods(page, "0.5pt")
        + _sign(page)
    )


def _columns(look: Look, page: Page) -> str:
    """Two blocks beside each other without rules, the table with rules between its rows."""
    middle = (len(page.head) + 1) // 2
    sides = [
        "[" + "".join(f"#strong({_s(name + ':')}) #h(4pt) #{_s(value)} \\\n" for name, value in part) + "]"
        for part in (page.head[:middle], page.head[middle:])
    ]
    return (
        f'#align(center, text(size: 15pt, weight: "bold", {_s(page.title)}))\n#v(8pt)\n'
        f"#grid(columns: (1fr, 1fr), gutter: 14pt, {', '.join(sides)})\n#v(8pt)\n"
        + _goods(page, "(x, y) => (bottom: 0.4pt)")
        + _sign(page)
    )


def _modern(look: Look, page: Page) -> str:
    """A band of colour with the title, labels in grey to the left, the table with shaded rows."""
    rows = "".join(f"[#text(fill: luma(90), {_s(name)})], [#{_s(value)}], " for name, value in page.head)
    table = ""
    if page.columns:
        cells = ", ".join(f"[#{_s(one)}]" for row in [page.columns, *page.rows] for one in row)
        table = (
            f"#table(columns: {len(page.columns)}, stroke: none, inset: 5pt, "
            f'fill: (x, y) => if y == 0 {{ rgb("#cfe3f5") }} else if calc.odd(y) {{ luma(245) }}, {cells})\n'
        )
    return (
        f'#block(fill: rgb("#1f4e79"), width: 100%, inset: 8pt, text(fill: white, size: 16pt, {_s(page.title)}))\n'
        f"#v(6pt)\n#grid(columns: (34%, 1fr), row-gutter: 7pt, {rows})\n#v(10pt)\n{table}" + _sign(page)
    )


def _ledger(look: Look, page: Page) -> str:
    """The table first, what speaks for the whole paper under it, in one ruled column."""
    return (
        f"#align(center, text(size: 17pt, tracking: 4pt, {_s(page.title)}))\n#v(6pt)\n"
        + _goods(page, "0.4pt")
        + "#v(8pt)\n"
        + _table([[name, value] for name, value in page.head], "(30%, 70%)", "0.4pt", bold=False)
        + _sign(page)
    )


def _typed(look: Look, page: Page) -> str:
    """As from a typewriter: fixed width, columns by blanks."""
    width = max((len(name) for name, _ in page.head), default=0) + 2
    lines = [page.title.center(78), "", *(f"{name + ':':<{width}} {value}" for name, value in page.head), ""]
    if page.columns:
        table = [page.columns, *page.rows]
        sizes = [max(len(row[at]) for row in table) + 2 for at in range(len(page.columns))]
        lines += ["".join(f"{cell:<{size}}" for cell, size in zip(row, sizes, strict=True)) for row in table]
        lines.insert(len(lines) - len(page.rows), "-" * min(96, sum(sizes)))
    if page.signature:
        lines += ["", "", f"{page.signature}: {'/s/ Li Wei' if page.signed else '____________________'}"]
    text = " \\\n".join(f"#raw({_s(line)})" for line in lines)
    return f"#set text(size: 8pt)\n{text}\n"


LOOKS = {
    look.name: look
    for look in (
        Look("en-grid", "en", 0, "iso", True, _grid),
        Look("en-letter", "en", 1, "dmy", True, _letter),
        Look("en-boxes", "en", 1, "mdy", False, _boxes),
        Look("en-columns", "en", 0, "dmy", True, _columns),
        Look("en-typed", "en", 0, "iso", True, _typed),
        Look("both-grid", "both", 0, "iso", False, _grid),
        Look("both-letter", "both", 1, "iso", True, _letter),
        Look("zh-grid", "zh", 0, "zh", False, _grid),
        Look("zh-columns", "zh", 1, "iso", True, _columns),
        # the test half alone
        Look("en-modern", "en", 2, "mdy", True, _modern),
        Look("zh-ledger", "zh", 0, "zh", True, _ledger),
    )
}
KEPT_FOR_TEST = ("en-modern", "zh-ledger")


def look_of(pile: Pile) -> None:
    """Give each firm's papers one look, and have half of the firms send scans."""
    invent = Inventor(f"looks of {pile.name}")
    names = list(KEPT_FOR_TEST) if pile.half == "test" else [one for one in LOOKS if one not in KEPT_FOR_TEST]
    groups = sorted({one.slot.partition(".")[0] if "." in one.slot else "office" for one in pile.sheets})
    invent.random.shuffle(names)
    scanned = [at % 2 == 0 for at in range(len(groups))]
    invent.random.shuffle(scanned)
    look = {group: names[at % len(names)] for at, group in enumerate(groups)}
    scans = dict(zip(groups, scanned, strict=True))
    english = [one for one in names if not one.startswith("zh")]
    look["office"] = look["office"] if not look["office"].startswith("zh") else english[0]  # the importer's own papers
    for sheet in pile.sheets:
        group = sheet.slot.partition(".")[0] if "." in sheet.slot else "office"
        sheet.layout, sheet.scanned = look[group], scans[group] or sheet.illegible


def native_words(pile: Pile) -> dict[str, str]:
    """What papers in Chinese print instead: native names, addresses, goods."""
    found = dict(native())
    for stage in pile.stages:
        if stage.firm:
            found[stage.firm.name], found[stage.firm.address] = stage.firm.native, stage.firm.native_address
    for window in chains.WINDOWS:
        found |= {goods.name: goods.native for goods in window.goods} | dict(window.processes)
    return found | dict(chains.PORTS) | dict(chains.TO)


def source_of(sheet: Sheet, pile: Pile) -> str:
    """The page in typst's language."""
    look = LOOKS[sheet.layout]
    page = page_of(sheet, look, native_words(pile))
    black = ""
    if page.black:
        bars = "".join(
            f"#place(top + left, dx: {4 + at % 2 * 3}%, dy: {12 + at * 7}%, "
            "rect(width: 84%, height: 5.6%, fill: black))\n"
            for at in range(11)
        )
        black = bars
    return (
        '#set page(paper: "a4", margin: 1.6cm)\n'
        '#set text(font: ("Liberation Sans", "Noto Sans CJK SC"), size: 9pt, lang: "en")\n'
        '#show raw: set text(font: "Liberation Mono")\n'
        f"{look.draw(look, page)}{black}"
    )
