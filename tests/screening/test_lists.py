"""Lists put in use: drafts, what they touch, four eyes, and what is screened again."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from entities import reference
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.parties import screen
from entities.domain.roles import Role
from entities.matchers import matcher_for
from entities.models import AuditEvent, ListVersion
from entities.services import jobs
from entities.services import lists as list_services
from screening.models import ImportBatch, Screening, Shipment
from screening.services.lists import publish_version, refuse_version
from screening.services.shipments import add_shipment
from tests.factories import declared_shipment, make_organization, make_user

pytestmark = pytest.mark.django_db
HEAD = "<!DOCTYPE html><html><body><div>Last Updated: 03/01/2026</div>"
MILL, NEW = "Example Mill Co., Ltd.", "Samplewick Spinning Works Co., Ltd."
# Within the look-back, and soon enough after the shipped list was retrieved that it is not told to be old.
RECENT = min(timezone.localdate(), list_services.UFLPA_LIST.retrieved_on) - timedelta(days=20)


def page(*rows, section="i"):
    cells = "".join(f"<tr><td>{name}</td><td>{on}</td></tr>" for name, on in rows)
    heading = "<thead><tr><th>Name of Entity</th><th>Effective Date</th></tr></thead>"
    return f"<p>Section 2(d)(2)(B)({section})</p><table>{heading}<tbody>{cells}</tbody></table>"


def shipped_page(*more, without=0):
    """The shipped rows as DHS would print them, with more rows in section (i), without the last ones of (v)."""
    rows = [row for row in list_services.shipped_uflpa_rows() if row.is_current]
    parts = []
    for roman in ("i", "ii", "v"):
        own = [(row.listed_as, f"{row.effective_on:%B %-d, %Y}") for row in rows if row.section.endswith(f"({roman})")]
        own = own[: len(own) - without] if roman == "v" else own
        parts.append(page(*own, *(more if roman == "i" else ()), section=roman))
    return HEAD + "".join(parts) + "</body></html>"


@pytest.fixture(autouse=True)
def in_use(db):
    return list_services.load_reference_lists()[0]


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def approver():
    return make_user(Role.APPROVER)


@pytest.fixture
def load(tmp_path, analyst):
    """Load a text as a list; what it touches is counted."""

    def put(text, *, name="page.html", actor=None, retrieved_on=None, **values):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        on = retrieved_on or timezone.localdate()
        version = list_services.draft_version(path, file_name=name, actor=actor or analyst, retrieved_on=on, **values)
        jobs.work_off()
        version.refresh_from_db()
        return version

    return put


def shipment_by(maker, imported_on=RECENT):
    shipment = add_shipment(
        declared_shipment(maker=maker, imported_on=imported_on), owner=make_organization(), actor=None
    )
    jobs.work_off()
    return shipment


def test_a_draft_is_not_screened_with(load, in_use):
    draft = load(shipped_page((NEW, "June 21, 2022")))
    assert draft.state == "draft"
    assert ListVersion.objects.current("UFLPA") == in_use
    assert [(one.kind, one.name) for one in list_services.difference_of(draft)] == [("added", NEW)]


def test_an_unchanged_page_differs_in_nothing_and_keeps_the_hash(load, in_use):
    draft = load(shipped_page())
    assert list_services.difference_of(draft) == ()
    assert draft.rows_sha256 == in_use.rows_sha256


def test_the_preview_leaves_out_what_is_stored_only(load):
    stored = shipment_by(NEW)
    batch = ImportBatch.objects.create(organization=stored.owner, stores_only=True)
    Shipment.objects.filter(pk=stored.pk).update(batch=batch, latest_screening=None)
    touches = load(shipped_page((NEW, "June 21, 2022"))).touches
    assert (touches["party_count"], touches["shipment_count"], touches["importers"]) == (1, 0, [])


def test_the_preview_counts_what_it_touches(load):
    touched = shipment_by(NEW)
    shipment_by("Quiet Harbour Garments JSC")
    touches = load(shipped_page((NEW, "June 21, 2022"))).touches
    assert touches["shipment_count"] == 1
    assert touches["parties"][0] | {"supplier": None} == {
        "name": NEW,
        "country": "VN",
        "supplier": None,
        "key": "samplewickspinningworkscoltd",
        "before": "none",
        "after": "match",
    }
    assert touches["importers"][0]["shipments"] == [{"id": touched.pk, "label": touched.label}]


def test_the_preview_names_and_counts_nobody_of_a_sandbox(load, approver):
    trial = make_organization(environment="sandbox")
    tried = add_shipment(declared_shipment(maker=NEW, imported_on=RECENT), owner=trial, actor=None)
    jobs.work_off()
    draft = load(shipped_page((NEW, "June 21, 2022")))
    counts = [draft.touches[f"{name}_count"] for name in ("party", "supplier", "case", "shipment")]
    assert (counts, draft.touches["parties"], draft.touches["importers"]) == ([0, 0, 0, 0], [], [])
    publish_version(draft, actor=approver)
    jobs.work_off()
    assert tried.screenings.count() == 2


def test_publishing_screens_again_what_it_touches_and_nothing_else(load, approver):
    touched, other = shipment_by(NEW), shipment_by("Quiet Harbour Garments JSC")
    draft = load(shipped_page((NEW, "June 21, 2022")))
    publish_version(draft, actor=approver)
    jobs.work_off()
    touched.refresh_from_db()
    assert (touched.outcome, touched.cases.count()) == ("presumption", 1)
    assert touched.latest_screening.run.list_version == draft
    assert Screening.objects.filter(shipment=other).count() == 1
    assert AuditEvent.objects.filter(action="list.published").get().actor_id == approver.pk


def test_a_shipment_that_says_its_list_is_old_is_screened_again_with_a_newer_one(load, approver, in_use):
    late = shipment_by("Quiet Harbour Garments JSC", in_use.retrieved_on + timedelta(days=60))
    late.refresh_from_db()
    assert late.latest_screening.findings.filter(rule="STALE_LIST").exists()
    assert late.latest_screening.caveats == []  # it is said once, as a finding
    newer = load(shipped_page((NEW, "June 21, 2022")), retrieved_on=in_use.retrieved_on + timedelta(days=59))
    publish_version(newer, actor=approver)
    jobs.work_off()
    late.refresh_from_db()
    assert not late.latest_screening.findings.filter(rule="STALE_LIST").exists()


def test_an_affiliate_of_a_new_entity_is_touched_and_screened_again(load, approver):
    touched = shipment_by("Samplewick Spinning Zanzibar Ltd.")
    draft = load(shipped_page((NEW, "June 21, 2022")))
    assert (draft.touches["parties"][0]["before"], draft.touches["parties"][0]["after"]) == ("none", "affiliate")
    publish_version(draft, actor=approver)
    jobs.work_off()
    touched.refresh_from_db()
    finding = touched.latest_screening.findings.get(rule="LISTED_AFFILIATE")
    assert (touched.outcome, finding.listing.name, finding.list_version) == ("review", NEW, draft)


def test_a_shipment_long_settled_is_not_screened_again(load, approver):
    settled = shipment_by("Quiet Harbour Garments JSC", timezone.localdate() - timedelta(days=900))
    settled.looked_at = timezone.now()
    settled.save(update_fields=["looked_at"])
    draft = load(shipped_page(("Quiet Harbour Garments JSC", "June 21, 2022")))
    assert draft.touches["shipment_count"] == 0


@pytest.mark.parametrize("same_person", [False, True])
def test_nobody_publishes_the_list_they_loaded(load, same_person):
    manager = make_user(Role.MANAGER)
    draft = load(shipped_page(), actor=manager)
    actor = make_user(Role.APPROVER, person=manager.person) if same_person else manager
    with pytest.raises(Refused, match="different person"):
        publish_version(draft, actor=actor)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_database_refuses_a_publication_by_the_loader(load, analyst):
    draft = load(shipped_page())
    with pytest.raises(IntegrityError), transaction.atomic():
        ListVersion.objects.filter(pk=draft.pk).update(
            state="published", published_at=timezone.now(), settled_by=analyst, settled_person=analyst.person
        )


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.AUDITOR])
def test_only_an_approver_or_manager_publishes(load, role):
    with pytest.raises(Refused, match="approver or a manager"):
        publish_version(load(shipped_page()), actor=make_user(role))


def test_a_list_that_shrinks_wants_a_reason(load, approver):
    draft = load(shipped_page(without=12))
    assert "12 of 160 rows are gone" in draft.warnings[0]
    with pytest.raises(Refused, match="warnings"):
        publish_version(draft, actor=approver)
    publish_version(draft, actor=approver, reason="Twelve were taken off by notice.")
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("published", "Twelve were taken off by notice.")


def test_a_list_older_than_the_one_in_use_wants_a_reason(load):
    assert "before the list in use" in load(shipped_page(), retrieved_on=date(2026, 1, 1)).warnings[0]


def test_a_draft_is_refused_with_a_reason_and_stays(load, approver):
    refused = refuse_version(load(shipped_page()), actor=approver, reason="Wrong file.")
    assert (refused.state, refused.published_at) == ("refused", None)
    with pytest.raises(Refused, match="settled before"):
        publish_version(refused, actor=approver)


def test_the_difference_must_be_from_the_list_in_use(load, approver):
    first, second = load(shipped_page()), load(shipped_page((NEW, "June 21, 2022")), name="other.html")
    publish_version(first, actor=approver)
    with pytest.raises(Refused, match="load it again"):
        publish_version(second, actor=approver)


def test_the_same_rows_wait_once(load):
    load(shipped_page())
    with pytest.raises(Refused, match="wait already"):
        load(shipped_page())


def table():
    path = reference.DATA / "uflpa_entity_list.csv"
    return path.read_text(encoding="utf-8")


def test_the_table_we_ship_loads_without_a_difference(load):
    draft = load(table(), name="list.csv")
    assert (list_services.difference_of(draft), draft.warnings) == ((), [])


def turned():
    """The table with its columns the other way round."""
    out = StringIO()
    csv.writer(out).writerows(row[::-1] for row in csv.reader(StringIO(table())))
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "list_empty"),
        (table().splitlines()[0] + "\n", "list_empty"),
        (table()[:20_000], "list_truncated"),
        (turned(), "list_columns"),
        (shipped_page()[:9_000], "list_truncated"),
        (HEAD + "</body></html>", "list_empty"),
    ],
)
def test_a_file_that_is_not_the_whole_list_is_not_taken(load, text, code):
    before = ListVersion.objects.count()
    with pytest.raises(Refused) as refused:
        load(text)
    assert refused.value.code == code
    assert ListVersion.objects.count() == before


def test_a_table_whose_last_line_does_not_end_wants_a_reason(load):
    assert "cut off" in load(table().rstrip("\n"), name="list.csv").warnings[0]


REDATED = [
    ("Xinjiang East Hope Nonferrous Metals Co., Ltd.", "2022-06-21"),
    ("Changhong Meiling Co., Ltd.", "2022-06-21"),
    ("Aksu Huafu Color Spinning Co., Ltd.", "2022-06-21"),
    ("Changji Esquel Textile Co., Ltd.", "2022-06-21"),
]


@pytest.mark.parametrize(("name", "first"), REDATED)
@pytest.mark.parametrize("printed", ["2024-10-03", "2024-11-01", "2024-11-25", "2025-01-15"])
def test_goods_of_a_redated_entity_are_found_on_either_side_of_the_printed_date(name, first, printed, in_use):
    matcher, gazetteer = matcher_for(in_use), reference.gazetteer()
    facts = PartyFacts(name=name)
    day = date.fromisoformat(printed)
    for on in (day - timedelta(days=1), day, date.fromisoformat(first)):
        assert screen(facts, matcher, gazetteer, on).listed_verdict == "match"
    eve = date.fromisoformat(first) - timedelta(days=1)
    assert screen(facts, matcher, gazetteer, eve).listed_verdict == "none"


def test_an_alias_taken_off_the_list_matches_for_goods_imported_before(in_use):
    matcher, gazetteer = matcher_for(in_use), reference.gazetteer()
    facts = PartyFacts(name="Xinjiang Nonferrous")

    def east_hope(on):
        found = screen(facts, matcher, gazetteer, on).matches
        return [match.verdict for match in found if match.key.startswith("xinjiangeasthope")]

    assert east_hope(date(2024, 11, 24)) == ["match"]
    assert "match" not in east_hope(date(2024, 11, 25))


def test_an_alias_removed_by_a_new_list_stops_on_that_day_and_stays_in_history(load, approver):
    text = shipped_page().replace(" (and one alias: Hetian TEDA Garment)", "")
    on = timezone.localdate()
    draft = load(text, changed_on=on)
    assert [(one.kind, one.before) for one in list_services.difference_of(draft)] == [
        ("alias removed", "Hetian TEDA Garment")
    ]
    publish_version(draft, actor=approver)
    facts, gazetteer = PartyFacts(name="Hetian TEDA Garment"), reference.gazetteer()
    matcher = matcher_for(draft)
    assert screen(facts, matcher, gazetteer, on - timedelta(days=1)).listed_verdict == "match"
    assert screen(facts, matcher, gazetteer, on).listed_verdict == "none"


def test_a_listing_to_come_is_announced_on_the_shipments_it_will_touch(load, approver):
    touched, other = shipment_by(NEW), shipment_by("Quiet Harbour Garments JSC")
    start = timezone.localdate() + timedelta(days=9)
    publish_version(load(shipped_page((NEW, f"{start:%B %-d, %Y}"))), actor=approver)
    jobs.work_off()
    touched.refresh_from_db()
    announced = [one for one in touched.latest_screening.caveats if one.startswith("ANNOUNCED")]
    assert len(announced) == 1
    assert f"{NEW} is on the list from {start:%-d %B %Y}" in announced[0]
    assert touched.outcome != "presumption"
    assert Screening.objects.filter(shipment=other).count() == 1


def test_the_command_loads_a_draft_and_prints_the_difference(tmp_path, analyst, capsys):
    path = tmp_path / "page.html"
    path.write_text(shipped_page((NEW, "June 21, 2022")), encoding="utf-8")
    call_command("load_list", str(path), by=analyst.email)
    printed = capsys.readouterr().out
    assert f"added: {NEW}" in printed
    assert "second person" in printed
    path.write_text(HEAD)
    with pytest.raises(CommandError, match="ends in the middle"):
        call_command("load_list", str(path), by=analyst.email)


def test_a_hash_does_not_depend_on_the_order_of_rows():
    rows = list_services.shipped_uflpa_rows()
    source = replace(list_services.UFLPA_LIST, label="reordered")
    version = list_services.load_version(source, rows[::-1], actor=None)
    assert version.label == list_services.UFLPA_LIST.label  # the version already stored
