"""A headless Chromium for page tests. Any console error, page error or failed answer fails the test."""

import os
import re
import shutil
from pathlib import Path

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

# Playwright's synchronous interface runs an event loop in this thread; Django would refuse to touch the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items):
    """Mark what lies here, and say why it is skipped where there is no Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine (apt-get install chromium)"))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    quiet = ["background-networking", "component-update", "default-apps", "domain-reliability", "sync", "extensions"]
    flags = ["--no-sandbox", "--no-first-run", "--metrics-recording-only", *(f"--disable-{name}" for name in quiet)]
    return {"executable_path": CHROMIUM, "args": flags}


@pytest.fixture
def complaints():
    """What the browser complained about; a test that provokes a complaint on purpose takes it out again."""
    return []


@pytest.fixture
def context(live_server, browser, complaints):  # in this order, so that the browser hangs up before the server stops
    """A browser profile of its own; all its pages are watched."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    context.on("page", lambda page: watch(page, complaints))
    yield context
    context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(context):
    return context.new_page()


def watch(page, complaints):
    """Note console errors (a breach of the content security policy is one), faults of scripts, failed answers."""

    def console(message):
        # The browser also logs each 4xx answer to a page's own request; those are judged by the test.
        if message.type == "error" and not re.search(r"Failed to load resource.*status of 4\d\d", message.text):
            complaints.append(f"console: {message.text} ({page.url})")

    def response(answer):
        missing_file = answer.status == 404 and "/static/" in answer.url
        if answer.status >= 500 or missing_file:
            complaints.append(f"answer {answer.status}: {answer.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(f"script: {error} ({page.url})"))
    page.on("response", response)


@pytest.fixture
def sign_in(context, live_server, settings):
    """Put an account's session into the browser, second factor and all: ``sign_in(user)``."""

    def put(user):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        if user.needs_second_factor:
            device = TOTPDevice.objects.create(user=user, name="test", confirmed=True)
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}
        context.add_cookies([cookie])
        return user

    return put
