"""Waiting times on the pages of accounts."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def from_now(wait: timedelta) -> datetime:
    """When a wait that starts now will be over."""
    return timezone.localtime(timezone.now() + wait)


@register.filter
def minutes(wait: timedelta) -> int:
    return max(1, round(wait.total_seconds() / 60))
