"""Names of listed entities the office adds: proposed with a source, confirmed and given up by two persons."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from entities import matchers
from entities.domain.errors import Refused
from entities.domain.facts import PartyFacts
from entities.domain.roles import Role
from entities.known_names import names_known, script_of
from entities.matchers import Basis, matcher_for
from entities.models import AuditEvent, Change, ListedEntity, ListVersion, NameStatement
from entities.services import lists, names
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NEW = "辛普韦克纺纱有限公司"  # invented, like every name here that is not on the list
ON = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _lists(fresh_matchers):
    lists.load_reference_lists()


@pytest.fixture
def entity():
    return ListedEntity.objects.get(register="UFLPA", name="Changji Esquel Textile Co., Ltd.")


@pytest.fixture
def analyst():
    return make_user(Role.ANALYST)


@pytest.fixture
def reviewer():
    return make_user(Role.REVIEWER)


def propose(entity, actor, text=NEW, source="Annual report 2024, page 12", **more):
    return names.propose_name(entity, text=text, source=source, actor=actor, **more)


def confirm(proposal, actor):
    return names.answer_proposal(proposal, actor=actor, is_confirmed=True)


def confirmed(entity, analyst, reviewer, text=NEW):
    return confirm(propose(entity, analyst, text), reviewer)


def shown(entity, text=NEW):
    return next((name for name in names_known(entity) if name.text == text), None)


def verdict(basis=None, text=NEW):
    matcher = matcher_for(ListVersion.objects.current("UFLPA"), basis)
    return [match.verdict for match in matcher.screen(PartyFacts(native_name=text), ON)]


def unverified():
    """A Chinese name that came with the list without a public source, and its entity."""
    version = ListVersion.objects.current("UFLPA")
    for row in version.listings.filter(removed_on=None).select_related("entity"):
        for native in row.native_names:
            if not native["confirmed"]:
                return row.entity, native["text"]
    raise AssertionError("the shipped list has such names")


def test_a_name_is_a_question_when_proposed_and_an_alias_when_a_second_person_confirms(entity, analyst, reviewer):
    assert verdict() == []
    proposal = propose(entity, analyst)
    assert (verdict(), shown(entity).standing) == (["possible"], "proposed")
    answer = confirm(proposal, reviewer)
    assert (verdict(), shown(entity).standing) == (["match"], "confirmed")
    assert (shown(entity).source, shown(entity).answered) == ("Annual report 2024, page 12", answer)


def test_a_matcher_of_any_day_is_made_again(entity, analyst, reviewer):
    before = Basis.in_use()
    proposal = propose(entity, analyst)
    answer = confirm(proposal, reviewer)
    end = confirm(names.propose_withdrawal(entity, text=NEW, reason="another firm's", actor=analyst), reviewer)
    at = [verdict(Basis(names_up_to=k)) for k in (before.names_up_to, proposal.pk, answer.pk, end.pk - 1, end.pk)]
    assert at == [[], ["possible"], ["match"], ["match"], []]


def test_each_act_is_on_record_and_tells_the_feed_where_it_changes_what_stands(entity, analyst, reviewer):
    proposal = propose(entity, analyst, source_url="https://example.test/report", reason="asked by the desk")
    answer = confirm(proposal, reviewer)
    withdrawal = names.propose_withdrawal(entity, text=NEW, reason="another firm's", actor=analyst)
    declined = names.answer_proposal(withdrawal, actor=reviewer, is_confirmed=False, reason="it is theirs")
    events = AuditEvent.objects.filter(action__startswith="name.").order_by("sequence")
    assert [(event.action, event.actor_name, event.reason) for event in events] == [
        ("name.proposed", analyst.full_name, "asked by the desk"),
        ("name.confirmed", reviewer.full_name, ""),
        ("name.withdrawal_proposed", analyst.full_name, "another firm's"),
        ("name.declined", reviewer.full_name, "it is theirs"),
    ]
    assert (events[0].after["source"], events[1].before["proposed_by"]) == (proposal.source, analyst.full_name)
    keys = Change.objects.filter(kind="name").order_by("pk").values_list("key", flat=True)
    assert list(keys) == [str(proposal.pk), str(answer.pk)]
    assert (declined.proposal, shown(entity).standing, shown(entity).waiting) == (withdrawal, "confirmed", None)


def test_one_person_with_two_accounts_is_not_a_second_person(entity, analyst):
    proposal = propose(entity, analyst)
    other_account = make_user(Role.REVIEWER, person=analyst.person)
    with pytest.raises(Refused, match="second person"):
        confirm(proposal, other_account)
    with pytest.raises(IntegrityError), transaction.atomic():
        NameStatement.objects.create(
            entity=entity,
            text=NEW,
            act="confirm",
            proposal=proposal,
            author=other_account,
            author_person=analyst.person,
            proposed_person=analyst.person,
        )
    assert list(NameStatement.objects.all()) == [proposal]


def test_whoever_proposed_takes_it_back_with_a_reason(entity, analyst):
    proposal = propose(entity, analyst)
    with pytest.raises(Refused, match="Say why"):
        names.answer_proposal(proposal, actor=analyst, is_confirmed=False)
    names.answer_proposal(proposal, actor=analyst, is_confirmed=False, reason="misread")
    assert (shown(entity), verdict()) == (None, [])
    assert propose(entity, analyst).answer is None  # and may propose it again


def test_a_proposal_is_answered_once_and_the_database_holds_it(entity, analyst, reviewer):
    proposal = propose(entity, analyst)
    confirm(proposal, reviewer)
    with pytest.raises(Refused, match=f"{reviewer.full_name} answered"):
        names.answer_proposal(proposal, actor=make_user(Role.APPROVER), is_confirmed=False, reason="late")
    with pytest.raises(IntegrityError), transaction.atomic():
        NameStatement.objects.create(
            entity=entity,
            text=NEW,
            act="decline",
            proposal=proposal,
            author=reviewer,
            author_person=reviewer.person,
            proposed_person=analyst.person,
        )
    assert NameStatement.objects.count() == 2


def test_an_answer_is_no_proposal(entity, analyst, reviewer):
    answer = confirmed(entity, analyst, reviewer)
    with pytest.raises(Refused, match="Only a proposal"):
        confirm(answer, make_user(Role.APPROVER))
    assert NameStatement.objects.count() == 2


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.MANAGER, Role.IMPORTER_MEMBER])
def test_only_analysts_and_reviewers_propose(entity, analyst, reviewer, role):
    other = make_user(role)
    with pytest.raises(Refused, match="Only an analyst or a reviewer"):
        propose(entity, other)
    confirmed(entity, analyst, reviewer)
    with pytest.raises(Refused, match="Only an analyst or a reviewer"):
        names.propose_withdrawal(entity, text=NEW, reason="not theirs", actor=other)
    assert shown(entity).waiting is None


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.MANAGER, Role.BROKER_MEMBER])
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_only_reviewers_and_approvers_answer_for_others(entity, analyst, role, is_confirmed):
    proposal = propose(entity, analyst)
    with pytest.raises(Refused, match="Only a reviewer or an approver"):
        names.answer_proposal(proposal, actor=make_user(role), is_confirmed=is_confirmed, reason="so")
    assert names.may_answer(proposal, analyst)
    assert shown(entity).waiting == proposal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "name_length"),
        (" \u200b厂 ", "name_length"),
        ("辛" * 301, "name_length"),
        ("有限公司", "name_says_nothing"),
        ("The Co., Ltd.", "name_says_nothing"),
        ("?!…", "name_says_nothing"),
        ("新疆有限公司", "name_everyday"),
        ("Textile Limited", "name_everyday"),
    ],
)
def test_a_text_that_names_no_firm_is_refused(entity, analyst, text, code):
    with pytest.raises(Refused) as refused:
        propose(entity, analyst, text)
    assert (refused.value.code, NameStatement.objects.count()) == (code, 0)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  辛普韦克\u3000纺纱\u200b有限公司\n", "辛普韦克 纺纱有限公司"),
        ("Ｓａｍｐｌｅｗｉｃｋ Ｃｏ．", "Samplewick Co."),
        ("辛普韦克（昌吉）有限公司", "辛普韦克(昌吉)有限公司"),
        ("شىنجاڭ سامپىلۋىك", "شىنجاڭ سامپىلۋىك"),
        ("新疆纺织有限公司", "新疆纺织有限公司"),
    ],
)
def test_a_name_is_kept_as_it_is_compared(entity, analyst, text, kept):
    assert propose(entity, analyst, text).text == kept


@pytest.mark.parametrize(
    ("source", "code"), [("", "source_missing"), ("  ", "source_missing"), ("x" * 301, "source_too_long")]
)
def test_a_name_needs_a_source(entity, analyst, source, code):
    with pytest.raises(Refused) as refused:
        propose(entity, analyst, source=source)
    assert refused.value.code == code


@pytest.mark.parametrize("again", [NEW, "辛普韋克紡紗有限公司", f" {NEW}。"])
def test_a_name_waiting_or_confirmed_is_not_proposed_again_in_any_writing(entity, analyst, reviewer, again):
    proposal = propose(entity, analyst)
    with pytest.raises(Refused, match=f"{analyst.full_name} proposed “{NEW}” already"):
        propose(entity, reviewer, again)
    confirm(proposal, reviewer)
    with pytest.raises(Refused, match="confirmed “"):
        propose(entity, analyst, again)
    assert NameStatement.objects.count() == 2


def test_a_name_on_the_list_is_not_proposed(entity, analyst):
    with pytest.raises(Refused, match="stands on the list"):
        propose(entity, analyst, "CHANGJI ESQUEL TEXTILE CO LTD")
    assert not NameStatement.objects.exists()


def test_the_same_name_of_another_entity_may_be_proposed(entity, analyst):
    other = ListedEntity.objects.exclude(pk=entity.pk).filter(register="UFLPA").first()
    assert (propose(entity, analyst).text, propose(other, analyst).text) == (NEW, NEW)


def test_an_entity_of_no_list_in_use_takes_no_name(analyst):
    gone = ListedEntity.objects.create(register="UFLPA", key="gone", name="Gone Co.")
    with pytest.raises(Refused, match="does not stand on the list"):
        propose(gone, analyst)


def test_a_chinese_name_without_a_source_is_confirmed_the_same_way(analyst, reviewer):
    entity, text = unverified()
    assert (shown(entity, text).standing, verdict(text=text)[0]) == ("unverified", "possible")
    proposal = propose(entity, analyst, f" {text} ")
    assert (proposal.text, shown(entity, text).standing, shown(entity, text).waiting) == (text, "unverified", proposal)
    confirm(proposal, reviewer)
    assert (shown(entity, text).standing, verdict(text=text)[0]) == ("confirmed", "match")
    assert [name.text for name in names_known(entity)].count(text) == 1
    withdrawal = names.propose_withdrawal(entity, text=text, reason="the report names another", actor=analyst)
    confirm(withdrawal, reviewer)
    assert (shown(entity, text).standing, verdict(text=text)[0]) == ("unverified", "possible")


def test_only_a_name_the_office_confirmed_is_withdrawn(entity, analyst, reviewer):
    def refusal(text, reason="not theirs"):
        with pytest.raises(Refused) as refused:
            names.propose_withdrawal(entity, text=text, reason=reason, actor=reviewer)
        return refused.value.code

    assert refusal(NEW) == "name_unknown"
    assert refusal(entity.name) == "name_of_the_list"
    proposal = propose(entity, analyst)
    assert refusal(NEW) == "not_confirmed"
    confirm(proposal, reviewer)
    assert refusal(NEW, " ") == "reason_missing"
    names.propose_withdrawal(entity, text=NEW, reason="not theirs", actor=analyst)
    assert refusal(NEW) == "already_proposed"
    assert (verdict(), shown(entity).waiting.act) == (["match"], "withdraw")  # it counts until a second person agrees


def test_a_name_that_left_the_list_counts_on_by_the_offices_word(analyst, reviewer):
    row = SimpleNamespace(
        entity=SimpleNamespace(key="mill"),
        name="Samplewick Co., Ltd.",
        aliases=[],
        native_names=[],
        first_effective_on=date(2022, 6, 21),
        removed_on=None,
        scope="",
        location="",
    )
    gone = SimpleNamespace(**{**vars(row), "name": "Old Loomhouse Co., Ltd.", "removed_on": date(2024, 1, 1)})
    office = matchers.office_names.OfficeName("Old Loomhouse Co., Ltd.", "register of 2025", confirmed=True)
    answers = []
    for known in ({}, {"mill": [office]}):
        matcher = matchers.matcher_of(matchers.listed_parties([row, gone], known))
        answers.append([match.verdict for match in matcher.screen(PartyFacts(name="Old Loomhouse Co., Ltd."), ON)])
    assert answers == [[], ["match"]]


@pytest.mark.parametrize(
    ("text", "script"),
    [("华孚 Huafu", "Chinese"), ("Huafu 2", "Latin"), ("شىنجاڭ", "Arabic"), ("Хуафу", "Cyrillic"), ("12", "Latin")],
)
def test_the_script_of_a_name(text, script):
    assert script_of(text) == script


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts_and_statements_are_stored_in_their_order(entity, analyst):
    proposals = [propose(entity, analyst, f"辛普韦克{number}号纺纱有限公司") for number in range(2)]
    approvers = [make_user(Role.APPROVER) for _ in range(4)]

    def settle(number):
        try:
            proposal = NameStatement.objects.select_related("entity").get(pk=proposals[number % 2].pk)
            return names.answer_proposal(
                proposal, actor=approvers[number], is_confirmed=number < 2, reason="of another firm"
            ).pk
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(settle, range(4)))
    assert sorted(one for one in told if isinstance(one, str)) == ["answered", "answered"]
    answers = NameStatement.objects.exclude(proposal=None)
    assert sorted(answers.values_list("pk", flat=True)) == sorted(one for one in told if isinstance(one, int))
    assert AuditEvent.objects.filter(action__in=["name.confirmed", "name.declined"]).count() == 2
    made = list(NameStatement.objects.order_by("pk").values_list("made_at", flat=True))
    assert made == sorted(made)
