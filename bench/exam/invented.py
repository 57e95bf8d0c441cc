"""Listed entities that do not exist, to make the list as long as wanted."""

import random
from collections.abc import Iterator
from datetime import date

from bench.exam import words
from entities.domain.facts import ListedName, ListedParty


def invented_parties(count: int) -> Iterator[ListedParty]:
    dice = random.Random(14_400)
    for number in range(count):
        own = "".join(dice.choice(words.SYLLABLES) for _ in range(dice.choice((2, 2, 3)))).title()
        name = f"{dice.choice(words.CITIES)[0]} {own} {dice.choice(words.TRADES)[0]} Co., Ltd."
        yield ListedParty(f"invented{number}", (ListedName(name, "listed"),), ((date(2022, 6, 21), None),))
