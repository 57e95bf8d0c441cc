"""Write names.csv and places.csv: `python -m bench.exam.generate`. The same rows for the same list and seed."""

import csv
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

from bench.exam import positives, words
from bench.exam.places import place_rows
from entities import reference
from entities.domain.names.scripts import fold, readings, simplified
from entities.domain.names.syllables import syllable_count
from entities.domain.names.words import NameParser

HERE = Path(__file__).resolve().parent
SEED = 20_260_709
NAME_COLUMNS = ("half", "kind", "expected", "name")
PER_KIND_AND_HALF = 45
BACKGROUND = 10_000
LOOKALIKES = 3_600


def half_of(key: str) -> str:
    """Half of the exam an entity, a place or an invented firm is in: by itself alone, never by its variants."""
    return "development" if hashlib.sha256(key.encode()).digest()[0] % 2 else "test"


def bases() -> list[positives.Base]:
    by_key: dict[str, list[dict[str, str]]] = {}
    for row in reference.listed_rows():
        if row["row_status"] == "current":
            by_key.setdefault(row["entity_key"], []).append(row)
    found = []
    for key, rows in by_key.items():
        names = [n for row in rows for n in (row["name"], *(a.strip() for a in row["aliases"].split("|"))) if n]
        han = tuple(dict.fromkeys(str(n["text"]) for row in rows for n in reference.native_names(row)))
        location = next((row["location"] for row in rows if row["location"]), "")
        found += [positives.Base(key, name, han, location) for name in dict.fromkeys(names)]
    return found


def positive_rows(dice: random.Random) -> Iterator[tuple[str, str, str, str]]:
    every = bases()
    parser = NameParser(reference.vocabulary())
    seen: set[str] = set()
    given: dict[tuple[str, str], int] = {}

    def offer(kind: str, key: str, name: str | None) -> Iterator[tuple[str, str, str, str]]:
        half = half_of(key)
        if name and (kind, name) not in seen and given.get((kind, half), 0) < PER_KIND_AND_HALF:
            seen.add((kind, name))  # type: ignore[arg-type]
            given[kind, half] = given.get((kind, half), 0) + 1
            yield half, kind, key, name

    for kind, vary in positives.LATIN.items():
        for base in dice.sample(every, len(every)):
            yield from offer(kind, base.key, vary(base, dice))
    for base in every:
        yield from offer("as listed", base.key, base.text)
    heads = {base.key: base.text for base in reversed(every)}
    for base in dice.sample(every, len(every)):
        if base.text != heads[base.key]:
            yield from offer("alias or former name", base.key, base.text.upper())
    natives = sorted({(b.key, h) for b in every for h in b.han})
    for kind, change in positives.HAN.items():
        for key, han in dice.sample(natives, len(natives)):
            yield from offer(kind, key, change(han, dice))
    for kind, sound in positives.SOUND.items():
        for key, han in dice.sample(natives, len(natives)):
            if len(han) > 5:
                yield from offer(kind, key, sound(parser, han, dice))


def brand(dice: random.Random) -> str:
    return "".join(dice.choice(words.SYLLABLES) for _ in range(2)).title()


def han_brand(dice: random.Random) -> str:
    return "".join(dice.choice(words.HAN) for _ in range(2))


def lookalikes(dice: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """Another firm of the same place, trade and form, or one brand syllable away, or the brand elsewhere."""
    every = bases()
    parser = NameParser(reference.vocabulary())
    listed = {fold(b.text) for b in every}
    own_words = {w.text for b in every for w in parser.latin(b.text).words if w.kind == "distinct"}
    han_words = {w.text for b in every for h in b.han for w in parser.chinese(h).words if w.kind == "distinct"}
    sounds = {s for w in han_words for s in readings(w)} | own_words
    seen: set[str] = set()
    count = 0
    while count < LOOKALIKES:
        base = dice.choice(every)
        how = dice.choice(
            ("same place and trade", "one syllable away", "brand elsewhere", "chinese same place and trade")
        )
        name = ""
        if how.startswith("chinese"):
            name = _chinese_lookalike(base, parser, han_words, dice)
        else:
            parsed = parser.latin(base.text).words
            own = [w for w in parsed if w.kind == "distinct" and w.text.isalpha() and len(w.text) > 3 and not w.codes]
            if not own or not any(w.kind == "trade" for w in parsed):
                continue
            target = max(own, key=lambda w: len(w.text)).text
            at = base.text.lower().find(target)
            if at < 0:
                continue
            if how == "same place and trade":
                new = brand(dice)
            elif how == "one syllable away":
                new = _syllable_away(target, dice)
            elif syllable_count(target) != 2:
                continue  # a firm elsewhere that is called Esquel too would be worth the question
            else:
                city = dice.choice(words.CITIES)[0]
                trade = dice.choice(words.TRADES)[0]
                new = ""
                name = f"{city} {target.title()} {trade} {dice.choice(words.FORMS)}"
            if new:
                if new.lower() in sounds:
                    continue
                name = base.text[:at] + new.title() + base.text[at + len(target) :]
        if name and fold(name) not in listed and name not in seen:
            seen.add(name)
            count += 1
            yield half_of(base.key), how, "", name


def _chinese_lookalike(base: positives.Base, parser: NameParser, known: set[str], dice: random.Random) -> str:
    if not base.han:
        return ""
    han = simplified(dice.choice(base.han))
    parsed = parser.chinese(han).words
    own = [w.text for w in parsed if w.kind == "distinct" and len(w.text) > 1]
    new = han_brand(dice)
    if not own or new in known or not any(w.kind == "trade" for w in parsed):
        return ""
    return han.replace(own[0], new)


def _syllable_away(word: str, dice: random.Random) -> str:
    for cut in range(2, len(word) - 1):
        if word[:cut] in words.SYLLABLES and word[cut:] in words.SYLLABLES:
            other = dice.choice(words.SYLLABLES)
            return word[:cut] + other if dice.random() < 0.5 else other + word[cut:]
    return ""


def background(dice: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """Firms of the trade at large: Chinese in pinyin and characters, and of other countries."""
    seen: set[str] = set()
    while len(seen) < BACKGROUND:
        chance = dice.random()
        if chance < 0.2:
            city, trade = dice.choice(words.CITIES)[1], dice.choice(words.TRADES)[1]
            unit = dice.choice(("市", "", "", "省" if city in "浙江江苏山东广东福建" else ""))
            name = f"{city}{unit}{han_brand(dice)}{trade}{dice.choice(words.HAN_FORMS)}"
        elif chance < 0.6:
            syllables = brand(dice) if dice.random() < 0.8 else brand(dice) + dice.choice(words.SYLLABLES)
            name = (
                f"{dice.choice(words.CITIES)[0]} {syllables} {dice.choice(words.TRADES)[0]} {dice.choice(words.FORMS)}"
            )
        elif chance < 0.75:
            one, two = dice.sample(words.ENGLISH, 2)
            form = dice.choice(("Inc.", "LLC", "Corp.", "Ltd", "Co., Ltd."))
            name = f"{one} {two} {dice.choice(words.TRADES)[0]} {form}"
        else:
            form, trades = dice.choice(words.ABROAD)
            own = "".join(dice.choice(words.ABROAD_PARTS) for _ in range(dice.choice((2, 3, 3, 4)))).upper()
            name = form.format(f"{own} {dice.choice(trades)}")
        if dice.random() < 0.3:
            name = name.upper()
        if name not in seen:
            seen.add(name)
            yield half_of(name), "background chinese" if chance < 0.2 else "background", "", name


def write(path: Path, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} rows")


def main() -> None:
    dice = random.Random(SEED)
    names = [*positive_rows(dice), *lookalikes(dice), *background(dice)]
    write(HERE / "names.csv", NAME_COLUMNS, names)
    columns, rows = place_rows(random.Random(SEED), half_of)
    write(HERE / "places.csv", columns, rows)


if __name__ == "__main__":
    main()
