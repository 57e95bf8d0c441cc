"""Does an address name a place of China outside Xinjiang."""

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, MatchKind

from entities.domain.names.scripts import fold
from entities.domain.names.vocabulary import Division


class Elsewhere:
    """Provinces and prefectures outside Xinjiang, by their Latin and full Chinese names."""

    def __init__(self, divisions: Iterable[Division], ours: set[str]) -> None:
        others = [d for d in divisions if not d.code.startswith("65")]
        self._all = {fold(s) for d in others for s in d.latin}
        large = [d for d in others if d.level != "county"]
        self._latin_names = sorted({fold(s) for d in large for s in d.latin if len(s) > 3} - ours)
        self._latin = AhoCorasick([f" {n} " for n in self._latin_names], matchkind=MatchKind.Standard)
        han = {d.name_zh for d in large} | {d.stem_zh for d in others if d.level == "province"}
        han |= {d.stem_zh + "市" for d in large} | {
            d.name_zh for d in others if d.level == "county" and len(d.name_zh) > 2
        }
        self._han_names = sorted(han)
        self._han = AhoCorasick(self._han_names, matchkind=MatchKind.LeftmostLongest)

    def named_in(self, folded: str, han: str) -> tuple[str, ...]:
        """The places named; a road named after one does not count."""
        found: list[str] = []
        for index, _start, end in self._latin.find_matches_as_indexes(folded, overlapping=True):
            rest = folded[end : end + 16].split()
            if rest[:1] and (rest[0] in _ROADS or (rest[0] in _DIRECTIONS and rest[1:2] and rest[1] in _ROADS)):
                continue
            found.append(self._latin_names[index])
        if han:
            for index, _start, end in self._han.find_matches_as_indexes(han):
                if (
                    han[end : end + 1] not in "路街道巷"
                    and han[end + 1 : end + 2] != "路"
                    and han[end : end + 2] != "工业"
                ):
                    found.append(self._han_names[index])
        return tuple(dict.fromkeys(found))

    def is_division(self, spelling: str) -> bool:
        """A division outside Xinjiang is spelt the same."""
        return spelling in self._all


_ROADS = frozenset(
    [
        "road",
        "rd",
        "street",
        "st",
        "avenue",
        "ave",
        "lu",
        "jie",
        "dajie",
        "dadao",
        "lane",
        "highway",
        "expressway",
        "industrial",
    ]
)
_DIRECTIONS = frozenset(["east", "west", "north", "south", "middle", "central", "dong", "xi", "nan", "bei", "zhong"])
