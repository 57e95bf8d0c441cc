"""A chain decided before: what is different is named, nothing is decided by likeness, the report is a draft."""

from dataclasses import replace

import pytest
from django.urls import reverse

from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.services import jobs, suppliers
from evidence.domain.identical import Part, differences, fingerprint, parts_out_of
from evidence.services import concluding
from evidence.services.checking import check
from evidence.services.reuse import decided_before, draft_report
from screening.confidential import Office
from screening.domain.letters.checks import GAP
from screening.models import Case, Draw, LetterDraft
from screening.services.cases import open_case, start_review
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from tests.evidence.made_grid import IMPORTER, KNITTER, SEWER, SPINNER, make_cotton_case, make_paper
from tests.factories import make_user
from tests.screening.made_cases import judge_all, set_all_aside

MILL = Part("3", "Baimu", "spinner", "cotton", "CN", ("2",))
KNIT = Part("2", "Qinghe", "knitter or weaver", "cotton", "CN", ("1",))


# --- chains compared ------------------------------------------------------------------------------------------------


def test_the_same_parties_at_every_stage_are_identical_whatever_their_order():
    assert differences([MILL, KNIT], [KNIT, MILL], {"610910"}, {"610910"}) == []
    assert fingerprint([MILL, KNIT], ["610910"]) == fingerprint([KNIT, MILL], ["610910"])


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ([KNIT], "No longer there: Baimu, spinner."),
        ([KNIT, MILL, replace(MILL, key="9", label="Another mill")], "New: Another mill, spinner."),
        ([KNIT, replace(MILL, stage="ginner")], "Baimu stands at ginner; then at spinner."),
        ([KNIT, replace(MILL, country="VN")], "Baimu is in VN; then in CN."),
        ([KNIT, replace(MILL, supplies=())], "Baimu no longer delivers to Qinghe."),
        ([KNIT, MILL, Part("stage-x", "ginner: no party", "ginner", "cotton", "", (), True)],
         "No party is declared: ginner: no party."),
    ],
)  # fmt: skip
def test_what_sets_chains_apart_is_named(now, told):
    assert differences(now, [MILL, KNIT], {"610910"}, {"610910"}) == [told]
    assert fingerprint(now, ["610910"]) != fingerprint([MILL, KNIT], ["610910"])


def test_goods_of_another_heading_are_another_chain():
    assert differences([MILL], [MILL], {"610910", "620520"}, {"610910"}) == ["Goods of another kind: heading 620520."]


def test_a_record_sealed_before_its_parts_were_kept_is_not_compared():
    assert parts_out_of([{"key": "3", "label": "Baimu"}]) is None


# --- cases ----------------------------------------------------------------------------------------------------------

BEYOND = ("dyer or finisher", "ginner", "cotton farm")


@pytest.fixture
def decided(db):
    """A case with every stage declared, held outside the scope of the law."""
    case = make_cotton_case()
    member = case.importer.memberships.first().user
    below = {"dyer or finisher": SEWER, "ginner": SPINNER}
    last = None
    for stage in BEYOND:
        facts = PartyFacts(name=f"Example {stage} Ltd.", country="IN")
        row = suppliers.add_supplier(facts, organization=case.importer, actor=member)
        to = suppliers.add_supplier(below[stage], organization=case.importer, actor=member) if stage in below else last
        suppliers.declare_link(
            row, to, actor=member, declared_by=case.importer, commodity="cotton", stage=stage, goods=stage
        )
        last = row
    jobs.work_off()
    make_paper(case, "PURCHASE_ORDER", document_number="PO-1", seller=KNITTER.name, buyer=SEWER.name)
    reviewer = make_user(Role.REVIEWER)
    case = start_review(Case.objects.get(pk=case.pk), actor=reviewer)
    set_all_aside(case, reviewer)
    judge_all(case, reviewer)
    recommendation = concluding.conclude_review(
        case, actor=reviewer, pathway="applicability", conclusion="not_in_scope", reasons="All shown.",
        grounds=["XINJIANG_ORIGIN"],
    )  # fmt: skip
    concluding.decide(recommendation, actor=make_user(Role.APPROVER), verdict="approved", reasons="As recommended.")
    return Case.objects.get(pk=case.pk)


def next_shipment(importer, maker=SEWER):
    member = importer.memberships.first().user
    shipment = add_shipment(
        DeclaredShipment(
            lines=(DeclaredLine(1, "Men's cotton T-shirts, knitted", ("6109100012",), origin_country="VN"),),
            parties=(DeclaredRole("manufacturer", maker), DeclaredRole("importer", PartyFacts(name=IMPORTER))),
        ),
        owner=importer,
        actor=member,
    )
    jobs.work_off()
    return open_case(shipment, actor=make_user(Role.ANALYST), reason="The next one.")


def test_the_next_shipment_on_the_same_chain_differs_in_nothing(decided):
    [before] = decided_before(next_shipment(decided.importer), Office())
    assert before.case == decided
    assert before.is_identical


def test_a_shipment_of_another_maker_shows_only_the_differences(decided):
    other = PartyFacts(name="Another Garments JSC", city="Hue", country="VN")
    [before] = decided_before(next_shipment(decided.importer, other), Office())
    assert "New: Another Garments JSC, garment maker." in before.differences
    assert "No longer there: " in " ".join(before.differences)


def test_the_report_is_drafted_and_waits_for_a_person(decided, client):
    decided.shipments.update(entry_number="551-3518786-6")
    case = next_shipment(decided.importer)
    make_paper(case, "COMMERCIAL_INVOICE", document_number="KN-9", seller=KNITTER.name, buyer=SEWER.name)
    check(case)
    member = decided.importer.memberships.first().user
    client.force_login(member)
    page = client.get(reverse("importer-proof", args=[case.pk])).content.decode()
    assert "the same parties at every stage" in page
    sent = client.post(reverse("identical-report", args=[case.pk]), {"prior": decided.number})
    draft = LetterDraft.objects.get(case=case)
    assert sent["Location"] == reverse("letter-draft", args=[draft.pk])
    assert (draft.kind, draft.state) == ("identical_chain_report", "draft")
    assert draft.contents["prior_entry"] == "551-3518786-6"
    assert f"Knitter or weaver: {KNITTER.native_name} {KNITTER.name}" in draft.contents["producers"]
    assert len(draft.contents["records"]) == len(draft.contents["producers"])
    assert "Exhibit 1 (KN-9)" in draft.contents["records"]
    assert GAP in draft.contents["records"]
    assert case.stage == "open"


def test_a_case_that_waits_for_a_second_look_is_no_precedent_for_who_is_to_look(decided):
    case, reviewer = next_shipment(decided.importer), make_user(Role.REVIEWER)
    assert [one.case for one in decided_before(case, reviewer)] == [decided]
    Draw.objects.create(decision=decided.decisions.get(), share=1)
    assert decided_before(case, reviewer) == []


def test_no_report_is_drafted_where_the_chains_differ(decided):
    other = PartyFacts(name="Another Garments JSC", city="Hue", country="VN")
    case = next_shipment(decided.importer, other)
    with pytest.raises(Refused) as refused:
        draft_report(case, decided, actor=decided.importer.memberships.first().user)
    assert refused.value.code == "not_identical"
    assert not LetterDraft.objects.exists()


def test_a_case_decided_otherwise_is_no_precedent(decided):
    case = next_shipment(decided.importer)
    with pytest.raises(Refused, match="not held to be outside the scope"):
        draft_report(decided, case, actor=make_user(Role.ANALYST))
    assert decided_before(decided, Office()) == []
