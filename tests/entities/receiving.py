"""A receiver of webhooks as others run one: a server with TLS and a name, on this machine."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "hooks.example.test"


class Receiver:
    """Takes deliveries, keeps them, and answers with the statuses it was given; the last one from then on.

    While ``is_held`` it keeps whoever delivers waiting for the answer.
    """

    def __init__(self, *answers, certificate=None, location="", is_held=False):
        self.answers, self.received, self.may_answer = list(answers) or [200], [], threading.Event()
        if not is_held:
            self.may_answer.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((dict(self.headers), body))
                receiver.may_answer.wait(60)
                status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def resolving(monkeypatch, *answers):
    """Have the receiver's name lead to these addresses, one answer after the other; says what was asked."""
    real, asked, left = socket.getaddrinfo, [], list(answers)

    def getaddrinfo(host, port, *args, **kwargs):
        if host != HOST:
            return real(host, port, *args, **kwargs)
        if kwargs.get("flags"):
            raise socket.gaierror("a name, not a number")
        asked.append(host)
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked
