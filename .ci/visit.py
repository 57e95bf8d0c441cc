"""Visits a site that was just started, as a new user would: waits until it is ready, signs in, opens the desk."""

import argparse
import http.cookiejar
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

PASSWORD = re.compile(r"password (\S+)")
REVIEWER = re.compile(r"(reviewer@\S+)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--server", type=int, help="process id; when it is gone, waiting ends")
    parser.add_argument("--log", type=Path, help="what the server printed, sign-ins among it")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--gone", action="store_true", help="only check that nothing answers any more")
    wanted = parser.parse_args()
    if wanted.gone:
        return 0 if status(f"{wanted.address}/healthz") is None else complain("The server still answers.")
    started = time.monotonic()
    while status(f"{wanted.address}/readyz") != 200:
        if not alive(wanted.server):
            return complain("The server stopped before it was ready.")
        if time.monotonic() - started > wanted.minutes * 60:
            return complain(f"Not ready after {wanted.minutes:g} minutes.")
        time.sleep(0.5)
    print(f"ready after {time.monotonic() - started:.0f} s")
    return visit(wanted.address, *sign_in_of(wanted.log.read_text()))


def status(address: str) -> int | None:
    """The status of an answer; None where nothing answers."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def visit(address: str, email: str, password: str) -> int:
    """Sign in by the form, open the desk and a page linked from it."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with browser.open(f"{address}/", timeout=20) as answer:
        form, page = answer.url, answer.read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    name = re.search(r'<input[^>]*type="email"[^>]*name="(\w+)"|<input[^>]*name="(\w+)"[^>]*type="email"', page)
    if not (token and name):
        return complain(f"No sign-in form at {form}.")
    fields = {"csrfmiddlewaretoken": token[1], name[1] or name[2]: email, "password": password}
    sent = urllib.request.Request(form, urllib.parse.urlencode(fields).encode(), {"Referer": form})
    with browser.open(sent, timeout=20) as answer:
        desk, page = answer.url, answer.read().decode()
    if urllib.parse.urlsplit(desk).path == urllib.parse.urlsplit(form).path:
        return complain(f"Signing in as {email} failed: {form} was shown again.")
    print(f"signed in as {email}: {desk}, {len(page)} characters")
    cases = re.search(r'href="(/cases/\d[^"]*)"', page)
    if not cases:
        return complain(f"{desk} names no case.")
    with browser.open(address + cases[1], timeout=20) as answer:
        print(f"opened {answer.url}: {answer.status}")
    return 0


def sign_in_of(printed: str) -> tuple[str, str]:
    """The reviewer's sign-in, as the demonstration printed it."""
    email, password = REVIEWER.search(printed), PASSWORD.search(printed)
    if not (email and password):
        raise SystemExit("No sign-in was printed.")
    return email[1], password[1]


def complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
