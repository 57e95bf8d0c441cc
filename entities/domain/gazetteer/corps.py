"""The Xinjiang Production and Construction Corps: its divisions, regiments and companies by their wording."""

import re

_N = "[一二三四五六七八九十]{1,3}|[0-9０-９]{1,2}"
# Other provinces had a Corps of their own: 内蒙古生产建设兵团.
CORPS_HAN = re.compile(
    r"(?<!内蒙古)(?<!黑龙江)(?<!云南)(?<!生产建设)(?:新疆)?(?:生产建设兵团|(?<!生产)建设兵团|兵团)(?!结)"
)
_REGIMENT = "(?:[0-9０-９]{1,3}|[一二三四五六七八九十百零〇]{2,5})团"
FARM_DIVISION_HAN = re.compile(rf"农业?第?(?:{_N})师|第(?:{_N})师.{{0,4}}?{_REGIMENT}")
# Only beside the Corps or a place in Xinjiang: 第N师 is also an army division, N团 also a tour group.
NUMBERED_HAN = re.compile(rf"第(?:{_N})师|建工师|(?<![集财社旅]){_REGIMENT}(?![体结队圆聚购长员支])|团部")
CORPS_LATIN = re.compile(
    r"\b(?:xpcc|bing ?tuan|xinjiang corps"
    r"|(?:xinjiang )?production (?:and )?construction (?:corps?|corporation|group|militia))\b"
)
_ORDINAL = (
    r"(?:\d{1,3}(?:st|nd|rd|th)?|no \d{1,3}|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|eleventh|twelfth|thirteenth|fourteenth)"
)
NUMBERED_LATIN = re.compile(
    rf"\b(?:{_ORDINAL} (?:agricultural |construction engineering )?(?:division|regiment|tuan|shi(?= \d| nong))"
    rf"|(?:agricultural |nong ?)(?:{_ORDINAL}) (?:division|shi)|(?:division|regiment) (?:no )?\d{{1,3}})\b"
)


def corps_in(folded: str) -> str:
    """The Corps as folded text names it; one of the words looked for first, quickly, stands in every such text."""
    if "tuan" in folded or "corps" in folded or "construction" in folded or "xpcc" in folded:
        found = CORPS_LATIN.search(folded)
        return found.group() if found else ""
    return ""
