"""What each letter must contain: complete it goes out, without any one of its contents it does not."""

import pytest

from screening.domain.letters.catalogue import KINDS, PUBLIC_PARTS
from screening.domain.letters.checks import CHECKS, RESTS_ON, missing
from screening.domain.letters.drafting import draft
from screening.domain.letters.kinds import Form
from screening.domain.letters.portal import field, file_name, texts_of
from screening.domain.letters.printing import sections
from screening.wording import letterhead, wording
from tests.screening.made_letters import MILL, complete, decision, facts, facts_for

EMPTY = {
    Form.ITEMS: [],
    Form.GROUNDS: [],
    Form.LINES: [],
    Form.EXHIBITS: [],
    Form.CONFIRM: None,
    Form.FINDING: {"verdict": "", "reasons": "", "evidence": ""},
}
REQUIRED = [
    (kind.code, part.code)
    for kind in KINDS.values()
    for part in kind.parts
    if part.is_required or part.code == "no_secrets"
]


def said(code, contents, known=None):
    return {(one.part, one.text) for one in missing(KINDS[code], contents, known or facts_for(KINDS[code]))}


def without(code, part, value=None):
    kind = KINDS[code]
    empty = EMPTY.get(kind.part(part).form, "") if value is None else value
    return complete(kind) | {part: empty}


@pytest.mark.parametrize("code", KINDS)
def test_a_complete_letter_lacks_nothing(code):
    assert said(code, complete(KINDS[code])) == set()


@pytest.mark.parametrize(("code", "part"), REQUIRED)
def test_without_a_required_content_it_is_blocked_and_the_content_is_named(code, part):
    found = said(code, without(code, part))
    assert part in {one for one, _ in found}
    assert all(text.endswith((".", "!")) for _, text in found)


@pytest.mark.parametrize("code", KINDS)
def test_every_check_named_is_a_check_there_is(code):
    kind = KINDS[code]
    assert {name for part in kind.parts for name in part.checks} <= set(CHECKS)
    assert set(kind.rests_on) <= set(RESTS_ON)


@pytest.mark.parametrize(
    ("code", "part", "value", "words"),
    [
        ("notice_of_detention", "statement", "The goods are looked at.", "detained"),
        ("notice_of_detention", "port", "Charleston", "four digits"),
        ("notice_of_detention", "detained_on", "2026-11-01", "presented on 5 November 2026"),
        ("notice_of_detention", "detained_on", "2026-12-24", "future"),
        ("notice_of_exclusion", "legal_ground", "The goods are excluded.", "1307"),
        ("notice_of_exclusion", "export_right", "You may not do anything.", "export"),
        ("notice_of_exclusion", "protest_right", "You may protest.", "180 days"),
        ("notice_of_exclusion", "protest_by", "2027-06-30", "25 May 2027"),
        ("notice_of_seizure", "petition_right", "You may write to us.", "1618"),
        ("release_notice", "statement", "The goods are released.", "detention ends"),
        ("request_for_information", "answer_by", "2026-11-01", "passed"),
        ("notice_of_action", "object_by", "", "objections"),
        ("protest_decision", "civil_action", "", "civil action"),
        ("exception_determination", "e2", {"verdict": "not_met", "reasons": "x", "evidence": "y"}, None),
        ("exception_determination", "determination", "refused", "All three"),
        ("exception_determination", "e1", {"verdict": "met", "reasons": "", "evidence": "page"}, "reasons"),
        ("exception_report", "goods", ["Yarn of " + MILL], "confidential"),
        ("exception_report", "evidence", ["Records of Example Garments JSC"], "confidential"),
        ("extension_request", "due_on", "2026-11-20", "past due"),
        ("extension_request", "days", "some", "whole number"),
        ("identical_chain_report", "records", ["BR-1"], "2 stages"),
        ("identical_chain_report", "prior_entry", "12", "551-3518786-6"),
        ("identical_chain_report", "statement", "It is a chain.", "identical"),
        ("protest", "face", "We disagree.", "on its face"),
        ("protest", "filed_on", "2026-11-01", "after the exclusion"),
        ("disposal_notice", "destination", "", "exported"),
    ],
)
def test_a_content_that_does_not_say_what_it_must_blocks(code, part, value, words):
    found = said(code, without(code, part, value))
    assert found
    assert words is None or any(words.lower() in text.lower() for _, text in found)


def test_a_protest_after_180_days_is_blocked():
    late = complete(KINDS["protest"]) | {"decided_on": "2026-03-02", "filed_on": "2026-08-30"}
    known = facts(detention=None)
    assert ("filed_on", "The last day was 29 August 2026: the exclusion is final.") in said("protest", late, known)
    assert said("protest", late | {"filed_on": "2026-08-29"}, known) == set()


def test_a_deemed_exclusion_before_the_notice_governs_the_protest():
    kind = KINDS["notice_of_exclusion"]
    known = facts(today=facts()["detention"]["deemed_on"].replace(day=20))
    contents = complete(kind, known)
    assert contents["excluded_on"] == "2026-12-20"
    assert contents["protest_by"] == "2027-06-03"  # 180 days from day 30, 5 December 2026


@pytest.mark.parametrize("code", ["notice_of_exclusion", "release_notice", "exception_determination"])
def test_an_act_that_rests_on_a_decision_waits_for_it(code):
    contents = complete(KINDS[code])
    assert said(code, contents, facts(decision=None))
    stale = facts_for(KINDS[code])
    stale["decision"]["facts_changed"] = True
    assert any("Facts changed" in text for _, text in said(code, contents, stale))


def test_a_release_is_not_issued_on_an_adverse_decision():
    found = said("release_notice", complete(KINDS["release_notice"]), facts(decision=decision("scope_not_rebutted")))
    assert any("never a release by default" in text for _, text in found)


def test_a_report_waits_for_a_determination_that_grants():
    contents = complete(KINDS["exception_report"])
    assert said("exception_report", contents, facts(determination={"determination": "refused"}))
    assert said("exception_report", contents, facts(determination=None))


def test_a_firm_that_another_importer_declared_is_not_named_to_the_importer():
    contents = without("notice_of_detention", "reason", "It comes from Hidden Mill Co., Ltd.")
    assert any("Hidden Mill" in text for _, text in said("notice_of_detention", contents))


def test_what_the_case_does_not_say_is_a_gap_that_blocks():
    known = facts(detention=None)
    contents = draft(KINDS["notice_of_detention"], known, wording("notice_of_detention"))
    assert "____" in contents["opening"]
    assert ("opening", "Fill in what stands as ____.") in said("notice_of_detention", contents, known)


def test_a_draft_holds_what_the_case_says():
    contents = draft(KINDS["notice_of_detention"], facts(), wording("notice_of_detention"))
    assert MILL in contents["reason"]
    assert contents["port"] == "1601 Charleston"
    assert "5 December 2026" in contents["length"]
    assert contents["grounds"] == ["LISTED_ENTITY"]


def test_the_public_report_is_drafted_without_a_name():
    contents = draft(KINDS["exception_report"], facts(), wording("exception_report"))
    assert contents["goods"] == ["Cotton T-shirts (HTS 610910)"]
    assert set(PUBLIC_PARTS) == {"opening", "determined_on", "goods", "evidence"}
    assert not [word for word in facts()["confidential"] if word in str(contents)]


def test_a_protest_says_what_ace_asks_for():
    contents = complete(KINDS["protest"])
    assert (contents["ace_issue"], contents["ace_secondary"]) == ("Other", "UFLPA Applicability Review")
    other = complete(KINDS["protest"], facts(decision=decision("exception_not_met")))
    assert other["ace_secondary"] == "UFLPA Exception Review"


@pytest.mark.parametrize("code", KINDS)
def test_every_content_is_printed(code):
    kind = KINDS[code]
    printed = str(sections(kind, complete(kind)))
    for part in kind.parts:
        if part.is_required and not part.bare and part.code != "addressee":
            assert part.label in printed


# --- the portal -------------------------------------------------------------------------------------------------


def test_text_for_the_portal_is_letters_and_digits():
    text = field("Opening", f"{MILL}: 100 % cotton, lot 3/4 & more")
    assert text.proposed == "A Ke Su Shi Li Fang Zhi You Xian Gong Si 100 percent cotton lot 3 4 and more"
    assert "Chinese characters" in text.refused
    assert field("Days", "14 days").is_accepted


@pytest.mark.parametrize(
    ("name", "number", "proposed", "is_accepted"),
    [
        ("invoice8841.pdf", None, "invoice8841.pdf", True),
        ("发票 INV-8841.pdf", 1, "Exhibit001FaPiaoINV8841.pdf", False),
        ("chain map_final.v2.xlsx", 12, "Exhibit012ChainMapFinalV2.xlsx", False),
        ("noextension", 2, "Exhibit002Noextension.pdf", False),
        ("!!!.pdf", 3, "Exhibit003File.pdf", False),
    ],
)
def test_file_names_for_the_portal(name, number, proposed, is_accepted):
    found = file_name(name, number)
    assert (found.proposed, found.is_accepted) == (proposed, is_accepted)


@pytest.mark.parametrize("code", [code for code, kind in KINDS.items() if kind.is_paper])
def test_every_paper_has_a_text_the_portal_takes(code):
    rows = texts_of(KINDS[code], complete(KINDS[code]))
    assert rows
    assert all(row.proposed.replace(" ", "").replace(".", "").isalnum() for row in rows)
    assert all(row.proposed.isascii() for row in rows)


# --- the office's own wording -----------------------------------------------------------------------------------


def test_a_site_changes_letterhead_and_words_by_a_file_that_names_only_what_differs(settings, tmp_path):
    own = tmp_path / "letters.toml"
    own.write_text(
        '[letterhead]\nname = "Port Office"\n[kinds.release_notice]\nclosing = "Goods of {importer}."\n',
        encoding="utf-8",
    )
    settings.LETTERS_FILE = str(own)
    contents = draft(KINDS["release_notice"], facts(), wording("release_notice"))
    assert letterhead() == {"name": "Port Office", "lines": [], "contact": ""}
    assert contents["closing"] == "Goods of Example Imports LLC."
    assert "detention" in contents["statement"]
