"""One's own account: signing in and out, passwords, the second factor, API tokens, accepting an invitation."""

from typing import Any, cast

import qrcode
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as remember_device
from django_otp.plugins.otp_static.models import StaticToken

from entities.domain.errors import Refused
from entities.forms.accounts import (
    AcceptForm,
    ChangePasswordForm,
    CodeForm,
    NameForm,
    NewPasswordForm,
    ResetRequestForm,
    SignInForm,
    TokenForm,
)
from entities.models import Invitation, User
from entities.services import accounts, tokens
from entities.services.accounts import second_factor as factor
from entities.views.request import SignedInRequest

BACKEND = "entities.backends.EmailBackend"


def home(request: SignedInRequest) -> HttpResponse:
    """The first page: the desk for the office, what is to do for everyone else."""
    return redirect("desk" if request.user.is_officer else "importer-home")


# --- signing in and out, passwords ------------------------------------------------------------------------------


class SignInView(auth_views.LoginView):
    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        """Where the reader was going; by way of the second factor, which the middleware would ask for anyway."""
        target = super().get_success_url()
        user = cast(User, self.request.user)
        if factor.has_second_factor(user) and not factor.is_proven(user):
            return f"{reverse('second-factor')}?{urlencode({'next': target})}"
        return target


class PasswordResetView(auth_views.PasswordResetView):
    template_name = "registration/password_reset.html"
    form_class = ResetRequestForm  # type: ignore[assignment]
    success_url = reverse_lazy("password-reset-sent")


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    template_name = "registration/password_reset_confirm.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("password-reset-complete")


class PasswordChangeView(auth_views.PasswordChangeView):
    template_name = "registration/password_change.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your password is changed. Other sessions have ended.")
        return super().form_valid(form)


sign_in = SignInView.as_view()
# Signing out of a session that has ended is no reason to sign in first.
sign_out = login_not_required(auth_views.LogoutView.as_view())
password_reset = PasswordResetView.as_view()
password_reset_sent = auth_views.PasswordResetDoneView.as_view(template_name="registration/password_reset_sent.html")
password_reset_confirm = PasswordResetConfirmView.as_view()
password_reset_complete = auth_views.PasswordResetCompleteView.as_view(
    template_name="registration/password_reset_complete.html"
)
password_change = PasswordChangeView.as_view()


# --- the second factor ------------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor(request: SignedInRequest) -> HttpResponse:
    """Prove the second factor for this session."""
    target = _next(request)
    if not factor.has_second_factor(request.user):
        return redirect("second-factor-setup" if request.user.needs_second_factor else target)
    if factor.is_proven(request.user):
        return redirect(target)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = factor.prove(request.user, form.cleaned_data["code"])
        except Refused as refused:
            form.add_error("code", str(refused))
        else:
            request.session.cycle_key()
            remember_device(request, device)
            if not device.persistent_id.startswith("otp_totp"):
                left = StaticToken.objects.filter(device_id=device.pk).count()
                messages.warning(request, f"You used a recovery code; {left} are left. Make new ones under Account.")
            return redirect(target)
    return render(request, "registration/second_factor.html", {"form": form, "next": target})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor_setup(request: SignedInRequest) -> HttpResponse:
    """Set up a phone as second factor, or another in its place. Knowing the password alone is not enough for that."""
    replaces = factor.has_second_factor(request.user)
    if replaces and not factor.is_proven(request.user):
        return redirect(f"{reverse('second-factor')}?{urlencode({'next': request.path})}")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device, codes = factor.confirm(request.user, form.cleaned_data["code"])
        except Refused as refused:
            form.add_error("code", str(refused))
        else:
            request.session.cycle_key()
            remember_device(request, device)
            return render(request, "registration/recovery_codes.html", {"codes": codes, "just_set_up": True})
    device = factor.begin(request.user)
    return render(
        request,
        "registration/second_factor_setup.html",
        {"form": form, "qr": _qr(device.config_url), "key": _key(device.config_url), "replaces": replaces},
    )


@never_cache
@require_POST
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    try:
        codes = factor.renew_codes(request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("account")
    return render(request, "registration/recovery_codes.html", {"codes": codes})


@require_POST
def second_factor_remove(request: SignedInRequest) -> HttpResponse:
    """Do without a second factor, where the role allows it."""
    try:
        factor.give_up(request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The second factor is removed. Your password alone signs you in.")
    return redirect("account")


def _next(request: HttpRequest) -> str:
    """The page of this site the reader was going to."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    known = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if known else reverse("home")


def _qr(content: str) -> dict[str, Any]:
    """A QR code as one SVG path: a unit square for each dark module, and the size of the whole."""
    code = qrcode.QRCode(border=4)
    code.add_data(content)
    matrix = code.get_matrix()
    squares = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark]
    return {"path": "".join(squares), "size": len(matrix)}


def _key(config_url: str) -> str:
    """The secret of an otpauth address in groups of four, for typing it in."""
    secret = config_url.partition("secret=")[2].partition("&")[0].replace("%3D", "")
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


# --- the account page -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    """One's own name, password, second factor and API tokens."""
    form = NameForm(request.POST or None, initial={"full_name": request.user.full_name})
    if request.method == "POST" and form.is_valid():
        try:
            accounts.rename(request.user, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Your name is changed.")
            return redirect("account")
    return render(
        request,
        "entities/account.html",
        {
            "form": form,
            "memberships": request.user.active_memberships,
            "has_second_factor": factor.has_second_factor(request.user),
            "second_factor_required": factor.is_required(request.user),
            "recovery_codes_left": StaticToken.objects.filter(device__user_id=request.user.pk).count(),
            "tokens": request.user.api_tokens.filter(revoked_at=None),
        },
    )


@never_cache
@require_http_methods(["GET", "POST"])
def token_add(request: SignedInRequest) -> HttpResponse:
    """Make an API token; its secret is shown on the answer and never again."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = tokens.create_token(request.user, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "entities/token_shown.html", {"token": token, "secret": secret})
    return render(request, "entities/token_add.html", {"form": form})


@require_POST
def token_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    tokens.revoke_token(token, actor=request.user)
    messages.success(request, f"The token {token.name} is revoked; programs that use it are refused from now on.")
    return redirect("account")


# --- accepting an invitation ------------------------------------------------------------------------------------


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link. Looking at it uses nothing up; only sending the form does."""
    invitation = accounts.find_invitation(token)
    problem = _problem_of(invitation)
    if invitation is None or problem:
        return render(request, "registration/invitation_over.html", {"problem": problem}, status=410)
    signed_in = request.user if request.user.is_authenticated else None
    exists = User.objects.filter(email__iexact=invitation.email).first()
    context: dict[str, Any] = {"invitation": invitation, "exists": exists is not None, "signed_in": signed_in}
    context["mine"] = exists is not None and signed_in is not None and exists.pk == signed_in.pk
    form = None if exists else AcceptForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and (form is None or form.is_valid()):
        given = {} if form is None else {name: form.cleaned_data[name] for name in ("full_name", "password")}
        try:
            user = accounts.accept_invitation(token, signed_in=signed_in, **given)
        except Refused as refused:
            if form is None:
                context["problem"] = str(refused)
            else:
                form.add_error(None, str(refused))
        else:
            if signed_in is None:
                login(request, user, backend=BACKEND)
            messages.success(request, f"Welcome to {invitation.organization}.")
            return redirect("home")
    context["form"] = form
    return render(request, "registration/invitation_accept.html", context)


def _problem_of(invitation: Invitation | None) -> str:
    if invitation is None:
        return "This link is not known. It may be cut off: copy the whole link from the mail."
    try:
        accounts.require_open(invitation)
    except Refused as refused:
        return str(refused)
    return ""


@login_not_required
@require_POST
def invitation_sign_out(request: HttpRequest, token: str) -> HttpResponse:
    """Leave the account that is signed in, to accept an invitation as someone else."""
    logout(request)
    return redirect("invitation-accept", token=token)
