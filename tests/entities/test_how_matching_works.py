"""The page that says how matching works shows what the engine does, and what was measured."""

import pytest
from django.urls import reverse

from entities.domain.matching import ENGINE_VERSION, SHIPPED
from entities.domain.matching.thresholds import NAMES
from entities.domain.roles import Role
from entities.views import matching
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    client.force_login(make_user(Role.ANALYST))
    return lambda: client.get(reverse("how-matching-works")).content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_the_threshold_the_engine_uses(page, name):
    assert f">{getattr(SHIPPED, name)}</td>" in page()


def test_the_page_names_the_engine_in_use(page):
    assert f"Engine {ENGINE_VERSION}" in page()


@pytest.mark.parametrize(("version", "said"), [(ENGINE_VERSION, False), ("2026.1.1", True)])
def test_the_page_says_when_the_engine_is_newer_than_the_figures(page, monkeypatch, version, said):
    found = {**matching.measured(), "engine": version}
    monkeypatch.setattr(matching, "measured", lambda: found)
    assert ("The engine is newer than the figures" in page()) is said


def test_the_page_says_which_figure_was_not_held_out(page):
    said = page()
    scripts = matching.measured()["scripts"]
    first, second, third = scripts["chinese_asked"], scripts["more"], scripts["third"]
    assert f"The {first['development']} and {first['test']} of the first" in said
    assert f"the {second['development']['asked']} and {second['test']['asked']} of the second were looked at" in said
    assert f"Of the third, {third['development']['asked']} and {third['test']['asked']} names, only" in said
    assert "of 92 in the second set 0 raised an alert, of 97 in the third 0." in said


def test_the_figures_kept_were_measured_on_both_halves():
    assert set(matching.measured()["halves"]) == {"development", "test"}
