"""The table of evidence requirements: every row is read, with all its ties; a row that cannot be read says which."""

import pytest

from evidence import reference
from evidence.domain.requirements import Unreadable, parse_links, read_requirements
from screening.reference import commodity_stages

ROW = {
    "commodity": "cotton", "tier_order": "4", "tier": "spinner", "document_type": "LAYDOWN_RECORD",
    "purpose": "Bales per yarn lot", "links_to": "BALE_LIST@up:bale_number", "required": "yes", "source": "TIER-MODEL",
}  # fmt: skip
TYPES = {"LAYDOWN_RECORD", "BALE_LIST"}


def test_every_row_of_the_table_is_read_with_all_its_links():
    rows = reference.rows_of("evidence_requirements.csv")
    table = reference.requirements()
    assert len(table.rows) == len(rows) == 928
    assert len(table.commodities) == 13
    assert all(row.links for row in table.rows)
    links = sum(raw["links_to"].count("@") for raw in rows)
    assert sum(len(row.links) for row in table.rows) == links


def test_the_stages_of_the_table_are_those_of_the_chains():
    stages = {commodity: [one.name for one in rows] for commodity, rows in commodity_stages().items()}
    assert {one: list(reference.requirements().stages(one)) for one in stages} == stages


def test_every_condition_and_family_and_tolerance_is_known():
    table = reference.requirements()
    assert {row.condition for row in table.rows if row.condition} <= set(reference.conditions())
    families = {one.code for one in reference.families()}
    assert {one.family for one in reference.document_types().values()} == families
    limits = {one.tolerance for one in reference.tie_limits()}
    assert limits - {"exact"} <= set(reference.shipped_tolerances())


def test_every_type_of_paper_has_a_rule_of_placing():
    assert set(reference.placing_rules()) == set(reference.document_types())


def test_a_scope_may_be_a_stage_of_the_chain():
    [link] = parse_links("ENTITY_PROFILE@garment maker:name|address", ["garment maker"])
    assert (link.type, link.scope, link.fields) == ("ENTITY_PROFILE", "garment maker", ("name", "address"))


def test_a_name_of_the_system_is_told_apart():
    first, second = parse_links("SYS_OUTPUT_LOT@same:lot; INPUT_RECEIPT@same:lot|quantity")
    assert (first.is_of_system, second.is_of_system) == (True, False)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("links_to", "BALE_LIST@nowhere:lot", "Row 2, links_to: “nowhere” is no scope"),
        ("links_to", "BALE_LIST up lot", "Row 2, links_to: “BALE_LIST up lot” is no link"),
        ("links_to", "BALL_LIST@up:lot", "Row 2, links_to: “BALL_LIST” is not among the types"),
        ("document_type", "LAYDOWN", "Row 2, document_type: “LAYDOWN” is not among the types"),
        ("required", "maybe", "Row 2, required: “maybe”: write yes"),
        ("required", "conditional:", "Row 2, required"),
        ("tier_order", "four", "Row 2, tier_order: “four” is no whole number"),
        ("purpose", " ", "Row 2, purpose: is empty"),
    ],
)
def test_a_row_that_cannot_be_read_says_row_field_and_remedy(column, value, told):
    with pytest.raises(Unreadable) as refused:
        read_requirements([{**ROW, column: value}], types=TYPES)
    assert str(refused.value).startswith(told)


def test_of_an_unknown_stage_is_asked_what_every_stage_is_asked():
    common = {row.type for row in reference.requirements().at("cotton", "")}
    assert common == {
        "ENTITY_PROFILE", "PURCHASE_ORDER", "COMMERCIAL_INVOICE", "PROOF_OF_PAYMENT", "TRANSPORT_DOCUMENT",
    }  # fmt: skip
