"""The second factor: approvers and managers prove it before they see anything, except in the demonstration."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

_WITHOUT = {"second-factor", "second-factor-setup", "sign-out", "healthz", "readyz"}


class SecondFactorMiddleware:
    """Sends whoever must prove a second factor, or has set one up, to do so first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or user.is_verified():  # type: ignore[union-attr]
            return None
        if request.resolver_match and request.resolver_match.url_name in _WITHOUT:
            return None
        has_device = user.totpdevice_set.filter(confirmed=True).exists()  # type: ignore[union-attr]
        if has_device:
            return redirect("second-factor")
        if user.needs_second_factor and not settings.DEMO:  # type: ignore[union-attr]
            return redirect("second-factor-setup")
        return None
