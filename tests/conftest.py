"""Fixtures every test may use."""

import os
from pathlib import Path

import pytest
import redis
from django.conf import settings as django_settings
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from config.celery import app as celery_app
from entities import append_only, matchers
from screening.services.runs import in_words

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's synchronous API runs an event loop

# How long an example takes by the clock says how busy the machine is, not whether a property holds.
hypothesis_settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("busy")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items):
    """Skip what needs the reference files where they do not lie beside the checkout."""
    if SHARED.is_dir():
        return
    skip = pytest.mark.skip(reason="the reference files are not beside this checkout (../shared/data)")
    for item in items:
        if item.get_closest_marker("shared_data"):
            item.add_marker(skip)


@pytest.fixture
def shared_data() -> Path:
    """The folder of reference and real files that lies beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the reference files are not beside this checkout (../shared/data)")
    return SHARED


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """On SQLite tests use a file, as the product does: a server or a worker beside them opens it too."""
    default = django_settings.DATABASES["default"]
    if default["ENGINE"] == "django.db.backends.sqlite3":
        default["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def _a_redis_database_of_its_own():
    """With Redis, each test process uses a database there of its own, so that no worker takes another's messages."""
    if not django_settings.REDIS_URL:
        return
    base, _, number = django_settings.REDIS_URL.rpartition("/")
    process = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    address = f"{base}/{int(number) + int(process)}"
    redis.Redis.from_url(address).delete("screening", "reading", "ocr", "webhooks", "unacked", "unacked_index")
    django_settings.REDIS_URL = address
    django_settings.CACHES["default"].update(LOCATION=address, KEY_PREFIX=f"test-{os.getpid()}")
    celery_app.conf.broker_url = os.environ["REDIS_URL"] = address


@pytest.fixture(scope="session", autouse=True)
def _empty_append_only_tables_between_tests():
    """Tests that commit are undone by emptying every table, which the append-only triggers refuse: lift them there."""
    flush = TransactionTestCase._fixture_teardown

    def flush_with_triggers_lifted(self):
        with append_only.lifted():
            flush(self)

    TransactionTestCase._fixture_teardown = flush_with_triggers_lifted
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture
def fresh_matchers():
    """Matchers built anew: a test that is undone gives its statements the numbers of the one before."""
    matchers._indexed.cache_clear()
    yield
    matchers._indexed.cache_clear()


@pytest.fixture(autouse=True)
def _test_settings(settings, tmp_path):
    in_words._rows_by_entity.cache_clear()  # a test that is undone gives its lists the numbers of the one before
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OCR = False  # a page takes seconds: what tests it turns it on
    settings.SECOND_LOOK_SHARE = 0.0  # the lot falls by primary keys, which differ: what tests it turns it on
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
