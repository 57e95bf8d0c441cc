"""Say in plain words why a name was taken for a listed one, and what speaks against it."""

from entities.domain.facts import ListedName, ListedParty
from entities.domain.matching.comparison import BrandPair, Comparison
from entities.domain.names.words import ParsedName, Word

_KIND = {
    "listed": "the listed name",
    "alias": "the listed alias",
    "former": "the former name",
    "native": "the Chinese name",
}


def explain(name: ParsedName, found: Comparison, party: ListedParty, listed: ListedName) -> tuple[str, ...]:
    """Reasons for, then what was ignored, then reasons against."""
    target = said_of(listed)
    reasons: list[str] = []
    if found.same_words:
        reasons.append(f"All words that count are those of {target}.")
    reasons += [_pair_reason(pair, target) for pair in found.pairs]
    if found.shared:
        reasons.append(f"Same trade or common words: {_words(found.shared, name)}.")
    if found.slipped:
        reasons.append(f"Read as a misspelt or shortened word of {target}: {_quoted(found.slipped)}.")
    place = {
        "same": "Both name the same place.",
        "contains": "One place lies within the other.",
        "missing": "Only one of the two names a place.",
    }.get(found.place)
    if place:
        reasons.append(place)
    ignored = [w.text for w in name.words if w.kind in ("form", "filler")]
    if ignored:
        reasons.append(f"Ignored as legal form or filler: {', '.join(dict.fromkeys(ignored))}.")
    if party.scope:
        reasons.append(f"The listing says: “{party.scope}”.")
    reasons += where_known_from(listed)
    if found.missing:
        reasons.append(f"Against: {target} also says {_quoted(found.missing)}, which the name does not.")
    if found.extra:
        reasons.append(f"Against: the name also says {_quoted(found.extra)}, which {target} does not.")
    if found.place == "differs":
        reasons.append("Against: the places differ.")
    if found.soft_missing:
        reasons.append(f"Against: without the word {_concepts(found.soft_missing)} of {target}.")
    if found.soft_extra:
        reasons.append(f"Against: with the word {_words(found.soft_extra, name)}, not in {target}.")
    return tuple(reasons)


def said_of(listed: ListedName) -> str:
    """A listed name with what it is: the listed name itself, an alias, a former name, a Chinese name."""
    return f"{_KIND[listed.kind]} “{listed.text}”"


def where_known_from(listed: ListedName) -> tuple[str, ...]:
    """Who ties a name to the entity, where the list itself does not."""
    if listed.by_office:
        standing = "knows" if listed.confirmed else "proposed, but did not confirm yet,"
        return (f"The office {standing} this name of the entity: {listed.provenance}.",)
    if not listed.confirmed:
        return (f"No public source ties this Chinese name to the entity ({listed.provenance or 'unverified'}).",)
    return ()


def _pair_reason(pair: BrandPair, target: str) -> str:
    word, listed = pair.word.text, pair.listed.text
    if pair.how == "sound":
        return f"“{word}” is pronounced like “{listed}” in {target}."
    if pair.how == "misspelt":
        return f"“{word}” reads like “{listed}” misspelt, in {target}."
    if pair.how == "cut":
        return f"“{word}” is the beginning of “{listed}” in {target}, cut off at the end of the field."
    joined = " (written apart or run together)" if pair.word.joined else ""
    return f"“{word}”{joined} is the word “{listed}” of {target}."


def _quoted(words: tuple[Word, ...]) -> str:
    return ", ".join(f"“{w.text}”" for w in words)


def _concepts(concepts: tuple[str, ...]) -> str:
    return ", ".join(f"“{c.rpartition('/')[2]}”" for c in concepts)


def _words(concepts: tuple[str, ...], name: ParsedName) -> str:
    spelled = {w.concept: w.text for w in name.words}
    return ", ".join(f"“{spelled.get(c, c)}”" for c in concepts)
