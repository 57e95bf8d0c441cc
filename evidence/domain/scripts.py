"""In which scripts a text is written, and whether an English-reading officer needs a translation.

Only the script is told, not the language: English, French and Vietnamese are all Latin here, so "no
translation needed" means no more than "mainly Latin letters", and a reviewer still has to look. CBP asks for
an English translation of each page in another language (CBP, UFLPA FAQ of 23 February 2023).
"""

from __future__ import annotations

import re

# Extensions (rare Han, Arabic presentation forms) are counted with their script.
_SCRIPTS = {
    "Latin": "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a",
    "Han": "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f",
    "Kana": "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "Hangul": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3",
    "Cyrillic": "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff",
    "Arabic": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff",
    "Thai": "\u0e00-\u0e7f",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Hebrew": "\u0590-\u05ff",
    "Khmer": "\u1780-\u17ff",
    "Lao": "\u0e80-\u0eff",
    "Myanmar": "\u1000-\u109f",
    "Mongolian": "\u1800-\u18af",
    "Tibetan": "\u0f00-\u0fff",
}
_RUNS = {script: re.compile(f"[{ranges}]+") for script, ranges in _SCRIPTS.items()}
# Part numbers, codes and units are Latin in every country and make a Chinese packing list look English.
_CODES = re.compile(r"[A-Za-z]*\d[A-Za-z0-9./_-]*|\b[A-Z]{1,3}\b")
# A Han character says about as much as three letters, a syllable of kana or hangul as two.
_WEIGHTS = {"Han": 3, "Kana": 2, "Hangul": 2}

LABELS = {
    "Latin": "Latin letters (English or another language written in them)",
    "Han": "Chinese characters",
    "Kana": "Japanese kana",
    "Hangul": "Korean",
    "Cyrillic": "Cyrillic (Russian, Kazakh, Mongolian, Uyghur, …)",
    "Arabic": "Arabic letters (Arabic, Uyghur, Urdu, Persian, …)",
}


def script_counts(text: str) -> dict[str, int]:
    """How many letters of each script a text holds, most first; digits and signs are not counted."""
    if text.isascii():
        letters = sum(map(len, _RUNS["Latin"].findall(text)))
        return {"Latin": letters} if letters else {}
    counts = {script: sum(map(len, runs.findall(text))) for script, runs in _RUNS.items()}
    return dict(sorted(((s, n) for s, n in counts.items() if n), key=lambda item: -item[1]))


def needs_translation(text: str) -> bool:
    """Whether the text is not mainly in Latin letters. Codes are left out; codes alone need none."""
    counts = script_counts(_CODES.sub(" ", text))
    weighed = {script: n * _WEIGHTS.get(script, 1) for script, n in counts.items()}
    return 2 * weighed.get("Latin", 0) < sum(weighed.values())


def script_label(script: str) -> str:
    """A script in the words a page uses."""
    return LABELS.get(script, script)
