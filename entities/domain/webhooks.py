"""Webhooks: how a delivery is signed, when a failed one is tried again, and which addresses none is sent to.

Signed as the Standard Webhooks specification says (version 1.0, "Signature scheme": HMAC-SHA256 over id, timestamp and
body), so that receivers can verify with a library they have.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from datetime import timedelta

SECRET_PREFIX = "whsec_"
# Waits before a failed delivery is tried again; after the last it is a dead letter.
WAITS = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=6), timedelta(hours=12), timedelta(hours=24)),
)
# An endpoint that has only failed for so long is paused.
PAUSED_AFTER = timedelta(days=3)

_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")  # the only part of IPv6 given out so far (RFC 4291, IANA)
# In it, but no host of its own on the internet: addresses that carry an IPv4 address or are for documents.
_NOT_V6 = tuple(
    ipaddress.IPv6Network(one)
    for one in (
        "2001::/23",  # protocols of the IETF, with Teredo and ORCHID (RFC 2928)
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4 (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_NOT_V4 = tuple(
    ipaddress.IPv4Network(one)
    for one in (
        "0.0.0.0/8",  # this network (RFC 791)
        "100.64.0.0/10",  # shared by providers (RFC 6598)
        "192.0.0.0/24",  # protocols of the IETF (RFC 6890)
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "240.0.0.0/4",  # reserved (RFC 1112)
    )
)


def is_public(text: str) -> bool:
    """Whether an address belongs to one host on the public internet, and to no network behind it.

    Everything else is refused: private, loopback, link-local, multicast, reserved and unspecified addresses, and
    those of IPv6 that stand for an address of IPv4 (mapped, 6to4, Teredo, NAT64).
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return address in _UNICAST_V6 and not any(address in one for one in _NOT_V6)
    return not any(address in one for one in _NOT_V4)


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries; None where no further one follows."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def secret_of(key: bytes) -> str:
    """A key as receivers are given it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def headers(keys: Iterable[bytes], *, event: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What a receiver verifies a delivery by: one signature for each key in use."""
    signed = f"{event}.{timestamp}.".encode() + body
    macs = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{mac}" for mac in macs),
    }
