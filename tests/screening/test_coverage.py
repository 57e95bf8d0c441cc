"""How far a chain is known."""

from entities.models import SupplyLink
from screening.domain.coverage import ChainPosition, Stage, measure
from screening.domain.goods import GoodsKind
from screening.reference import commodity_stages, goods_kind

STAGES = (Stage(1, "farm", False), Stage(2, "ginner", False), Stage(3, "merchant", True), Stage(4, "spinner", False))
YARN = ChainPosition("cotton", 4)


def test_nothing_declared_is_unknown_above_step_one():
    coverage = measure(1, YARN, STAGES, has_source=True, stage_names_by_step={1: []})
    assert coverage.missing == ("farm", "ginner")
    assert coverage.unknown_above_step == 1


def test_every_stage_declared_leaves_nothing_unknown():
    coverage = measure(1, YARN, STAGES, has_source=True, stage_names_by_step={1: [], 2: ["ginner"], 3: ["farm"]})
    assert coverage.missing == ()
    assert coverage.unknown_above_step is None


def test_a_conditional_stage_may_be_absent():
    coverage = measure(1, YARN, STAGES, has_source=True, stage_names_by_step={1: [], 2: ["ginner"], 3: ["farm"]})
    assert "merchant" not in coverage.expected


def test_without_a_source_the_chain_is_unknown_from_the_start():
    coverage = measure(1, YARN, STAGES, has_source=False, stage_names_by_step={})
    assert coverage.unknown_above_step == 0
    assert "no supplier is declared" in coverage.sentence


def test_goods_without_a_stage_model_are_unknown_above_the_last_step():
    coverage = measure(1, None, (), has_source=True, stage_names_by_step={1: [], 2: [""]})
    assert (coverage.expected, coverage.unknown_above_step) == ((), 2)


def test_every_stage_fits_a_supply_link_and_is_known_again_by_its_name():
    longest = SupplyLink._meta.get_field("stage").max_length
    for commodity, stages in commodity_stages().items():
        for stage in stages:
            number = None if stage.trades else stage.number
            assert goods_kind(commodity, stage.name[:longest], "", "") == GoodsKind(commodity, number)
