"""Names of listed entities the office adds itself: proposed with a source, confirmed and given up by two persons."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from django.db import transaction

from entities import audit, reference
from entities.attempts import on_record
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.identity import plain_words
from entities.domain.names import simplified
from entities.domain.names.words import NameParser
from entities.domain.roles import Act
from entities.known_names import names_known
from entities.models import Change, ListedEntity, Listing, ListVersion, NameStatement, User
from entities.services.changes import record_change

SHORTEST, LONGEST = 2, 300
Kind = NameStatement.Act
_MAY_BE_EVERYDAY = frozenset({"place", "trade", "common"})


@transaction.atomic
def propose_name(
    entity: ListedEntity, *, text: str, source: str, source_url: str = "", reason: str = "", actor: User
) -> NameStatement:
    """A person says that a listed entity also bears this name, and where that stands.

    It raises questions from now on, and counts like an alias once a second person confirms it. A Chinese name that
    came with the list without a public source is confirmed the same way. Raises ``Refused`` where the text says
    nothing but a legal form, where no source is named, or where the entity has the name already.
    """
    fresh = _fresh(actor)
    if not fresh.has_perm(Act.PROPOSE_NAME):
        raise Refused("may_not_propose_name", "Only an analyst or a reviewer of the office proposes names.")
    version = ListVersion.objects.current(entity.register)
    if not Listing.objects.filter(version=version, entity=entity).exists():
        raise Refused("not_listed", f"{entity.name} does not stand on the list in use now.")
    text = _as_known(entity, clean_name(text))
    source = source.strip()
    if not source:
        raise Refused("source_missing", "Say where the name stands: a register, a report, a page, with its date.")
    if len(source) > LONGEST:
        raise Refused("source_too_long", f"Give the source in at most {LONGEST} characters; say more in the reason.")
    statement = NameStatement.objects.create(
        entity=entity,
        text=text,
        act=Kind.ADD,
        source=source,
        source_url=source_url.strip(),
        reason=reason.strip(),
        author=fresh,
        author_person=fresh.person,
    )
    _tell(statement)
    _put_on_record(Action.NAME_PROPOSED, statement, fresh, after={"source": source, "source_url": source_url})
    return statement


@transaction.atomic
def propose_withdrawal(entity: ListedEntity, *, text: str, reason: str, actor: User) -> NameStatement:
    """A person says that a name the office confirmed is not the entity's. It counts on until a second one agrees."""
    fresh = _fresh(actor)
    if not fresh.has_perm(Act.PROPOSE_NAME):
        raise Refused("may_not_propose_name", "Only an analyst or a reviewer of the office proposes withdrawals.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why the name is not the entity's.")
    known = next((name for name in names_known(entity) if name.text == text), None)
    if known is None:
        raise Refused("name_unknown", f"“{text}” is no name of {entity.name}.")
    if known.standing == "proposed":
        raise Refused("not_confirmed", f"“{text}” is only proposed: decline the proposal instead.")
    if known.standing != "confirmed":
        raise Refused("name_of_the_list", f"“{text}” stands on the list itself; only a new list takes it away.")
    if known.waiting is not None:
        raise Refused("already_proposed", f"{known.waiting.author.full_name} proposed this withdrawal already.")
    statement = NameStatement.objects.create(
        entity=entity, text=text, act=Kind.WITHDRAW, reason=reason.strip(), author=fresh, author_person=fresh.person
    )
    _put_on_record(Action.NAME_WITHDRAWAL_PROPOSED, statement, fresh)
    return statement


def answer_proposal(proposal: NameStatement, *, actor: User, is_confirmed: bool, reason: str = "") -> NameStatement:
    """A second person confirms what was proposed, or declines it with a reason; whoever proposed may take it back.

    A refused attempt goes on record.
    """
    with on_record("answer name", actor=actor, target=proposal):
        statement = _answer(proposal, actor, is_confirmed, reason)
    return statement


def _answer(proposal: NameStatement, actor: User, is_confirmed: bool, reason: str) -> NameStatement:
    fresh = _fresh(actor)
    proposal = NameStatement.objects.select_related("entity", "author__person").get(pk=proposal.pk)
    if proposal.act not in {Kind.ADD, Kind.WITHDRAW}:
        raise Refused("nothing_to_confirm", "Only a proposal is confirmed or declined.")
    if proposal.answer is not None:
        raise Refused("answered", f"{proposal.answer.author.full_name} answered this proposal before.")
    if is_confirmed and is_own(proposal, fresh):
        raise Refused("same_person", "You proposed this yourself. A second person must confirm it.")
    if not may_answer(proposal, fresh):
        raise Refused("may_not_confirm_name", "Only a reviewer or an approver of the office answers a proposal.")
    if not is_confirmed and not reason.strip():
        raise Refused("reason_missing", "Say why it is declined.")
    statement = NameStatement.objects.create(
        entity=proposal.entity,
        text=proposal.text,
        act=Kind.CONFIRM if is_confirmed else Kind.DECLINE,
        proposal=proposal,
        reason=reason.strip(),
        author=fresh,
        author_person=fresh.person,
        proposed_person=proposal.author_person,
    )
    if is_confirmed or proposal.act == Kind.ADD:  # a withdrawal that is declined leaves all as it was
        _tell(statement)
    _put_on_record(
        Action.NAME_CONFIRMED if is_confirmed else Action.NAME_DECLINED,
        statement,
        fresh,
        before={"proposal": proposal.pk, "proposed": proposal.act, "proposed_by": proposal.author.full_name},
    )
    return statement


def may_answer(proposal: NameStatement, user: User) -> bool:
    """Whoever confirms names; and the one who proposed it, to take it back."""
    return user.has_perm(Act.CONFIRM_NAME) or (user.has_perm(Act.PROPOSE_NAME) and is_own(proposal, user))


def is_own(proposal: NameStatement, user: User) -> bool:
    """The person who proposed it, by whatever account."""
    return user.person_id in {proposal.author_person_id, proposal.author.person_id}


def clean_name(text: str) -> str:
    """A name as it is compared: unseen characters and double blanks gone, wide letters plain.

    Raises ``Refused`` where it is too short or too long, or where no word of it tells one firm from another.
    """
    seen = (one for one in unicodedata.normalize("NFKC", text) if one.isspace() or unicodedata.category(one)[0] != "C")
    plain = " ".join("".join(seen).split())
    if not SHORTEST <= len(plain) <= LONGEST:
        raise Refused(
            "name_length",
            f"A name has {SHORTEST} to {LONGEST} characters, this one {len(plain)}: give it as the source writes it.",
        )
    kinds = {word.text: word.kind for parsed in _parser().parse(plain) for word in parsed.words}
    everyday = [kind for kind in kinds.values() if kind in _MAY_BE_EVERYDAY]
    if "distinct" in kinds.values() or len(everyday) > 1:
        return plain
    if everyday:
        raise Refused(
            "name_everyday",
            f"“{plain}” names only a place or an everyday word, and would be any firm of it: give the whole name.",
        )
    raise Refused("name_says_nothing", f"“{plain}” has no word that tells one firm from another: give the whole name.")


# --- inside -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _parser() -> NameParser:
    return NameParser(reference.vocabulary())


def _fresh(actor: User) -> User:
    """The actor as the account is now, once every statement begun before is made.

    Statements are made one after another, whichever entity they are on: were a later one stored before an earlier
    one, a screening that counts the later would not have seen the earlier (``office_names``). So each waits for the
    lists in use.
    """
    list(ListVersion.objects.published().select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return User.objects.select_related("person").get(pk=actor.pk)


def _as_known(entity: ListedEntity, text: str) -> str:
    """The text to state, in the list's own writing where it has one; refused where the entity bears it already."""
    wanted = _comparable(text)
    for name in names_known(entity):
        if _comparable(name.text) != wanted:
            continue
        if name.waiting is not None and name.waiting.act == Kind.ADD:
            raise Refused("already_proposed", f"{name.waiting.author.full_name} proposed “{name.text}” already.")
        if name.standing == "confirmed":
            raise Refused("already_confirmed", f"The office confirmed “{name.text}” already.")
        if name.standing == "listed":
            raise Refused("already_listed", f"“{name.text}” stands on the list as a name of {entity.name}.")
        if name.standing == "sourced":
            raise Refused("already_sourced", f"A public source ties “{name.text}” to {entity.name} already.")
        if name.standing == "unverified":
            return name.text
    return text


def _comparable(text: str) -> str:
    return plain_words(simplified(text))


def _tell(statement: NameStatement) -> None:
    """Let the shipments it touches be screened again."""
    note = {
        Kind.ADD: "name proposed",
        Kind.CONFIRM: "name confirmed",
        Kind.DECLINE: "proposed name declined",
    }[Kind(statement.act)]
    if statement.proposal is not None and statement.proposal.act == Kind.WITHDRAW:
        note = "name withdrawn"
    record_change(Change.Kind.NAME, [statement.pk], note=f"{note}: {statement.text}, {statement.entity}"[:300])


def _put_on_record(
    action: Action,
    statement: NameStatement,
    actor: User,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        action,
        actor=actor,
        target=statement,
        before=before,
        after={"entity": statement.entity.key, "name": statement.text, **(after or {})},
        reason=statement.reason,
    )
