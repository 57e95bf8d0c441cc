"""Take a company name apart into words, each with its kind."""

from collections.abc import Container
from dataclasses import dataclass, field

from entities.domain.names.scripts import HAN, fold, han_text, has_han, readings, simplified
from entities.domain.names.vocabulary import Kind, Sense, Vocabulary

LONGEST_RUN = 4  # pinyin names are written with at most this many loose syllables per word
SHORT = 6  # a loose syllable has at most this many letters ("zhuang")
SPLIT_FROM = 7  # a shorter word is not two words run together


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name. ``sounds`` is how a Chinese word is spelt in pinyin."""

    text: str
    kind: Kind
    concept: str
    codes: frozenset[str] = frozenset()
    sounds: tuple[str, ...] = ()
    joined: bool = False


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A name taken apart. ``key`` is equal for two names that differ in legal form, order of filler and case only."""

    text: str
    words: tuple[Word, ...] = ()
    han: bool = False
    truncated: bool = field(default=False)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(w.concept for w in self.words if w.kind not in ("form", "filler"))


class NameParser:
    """Parses names with a vocabulary and the lexicon of words that single out a listed entity."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Container[str] = frozenset()) -> None:
        self.vocabulary = vocabulary
        self.lexicon = lexicon

    # Latin ---------------------------------------------------------------------------------------------------------

    def latin(self, text: str, *, truncated: bool = False) -> ParsedName:
        """Words of the Latin part of a name."""
        tokens = _initials_joined(fold(text).split())
        words: list[Word] = []
        position, count = 0, len(tokens)
        known, lexicon = self.vocabulary.latin, self.lexicon
        placed = True  # a county counts as a place only at the head of a name, or after another place
        while position < count:
            token = tokens[position]
            taken, word = self._phrase(tokens, position)
            if not taken:
                sense = known.get(token)
                if sense is None and token in lexicon:
                    taken, word = 1, Word(token, "distinct", token)
                elif sense is not None and len(token) > 2:
                    taken, word = 1, self._sensed(token, sense, placed)
                if not taken and len(token) <= SHORT:
                    taken, word = self._loose_syllables(tokens, position, placed)
                if not taken and sense is not None:
                    taken, word = 1, self._sensed(token, sense, placed)
            if not taken:
                parts = self._run_together(token) if len(token) >= SPLIT_FROM else None
                if parts:
                    for part in parts:
                        sense = known.get(part)
                        words.append(
                            Word(part, "distinct", part, joined=True)
                            if sense is None
                            else self._sensed(part, sense, placed)
                        )
                    position += 1
                    continue
                taken, word = 1, Word(token, "distinct", token)
            assert word is not None
            words.append(word)
            placed = word.kind in ("place", "filler") or word.concept == "county"
            position += taken
        return ParsedName(text, tuple(words), truncated=truncated)

    def _sensed(self, token: str, sense: Sense, placed: bool) -> Word:
        if sense.kind == "place" and sense.county and not placed:
            return Word(token, "distinct", token, sense.codes)
        return Word(token, sense.kind, sense.concept, sense.codes)

    def _phrase(self, tokens: list[str], position: int) -> tuple[int, Word | None]:
        for phrase in self.vocabulary.phrases.get(tokens[position], ()):
            if tuple(tokens[position : position + len(phrase)]) == phrase:
                spelling = " ".join(phrase)
                sense = self.vocabulary.latin[spelling]
                return len(phrase), Word(spelling, sense.kind, sense.concept, sense.codes)
        return 0, None

    def _loose_syllables(self, tokens: list[str], position: int, placed: bool) -> tuple[int, Word | None]:
        """``wu lu mu qi`` and ``hua fu`` are one word each."""
        run = 1
        while run < LONGEST_RUN and position + run < len(tokens) and len(tokens[position + run]) <= SHORT:
            run += 1
        for taken in range(run, 1, -1):
            spelling = "".join(tokens[position : position + taken])
            if spelling in self.lexicon:
                return taken, Word(spelling, "distinct", spelling, joined=True)
            sense = self.vocabulary.latin.get(spelling)
            if sense is not None:
                found = self._sensed(spelling, sense, placed)
                return taken, Word(found.text, found.kind, found.concept, found.codes, joined=True)
        return 0, None

    def _run_together(self, token: str, depth: int = 0) -> list[str] | None:
        """``xinjiangzhongtai`` is two words run together, both known."""
        for cut in range(len(token) - 2, 2, -1):
            head, tail = token[:cut], token[cut:]
            if head in self.lexicon or head in self.vocabulary.latin:
                if tail in self.lexicon or tail in self.vocabulary.latin:
                    return [head, tail]
                if depth < 2 and len(tail) >= SPLIT_FROM:
                    rest = self._run_together(tail, depth + 1)
                    if rest:
                        return [head, *rest]
        return None

    # Chinese -------------------------------------------------------------------------------------------------------

    def chinese(self, text: str) -> ParsedName:
        """Words of the Chinese part of a name; what the vocabulary does not know is what singles the firm out."""
        runs = HAN.findall(simplified(text))
        words: list[Word] = []
        placed = True
        for index, run in enumerate(runs):
            position, unknown = 0, ""
            while position < len(run):
                word = self._longest(run, position, placed and not unknown, last=index == len(runs) - 1)
                if word is None:
                    unknown += run[position]
                    position += 1
                    continue
                if unknown:
                    words.append(_brand(unknown))
                    unknown = ""
                words.append(word)
                position += len(word.text)
                placed = word.kind == "place"
            if unknown:
                words.append(_brand(unknown))
            placed = True  # a place in brackets follows the brand: 合盛硅业(鄯善)有限公司
        return ParsedName(text, tuple(words), han=True)

    def _longest(self, run: str, position: int, placed: bool, *, last: bool) -> Word | None:
        for size in range(min(self.vocabulary.longest_han, len(run) - position), 0, -1):
            spelling = run[position : position + size]
            if size > 1 and spelling in self.lexicon:
                return _brand(spelling)
            sense = self.vocabulary.han.get(spelling)
            if sense is None:
                continue
            if sense.kind == "place":
                if placed and size > 1:
                    return Word(spelling, "place", sense.concept, sense.codes)
                continue
            # A single character is a trade only where the trade stands: at the end, before the legal form.
            if size == 1 and (position == 0 or not self._form_follows(run, position + 1)):
                continue
            return Word(spelling, sense.kind, sense.concept)
        return None

    def _form_follows(self, run: str, position: int) -> bool:
        rest = run[position:]
        if not rest:
            return True
        return any(
            (sense := self.vocabulary.han.get(rest[:size])) is not None and sense.kind in ("form", "role")
            for size in range(min(6, len(rest)), 0, -1)
        )

    def parse(self, text: str) -> list[ParsedName]:
        """The Chinese and the Latin part of a name, each on its own where a name carries both."""
        if not has_han(text):
            return [self.latin(text)]
        parsed = [self.chinese(text)]
        if len(fold(text).replace(" ", "")) > 3:
            parsed.append(self.latin(text))
        return parsed


def _brand(han: str) -> Word:
    return Word(han, "distinct", han, sounds=readings(han))


def _initials_joined(tokens: list[str]) -> list[str]:
    """``a b c trading`` is ``abc trading``: a run of single letters is one word (19 CFR Part 102, appendix)."""
    if all(len(t) > 1 for t in tokens):
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
