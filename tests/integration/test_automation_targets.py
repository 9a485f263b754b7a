"""Where webhooks may not go, whatever the URL looks like; with a real receiver on loopback."""

import asyncio
import socket
import ssl
import subprocess

import pytest
from receiver import receiving

from fingerpost.adapters.automations import sender as sender_module
from fingerpost.adapters.automations.sender import AiohttpSender
from fingerpost.adapters.automations.targets import Targets
from fingerpost.application.ports.sender import OutgoingRequest


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


def send(url, allowed=None, *, is_confidential=False):
    request = OutgoingRequest(
        url=url, headers={"X": "y"}, body=b"{}", is_confidential=is_confidential
    )
    return asyncio.run(AiohttpSender(Targets.parse(allowed)).send(request, 5))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.0.2",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "①②⑦.⓪.⓪.①",
        "\uff11\uff12\uff17.0.0.1",
        "127。0。0。1",
    ],
)
def test_no_spelling_of_this_machine_gets_through(receiver, host):
    answer = send(f"http://{host}:{receiver.port}/hook")
    assert answer.status is None
    assert answer.problem
    assert receiver.received == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("allowed", ["127.0.0.1, ::1", "127.0.0.0/8 ::1/128"])
def test_what_is_allowed_gets_through_however_it_is_spelled(receiver, host, allowed):
    assert send(f"http://{host}:{receiver.port}/hook", allowed).status == 200


@pytest.fixture
def names(monkeypatch):
    """Names as a server of an attacker answers for them; each look-up takes the next answer."""
    answers = {}

    async def getaddrinfo(_, host, port, **__):
        found = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [
            (
                socket.AF_INET6 if ":" in each else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (each, port),
            )
            for each in found
        ]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return answers


@pytest.mark.parametrize("name", ["ci.internal", "ci.internal.", "CI.Internal"])
def test_a_name_that_is_allowed_may_lead_anywhere(receiver, names, name):
    names.update({each: [["127.0.0.1"]] for each in ("ci.internal", "ci.internal.")})
    assert send(f"http://{name}:{receiver.port}/hook", "Ci.Internal").status == 200
    refused = send(f"http://127.0.0.1:{receiver.port}/hook", "ci.internal")
    assert (refused.status, refused.is_final) == (None, True)


def test_a_name_that_leads_inside_is_refused(receiver, names):
    names["evil.example"] = [["127.0.0.1"]]
    answer = send(f"http://evil.example:{receiver.port}/hook")
    assert (answer.is_final, receiver.received) == (True, [])
    assert "'evil.example' leads to 127.0.0.1" in answer.problem


def test_one_bad_address_among_good_ones_is_enough(receiver, names):
    names["evil.example"] = [["8.8.8.8", "127.0.0.1"]]
    assert send(f"http://evil.example:{receiver.port}/hook").is_final
    assert receiver.received == []


def test_the_address_that_was_checked_is_the_one_that_is_used(receiver, names):
    # Public when it is first looked up, loopback ever after.
    names["rebind.example"] = [["203.0.113.1"], ["127.0.0.1"]]
    targets = "203.0.113.0/24"
    request = OutgoingRequest(
        url=f"http://rebind.example:{receiver.port}/hook",
        headers={},
        body=b"{}",
        is_confidential=False,
    )
    asyncio.run(AiohttpSender(Targets.parse(targets)).send(request, 0.5))
    assert receiver.received == []


def test_a_secret_in_clear_is_not_led_from_a_named_network_to_a_public_one(receiver, names):
    names["rebind.example"] = [["203.0.113.1", "8.8.8.8"]]
    url = f"http://rebind.example:{receiver.port}/hook"
    assert send(url, "203.0.113.0/24", is_confidential=True).is_final


def test_no_socket_is_made_for_an_address_that_was_not_checked():
    gate = sender_module.Gate(Targets.parse("127.0.0.1"))
    gate.admit_literal("127.0.0.1")
    gate.connect((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))).close()
    with pytest.raises(sender_module.TargetRefusedError):
        gate.connect((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 1)))


def test_proxies_of_the_environment_are_not_asked(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{receiver.port}")
    assert send("http://10.255.255.1/hook").is_final
    assert receiver.received == []


def test_a_secret_goes_in_clear_only_where_somebody_said_so(receiver, names):
    url = f"http://127.0.0.1:{receiver.port}/hook"
    assert send(url, "127.0.0.1", is_confidential=True).status == 200
    names["plain.example"] = [["8.8.8.8"]]
    answer = send("http://plain.example/hook", is_confidential=True)
    assert answer.is_final
    assert "https://" in answer.problem


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    pem = tmp_path / "both.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
        check=True,
        capture_output=True,
    )
    pem.write_bytes((tmp_path / "key.pem").read_bytes() + (tmp_path / "cert.pem").read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with receiving() as receiver:
        receiver._server.socket = context.wrap_socket(receiver._server.socket, server_side=True)
        answer = send(f"https://localhost:{receiver.port}/hook", "localhost")
    assert answer.problem == "its certificate is not trusted, or it does not speak TLS"
    assert receiver.received == []


def test_a_name_that_is_not_there_may_be_there_later():
    answer = send("https://no-such-host.invalid/hook")
    assert (answer.problem, answer.is_final) == ("its name cannot be looked up", False)
