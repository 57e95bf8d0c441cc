"""The list as printed: cells, pages, history and the difference of two versions."""

from dataclasses import replace
from datetime import date

import pytest

from entities import reference
from entities.domain.errors import Refused
from entities.domain.listing import ListRow, difference, entity_key, merge, read_cell, rows_in_force, rows_of_page
from entities.sandbox import run_reader
from entities.services.lists import shipped_uflpa_rows

START, LATER, LOADED = date(2022, 6, 21), date(2024, 3, 1), date(2024, 4, 1)
ONE, TWO = "sec. 2(d)(2)(B)(i)", "sec. 2(d)(2)(B)(ii)"


def row(name, *, aliases=(), section=ONE, on=START, **fields):
    """A printed row of an invented entity."""
    also = f" (also known as {'; '.join(aliases)})" if aliases else ""
    values = {field: "" for field in ("scope", "location", "sector", "citation", "document_number", "source_url")}
    values |= {
        "removed_on": None,
        "is_current": True,
        "native_names": (),
        "completeness": "",
        "first_effective_on": on,
    }
    identity = {"row_id": entity_key(name) + section[-3:], "entity_key": entity_key(name)}
    return ListRow(
        name=name,
        aliases=tuple(aliases),
        section=section,
        effective_on=on,
        listed_as=name + also,
        **(values | identity | fields),
    )


@pytest.mark.parametrize(
    ("cell", "name", "aliases", "former", "scope"),
    [
        ("Acme Yarn Co., Ltd.", "Acme Yarn Co., Ltd.", (), (), ""),
        ("Acme Co. Ltd. (and two aliases: Akme; and Ackme Yarn)", "Acme Co. Ltd.", ("Akme", "Ackme Yarn"), (), ""),
        (
            "Acme (Sample) Co., Ltd (including one alias: Akme (Sample) Co.) and subsidiaries",
            "Acme (Sample) Co., Ltd",
            ("Akme (Sample) Co.",),
            (),
            "and subsidiaries",
        ),
        ("Acme (Sample) Co., Ltd., and Subsidiaries", "Acme (Sample) Co., Ltd.", (), (), "and Subsidiaries"),
        (
            "Acme Works Corps (AWC) and its subordinate and affiliated entities",
            "Acme Works Corps (AWC)",
            ("AWC",),
            (),
            "and its subordinate and affiliated entities",
        ),
        (
            "Acme Co., Ltd. (also known as ACS; and Ackme Co. Ltd. and formerly known as Old One Co.; and Old Two)",
            "Acme Co., Ltd.",
            ("ACS", "Ackme Co. Ltd.", "Old One Co.", "Old Two"),
            ("Old One Co.", "Old Two"),
            "",
        ),
        ("Acme (also known as A Moving Co. and B Moving Co.)", "Acme", ("A Moving Co.", "B Moving Co."), (), ""),
        ("Acme (including two aliases: Akme and Akme Dyed Yarn)", "Acme", ("Akme", "Akme Dyed Yarn"), (), ""),
        ("Acme (also known as Cotton and Linen Trade)", "Acme", ("Cotton and Linen Trade",), (), ""),
        ("Acme Import and Export (Group) Co.", "Acme Import and Export (Group) Co.", (), (), ""),
    ],
)  # fmt: skip
def test_a_cell_is_taken_apart(cell, name, aliases, former, scope):
    read = read_cell(cell)
    assert (read.name, read.aliases, read.former, read.scope, read.doubt) == (name, aliases, former, scope, "")


def test_a_count_that_does_not_agree_is_doubted():
    assert "three" in read_cell("Acme (including three aliases: Akme; and Ackme)").doubt


def test_an_entity_renamed_keeps_its_first_day_and_its_old_name_stays_as_history():
    merged = merge(
        [row("Old Mill Co. Ltd.")],
        [row("New Mill Co., Ltd.", aliases=("Old Mill Co., Ltd.",), on=LATER)],
        changed_on=LOADED,
    )
    now, past = merged.rows
    assert (now.entity_key, now.effective_on, now.first_effective_on) == ("oldmillcoltd", LATER, START)
    assert (past.name, past.removed_on, past.is_current) == ("Old Mill Co. Ltd.", LATER, False)


def test_an_alias_taken_off_ends_on_the_day_of_the_new_row():
    merged = merge([row("Mill", aliases=("Miller",))], [row("Mill", on=LATER)], changed_on=LOADED)
    assert [(one.aliases, one.removed_on) for one in merged.rows] == [((), None), (("Miller",), LATER)]


def test_an_alias_taken_off_without_a_new_date_counts_until_the_list_was_retrieved():
    merged = merge([row("Mill", aliases=("Miller",))], [row("Mill")], changed_on=LOADED)
    assert merged.rows[1].removed_on == LOADED


def test_a_row_moved_to_another_section_keeps_the_first_day():
    merged = merge([row("Mill")], [row("Mill", section=TWO, on=LATER)], changed_on=LOADED)
    assert [(one.section, one.first_effective_on, one.removed_on) for one in merged.rows] == [
        (TWO, START, None),
        (ONE, START, LATER),
    ]


def test_a_second_row_of_an_entity_keeps_the_first_day():
    merged = merge([row("Mill")], [row("Mill"), row("Mill", section=TWO, on=LATER)], changed_on=LOADED)
    assert [one.first_effective_on for one in merged.rows] == [START, START]
    assert all(one.is_current for one in merged.rows)


def test_an_entity_dropped_stays_as_history():
    merged = merge([row("Mill"), row("Loom")], [row("Mill")], changed_on=LOADED)
    assert [(one.name, one.removed_on) for one in merged.rows] == [("Mill", None), ("Loom", LOADED)]


def test_a_new_firm_that_shares_an_alias_is_no_rename():
    before = [row("Mill", aliases=("North Mill",))]
    merged = merge(
        before, [row("Mill"), row("North Mill Group", aliases=("North Mill",), on=LATER)], changed_on=LOADED
    )
    group = next(one for one in merged.rows if one.name == "North Mill Group")
    assert (group.entity_key, group.first_effective_on) == ("northmillgroup", LATER)


def test_two_possible_predecessors_are_left_to_a_person():
    before = [row("Mill"), row("Loom")]
    merged = merge(before, [row("Mill & Loom", aliases=("Mill", "Loom"), on=LATER)], changed_on=LOADED)
    assert "more than one" in merged.doubts[0]
    assert merged.rows[0].first_effective_on == LATER


def test_what_the_page_does_not_print_is_kept():
    before = [row("Mill", location="Sample City", citation="1 FR 1", aliases=("Miller",))]
    now = merge(before, [row("Mill", aliases=("Miller", "Mills"))], changed_on=LOADED).rows[0]
    assert (now.location, now.citation) == ("Sample City", "1 FR 1")


def test_merging_twice_changes_nothing():
    before = [row("Mill", aliases=("Miller",)), row("Loom")]
    fresh = [row("Mill", on=LATER)]
    once = merge(before, fresh, changed_on=LOADED).rows
    assert merge(once, fresh, changed_on=date(2025, 1, 1)).rows == once


def test_the_difference_names_every_change():
    old = [row("Mill", aliases=("Miller",)), row("Loom"), row("Gin")]
    fresh = [
        row("Mill", aliases=("Mills",), scope="and subsidiaries"),
        row("New Loom", aliases=("Loom",), on=LATER),
        row("Dye"),
        row("Mill", section=TWO, on=LATER, scope="and subsidiaries"),
    ]
    changes = difference(old, merge(old, fresh, changed_on=LOADED).rows)
    assert [(one.kind, one.name) for one in changes] == [
        ("added", "Dye"),
        ("removed", "Gin"),
        ("renamed", "New Loom"),
        ("re-dated", "New Loom"),
        ("alias added", "Mill"),
        ("alias removed", "Mill"),
        ("section added", "Mill"),
        ("scope", "Mill"),
    ]


def test_the_same_rows_in_another_order_do_not_differ():
    old = [row("Mill"), row("Loom")]
    assert difference(old, old[::-1]) == ()
    assert merge(old, old[::-1], changed_on=LOADED).rows == merge(old, old, changed_on=LOADED).rows


@pytest.mark.parametrize(
    ("on", "entities"),
    [
        ("2022-06-20", 0),
        ("2022-06-21", 20),
        ("2023-06-12", 30),
        ("2023-08-02", 33),
        ("2023-09-27", 36),
        ("2023-12-11", 39),
        ("2024-05-17", 65),
        ("2024-06-12", 68),
        ("2024-08-09", 73),
        ("2024-10-03", 75),
        ("2024-11-01", 78),
        ("2024-11-25", 107),
        ("2025-01-15", 144),
    ],
)
def test_each_dated_state_of_the_list_is_rebuilt(on, entities):
    rows = rows_in_force(shipped_uflpa_rows(), date.fromisoformat(on))
    assert len({one.entity_key for one in rows}) == entities


@pytest.mark.parametrize(
    ("key", "changed", "before", "after"),
    [
        ("xinjiangeasthope", "2024-11-25", "Xinjiang Nonferrous", ""),
        ("changhongmeiling", "2024-10-03", "Hefei Meiling Co. Ltd.", "Changhong Meiling Co., Ltd."),
        ("aksuhuafucolor", "2025-01-15", "Aksu Huafu Textiles Co.", "Aksu Huafu Color Spinning Co., Ltd."),
        ("changjiesquel", "2024-11-01", ONE, "sec. 2(d)(2)(B)(v)"),
    ],
)
def test_the_redated_rows_read_as_they_were_on_either_side(key, changed, before, after):
    on = date.fromisoformat(changed)
    rows = [one for one in shipped_uflpa_rows() if one.entity_key.startswith(key)]

    def words(day):
        standing = rows_in_force(rows, day)
        return {text for one in standing for text in (one.name, one.section, *one.aliases)}

    eve = words(date.fromordinal(on.toordinal() - 1))
    assert before in eve
    assert before not in words(on)
    assert not after or (after in words(on) and after not in eve)


def table(*rows, before="Section 2(d)(2)(B)(i)", heading=("Name of Entity", "Effective Date")):
    return {"before": before, "heading": list(heading), "rows": [list(one) for one in rows]}


def page(*tables, is_complete=True):
    return {"format": "page", "tables": list(tables), "updated": "", "is_complete": is_complete}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (page(table(("Mill", "June 21, 2022")), is_complete=False), "list_truncated"),
        (page(), "list_empty"),
        (page(table()), "list_empty"),
        (page(table(("June 21, 2022", "Mill"), heading=("Effective Date", "Name of Entity"))), "list_columns"),
        (page(table(("June 21, 2022", "Mill"))), "list_row"),
        (page(table(("Mill", "June 21, 2022"), before="")), "list_section"),
    ],
)  # fmt: skip
def test_a_page_that_is_not_the_list_is_refused(given, code):
    if code == "list_columns":
        given["tables"][0]["before"] = "Section 2(d)(2)(B)(i)"
    with pytest.raises(Refused) as refused:
        rows_of_page(given, source_url="")
    assert refused.value.code == code


PAGE = """<!DOCTYPE html><html><head><script>"<table>"</script></head><body><div>Last Updated:</span> 03/01/2024</div>
<p>List<br>Section 2(d)(2)(B)(ii)</p><table><thead><tr><th>Entity Name</th><th>Effective Date</th></tr></thead>
<tbody><tr><td>Mill&nbsp;&amp; <b>Loom</b> Co.</td><td>June 21,
2022</td></tr></tbody></table></body></html>"""


@pytest.mark.parametrize(
    ("text", "is_complete"), [(PAGE, True), (PAGE[: PAGE.index("</tbody>")], False), (PAGE[:-9], False)]
)
def test_the_reader_says_whether_the_page_is_whole(text, is_complete, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(text)
    assert run_reader("entities.readers.list_file", path)["is_complete"] == is_complete


def test_the_reader_gives_cells_as_text_with_the_words_before_the_table(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    (one,) = rows_of_page(run_reader("entities.readers.list_file", path), source_url="").rows
    assert (one.name, one.section, one.effective_on) == ("Mill & Loom Co.", TWO, START)


@pytest.mark.shared_data
def test_the_page_of_july_2026_reads_as_the_shipped_rows(shared_data):
    (path,) = (shared_data / "dhs_page").glob("*.html")
    read = rows_of_page(run_reader("entities.readers.list_file", path), source_url="")
    printed = {(one.name, one.aliases, one.section, one.effective_on) for one in read.rows}
    shipped = shipped_uflpa_rows()
    assert printed == {(one.name, one.aliases, one.section, one.effective_on) for one in shipped if one.is_current}
    assert (len(read.rows), read.doubts, read.updated_on) == (160, (), date(2025, 1, 14))
    merged = merge(shipped, read.rows, changed_on=LOADED)
    assert {one.row_id for one in merged.rows} == {one.row_id for one in shipped}
    assert difference(shipped, merged.rows) == ()


@pytest.mark.shared_data
def test_the_first_days_follow_from_the_list_of_2022(shared_data):
    """What the shipped table says by hand is what comparing with the version before finds."""
    (path,) = (shared_data / "dhs_page").glob("*.html")
    shipped = shipped_uflpa_rows()
    first = [replace(one, is_current=True, removed_on=None) for one in rows_in_force(shipped, START)]
    read = rows_of_page(run_reader("entities.readers.list_file", path), source_url="").rows
    merged = merge(first, read, changed_on=LOADED).rows
    redated = {one.name: one.first_effective_on for one in merged if one.is_current and one.effective_on > START}
    for name in ("Xinjiang East Hope Nonferrous Metals Co., Ltd.", "Changhong Meiling Co., Ltd."):
        assert redated[name] == START
    for name in ("Aksu Huafu Color Spinning Co., Ltd.", "Changji Esquel Textile Co., Ltd."):
        assert redated[name] == START
    assert {row["name_zh_source"] for row in reference.listed_rows()}
