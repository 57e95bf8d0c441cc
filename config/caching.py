"""The cache in Redis, with one client kept: the framework's own makes a new one for every question to it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.cache.backends import redis
from redis import Redis


class KeptClient(redis.RedisCacheClient):
    """One client for each pool of connections. Clients are safe to share between threads."""

    def __init__(self, *servers: Any, **options: Any) -> None:
        super().__init__(*servers, **options)
        self._client: Any = cache(Redis)


class RedisCache(redis.RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class: Any = KeptClient
