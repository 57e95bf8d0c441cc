#!/usr/bin/env python3
"""Send entries to ClearOrigin and print what is flagged. Needs Python 3.9 or newer and nothing else.

    CLEARORIGIN_KEY=prefix.secret python send_entries.py https://clearorigin.example entries.ndjson

Each line of the file is one shipment as JSON, in the form of POST /api/v1/shipments/. Run it again after any failure:
the key of a line is made from its words, so that what was stored before is answered as it was, and nothing is stored
twice. Exit status: 0 nothing is flagged, 3 something is, 1 a line was refused or could not be sent.
"""

import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request

ATTEMPTS = 6
FLAGGED = ("presumption", "review")


class Refused(Exception):
    """The service does not take the request as it is; sending it again changes nothing."""


def call(url, body=None, **headers):
    """One request, sent again while the network or the service fails. Answers the JSON."""
    data = None if body is None else json.dumps(body).encode()
    headers |= {"Authorization": f"Bearer {os.environ['CLEARORIGIN_KEY']}", "Content-Type": "application/json"}
    for attempt in range(ATTEMPTS):
        pause = 2**attempt
        try:
            request = urllib.request.Request(url, data, headers)
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 429 and error.code < 500:
                problem = json.load(error)
                where = [one.get("pointer", "") for one in problem.get("errors", [])]
                raise Refused(f"{problem['code']} {' '.join(where)}: {problem['detail']}") from None
            pause = int(error.headers.get("Retry-After") or pause)
        except (OSError, TimeoutError):
            pass  # no answer, or half of one: the same key makes it safe to ask again
        if attempt < ATTEMPTS - 1:
            time.sleep(pause)
    raise Refused(f"no answer after {ATTEMPTS} attempts")


def send(site, entry):
    """Declare one shipment; answers it once it is screened."""
    key = hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
    shipment = call(f"{site}/api/v1/shipments/", entry, **{"Idempotency-Key": key, "Prefer": "wait"})
    while shipment["screening"]["status"] in ("pending", "outdated"):
        time.sleep(1)
        shipment = call(f"{site}/api/v1/shipments/{shipment['id']}/")
    return shipment


def main(site, path):
    status = 0
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                shipment = send(site.rstrip("/"), json.loads(line))
            except Refused as refused:
                print(f"line {number}: not taken: {refused}")
                status = 1
                continue
            outcome = shipment["screening"]["outcome"]
            print(f"line {number}: shipment {shipment['id']}: {outcome}")
            for finding in shipment["screening"]["findings"]:
                print(f"  {finding['severity']}: {finding['headline']}")
            if outcome in FLAGGED and status == 0:
                status = 3
    return status


if __name__ == "__main__":
    if len(sys.argv) != 3 or "CLEARORIGIN_KEY" not in os.environ:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
