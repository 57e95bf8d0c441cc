"""A translation is attached to its original and lies beside it; pinyin and single terms are no more than help."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.models import AuditEvent
from evidence import reference
from evidence.domain.reading_help import Glossary, help_with, pinyin_of
from evidence.models import Page, Translation
from evidence.services.translations import (
    Range,
    attach_translation,
    machine_translation,
    take_back_translation,
    untranslated,
)
from tests.evidence.sending import make_case, member_of, send


@pytest.fixture
def case(db):
    """A case with three Chinese pages as exhibit 1 and their English as exhibit 2."""
    case = make_case(items=())
    _pages(send(case, b"zh", "zh.txt"), ["棉纱 采购合同", "数量 12,400 公斤", "合计"], needs_translation=True)
    _pages(send(case, b"en", "en.txt"), ["Purchase contract, cotton yarn", "Quantity 12,400 kg", "Total"])
    return case


def _pages(document, texts, **more):
    for number, text in enumerate(texts, 1):
        Page.objects.create(document=document, number=number, text=text, sha256="1" * 64, has_text=True, **more)
    document.page_count = len(texts)
    document.needs_translation = bool(more)
    document.state = "read"
    document.save()


def both(case):
    return [one.document for one in case.exhibits.order_by("number")]


def attach(case, first=1, last=3):
    original, english = both(case)
    return attach_translation(
        original, Range(first, last), document=english, at=Range(first, last), actor=member_of(case)
    )


def look(client, case, **query):
    client.force_login(member_of(case))
    return client.get(reverse("case-viewer", args=[case.pk], query=query)).content.decode()


def test_the_longest_term_at_a_place_is_told():
    glossary = Glossary({"发票": "invoice", "增值税专用发票": "special VAT invoice"})
    assert glossary.terms_in("增值稅專用發票 发票") == (("增值税专用发票", "special VAT invoice"), ("发票", "invoice"))


def test_pinyin_leaves_all_else_as_it_is():
    assert pinyin_of("INV-8841 棉纱 12 kg") == "INV-8841 mián shā 12 kg"


def test_help_is_given_line_by_line_for_chinese_only():
    lines = help_with("Seller: Example JSC\n卖方 华孚", reference.glossary())
    assert [line.text for line in lines] == ["卖方 华孚"]
    assert lines[0].terms == (("卖方", "seller"),)


def test_the_glossary_names_each_term_once_with_its_english():
    rows = reference.rows_of("glossary.csv")
    assert len(rows) >= 250
    assert len({row["zh"] for row in rows}) == len(rows)
    assert all(row["zh"] and row["en"] and row["area"] for row in rows)


def test_help_with_the_chinese_is_labelled_as_no_translation(client, case):
    page = look(client, case)
    assert "Help with the Chinese (not a translation)" in page
    assert "cotton yarn" in page
    assert "needs translation" in page


def test_a_translation_lies_beside_its_original_page_by_page(client, case):
    attach(case)
    page = look(client, case, left="1.2")
    assert "co-view--pair" in page
    assert "Quantity 12,400 kg" in page
    alone = look(client, case, left="1.2", right="none")
    assert "co-view--pair" not in alone
    assert "translation attached" in alone


def test_pages_with_a_translation_need_none(case):
    original, _ = both(case)
    assert untranslated([original.pk]) == {original.pk: {1, 2, 3}}
    attach(case, 1, 2)
    assert untranslated([original.pk]) == {original.pk: {3}}


def test_an_importer_attaches_and_takes_back(client, case):
    client.force_login(member_of(case))
    sent = {"first": 1, "last": 3, "exhibit": 2, "from_page": 1, "to_page": 3, "translator": "A. Reader"}
    client.post(reverse("translation-add", args=[case.pk, 1]), sent)
    row = Translation.objects.get()
    assert row.translator == "A. Reader"
    assert AuditEvent.objects.filter(action=Action.TRANSLATION_ATTACHED).count() == 1
    client.post(reverse("translation-take-back", args=[row.pk]), {"case": case.pk})
    assert list(Translation.objects.standing()) == []
    assert Translation.objects.count() == 2
    assert AuditEvent.objects.filter(action=Action.TRANSLATION_TAKEN_BACK).count() == 1


@pytest.mark.parametrize(
    ("pages", "at", "said"),
    [
        ((1, 9), (1, 3), "The original has 3 pages"),
        ((2, 1), (1, 1), "The original has 3 pages"),
        ((1, 1), (1, 4), "The translation has 3 pages"),
    ],
)
def test_pages_that_are_not_there_are_refused(case, pages, at, said):
    original, english = both(case)
    with pytest.raises(Refused, match=said):
        attach_translation(original, Range(*pages), document=english, at=Range(*at), actor=member_of(case))


def test_a_page_in_chinese_is_no_translation(case):
    original, english = both(case)
    with pytest.raises(Refused, match="not mainly in Latin letters themselves"):
        attach_translation(english, Range(1, 1), document=original, at=Range(1, 1), actor=member_of(case))


def test_what_was_taken_back_is_not_taken_back_again(case):
    row = attach(case)
    take_back_translation(row, actor=member_of(case))
    with pytest.raises(Refused, match="taken back already"):
        take_back_translation(row, actor=member_of(case))


def test_a_wrong_form_says_what_is_wrong(client, case):
    client.force_login(member_of(case))
    answer = client.post(reverse("translation-add", args=[case.pk, 1]), {"first": "x"}, follow=True)
    assert "are translated in exhibit: This field is required." in answer.content.decode()
    assert Translation.objects.count() == 0


def test_the_database_keeps_what_was_said(case):
    row = attach(case)
    with pytest.raises(DatabaseError), transaction.atomic():
        Translation.objects.filter(pk=row.pk).update(translator="Somebody else")


def shout(text):
    """An engine for a test."""
    return text.upper()


def fail(text):
    raise OSError("no answer")


def test_an_operators_engine_is_off_unless_it_is_named(client, case):
    assert "translated by machine" not in look(client, case)
    with pytest.raises(Refused, match="No translation engine"):
        machine_translation("text")


def test_what_an_operators_engine_makes_is_labelled(client, case, settings):
    settings.TRANSLATION_ENGINE = f"{__name__}.shout"
    assert "Have this page translated by machine" in look(client, case, left="2.1")
    page = look(client, case, left="2.1", machine="left")
    assert "PURCHASE CONTRACT, COTTON YARN" in page
    assert "checked by nobody" in page
    assert f"{__name__}.shout" in page


def test_an_engine_that_fails_is_said(client, case, settings):
    settings.TRANSLATION_ENGINE = f"{__name__}.fail"
    assert "did not answer" in look(client, case, left="2.1", machine="left")
