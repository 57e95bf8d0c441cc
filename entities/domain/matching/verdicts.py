"""From points to a verdict: when agreement is enough, and when something speaks too loudly against it."""

from dataclasses import dataclass

from entities.domain.matching.comparison import Comparison
from entities.domain.matching.profile import Profile
from entities.domain.matching.results import MatchVerdict
from entities.domain.matching.targets import Target
from entities.domain.matching.thresholds import Thresholds
from entities.domain.matching.weights import WEIGHTS as W
from entities.domain.names.vocabulary import places_agree

_OTHER_BUSINESS = frozenset({"trade", "import", "export", "international", "investment", "service"})
_FORMS_ABROAD = frozenset({"gmbh", "sa", "ab", "as", "pvt", "vn", "kk", "plc"})
_LESSER = frozenset(
    {"group", "head", "industry", "manufacture", "technology", "development", "trade", "import", "export"}
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on one listed name, its score, and what was heard beside the two names."""

    verdict: MatchVerdict
    score: float
    notes: tuple[str, ...] = ()


def judge(
    ours: Profile, found: Comparison, target: Target, site: frozenset[str], lines: Thresholds
) -> Judgement | None:
    """The verdict on the two names, then lowered by what else is known."""
    verdict = _by_points(ours, found, target, lines)
    if verdict is None or (verdict == "possible" and not _may_be_asked(ours, found, target)):
        return None
    notes: list[str] = []
    score = W.whole_name + (1 - W.whole_name) * found.score if found.same_words else found.score
    # 1. Where the party sits, where the record says so.
    if site and target.codes and not found.same_words:
        if places_agree(site, target.codes) == "differs":
            if found.gained * W.other_site < lines.possible_points:
                return None
            verdict = "possible"
            score *= W.other_site
            notes.append("Against: the party's city or province is not where the entity is known to sit.")
        else:
            score = min(0.999, score * W.same_site)
    # 2. A Chinese name no public source ties to the entity may raise a question only (sec. 3(a)).
    if not target.listed.confirmed:
        verdict = "possible"
    # 3. Characters against Latin letters: the listed name itself was not seen in that script.
    if verdict == "match" and ours.name.han != target.profile.name.han and not _whole_native(ours, found, target):
        verdict = "possible"
        notes.append("Read by sound or translation only: other characters give the same, so a person has to look.")
    return Judgement(verdict, round(score, 4), tuple(notes))


def _by_points(ours: Profile, found: Comparison, target: Target, lines: Thresholds) -> MatchVerdict | None:
    """The verdict the weights give, before anything outside the name is heard."""
    listed = target.profile
    if found.same_words or (target.reaches_further and _contains(ours.key, listed.key)):
        return "match"
    if listed.brand_points < W.everyday_below:
        # A name made of everyday words ("Western Gold") is only that name when all of it is there.
        return None if _is_abroad(ours, found) else _of_everyday_words(found, listed, lines)
    if not found.pairs or found.place == "differs":
        return None
    strongest = max(pair.points for pair in found.pairs)
    enough = lines.possible_points if strongest < W.foreign_word else lines.possible_points_own
    if found.share < lines.possible_share or round(found.gained, 6) < enough:
        return None
    other_trade = bool(listed.trades) and not listed.families & ours.families and not found.slipped
    if other_trade and strongest < W.three_syllables and not ours.name.truncated:
        # Two firms of one place may share a two-syllable brand; without the trade there is nothing left to go by.
        return None
    sure = (
        found.share >= lines.match_share
        and found.gained >= lines.match_points
        and not any(word for word in found.missing if not word.codes)
        and not (found.place == "missing" and target.profile.codes)
        and all(word.text.isdigit() for word in found.extra)
        and not any(concept in _OTHER_BUSINESS for concept in found.soft_extra)
        and (not listed.trades or not ours.trades or bool(listed.trades & ours.trades))
        and all(pair.how != "misspelt" or pair.likeness > W.other_syllables for pair in found.pairs)
    )
    return "match" if sure else "possible"


def _is_abroad(ours: Profile, found: Comparison) -> bool:
    """The legal form is one of another country, and no place of the listed name is there."""
    return found.place in ("none", "missing") and any(
        word.kind == "form" and (word.concept in _FORMS_ABROAD or word.text in ("llc", "inc"))
        for word in ours.name.words
    )


def _of_everyday_words(found: Comparison, listed: Profile, lines: Thresholds) -> MatchVerdict | None:
    if found.missing or found.extra or found.place == "differs":
        return None
    one_sided = [*found.soft_missing, *(c for c in found.soft_extra if c != "china")]
    related = [concept for concept in one_sided if concept.partition("/")[0] in found.related]
    differing = [concept for concept in one_sided if concept not in related]
    placed = found.place in ("same", "none")
    if not differing:
        if placed and not found.slipped and not related:
            return "match" if len(listed.key) > 1 else "possible"
        points = sum(listed.soft.values()) + listed.brand_points
        right = len(found.shared) + len(found.pairs) + (found.place == "same") - len(found.slipped)
        plain = right > 1 or (right == 1 and any(len(word.text) > W.long_word for word in found.slipped))
        # the province for the city, where two words agree that say more than that it is a group
        wider = found.place == "contains" and len({*found.shared} - {"group", "head"}) > 1
        return "possible" if (placed and plain) or wider or points >= lines.possible_points else None
    lesser = len(differing) == 1 and differing[0] in _LESSER
    if placed and lesser and len(found.shared) + (found.place == "same") >= 2:
        return "possible"
    return None


def _may_be_asked(ours: Profile, found: Comparison, target: Target) -> bool:
    """A brand many firms share is worth a question only where place, and for a mere sound also trade, agree."""
    if max((pair.points for pair in found.pairs), default=0.0) >= W.three_syllables:
        return True
    if found.codes and target.codes and places_agree(found.codes, target.codes) == "differs":
        return False
    if ours.name.han and not target.profile.name.han:
        # Huafu Fashion names no place, 中泰化学 leaves it out, 福建紫金矿业 says one where the list knows none: then
        # every other word has to agree, "industry" and "group" aside.
        unplaced = found.place == "none" or (found.place == "missing" and not (ours.codes and target.codes))
        one_sided = {*found.soft_missing, *found.soft_extra}
        known_there = bool(found.codes and target.codes) and not target.profile.codes  # by the entity's other names
        placed = found.place in ("same", "contains") or known_there
        if not ours.trades and not target.profile.trades:
            whole = unplaced and bool(found.shared) and one_sided <= {"group"}
            # A mere sound, and each side has another line: Weixin Technology is not taken for Weixin Trading.
            other_line = bool(set(found.soft_missing) - {"group"} and set(found.soft_extra) - {"group"})
            return (placed or whole) and not found.extra and not found.missing and not other_line
        whole = unplaced and not one_sided - {"group", "industry"}
        return (placed or whole) and bool(ours.trades & target.profile.trades)
    return True


def _whole_native(ours: Profile, found: Comparison, target: Target) -> bool:
    """The pinyin of a whole Chinese name, word for word, is that name."""
    whole = not found.missing and not found.extra and found.share > W.whole_share
    return whole and target.listed.kind == "native" and not ours.name.han


def _contains(key: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(key[i : i + len(part)] == part for i in range(len(key) - len(part) + 1))
