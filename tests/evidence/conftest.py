"""What the tests of papers share: a case whose papers are laid on its chain, and a reviewer who is signed in.

A file that needs another case makes one of that name.
"""

import pytest

from entities.domain.roles import Role
from screening.services import cases
from tests.evidence.made_grid import make_checked_case
from tests.factories import make_user


@pytest.fixture
def case():
    return make_checked_case()


@pytest.fixture
def reviewer(client):
    user = make_user(Role.REVIEWER)
    client.force_login(user)
    return user


@pytest.fixture
def under_review(case, reviewer):
    return cases.start_review(case, actor=reviewer)
