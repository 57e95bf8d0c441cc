"""Receipts: what a screening said is said again, byte for byte, whatever is in use later."""

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from entities import append_only, reference_tables
from entities.domain.chain import canonical, sha256
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.matching import SHIPPED
from entities.domain.plain import from_plain, to_plain
from entities.domain.roles import Role
from entities.models import ListVersion, OwnershipLink, ReferenceTable, Supplier, SupplyLink
from entities.reference_tables import Tables, read_with
from entities.services import jobs, lists, ownership
from entities.services.names import answer_proposal, propose_name
from entities.services.suppliers import withdraw_link
from entities.services.thresholds import adopt_thresholds, propose_thresholds
from screening.domain.lots import Lot
from screening.domain.seen import SeenGoods, SeenNetwork
from screening.models import Detention, ScreenedNetwork, ScreenedRecord, Screening, ScreeningInput, Shipment
from screening.services import pairs, receipts
from screening.services.lists import publish_version
from screening.services.receipts import read_receipt, receipt_of, replay
from screening.services.runs import screen_shipments, storing
from screening.services.runs.seen import goods_read
from screening.services.shipments import DeclaredLine, DeclaredRole, DeclaredShipment, add_shipment
from screening.services.traces import declare_trace
from tests.evidence.told import ALIKE, MAKER, Matter
from tests.factories import make_organization, make_user
from tests.screening.made_chains import KNITS, MILL, SPINS, chain_to_listed, firm, supply
from tests.screening.test_lists import shipped_page

pytestmark = pytest.mark.django_db
CHAIN_MAKER = PartyFacts(name="Example Bay Garments JSC", city="Hai Phong", country="VN")
GINNER = PartyFacts(name="Kashgar Bright Cotton Ginning Co., Ltd.", city="Kashgar", province="Xinjiang", country="CN")


@pytest.fixture
def matter():
    return Matter()


def every_receipt():
    return {screening.pk: receipt_of(screening) for screening in Screening.objects.order_by("pk")}


def said_again(made):
    return {pk: replay(read_receipt(receipt)) for pk, receipt in made.items()}


def another_list(matter, tmp_path):
    """A newer list in use, on which the maker stands."""
    path = tmp_path / "page.html"
    path.write_text(shipped_page((MAKER.name, "June 21, 2022")), encoding="utf-8")
    draft = lists.draft_version(path, file_name="page.html", actor=matter.analyst, retrieved_on=timezone.localdate())
    jobs.work_off()
    draft.refresh_from_db()
    publish_version(draft, actor=matter.approver, reason="As DHS shows it.")
    assert ListVersion.objects.current("UFLPA") == draft


def other_thresholds(matter, tmp_path):
    proposed = propose_thresholds(replace(SHIPPED, match_share=0.99), reason="Still fewer", actor=matter.manager)
    jobs.work_off()
    proposed.refresh_from_db()
    adopt_thresholds(proposed, actor=matter.approver)


def a_judgement(matter, tmp_path):
    finding = matter.findings().of_pairs().get(party_name=ALIKE.name)
    pairs.judge(finding, verdict="unsure", scope="firm", reason="On second thoughts", actor=matter.analyst)


def a_link_withdrawn(matter, tmp_path):
    withdraw_link(SupplyLink.objects.get(), actor=matter.member, reason="We buy there no more")


def a_holding_withdrawn(matter, tmp_path):
    ownership.withdraw_ownership(OwnershipLink.objects.get(), actor=matter.member, reason="Sold")


def a_name_stated(matter, tmp_path):
    entity = matter.findings().exclude(listing=None).first().listing.entity
    name = propose_name(entity, text=MAKER.name, source="A register", actor=matter.analyst)
    answer_proposal(name, actor=matter.approver, is_confirmed=True)


def firms_renamed(matter, tmp_path):
    Supplier.objects.update(name="Another Name Ltd.", country="US")
    matter.shipment.lines.update(hts_codes=["8471300100"], hts6="847130")


LATER = (
    *(another_list, other_thresholds, a_judgement, a_link_withdrawn, a_holding_withdrawn, a_name_stated),
    firms_renamed,
)


def without_rows(path):
    """The tables as a later product may have them: one of them with its header alone."""
    content = dict(reference_tables.shipped().content)
    content[path] = content[path].splitlines()[0] + "\n"
    return Tables(tuple((name, reference_tables.digest(text)) for name, text in sorted(content.items())), content)


def test_each_screening_is_replayed_to_the_same_bytes(matter):
    made = every_receipt()
    assert len(made) >= 4
    assert said_again(made) == made


@pytest.mark.parametrize("happened", LATER, ids=lambda one: one.__name__)
def test_what_happens_later_changes_nothing(matter, tmp_path, fresh_matchers, happened):
    made = every_receipt()
    before = matter.shipment.latest_screening
    happened(matter, tmp_path)
    jobs.work_off()
    screen_shipments([matter.shipment.pk], trigger="once more")
    matter.shipment.refresh_from_db()
    assert matter.shipment.latest_screening != before  # it does change what is said from then on
    assert said_again(made) == made
    assert said_again(every_receipt()) == every_receipt()


def test_other_tables_change_nothing_that_was_said_with_these(matter):
    made = every_receipt()
    later = without_rows("entities/data/hts_priority_sectors.csv")
    with read_with(later):
        assert said_again(made) == made
        screen_shipments([matter.shipment.pk], trigger="with other tables")
        matter.shipment.refresh_from_db()
        assert not matter.findings().filter(rule="PRIORITY_HTS").exists()
    of_later = receipt_of(matter.shipment.latest_screening)
    screen_shipments([matter.shipment.pk], trigger="with these again")
    assert matter.findings().filter(rule="PRIORITY_HTS").exists()
    assert replay(read_receipt(of_later)) == of_later
    assert ReferenceTable.objects.filter(path="entities/data/hts_priority_sectors.csv").count() == 2


def test_tables_that_were_never_used_here_are_refused_and_named(matter):
    receipt = read_receipt(receipt_of(Screening.objects.first()))
    receipt["tables"]["entities/data/xinjiang_gazetteer.csv"] = "0" * 64
    with pytest.raises(Refused, match=r"not stored here: entities/data/xinjiang_gazetteer\.csv"):
        replay(receipt)


@pytest.fixture
def chains(db):
    """Two shipments over one network with all that a screening reads: links of every sort, owners, lots, prices."""
    lists.load_reference_lists()
    owner = make_organization(name="Example Imports LLC")
    actor = make_user(Role.IMPORTER_MEMBER, owner)
    first = chain_to_listed(owner, actor, origin="Aksu, Xinjiang", source="Labour transfer programme notice")
    supply(owner, actor, GINNER, MILL, **SPINS)
    supply(owner, actor, MILL, firm(owner, GINNER), **KNITS)
    ownership.declare_ownership(
        firm(owner, PartyFacts(name="Xinjiang Junggar Cotton and Linen Co., Ltd.", country="CN")), firm(owner, MILL),
        actor=actor, declared_by=owner, share_from=Decimal(60),
    )  # fmt: skip
    for number in range(12):
        peer = add_shipment(
            DeclaredShipment(
                reference=f"peer {number}",
                imported_on=date(2026, 2, 1 + number),
                lines=(
                    DeclaredLine(
                        1, "Cotton T-shirts", ("6109100012",), quantity=10, quantity_unit="PCS", value=100 + number,
                        currency="USD",
                    ),
                ),
                parties=(DeclaredRole("manufacturer", PartyFacts(name=f"Peer {number} Ltd.", country="BD")),),
            ),
            owner=owner,
            actor=actor,
        )  # fmt: skip
    Detention.objects.create(
        case=first.cases.get(), shipment=peer, presented_on=date(2026, 4, 1), detained_on=date(2026, 4, 1),
        source="Form 6051D", recorded_by=actor,
    )  # fmt: skip
    second = add_shipment(
        DeclaredShipment(
            imported_on=date(2026, 5, 5),
            lines=(
                DeclaredLine(
                    1, "Cotton T-shirts", ("6109100012",), quantity=10, quantity_unit="PCS", value=1, currency="USD"
                ),
            ),
            parties=(DeclaredRole("manufacturer", CHAIN_MAKER),),
        ),
        owner=owner,
        actor=actor,
    )
    declare_trace(
        second, maker=firm(owner, MILL), inputs=[Lot("Y-7", "yarn", supplier=firm(owner, GINNER).pk)],
        outputs=[Lot("F-1", line_number=1)], actor=actor, declared_by=owner,
    )  # fmt: skip
    jobs.work_off()
    screen_shipments([first.pk, second.pk], trigger="together")
    return first, second


def test_a_chain_with_all_that_is_read_is_worked_out_anew(chains):
    made = every_receipt()
    rules = {one["rule"] for receipt in made.values() for one in json.loads(receipt)["result"]["findings"]}
    assert {"LISTED_ENTITY", "XJ_SITE", "XJ_MATERIAL", "LABOUR_TRANSFER", "CONTRADICTORY_LINKS", "PRICE_OUTLIER",
            "LISTED_AFFILIATE", "ROUTE_CHANGE", "CHAIN_GAP"} <= rules  # fmt: skip
    assert said_again(made) == made


def test_a_receipt_holds_no_path_no_place_and_no_match(chains):
    receipt = json.loads(receipt_of(Screening.objects.order_by("pk").last()))
    keys = set()

    def walk(value):
        if isinstance(value, dict):
            keys.update(value)
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(receipt["input"])
    assert {"goods", "network", "links", "firms", "above", "prices"} <= keys
    assert not keys & {"path", "grade", "verdict", "matches", "signals", "kind", "place_code", "weak", "coverage"}


def test_what_a_screening_reads_hangs_on_no_other_shipment_of_the_run(chains):
    first, second = chains
    together = [json.loads(receipt_of(one.screenings.first())) for one in chains]
    alone = []
    for one in (first, second):
        type(one).objects.filter(pk=one.pk).update(latest_screening=None)
        run = screen_shipments([one.pk], trigger="alone")
        alone.append(json.loads(receipt_of(run.screenings.get())))
    assert [one["input"]["network"] for one in alone] == [one["input"]["network"] for one in together]
    assert [one["result"] for one in alone] == [one["result"] for one in together]


def test_a_network_that_several_read_is_kept_once(chains):
    latest = [one.screenings.first() for one in chains]
    assert len(latest) == 2
    assert ScreenedNetwork.objects.filter(pk__in=[one.input.network_id for one in latest]).count() == 1


def test_networks_kept_a_few_at_a_time_are_the_same(chains, monkeypatch):
    before = [one.screenings.first().input.network_id for one in chains]
    monkeypatch.setattr(storing, "AT_ONCE", 0)
    Shipment.objects.update(latest_screening=None)
    run = screen_shipments([one.pk for one in chains], trigger="again")
    kept = dict(run.screenings.values_list("shipment", "input__network"))
    assert [kept[one.pk] for one in chains] == before


def test_what_is_on_record_beside_shipments_of_an_importer_is_kept_once(chains):
    first, second = chains
    Shipment.objects.update(latest_screening=None)
    run = screen_shipments([first.pk, second.pk], trigger="both anew")
    one, two = run.screenings.order_by("shipment__pk")
    assert one.input.record == two.input.record
    assert (one.input.facts["record"], two.input.facts["record"]) == ({"itself": 0}, {"itself": 1})
    kept = one.input.record.facts["prices"]["610910|PCS|USD"]
    assert [row["shipment"] for row in kept] == list(range(1, 14))  # no shipment is named
    of_one, of_two = (json.loads(receipt_of(said))["input"]["goods"]["record"] for said in (one, two))
    assert of_one["routes"] == of_two["routes"] == two.input.record.facts["routes"]
    assert of_one["prices"] == {}  # its line has no price to compare
    assert [row["shipment"] for row in of_two["prices"]["610910|PCS|USD"]] == list(range(13))
    assert of_two["prices"]["610910|PCS|USD"][0]["amount"] == "0.1"
    assert said_again({said.pk: receipt_of(said) for said in (one, two)}) == {
        said.pk: receipt_of(said) for said in (one, two)
    }


def test_importers_screened_together_do_not_share_what_is_kept_beside_their_shipments(chains):
    rival = make_organization(name="Rival Imports LLC")
    theirs = add_shipment(
        DeclaredShipment(
            imported_on=date(2026, 5, 6),
            lines=(DeclaredLine(1, "", ("6109100012",), quantity=10, quantity_unit="PCS", value=90, currency="USD"),),
            parties=(DeclaredRole("manufacturer", CHAIN_MAKER),),
        ),
        owner=rival,
        actor=make_user(Role.IMPORTER_MEMBER, rival),
    )  # fmt: skip
    run = screen_shipments([theirs.pk, chains[1].pk], trigger="both")
    [said] = run.screenings.filter(shipment=theirs)
    assert said.input.record.facts["routes"] == {}
    assert len(said.input.record.facts["prices"]["610910|PCS|USD"]) == 14
    assert said_again({said.pk: receipt_of(said)}) == {said.pk: receipt_of(said)}


def test_another_engine_refuses_and_names_both(matter, monkeypatch):
    receipt = read_receipt(receipt_of(Screening.objects.first()))
    monkeypatch.setattr(receipts, "ENGINE_VERSION", "2099.1")
    with pytest.raises(Refused, match=rf"engine {receipt['engine_version']}, .* this program has engine 2099\.1, "):
        replay(receipt)


def test_a_changed_receipt_is_refused(matter):
    receipt = receipt_of(Screening.objects.filter(outcome="presumption").first())
    with pytest.raises(Refused, match="changed after it was made"):
        read_receipt(receipt.replace(b'"outcome":"presumption"', b'"outcome":"no_finding"'))
    with pytest.raises(Refused, match="no receipt"):
        read_receipt(b"{}")


def test_a_result_that_does_not_follow_from_the_input_is_told(matter, tmp_path):
    receipt = json.loads(receipt_of(Screening.objects.first()))
    receipt["result"]["findings"].pop()
    path = tmp_path / "receipt.json"
    path.write_bytes(receipts._sealed({key: value for key, value in receipt.items() if key != "sha256"}))
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("replay", str(path), stdout=out)
    assert ended.value.code == 1
    assert "Another result: findings" in out.getvalue()


def test_the_command_replays_a_file_and_a_number(matter, tmp_path):
    screening = Screening.objects.last()
    path = tmp_path / "receipt.json"
    path.write_bytes(receipt_of(screening))
    for named in (str(path), str(screening.pk)):
        out = io.StringIO()
        call_command("replay", named, stdout=out)
        assert out.getvalue().startswith("The same bytes: SHA-256 ")


def test_what_was_read_reads_back_as_it_was(matter):
    goods = [goods_read(one) for one in ScreeningInput.objects.all()]
    networks = [one.facts for one in ScreenedNetwork.objects.all()]
    for shape, kept in ((SeenGoods, goods), (SeenNetwork, networks)):
        for facts in kept:
            read = from_plain(shape, facts)
            assert from_plain(shape, json.loads(json.dumps(to_plain(read)))) == read


def test_what_was_read_is_kept_in_one_way_only_under_its_digest(matter):
    for kept in (*ScreenedNetwork.objects.all(), *ScreenedRecord.objects.all()):
        assert kept.text == canonical(kept.facts)
        assert kept.sha256 == sha256(kept.text)


def test_a_screening_without_its_input_says_so(matter):
    screening = Screening.objects.last()
    screening.pk = 10**6
    with pytest.raises(Refused, match="before receipts were kept"):
        receipt_of(screening)


def test_a_screening_from_before_says_so(matter):
    screening = Screening.objects.last()
    connection.check_constraints()
    with append_only.lifted():
        ScreeningInput.objects.filter(screening=screening).update(network=None)
    with pytest.raises(Refused, match="before receipts were kept"):
        receipt_of(screening)
