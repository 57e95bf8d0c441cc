"""The map of a chain: where parties are placed and by what, what is drawn, and what an importer may see of it."""

import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import Site
from entities.services.lists import load_reference_lists
from screening import geography
from screening.chain_parts import Leads
from screening.geography import place
from screening.map_drawing import REGION, WORLD, Mark, Route, draw_region, draw_world
from tests.factories import make_user
from tests.screening.made_chains import KNITS, LISTED, MAKER, MILL, SPINS, chain_to_listed, firm, ship, supply

AKSU = PartyFacts(name=LISTED.name, address="15 Yingbin Road, Aksu", city="Aksu", province="Xinjiang", country="CN")


@pytest.mark.parametrize(
    ("facts", "code", "by"),
    [
        ({"country": "VN", "city": "Hai Phong"}, "VN", "country"),
        ({"country": "CN"}, "CN", "country"),
        ({"country": "CN", "province": "Zhejiang"}, "330000", "province"),
        ({"country": "CN", "province": "浙江省", "city": "宁波市"}, "330000", "province"),
        ({"country": "CN", "city": "Ningbo City"}, "330000", "province"),
        ({"address": "广东省广州市天河区天河路1号"}, "440000", "province"),
        ({"country": "CN", "address": "88 Beijing Road, Jinan, Shandong, China"}, "370000", "province"),
        ({"country": "CN", "uscc": "91330200MA2XXXXXX0"}, "330000", "the province it is registered in"),
        ({"country": "CN", "city": "Aksu", "province": "Xinjiang"}, "652900", "prefecture"),
        ({"country": "CN", "address": "新疆喀什地区莎车县"}, "653100", "prefecture"),
        ({"country": "CN", "address": "新疆石河子市北一路"}, "659001", "prefecture"),
        ({"country": "CN", "province": "新疆维吾尔自治区"}, "650000", "region"),
    ],
)
def test_a_site_is_placed_by_the_nearest_thing_known(facts, code, by):
    placed = place(PartyFacts(name="Example Co., Ltd.", **facts))
    assert placed
    assert (placed.point.code, placed.by) == (code, by)


def test_a_city_that_two_provinces_have_places_a_site_in_its_country_only():
    placed = place(PartyFacts(name="Example Co., Ltd.", country="CN", city="Suzhou"))
    assert placed
    assert placed.in_words.startswith("China, placed by country")


def test_a_street_named_after_a_city_places_nobody_there():
    placed = place(PartyFacts(name="Example", country="CN", address="Beijing Road 8"))
    assert placed
    assert placed.by == "country"


def test_without_a_country_a_site_is_on_no_map():
    assert place(PartyFacts(name="Example Co., Ltd.")) is None


def test_every_prefecture_of_xinjiang_lies_within_its_boundary():
    def inside(point, outline):
        crossings = 0
        for (x, y), (to_x, to_y) in zip(outline, (*outline[1:], outline[0]), strict=True):
            if (y > point.latitude) != (to_y > point.latitude):
                crossings += point.longitude < (to_x - x) * (point.latitude - y) / (to_y - y) + x
        return crossings % 2 == 1

    prefectures = [point for point in geography.points().values() if point.level == "prefecture"]
    assert len(prefectures) == 20
    assert [point.name for point in prefectures if not inside(point, geography.xinjiang())] == []


def test_no_outline_runs_across_the_whole_map():
    for outline in geography.outlines():
        xs = [WORLD.at(*corner)[0] for corner in outline]
        assert max(abs(one - other) for one, other in zip(xs, xs[1:], strict=False)) < WORLD.width / 4


def test_sites_of_the_region_are_numbered_there_and_dots_on_the_world():
    here, there = geography.points()["330000"], geography.points()["US"]
    marks = [Mark(0, "Shipment", there), Mark(1, "<b>", here, stops=True)]
    world = draw_world(marks, [Route(here, there, leads=Leads.REVIEW, is_weak=True)], label="World")
    region = draw_region(marks, [], label="Region")
    for svg in (world, region):
        assert ElementTree.fromstring(svg).get("role") == "img"
        assert "style=" not in svg
        assert "<b>" not in svg
    assert re.findall(r"font-weight='700' fill='[^']+'>([^<]+)<", world) == ["0"]
    assert re.findall(r"font-weight='700' fill='[^']+'>([^<]+)<", region) == ["1"]
    assert world.count("<circle") == 1
    assert 'stroke-dasharray="14 4 3 4"' in world


def test_many_parties_at_one_place_share_a_mark():
    here = geography.points()["330000"]
    svg = draw_region([Mark(number, f"Firm {number}", here) for number in range(1, 41)], [], label="Region")
    assert svg.count(">40 parties<") == 1
    assert "Zhejiang: 1 Firm 1; 2 Firm 2" in svg


def test_xinjiang_is_drawn_where_it_is():
    x, y = REGION.at(87.6, 43.8)
    svg = draw_region([], [], label="Region")
    outline = re.findall(r'<path d="M([^"z]+)z" fill="#fff3f2"', svg)[0]
    places = [tuple(map(float, pair.split())) for pair in outline.split("L")]
    assert min(px for px, _ in places) < x < max(px for px, _ in places)
    assert min(py for _, py in places) < y < max(py for _, py in places)


# --- the page -------------------------------------------------------------------------------------------------


@pytest.fixture
def member(db):
    load_reference_lists()
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def owner(member):
    return member.active_memberships[0].organization


def rows_of(client, user, shipment):
    client.force_login(user)
    page = " ".join(client.get(reverse("shipment-map", args=[shipment.pk])).content.decode().split())
    body = page.split('id="table"')[1] if 'id="table"' in page else ""
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)[1:]]
    return page, [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in rows]


def test_the_table_says_where_each_party_is_and_by_what(client, owner, member):
    supply(owner, member, MILL, MAKER, **KNITS)
    supply(owner, member, AKSU, MILL, **SPINS)
    page, rows = rows_of(client, make_user(Role.ANALYST), ship(owner, member))
    assert [row[0] for row in rows] == ["0", "1", "2", "3"]
    assert [row[3].split(",")[0] for row in rows] == ["United States", "Vietnam", "Zhejiang", "Aksu"]
    assert rows[3][3:] == [
        "Aksu, placed by prefecture (at its seat, Aksu City)",
        "cotton yarn to 2 (relevant)",
        "presumption applies",
    ]
    assert "Map of China and its neighbours" in page


def test_who_has_no_country_is_said_to_be_on_no_map(client, owner, member):
    supply(owner, member, PartyFacts(name="Example Unknown Mill"), MAKER, **KNITS)
    page, rows = rows_of(client, make_user(Role.ANALYST), ship(owner, member))
    assert rows[-1][3] == "not placed: no country is known"
    assert "1 party is on no map" in page


def test_an_importer_does_not_learn_where_a_rivals_source_is(client, owner, member):
    rival = make_user(Role.IMPORTER_MEMBER)
    supply(rival.active_memberships[0].organization, rival, AKSU, MILL, **SPINS)
    supply(owner, member, MILL, MAKER, **KNITS)
    page, rows = rows_of(client, member, ship(owner, member))
    assert rows[-1][2].startswith("Confidential source")
    assert rows[-1][3] == "not placed: no country is known"
    assert "Aksu" not in page
    assert "Huafu" not in page


def test_an_importer_does_not_learn_of_sites_others_declared(client, owner, member):
    shipment = chain_to_listed(owner, member)
    mill = firm(owner, MILL)
    Site.objects.create(supplier=mill, name=MILL.name, country="CN", province="Shandong", fingerprint="x")
    places = {}
    for user in (member, make_user(Role.ANALYST)):
        _, rows = rows_of(client, user, shipment)
        places[user] = next(row[3] for row in rows if row[2].startswith(MILL.name))
    assert "Shandong" not in places[member]
    assert list(places.values())[1].count("placed by province") == 2


def test_an_empty_chain_has_no_map(client, owner, member):
    shipment = chain_to_listed(owner, member)
    shipment.parties.all().delete()
    page, rows = rows_of(client, make_user(Role.ANALYST), shipment)
    assert "There is no chain to put on a map" in page
    assert rows == []
