"""Is the process alive; can it serve."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from entities.models import ListVersion


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations, reference data and (where configured) Redis are in place."""
    checks = {"database": _database, "migrations": _migrations, "entity_list": _entity_list}
    if settings.REDIS_URL:
        checks["redis"] = _redis
    results = {}
    for name, check in checks.items():
        try:
            results[name] = check()
        except Exception as fault:
            results[name] = type(fault).__name__
    ready = all(result == "ok" for result in results.values())
    return JsonResponse({"status": "ok" if ready else "not ready", "checks": results}, status=200 if ready else 503)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if not waiting else f"{len(waiting)} migration(s) to apply"


def _entity_list() -> str:
    ListVersion.objects.current(ListVersion.Register.UFLPA)
    return "ok"


def _redis() -> str:
    cache.set("readyz", "ok", 5)
    return cache.get("readyz") or "no answer"
