"""Where a delivery may go: what an endpoint's address must look like, and which hosts it may lead to.

The form is checked when an endpoint is named. What its name leads to is found out anew for every delivery, and the
connection goes to the very address that was checked: a name that leads elsewhere a moment later leads nowhere.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from string import punctuation
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

from entities.domain.errors import Refused
from entities.domain.webhooks import is_public

_PLAIN = re.compile(r"[^\s\\\x00-\x1f\x7f]+")
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; ``is_ours``: a host of the operator's own network that it allows by name."""

    scheme: str
    host: str
    port: int
    path: str
    is_ours: bool

    @property
    def authority(self) -> str:
        """The host as the request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Take an address apart. Raises ``Refused`` where no delivery goes to an address of that form."""
    try:
        parts, host, port = _split(url)
    except (ValueError, UnicodeError) as fault:
        said = "This is no address of the web. Send one like https://example.com/hooks."
        raise Refused("webhook_url", said) from fault
    if parts.username is not None or parts.password is not None:
        raise Refused("webhook_url", "The address carries a name or password. Deliveries are signed instead.")
    is_ours = f"{host}:{port}" in settings.WEBHOOK_ALLOWED_PRIVATE or host in settings.WEBHOOK_ALLOWED_PRIVATE
    if not is_ours:
        if parts.scheme != "https":
            raise Refused("webhook_url", "Deliveries go over TLS only: begin the address with https.")
        if str(port) not in settings.WEBHOOK_PORTS:
            allowed = " or ".join(settings.WEBHOOK_PORTS)
            raise Refused("webhook_port", f"Deliveries go to port {allowed} only.")
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=punctuation)
    return Target(parts.scheme, host, port, path, is_ours)


def checked(url: str) -> Target:
    """The address, where an endpoint may be named by it: a host given as a number is looked at at once."""
    target = target_of(url)
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        return target  # a name: what it leads to is found out with each delivery
    _require_public(target, [str(one[4][0]) for one in found])
    return target


def addresses_of(target: Target) -> list[str]:
    """The addresses a host has now. Raises ``Refused`` where one of them is not on the public internet."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise Refused("webhook_unknown_host", f"There is no host {target.host}.") from fault
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    _require_public(target, addresses)
    return addresses


def _split(url: str) -> tuple[SplitResult, str, int]:
    """The parts, the host and the port; a ``ValueError`` where it is no address of the web."""
    parts = urlsplit(url)
    if not _PLAIN.fullmatch(url) or parts.scheme not in PORTS:
        raise ValueError("another scheme, or spaces, backslashes or control characters")
    # Every spelling of a name in one: full-width letters and dots become those of ASCII (RFC 3490).
    host = (parts.hostname or "").encode("idna").decode("ascii").rstrip(".")
    if not host:
        raise ValueError("no host")
    return parts, host, parts.port or PORTS[parts.scheme]


def _require_public(target: Target, addresses: list[str]) -> None:
    if not target.is_ours and not all(map(is_public, addresses)):
        raise Refused(
            "webhook_private_host",
            f"{target.host} is not on the public internet. Deliveries go to public addresses only.",
        )
