"""Asks the web process of this container whether it can serve: the health check of docker-compose.yml."""

import http.client
import os
import sys


def main() -> int:
    """0 where /readyz says yes. The process answers only for the hosts it is allowed to serve."""
    hosts = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")
    host = hosts[0].strip().lstrip(".").replace("*", "localhost") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        answer = connection.getresponse()
    except OSError as fault:
        print(fault)
        return 1
    print(answer.status, answer.read(2000).decode(errors="replace"))
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
