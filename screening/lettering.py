"""How wide a text is when drawn, and where it breaks: in both scripts."""

import unicodedata

LETTER = 13  # the usual size of letters


def text_width(text: str, size: float = LETTER) -> float:
    """About how wide a text is: a Chinese character is as wide as it is high, a Latin letter half of that."""
    return sum(size if unicodedata.east_asian_width(sign) in "WF" else size * 0.51 for sign in text)


def cut(text: str, most: int, width: float, size: float = LETTER) -> list[str]:
    """Break a text into at most so many lines of a width; what does not fit ends in an ellipsis."""
    words = [sign for word in text.split() for sign in _breakable(word, width, size)]
    lines: list[str] = []
    for position, (word, glued) in enumerate(words):
        longer = (lines[-1] + ("" if glued else " ") + word) if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            rest = lines[-1] + "".join(word if glued else f" {word}" for word, glued in words[position:])
            while text_width(rest + "…", size) > width:
                rest = rest[:-1]
            lines[-1] = rest.rstrip() + "…"
            break
    return lines


def _breakable(word: str, width: float, size: float) -> list[tuple[str, bool]]:
    """A word, or its signs where it is Chinese or too long for a line; and whether it clings to the one before."""
    if text_width(word, size) <= width and not any(unicodedata.east_asian_width(sign) in "WF" for sign in word):
        return [(word, False)]
    return [(sign, place > 0) for place, sign in enumerate(word)]
