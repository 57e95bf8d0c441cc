"""The page of a chain: whom it shows, folds and tells about, and what an importer may see of it."""

import re
from datetime import date

import pytest
from django.urls import reverse

from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.models import SupplyLink
from entities.services import jobs
from entities.services.lists import load_reference_lists
from screening.chain import ARTICLE, chain_of
from screening.chain_parts import Leads, Link, Node
from screening.chain_view import MOST, MOST_IN_PREVIEW, Wanted, fold, preview_of, show
from screening.services.shipments import DeclaredLine, DeclaredShipment, add_shipment
from tests.factories import make_user
from tests.screening.made_chains import KNITS, LISTED, MAKER, MILL, SPINS, chain_to_listed, ship, supply, wide_chain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lists(db):
    load_reference_lists()


@pytest.fixture
def member():
    return make_user(Role.IMPORTER_MEMBER)


@pytest.fixture
def owner(member):
    return member.active_memberships[0].organization


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


def see(client, user, shipment, query="", name="shipment-chain"):
    client.force_login(user)
    answer = client.get(reverse(name, args=[shipment.pk]) + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def table_of(page):
    """The cells of the table of links, row by row, without tags."""
    body = page[page.index('id="table"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", body)[1:]
    return [
        [re.sub(r"<[^>]+>", " ", cell).split() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
        for row in rows
    ]


# --- folding, without a database ------------------------------------------------------------------------------


def wide(count):
    nodes = [Node(ARTICLE, "Shirts", 0, "article"), Node("maker", "Maker", 1)]
    nodes += [Node(f"m{i}", f"Mill {i}", 2) for i in range(count)] + [Node("bad", "Listed", 3, "listed")]
    links = [
        Link("maker", ARTICLE, leads=Leads.PRESUMPTION),
        *(Link(f"m{i}", "maker", "fabric") for i in range(count - 1)),
    ]
    return nodes, [
        *links,
        Link(f"m{count - 1}", "maker", "fabric", leads=Leads.PRESUMPTION),
        Link("bad", f"m{count - 1}", leads=Leads.PRESUMPTION),
    ]


def test_a_big_step_keeps_the_marked_path_and_folds_the_rest():
    nodes, links = fold(*wide(40), most=8, address=lambda step: f"?open={step}")
    step = [node for node in nodes if node.step == 2]
    assert len(step) == 9
    assert "m39" in {node.id for node in step}
    assert (step[-1].name, step[-1].kind, step[-1].url) == ("and 32 more", "fold", "?open=2")
    assert ("fold-2", "maker") in {(link.source, link.target) for link in links}


@pytest.mark.parametrize(("count", "boxes"), [(8, 8), (9, 9), (10, 9), (300, 9)])
def test_a_step_is_folded_only_where_that_saves_boxes(count, boxes):
    nodes, _ = fold(*wide(count), most=8)
    assert sum(node.step == 2 for node in nodes) == boxes


def test_an_opened_step_is_whole():
    nodes, _ = fold(*wide(40), most=8, opened={2})
    assert sum(node.step == 2 for node in nodes) == 40


def test_a_folded_question_is_counted_in_the_box():
    nodes, links = wide(20)
    nodes += [Node(f"q{i}", f"Asked {i}", 2, note="A look needed") for i in range(10)]
    box = next(node for node in fold(nodes, links, most=8)[0] if node.kind == "fold")
    assert box.note == "3 of them with a question"


def test_the_address_of_a_view_says_only_what_was_asked():
    assert Wanted().query() == "?"
    assert Wanted("marked", "7", frozenset({3, 2}), True).query() == "?show=marked&focus=7&open=2&open=3&unrelated=1"


# --- the page -------------------------------------------------------------------------------------------------


def test_links_tell_goods_period_and_worth(client, owner, member, analyst):
    rows = table_of(see(client, analyst, chain_to_listed(owner, member, valid_to=date(2026, 2, 1))))
    spinner = next(row for row in rows if "Huafu" in row[1])
    assert [" ".join(cell) for cell in spinner] == [
        "3",
        "Aksu Huafu Color Spinning Co., Ltd. CN On the Entity List",
        "cotton yarn",
        "10 Jan 2025 to 1 Feb 2026",
        "Example Knitting Mill Co., Ltd.",
        "relevant",
        "presumption applies",
    ]


def test_the_table_is_sorted_by_step_and_says_what_is_not_declared(client, owner, member, analyst):
    rows = table_of(see(client, analyst, chain_to_listed(owner, member)))
    steps = [int(row[0][0]) for row in rows]
    assert steps == sorted(steps) == [1, 2, 3, 4]
    assert rows[-1][1][:2] == ["Not", "declared"]


def test_a_weak_link_is_dashed_and_says_why(client, owner, member, analyst):
    supply(owner, member, MILL, MAKER, **(KNITS | {"valid_from": None}))
    page = see(client, analyst, ship(owner, member))
    assert 'stroke-dasharray="10 4"' in page
    assert "thin dashed line: a weak link" in page
    assert "possible: the link does not say when</title>" in page
    mill = next(row for row in table_of(page) if MILL.name in " ".join(row[1]))
    assert " ".join(mill[5]) == "possible the link does not say when"


def test_a_wide_chain_is_folded_and_the_table_is_whole(client, owner, member, analyst):
    shipment = wide_chain(owner, member, 40)
    page = see(client, analyst, shipment)
    assert f"and {40 - MOST} more" in page
    assert len([row for row in table_of(page) if row[0] == ["2"]]) == 40
    opened = see(client, analyst, shipment, "?open=2")
    assert "more</text>" not in opened.split("</svg>")[0]
    assert "Example Mill 017" in opened


def test_a_path_that_is_only_possible_is_to_be_reviewed_in_drawing_table_legend_and_map(
    client, owner, member, analyst
):
    shipment = chain_to_listed(owner, member, valid_from=None)
    page = see(client, analyst, shipment)
    assert "3 parties upstream, 3 of them on a path to be reviewed." in page
    assert page.count("</title>to review</text>") == 3
    assert "line of strokes and dots, “to review”" in page
    assert "Listed since 21 Jun 2022; the path is only possible" in page
    assert [" ".join(row[-1]) for row in table_of(page) if row[1] != ["Not", "declared"]][:3] == ["to be reviewed"] * 3
    on_map = see(client, analyst, shipment, name="shipment-map")
    assert "line of strokes and dots: a path" in on_map
    assert [" ".join(row[-1]) for row in table_of(on_map)] == ["to be reviewed"] * 4
    for told in (page, on_map):
        assert "presum" not in told
        assert 'stroke-dasharray="14 4 3 4"' in told


def test_of_two_ways_that_share_a_link_what_is_presumed_decides(client, owner, member, analyst):
    other = PartyFacts(name="Example Second Mill Co., Ltd.", country="CN")
    supply(owner, member, other, MAKER, **KNITS)
    supply(owner, member, PartyFacts(name="Xinjiang Zhongtai Chemical Co., Ltd.", country="CN"), other)
    page = see(client, analyst, chain_to_listed(owner, member))
    assert "3 of them on a path that raises the presumption, 2 of them on a path to be reviewed" in page
    worth = {" ".join(row[1]): " ".join(row[-1]) for row in table_of(page)}
    assert worth[f"{MAKER.name} VN"] == "presumption applies"
    assert worth[f"{other.name} CN"] == "to be reviewed"


def test_the_marked_path_alone(client, owner, member, analyst):
    page = see(client, analyst, wide_chain(owner, member, 12), "?show=marked")
    assert {row[0][0] for row in table_of(page)} == {"1", "2", "3", "4"}
    assert len(table_of(page)) == 4
    assert "Example Mill 003" not in page


def test_a_party_leads_to_its_facts_and_findings(client, owner, member, analyst):
    shipment = chain_to_listed(owner, member)
    key = SupplyLink.objects.get(stage="spinner").supplier_id
    assert f'href="/shipments/{shipment.pk}/chain/?focus={key}#party"' in see(client, analyst, shipment)
    page = see(client, analyst, shipment, f"?focus={key}")
    about = page[page.index('id="party"') : page.index('id="table"')]
    assert "3 steps upstream, spinner, CN." in about
    assert "#finding-" in about
    assert "supplies <strong>cotton yarn</strong> to Example Knitting Mill" in about
    assert f'href="/suppliers/{key}/"' in about


def test_ways_through_one_party(client, owner, member, analyst):
    shipment = wide_chain(owner, member, 6, spinners=1)
    mill = SupplyLink.objects.get(supplier__name="Example Mill 002 Co., Ltd.").supplier_id
    names = {" ".join(row[1]) for row in table_of(see(client, analyst, shipment, f"?show=through&focus={mill}"))}
    assert {name for name in names if "Mill" in name} == {"Example Mill 002 Co., Ltd. CN"}
    assert "Example Spinning 002-0 Co., Ltd. IN" in names


def test_what_is_not_in_the_chain_is_said(client, owner, member, analyst):
    page = see(client, analyst, chain_to_listed(owner, member), "?focus=999999&show=nonsense&open=x")
    assert "No such party is in this chain" in page


def test_unrelated_links_are_shown_on_request(client, owner, member, analyst):
    steel = PartyFacts(name="Example Steel Works Co., Ltd.", country="CN")
    supply(owner, member, steel, MAKER, hts_prefix="7208", goods="steel coil")
    shipment = chain_to_listed(owner, member)
    assert steel.name not in see(client, analyst, shipment)
    page = see(client, analyst, shipment, "?unrelated=1")
    assert next(row for row in table_of(page) if "Steel" in row[1])[5] == [
        "unrelated",
        "the",
        "goods",
        "are",
        "no",
        "input",
        "of",
        "the",
        "next",
        "step",
    ]
    assert steel.name in see(client, member, shipment, "?unrelated=1")


def test_an_empty_chain_says_so(client, owner, member, analyst):
    shipment = add_shipment(
        DeclaredShipment(imported_on=date(2026, 5, 4), lines=(DeclaredLine(1, "Shirts", ("6109100012",)),)),
        owner=owner,
        actor=member,
    )
    jobs.work_off()
    assert "There is no chain to follow" in see(client, analyst, shipment)


def test_the_shipment_shows_a_bounded_preview_that_leads_to_the_chain(client, owner, member, analyst):
    shipment = wide_chain(owner, member, 30)
    assert f"and {30 - MOST_IN_PREVIEW} more" in preview_of(shipment, analyst).svg
    page = see(client, analyst, shipment, name="shipment-detail")
    assert f'<a href="/shipments/{shipment.pk}/chain/">The chain on its own page</a>' in page
    assert "Example Mill 012" not in page


# --- what an importer may see ---------------------------------------------------------------------------------


@pytest.fixture
def shared(owner, member):
    """A shipment whose mill is the importer's to know; the listed spinner behind it is a rival's."""
    rival = make_user(Role.IMPORTER_MEMBER)
    rivals = rival.active_memberships[0].organization
    supply(rivals, rival, LISTED, MILL, **SPINS)
    supply(rivals, rival, PartyFacts(name="Example Secret Steel", country="CN"), MAKER, hts_prefix="7208")
    supply(owner, member, MILL, MAKER, **KNITS)
    return ship(owner, member)


@pytest.mark.parametrize("query", ["", "?unrelated=1", "?show=marked", "?show=through&focus={0}", "?focus={0}"])
def test_an_importer_sees_a_confidential_source_in_place_of_a_rivals(client, shared, member, query):
    secret = SupplyLink.objects.get(supplier__name=LISTED.name).supplier_id
    page = see(client, member, shared, query.format(secret))
    assert "Huafu" not in page
    assert "Secret Steel" not in page
    assert "Confidential source" in page or "through" in query
    assert f"/suppliers/{secret}/" not in page


def test_a_confidential_box_leads_to_its_finding(client, shared, member):
    chain = chain_of(shared, member)
    key = next(node.id for node in chain.nodes.values() if node.name == "Confidential source")
    page = see(client, member, shared, f"?focus={key}")
    about = page[page.index('id="party"') : page.index('id="table"')]
    assert "traces to a confidential source, which is on the Entity List" in about
    assert "Its record" not in about


def test_a_rivals_words_about_the_same_two_firms_are_not_quoted(shared, owner, member, analyst):
    rival = make_user(Role.IMPORTER_MEMBER)
    rivals = rival.active_memberships[0].organization
    SupplyLink.objects.filter(declared_by=owner, supplier__name=MILL.name).update(goods="")
    supply(rivals, rival, MILL, MAKER, **(KNITS | {"goods": "secret interlock"}))
    SupplyLink.objects.filter(declared_by=owner, supplier__name=MILL.name).update(valid_from=None)
    shipment = ship(owner, member)
    told = {
        user: " ".join(row.goods for row in show(chain_of(shipment, user), Wanted(), "/").rows)
        for user in (member, analyst)
    }
    assert "secret interlock" in told[analyst]
    assert "secret interlock" not in told[member]


@pytest.mark.parametrize("name", ["shipment-chain", "shipment-map"])
def test_a_wide_chain_asks_the_database_no_more_than_a_narrow_one(
    client, owner, member, analyst, django_assert_max_num_queries, name
):
    shipment = wide_chain(owner, member, 30)
    client.force_login(analyst)
    with django_assert_max_num_queries(25):
        page = client.get(reverse(name, args=[shipment.pk]))
    assert "Example Mill 029" in page.content.decode()
