"""Take a company name apart into words, each with its kind."""

import re
from collections.abc import Set
from typing import NamedTuple

from entities.domain.names.scripts import HAN, fold, han_text, has_han, readings, simplified
from entities.domain.names.syllables import syllable_count
from entities.domain.names.vocabulary import Kind, Sense, Vocabulary, places_agree

LONGEST_RUN = 4  # pinyin names are written with at most this many loose syllables per word
SHORT = 6  # a loose syllable has at most this many letters ("zhuang")
SPLIT_FROM = 6  # a shorter word is not two words run together
_NUMERALS = "〇一二三四五六七八九"
# Blanks between Chinese characters are layout, not word breaks.
SPACED_HAN = re.compile(r"(?<=[\u3400-\u9fff])[ \t\u3000\u00a0]+(?=[\u3400-\u9fff])")


class Word(NamedTuple):
    """One word of a name. ``sounds`` is how a Chinese word is spelt in pinyin."""

    text: str
    kind: Kind
    concept: str
    codes: frozenset[str] = frozenset()
    sounds: tuple[str, ...] = ()
    joined: bool = False
    county: bool = False


class ParsedName(NamedTuple):
    """A name taken apart. ``key`` is equal for two names that differ in legal form, order of filler and case only."""

    text: str
    words: tuple[Word, ...] = ()
    han: bool = False
    truncated: bool = False

    @property
    def squeezed(self) -> str:
        """All letters of the name without its legal form, however they were grouped into words."""
        return "".join([w.text for w in self.words if w.kind != "form" and w.text != "and"]).replace(" ", "")

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(w.concept for w in self.words if w.kind not in ("form", "filler"))


class NameParser:
    """Parses names with a vocabulary and the lexicon of words that single out a listed entity."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Set[str] = frozenset()) -> None:
        self.vocabulary = vocabulary
        self.lexicon = lexicon
        self.known: dict[str, tuple[Word, Word]] = {}
        china = vocabulary.han.get("中国", Sense("common", "china"))
        self._china = Word("中", china.kind, china.concept)
        for spelling, sense in vocabulary.latin.items():
            word = Word(spelling, sense.kind, sense.concept, sense.codes, county=sense.county)
            inside = Word(spelling, "distinct", spelling, sense.codes) if sense.kind == "place" else word
            self.known[spelling] = (word, inside)
        for spelling in lexicon:
            if spelling.isascii() and spelling not in self.known:
                word = Word(spelling, "distinct", spelling)
                self.known[spelling] = (word, word)
        singles = [s for s in self.known if " " not in s]
        # What a word run together may consist of; places and listed brands make it one, everyday words do not.
        self._own_parts = frozenset(s for s in singles if self.known[s][0].kind in ("place", "distinct"))
        self.parts = self._own_parts | {s for s in singles if len(s) > 2}
        self._beginnings = frozenset(s[:size] for s in singles for size in range(1, len(s)))
        sizes: dict[str, set[int]] = {}
        for spelling in (*vocabulary.han, *(s for s in lexicon if not s.isascii())):
            sizes.setdefault(spelling[0], set()).add(len(spelling))
        self.half_translated = _half_translated(lexicon, vocabulary)
        # How long the known words are that begin with a character, the longest first.
        self._han_sizes = {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()}

    # Latin ---------------------------------------------------------------------------------------------------------

    def latin(self, text: str, *, truncated: bool = False) -> ParsedName:
        """Words of the Latin part of a name."""
        tokens = initials_joined(fold(text).split())
        words: list[Word] = []
        position, count = 0, len(tokens)
        known, phrases, beginnings = self.known, self.vocabulary.phrases, self._beginnings
        placed = True  # a county counts as a place only at the head of a name, or after the place it lies in
        before: Word | None = None
        while position < count:
            token = tokens[position]
            word: Word | None = None
            taken = 1
            if token in phrases:
                taken, word = self._phrase(tokens, position)
            if word is None and len(token) <= SHORT and position + 1 < count and token in beginnings:
                taken, word = self._loose_syllables(tokens, position, placed, before)
            if word is None:
                taken = 1
                pair = known.get(token)
                if pair is not None:
                    word = self._in_place(pair, placed, before)
                elif len(token) >= SPLIT_FROM and (parts := self.run_together(token)):
                    tokens[position : position + 1] = parts
                    count = len(tokens)
                    continue
                else:
                    word = Word(token, "distinct", token)
            words.append(word)
            placed = word.kind in ("place", "filler", "form") or word.concept in ("county", "china")
            before = word
            position += taken
        return ParsedName(text, tuple(_without_stray_counties(words)), truncated=truncated)

    def _in_place(self, pair: tuple[Word, Word], placed: bool, before: Word | None) -> Word:
        """Read a place name as a place or, where the name already says another place, as the brand it then is."""
        word, inside = pair
        if word.kind != "place":
            return word
        if before is not None and before.kind == "place":
            larger = before.county and not word.county  # Dehui (Dalian): then Dehui is the brand
            return word if larger or places_agree(before.codes, word.codes) != "differs" else inside
        return word if placed or not self.vocabulary.latin[word.text].county else inside

    def _phrase(self, tokens: list[str], position: int) -> tuple[int, Word | None]:
        for phrase in self.vocabulary.phrases[tokens[position]]:
            if tuple(tokens[position : position + len(phrase)]) == phrase:
                return len(phrase), self.known[" ".join(phrase)][0]
        return 1, None

    def _loose_syllables(
        self, tokens: list[str], position: int, placed: bool, before: Word | None
    ) -> tuple[int, Word | None]:
        """``wu lu mu qi`` and ``hua fu`` are one word each."""
        spelling = tokens[position]
        found: tuple[int, Word | None] = (1, None)
        for taken in range(2, LONGEST_RUN + 1):
            if position + taken > len(tokens) or len(tokens[position + taken - 1]) > SHORT:
                break
            spelling += tokens[position + taken - 1]
            pair = self.known.get(spelling)
            if pair is not None:
                found = taken, self._in_place(pair, placed, before)._replace(joined=True)
            if spelling not in self._beginnings:
                break
        return found

    def run_together(self, token: str, depth: int = 0) -> list[str] | None:
        """``xinjiangzhongtai`` is two words run together, both known, one of them a place or a listed brand.

        Two everyday words run together are a brand of their own: Ninestar.
        """
        parts, own = self.parts, self._own_parts
        heads: list[str] = []
        for cut in range(2, len(token) - 1):
            head = token[:cut]
            if head in parts:
                heads.append(head)
            if head not in self._beginnings:
                break
        for head in reversed(heads):
            tail = token[len(head) :]
            if tail in parts:
                if head in own or tail in own:
                    return [head, tail]
            elif depth < 2 and len(tail) >= SPLIT_FROM:
                rest = self.run_together(tail, depth + 1)
                if rest:
                    return [head, *rest]
        return None

    # Chinese -------------------------------------------------------------------------------------------------------

    def chinese(self, text: str) -> ParsedName:
        """Words of the Chinese part of a name; what the vocabulary does not know is what singles the firm out."""
        runs = HAN.findall(SPACED_HAN.sub("", simplified(text)))
        words: list[Word] = []
        placed = True
        for run in runs:
            position, unknown = 0, ""
            while position < len(run):
                word = self._longest(run, position, placed, unknown)
                if word is None:
                    unknown += run[position]
                    position += 1
                    continue
                if unknown:
                    if self._straddles(run, position, unknown):
                        unknown += run[position]
                        position += 1
                        continue
                    words += self._brands(unknown)
                    unknown = ""
                after_place = word.kind == "place" and bool(words) and words[-1].kind == "place"
                larger = after_place and words[-1].county and not word.county  # 德惠(大连): then 德惠 is the brand
                if after_place and not larger and places_agree(words[-1].codes, word.codes) == "differs":
                    unknown = word.text
                    position += len(word.text)
                    continue
                position += 2 if word.text.isdigit() else len(word.text)
                words += _each_concept(word)
                # 物流园有限公司新野分公司: of a firm, then where it sits
                placed = word.kind in ("place", "form")
            if unknown:
                words += self._brands(unknown)
            placed = True  # a place in brackets follows the brand: 合盛硅业(鄯善)有限公司
        return ParsedName(text, tuple(_without_stray_counties(words)), han=True)

    def _longest(self, run: str, position: int, placed: bool, unknown: str) -> Word | None:
        """The longest known word that may stand here, behind characters nothing is known of."""
        if run[position] == "第" and (number := _NUMERALS.find(run[position + 1 : position + 2])) > 0:
            return Word(str(number), "distinct", str(number))  # 第四 is No. 4
        left = len(run) - position
        for size in self._han_sizes.get(run[position], ()):
            if size > left:
                continue
            spelling = run[position : position + size]
            if size > 1 and spelling in self.lexicon:
                return self._brand(spelling)
            sense = self.vocabulary.han.get(spelling)
            if sense is None:
                continue
            if sense.kind == "place":
                # A county only where a place may stand, a larger one after any known word: 西部黄金哈密金矿.
                # With its unit a county is a place wherever it stands, 集团寿光市, and so it is before the legal form.
                # Behind unknown characters only where these are a listed brand: 宝武新疆八一钢铁.
                if (size > 1 and (not unknown or (not sense.county and self._is_listed(unknown)))) and (
                    placed or not sense.county or _with_unit(spelling) or self._ends_name(run, position + size)
                ):
                    return Word(spelling, "place", sense.concept, sense.codes, sense.sounds, county=sense.county)
                continue
            # A single character is a trade only where the trade stands: before the legal form, or in 镁制品.
            # Behind one unknown character it is the second of a brand: 豫棉, 宝钢.
            of_china = run[:position] == "中" and not unknown and sense.kind == "trade"  # 中棉山东物流园
            ends = position > 0 and len(unknown) != 1 and self._ends_name(run, position + 1)
            if size == 1 and not of_china and not ends:
                continue
            return Word(spelling, sense.kind, sense.concept, sounds=sense.sounds)
        if position == 0 and run[0] == "中" and self._is_trade(run[1:2]) and not self._is_listed(run[:2]):
            return self._china  # 中棉集团 is China Cotton Group
        return None

    def _is_listed(self, han: str) -> bool:
        """The characters are a listed brand by their sound or half translated."""
        return len(han) > 1 and not self.lexicon.isdisjoint(self._brand(han).sounds)

    def _is_trade(self, han: str) -> bool:
        sense = self.vocabulary.han.get(han)
        return sense is not None and sense.kind == "trade"

    def _straddles(self, run: str, position: int, unknown: str) -> bool:
        """A known word begins inside a listed brand and ends behind it: 旭发|电缆 is no 发电."""
        if self.lexicon.isdisjoint(readings(unknown + run[position])) or not self.lexicon.isdisjoint(
            readings(unknown)
        ):
            return False
        sizes = self._han_sizes.get(run[position + 1 : position + 2], ())
        return any(run[position + 1 : position + 1 + size] in self.vocabulary.han for size in sizes if size > 1)

    def _brands(self, han: str) -> list[Word]:
        """An unknown run is one brand, or one the list knows by sound and what follows it: 华孚恒丰, 新一棉."""
        whole = self._brand(han)
        if len(han) < 3 or not self.lexicon.isdisjoint(whole.sounds):
            return [whole]
        tail = self.vocabulary.han.get(han[-1])
        if tail is not None and (tail.kind == "trade" or tail.concept.startswith("nature/")):
            head = self._brand(han[:-1])
            if not self.lexicon.isdisjoint(head.sounds):
                return [head, Word(han[-1], tail.kind, tail.concept)]
        for cut in range(len(han) - 2, 1, -1):
            head = self._brand(han[:cut])
            if not self.lexicon.isdisjoint(head.sounds):
                return [head, self._brand(han[cut:])._replace(joined=True)]
        return [whole]

    def _brand(self, han: str) -> Word:
        """A brand by its sound and, where its last character is a trade, half translated: 宝钢 is Baosteel."""
        sounds = readings(han)
        last = self.vocabulary.han.get(han[-1]) if len(han) > 1 else None
        if last is not None and last.kind == "trade" and self.half_translated:
            heads = (*readings(han[:-1]), "china") if han[:-1] == "中" else readings(han[:-1])
            for head in heads:
                sounds += self.half_translated.get((head, last.concept), ())
        return Word(han, "distinct", han, sounds=sounds)

    def _ends_name(self, run: str, position: int) -> bool:
        """Only a legal form, a role, or the word for products follows."""
        if position >= len(run):
            return True
        return any(
            (sense := self.vocabulary.han.get(run[position : position + size])) is not None
            and (sense.kind in ("form", "role") or sense.concept == "manufacture")
            for size in self._han_sizes.get(run[position], ())
        )

    def parse(self, text: str) -> list[ParsedName]:
        """The Chinese and the Latin part of a name, each on its own where a name carries both."""
        if not has_han(text):
            return [self.latin(text)]
        parsed = [self.chinese(text)]
        if any(map(str.isalnum, HAN.sub("", text))) and len(fold(text).replace(" ", "")) > 3:
            parsed.append(self.latin(text))
        return parsed


def _without_stray_counties(words: list[Word]) -> list[Word]:
    """A county is the brand where it does not lie in the other place of the name, or where nothing else is.

    Dehui (Dalian) International Trade; Zijin Mining Group. But Heze Cotton and Linen is of Heze, a larger place.
    """
    for word in words:
        if word.county:
            break
    else:
        return words
    places = [(index, word) for index, word in enumerate(words) if word.kind == "place"]
    has_brand = any(word.kind in ("distinct", "common") and word.concept != "china" for word in words)
    alone = len(places) == 1 and not has_brand and not _with_unit(places[0][1].text)  # Lop County stays a place
    changed = list(words)
    for index, word in places:
        if not word.county or (index + 1 < len(words) and words[index + 1].concept == "county"):
            continue
        others = [other for _, other in places if other is not word]
        elsewhere = bool(others) and all(places_agree(word.codes, o.codes) == "differs" for o in others)
        if alone or elsewhere:
            changed[index] = word._replace(kind="distinct", concept=word.text)
    return changed


def _each_concept(word: Word) -> list[Word]:
    """棉纺织 is two words of a translation: 棉 cotton, 纺织 textile."""
    first, _, second = word.concept.partition("+")
    if not second:
        return [word]
    return [word._replace(text=word.text[0], concept=first), word._replace(text=word.text[1:], concept=second)]


def _with_unit(division: str) -> bool:
    return len(division) > 2 and (division[-1] in "县市区旗" or division.endswith(" county"))


def _half_translated(lexicon: Set[str], vocabulary: Vocabulary) -> dict[tuple[str, str], tuple[str, ...]]:
    """Listed brands made of a sound and a translated trade, by both: Baosteel, Chinatex (China and textile)."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for word in sorted(spelling for spelling in lexicon if spelling.isascii() and not syllable_count(spelling)):
        for cut in range(2, len(word) - 2):
            head, trade = word[:cut], vocabulary.latin.get(word[cut:])
            if trade is None or trade.kind != "trade":
                continue
            sense = vocabulary.latin.get(head)
            first = "china" if sense is not None and sense.concept == "china" else head
            if first == "china" or syllable_count(head):
                found[first, trade.concept] = (*found.get((first, trade.concept), ()), word)
    return found


def initials_joined(tokens: list[str]) -> list[str]:
    """``a b c trading`` is ``abc trading``: a run of single letters is one word (19 CFR Part 102, appendix)."""
    if not tokens or min(map(len, tokens)) > 1:
        return tokens
    joined: list[str] = []
    run = ""
    for index, token in enumerate(tokens):
        if len(token) == 1 and token.isalpha():
            run += token
            continue
        if token == "and" and len(run) == 1 and len("".join(tokens[index + 1 : index + 2])) == 1:
            continue
        if run:
            joined.append(run)
            run = ""
        joined.append(token)
    if run:
        joined.append(run)
    return joined


__all__ = ["NameParser", "ParsedName", "Word", "han_text"]
