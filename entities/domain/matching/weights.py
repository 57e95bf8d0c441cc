"""How much each kind of agreement and disagreement counts. One table, so that a change of weights is one change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """Points for and against. A name needs enough points, and most of all points on its side.

    A brand word counts by how unlikely two firms are to share it: a word that is no Mandarin syllable (Esquel) hardly
    ever, three syllables seldom, two syllables (Huafeng) in hundreds of firms, one syllable or two letters everywhere.
    """

    foreign_word: float = 5.5
    foreign_four: float = 4.5
    foreign_three: float = 3.5
    foreign_two: float = 2.0
    one_syllable: float = 2.0
    two_syllables: float = 4.0
    three_syllables: float = 5.5
    more_syllables: float = 6.0
    han_one: float = 1.5
    han_two: float = 4.5
    han_three: float = 6.0
    han_more: float = 7.0
    county_word: float = 3.5
    number_word: float = 3.0
    # What two names share beside the brand.
    trade: float = 1.3
    generic: float = 0.6
    related_trade: float = 0.6
    common: float = 1.6
    role: float = 0.4
    place_same: float = 2.0
    place_contains: float = 1.5
    only_place_missing: float = 0.4
    # What speaks against.
    place_missing: float = 0.7
    place_differs: float = 4.0
    county_missing: float = 1.4
    soft_missing: float = 0.45
    related_missing: float = 0.15
    soft_misspelt: float = 0.75
    extra_country: float = 0.2
    trade_conflict: float = 2.5
    extra_brand: float = 0.95
    extra_number: float = 1.0
    unread: float = 0.9  # what stands behind a listed brand in one run of characters: a trade nobody listed
    # How good a brand word agrees when it is not letter for letter.
    by_sound: float = 0.95
    by_sound_only: float = 0.9
    misspelt: float = 0.8
    misread: float = 0.95
    other_syllables: float = 0.45
    cut_off: float = 0.85
    # A name with fewer brand points than this is made of everyday words.
    everyday_below: float = 3.0
    # The party sits elsewhere than the entity, or in the same place.
    other_site: float = 0.85
    same_site: float = 1.03
    # Scores of agreements that no points are counted for.
    whole_name: float = 0.95  # the share of the score that a name word for word the same has for that alone
    letter_for_letter: float = 0.8
    corps_unit: float = 0.8
    whole_share: float = 0.97
    # What a listed name must be worth for a longer name that contains it to be taken for an affiliate's.
    affiliate_first: float = 5.0
    affiliate_within: float = 5.5
    # The score of a party known by a number, or by telephone, address or manufacturer code, and not by its name.
    known_number: float = 0.95
    known_otherwise: float = 0.6
    # A word this long or shorter is not recognised by itself when misspelt.
    long_word: int = 5


WEIGHTS = Weights()
