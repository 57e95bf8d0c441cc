"""Webhooks: the endpoints that organisations name, and the sending of their events to them."""

from entities.services.webhooks.delivering import deliver_job, replay, wake_due
from entities.services.webhooks.endpoints import (
    add_endpoint,
    edit_endpoint,
    end_endpoint,
    pause,
    resume,
    rotate_secret,
    send_test,
)

__all__ = [
    "add_endpoint",
    "deliver_job",
    "edit_endpoint",
    "end_endpoint",
    "pause",
    "replay",
    "resume",
    "rotate_secret",
    "send_test",
    "wake_due",
]
