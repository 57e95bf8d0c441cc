"""Where deliveries go: to public addresses only, however a private one is spelt, and to the one that was checked."""

import socket
import threading
import time

import pytest
import trustme

from entities.domain.errors import Refused
from entities.domain.webhooks import is_public
from entities.services.webhooks import sending
from entities.services.webhooks.addresses import addresses_of, checked, target_of
from tests.entities.receiving import HOST, Receiver, resolving


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "172.32.0.1", "192.167.0.1", "2606:4700:4700::1111", "2a00:1450:4001::1"]
)
def test_addresses_of_the_public_internet_are_reached(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.255.255.254"),
        *("169.254.169.254", "0.0.0.0", "0.1.2.3", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1"),
        *("192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"),
        *("240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "3fff::1"),
        *("fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "100::1", "5f00::1"),
        *("", "localhost", "1", "127.1"),
    ],
)
def test_no_other_address_is_reached(address):
    assert not is_public(address)


# One host on this machine, in the spellings that resolvers and clients understand.
@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1"),
        *("017700000001", "0x7f.1", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
        *("[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1"),
        *("１２７.０.０.１", "①②⑦.0.0.1", "0", "0.0.0.0", "[::]", "169.254.169.254", "2852039166", "[fe80::1]"),
    ],
)
def test_a_private_address_is_refused_in_every_spelling(host, settings):
    settings.WEBHOOK_PORTS = ["443"]
    with pytest.raises(Refused) as refused:
        checked(f"https://{host}/hooks")
    assert refused.value.code == "webhook_private_host"
    assert sending.post(f"https://{host}/hooks", b"{}", {}).problem.endswith("Deliveries go to public addresses only.")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "ｌｏｃａｌｈｏｓｔ"])
def test_a_name_of_this_machine_is_refused_when_it_is_sent_to(host):
    assert checked(f"https://{host}/").host == "localhost"
    with pytest.raises(Refused) as refused:
        addresses_of(target_of(f"https://{host}/"))
    assert refused.value.code == "webhook_private_host"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "webhook_url"),
        ("ftp://example.com/", "webhook_url"),
        ("gopher://example.com/", "webhook_url"),
        ("file:///etc/passwd", "webhook_url"),
        ("//example.com/", "webhook_url"),
        ("example.com", "webhook_url"),
        ("https://", "webhook_url"),
        ("https:///hooks", "webhook_url"),
        ("https://user:secret@example.com/", "webhook_url"),
        ("https://example.com@127.0.0.1/", "webhook_url"),
        ("https://@127.0.0.1/", "webhook_url"),
        ("https://example.com\\@127.0.0.1/", "webhook_url"),
        ("https://exam ple.com/", "webhook_url"),
        ("https://example.com/\r\nHost: other", "webhook_url"),
        ("https://example.com:99999/", "webhook_url"),
        ("https://[::1", "webhook_url"),
        ("https://a..b/", "webhook_url"),
        ("https://example.com:22/", "webhook_port"),
        ("https://example.com:8443/", "webhook_port"),
    ],
)
def test_an_address_of_another_form_is_refused(url, code, settings):
    settings.WEBHOOK_PORTS = ["443"]
    with pytest.raises(Refused) as refused:
        target_of(url)
    assert refused.value.code == code


def test_an_address_is_taken_apart_as_the_request_names_it(settings):
    settings.WEBHOOK_PORTS = ["443", "8443"]
    target = target_of("https://Hooks.Example.com:8443/in?for=1#part")
    assert (target.host, target.port, target.path, target.authority) == (
        *("hooks.example.com", 8443, "/in?for=1", "hooks.example.com:8443"),
    )
    assert target_of("https://bücher.example").authority == "xn--bcher-kva.example"
    assert target_of("https://example.com/für?%20=ü").path == "/f%C3%BCr?%20=%C3%BC"


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    resolving(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(Refused, match="not on the public internet"):
        addresses_of(target_of(f"https://{HOST}/"))


def test_a_name_that_leads_elsewhere_after_the_check_is_not_followed(monkeypatch):
    """The name is asked for once; the connection goes to the address that was checked, whatever the name says then."""
    asked = resolving(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    connected = []

    def connect(self, address):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    outcome = sending.post(f"https://{HOST}/", b"{}", {})
    assert (asked, connected) == ([HOST], [("93.184.215.14", 443)])
    assert outcome.problem == "No connection could be made."


@pytest.fixture
def authority(monkeypatch, tmp_path):
    """An authority for certificates that this machine trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def test_a_delivery_goes_over_tls_to_the_checked_address_under_the_host_s_name(monkeypatch, settings, authority):
    settings.WEBHOOK_ALLOWED_PRIVATE = [HOST]
    resolving(monkeypatch, ["127.0.0.1"])
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")  # a proxy would reach what we may not
    with Receiver(certificate=authority.issue_cert(HOST)) as receiver:
        outcome = sending.post(f"https://{HOST}:{receiver.port}/in", b'{"a":1}', {"webhook-id": "evt_1"})
    assert (outcome.status, outcome.problem) == (200, "")
    headers, body = receiver.received[0]
    assert (body, headers["Host"], headers["webhook-id"]) == (b'{"a":1}', f"{HOST}:{receiver.port}", "evt_1")


def test_a_certificate_of_another_name_is_refused(monkeypatch, settings, authority):
    settings.WEBHOOK_ALLOWED_PRIVATE = [HOST]
    resolving(monkeypatch, ["127.0.0.1"])
    with Receiver(certificate=authority.issue_cert("other.example.test")) as receiver:
        outcome = sending.post(f"https://{HOST}:{receiver.port}/", b"{}", {})
    assert outcome.status is None
    assert outcome.problem.startswith("The certificate does not hold: Hostname mismatch")
    assert receiver.received == []


def test_a_redirect_is_not_followed_and_said_so(settings):
    with Receiver() as inside, Receiver(302, location=f"http://127.0.0.1:{inside.port}/") as receiver:
        settings.WEBHOOK_ALLOWED_PRIVATE = [f"127.0.0.1:{receiver.port}"]
        outcome = sending.post(f"http://127.0.0.1:{receiver.port}/", b"{}", {})
    assert (outcome.status, inside.received) == (302, [])
    assert outcome.problem == "Answered 302: redirects are not followed. Name the address it leads to."
    assert not outcome.is_delivered


def test_a_host_the_operator_names_is_reached_on_that_port_alone(settings):
    with Receiver() as receiver:
        settings.WEBHOOK_ALLOWED_PRIVATE = [f"127.0.0.1:{receiver.port}"]
        assert sending.post(f"http://127.0.0.1:{receiver.port}/", b"{}", {}).is_delivered
        settings.WEBHOOK_ALLOWED_PRIVATE = ["127.0.0.1:1"]
        outcome = sending.post(f"http://127.0.0.1:{receiver.port}/", b"{}", {})
    assert outcome.problem == "Deliveries go over TLS only: begin the address with https."


def test_a_receiver_that_drips_is_cut_off(settings, monkeypatch):
    monkeypatch.setattr(sending, "ALL_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings.WEBHOOK_ALLOWED_PRIVATE = [f"127.0.0.1:{port}"]

        def drip():
            connection, _ = server.accept()
            with connection:
                try:
                    for byte in b"HTTP/1.1 200 " + b"x" * 1000:
                        connection.send(bytes([byte]))
                        time.sleep(0.1)
                except OSError:
                    pass

        threading.Thread(target=drip, daemon=True).start()
        outcome = sending.post(f"http://127.0.0.1:{port}/", b"{}", {})
    assert (outcome.status, outcome.problem) == (None, "No answer in time.")
    assert outcome.seconds < 3
