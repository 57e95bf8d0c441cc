"""One account: its memberships, role, second factor, and the person behind it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from entities.domain.errors import Refused
from entities.forms.people import (
    RoleForm,
    SamePersonForm,
)
from entities.services import accounts
from entities.services.accounts import second_factor
from entities.views.people.frame import accounts_for, act_page, may_manage, members_for, trail, with_reason
from entities.views.request import SignedInRequest


@may_manage
@require_GET
def account_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One account: where it may act, how it signs in, and which other accounts are the same person's."""
    account = get_object_or_404(accounts_for(request), pk=pk)
    person = account.person
    namesakes = accounts_for(request).filter(person__full_name__iexact=person.full_name).exclude(person=person)
    return render(
        request,
        "entities/account_detail.html",
        {
            "account": account,
            "breadcrumbs": trail("people", account.full_name),
            "memberships": account.memberships.select_related("organization").order_by("organization__name"),
            "has_second_factor": second_factor.has_second_factor(account),
            "tokens": account.api_tokens.filter(revoked_at=None),
            "other_accounts": person.accounts.exclude(pk=account.pk).order_by("email"),
            "namesakes": namesakes.order_by("email")[:10],
            "is_own": accounts.same_person(account, request.user),
        },
    )


@may_manage
@require_http_methods(["GET", "POST"])
def member_role(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    membership = get_object_or_404(members_for(request), pk=pk)
    form = RoleForm(request.POST or None, membership=membership)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.change_role(membership, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"The role of {membership.user.full_name} is changed.")
            return redirect("account-detail", pk=membership.user_id)
    return act_page(
        request,
        form,
        f"Change the role of {membership.user.full_name}",
        about=f"Now {membership.get_role_display()} of {membership.organization}. The new role holds at once; "
        "what was recommended or decided stays, and nobody decides their own recommendation in any role.",
        submit="Change role",
        account=membership.user,
    )


@may_manage
@require_http_methods(["GET", "POST"])
def member_suspend(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a member's rights until restored."""
    membership = get_object_or_404(members_for(request), pk=pk)

    def suspend(reason: str) -> None:
        accounts.suspend(membership, actor=request.user, reason=reason)

    return with_reason(
        request,
        suspend,
        f"Suspend {membership.user.full_name}",
        about=f"They lose every right at {membership.organization} at once, open sessions included. Where this is "
        "their only membership, they cannot sign in and their API tokens end. What they did stays on record.",
        submit="Suspend",
        done=f"{membership.user.full_name} is suspended.",
        account=membership.user,
    )


@may_manage
@require_http_methods(["GET", "POST"])
def member_restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a suspended member their rights back."""
    membership = get_object_or_404(members_for(request), pk=pk)

    def restore(reason: str) -> None:
        accounts.restore(membership, actor=request.user, reason=reason)

    return with_reason(
        request,
        restore,
        f"Restore {membership.user.full_name}",
        about=f"They are {membership.get_role_display()} of {membership.organization} again and may sign in. "
        "API tokens stay revoked.",
        submit="Restore",
        danger=False,
        done=f"{membership.user.full_name} is restored.",
        account=membership.user,
    )


@may_manage
@require_http_methods(["GET", "POST"])
def second_factor_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a colleague's second factor away, so that they set up a new one."""
    account = get_object_or_404(accounts_for(request), pk=pk)

    def reset(reason: str) -> None:
        second_factor.reset(account, actor=request.user, reason=reason)

    return with_reason(
        request,
        reset,
        f"Reset the second factor of {account.full_name}",
        about="Make sure that it is really they who ask, by a call or in person: until they set up a new phone, their "
        "password alone signs them in. Their recovery codes end too.",
        submit="Reset second factor",
        done=f"{account.full_name} sets up a new second factor at the next sign-in.",
        account=account,
    )


@may_manage
@require_http_methods(["GET", "POST"])
def same_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """State that another account belongs to the same person."""
    account = get_object_or_404(accounts_for(request), pk=pk)
    form = SamePersonForm(request.POST or None, initial={"email": request.GET.get("email", "")})
    if request.method == "POST" and form.is_valid():
        try:
            accounts.declare_same_person(account, form.other, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{account.email} and {form.other.email} are one person's accounts.")
            return redirect("account-detail", pk=account.pk)
    return act_page(
        request,
        form,
        f"Another account of {account.full_name}",
        about="Recommendation and decision need two persons, not two accounts. Once stated, no account of this person "
        "may decide what another of them recommended. This cannot be taken back.",
        submit="State that it is the same person",
        danger=True,
        account=account,
    )
