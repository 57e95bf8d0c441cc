"""Inviting someone, sending the link again, withdrawing it."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from entities.domain.errors import Refused
from entities.forms.people import (
    InvitationForm,
)
from entities.models import Invitation
from entities.services import accounts
from entities.views.people.frame import act_page, may_invite, may_manage, organizations_for
from entities.views.request import SignedInRequest


@may_manage
@require_http_methods(["GET", "POST"])
def invitation_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite someone to an organisation by mail."""
    organization = get_object_or_404(organizations_for(request), pk=pk)
    form = InvitationForm(request.POST or None, organization=organization)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = accounts.invite(organization, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"An invitation is on its way to {invitation.email}.")
            return redirect("organization-detail", pk=organization.pk)
    return act_page(
        request,
        form,
        f"Invite someone to {organization}",
        about=f"They get a link by e-mail that works once, for {settings.INVITATION_DAYS} days.",
        submit="Send invitation",
        organization=organization,
    )


@may_invite
@require_POST
def invitation_resend(request: SignedInRequest, pk: int) -> HttpResponse:
    return _on_invitation(request, pk, accounts.send_again, "A new link is on its way to {}; the old one has ended.")


@may_invite
@require_POST
def invitation_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    return _on_invitation(request, pk, accounts.withdraw, "The invitation of {} is withdrawn; its link has ended.")


def _on_invitation(request: SignedInRequest, pk: int, service: Callable[..., Invitation], done: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.filter(organization__in=organizations_for(request)), pk=pk)
    try:
        service(invitation, actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done.format(invitation.email))
    return redirect("organization-detail", pk=invitation.organization_id)
