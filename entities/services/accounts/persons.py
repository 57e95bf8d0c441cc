"""Persons behind accounts: four eyes are two persons, not two accounts."""

from __future__ import annotations

from django.db import transaction

from entities import audit, history
from entities.domain.actions import Action
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import Person, User
from entities.services import account_rules as rules
from entities.services.account_rules import same_person

__all__ = ["declare_same_person", "rename", "same_person"]


@transaction.atomic
def rename(account: User, *, full_name: str, actor: User) -> Person:
    """Change the name of the account's person, for all their accounts. Records keep the name as it was then."""
    person = Person.objects.select_for_update().get(pk=account.person_id)
    history.note_changed(person, account)
    full_name = " ".join(full_name.split())
    if not full_name:
        raise Refused("name_missing", "Give your full name.")
    if not same_person(actor, account):
        rules.require(actor, Act.MANAGE_PEOPLE)
    if person.full_name == full_name:
        return person
    before, person.full_name = person.full_name, full_name
    person.save(update_fields=["full_name"])
    audit.record(
        Action.PERSON_RENAMED,
        actor=actor,
        target=account,
        before={"full_name": before},
        after={"full_name": full_name},
        rows=[person],
    )
    return person


@transaction.atomic
def declare_same_person(account: User, other_account: User, *, actor: User, reason: str = "") -> Person:
    """State that two accounts are one person's: neither may approve what the other recommended, from now on.

    Every account of the second person becomes the first person's. There is no way back: separating accounts would
    let one person act as two.
    """
    rules.require(actor, Act.MANAGE_PEOPLE)
    both = User.objects.select_for_update(no_key=True).filter(pk__in={account.pk, other_account.pk}).order_by("pk")
    accounts = {row.pk: row for row in both}
    history.note_changed(*both)
    kept, moved = accounts[account.pk].person, accounts[other_account.pk].person
    if kept.pk == moved.pk:
        raise Refused("same_person_already", "These accounts are already known to be one person's.")
    if kept.personnel_number and moved.personnel_number:
        raise Refused(
            "two_personnel_numbers",
            f"{kept} and {moved} have different personnel numbers. Correct the wrong number first.",
        )
    moved_accounts = list(User.objects.select_for_update(no_key=True).filter(person=moved).order_by("pk"))
    User.objects.filter(person=moved).update(person=kept)
    if moved.personnel_number:
        number, moved.personnel_number = moved.personnel_number, ""
        moved.save(update_fields=["personnel_number"])
        kept.personnel_number = number
        kept.save(update_fields=["personnel_number"])
    audit.record(
        Action.SAME_PERSON_DECLARED,
        actor=actor,
        target=other_account,
        before={"person": moved.pk, "full_name": moved.full_name},
        after={
            "person": kept.pk,
            "full_name": kept.full_name,
            "accounts": [row.email for row in moved_accounts],
            "same_as": account.email,
        },
        reason=reason.strip(),
        rows=[kept, moved, *moved_accounts],
    )
    return kept
