"""The second factor: approvers and managers prove it before they see anything, except in the demonstration."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

_WITHOUT = {"second-factor", "second-factor-setup", "sign-out", "healthz", "readyz"}


def second_factor_due(user: Any) -> str:
    """The address name where this session must prove, or set up, a second factor first; empty where nothing is due."""
    if not user.is_authenticated or user.is_verified():
        return ""
    if user.totpdevice_set.filter(confirmed=True).exists():
        return "second-factor"
    return "second-factor-setup" if user.needs_second_factor and not settings.DEMO else ""


class SecondFactorMiddleware:
    """Sends whoever must prove a second factor, or has set one up, to do so first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if request.resolver_match and request.resolver_match.url_name in _WITHOUT:
            return None
        if request.path_info.startswith("/api/"):
            return None  # config.authentication asks the same question and answers a program in its own form
        due = second_factor_due(request.user)
        if not due:
            return None
        back = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
        return redirect(f"{reverse(due)}{back}")
