"""Automations on the command line: a worker that follows, ends when told to, and its answers."""

import base64
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from receiver import hanging, receiving, status

from fingerpost.cli import main
from waiting import LIMIT_S, until

FOLLOWING = "following the ledger; Ctrl-C ends it\n"
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("FINGERPOST_ALLOW_WEBHOOK_HOSTS", "127.0.0.0/8")
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", KEY)
    monkeypatch.setenv("FINGERPOST_ENTITY", "team")
    (tmp_path / "work" / "table.csv").write_text("a,b\n")


@pytest.fixture
def run(capsys):
    def run(*arguments, code=0):
        assert main(["--json", *arguments]) == code
        printed = capsys.readouterr()
        return json.loads(printed.out or printed.err or "null")

    return run


def create(run, receiver, *more, name="tell"):
    where = ("--organization", "default", "--on", "version_logged", "--webhook", receiver.url)
    run("registry", "create", "Golden") if name == "tell" else None
    return run("automations", "create", name, *where, *more)["automation"]


def log(run, content):
    Path("table.csv").write_text(content)
    return run("log", "table", "table.csv", "--type", "dataset")


def test_the_whole_way_from_secret_to_dead_letter(run, receiver, tmp_path, capsys):
    payload = tmp_path / "payload.json"
    payload.write_text('{"said": "${artifact_version_string}"}')
    created = create(run, receiver, "--token-secret", "TOKEN", "--payload", str(payload))
    assert created["action"]["access_token"] == "TOKEN"
    assert created["event"]["kind"] == "version_logged"
    value = tmp_path / "token"
    value.write_text("s3cr3t\n")
    run("automations", "secret", "set", "TOKEN", "--from-file", str(value))
    assert run("automations", "secret", "list") == {"secrets": ["TOKEN"]}
    log(run, "1")
    assert run("automations", "run", "--once")["delivered"] == 1
    (request,) = receiver.received
    assert request.headers["authorization"] == "Bearer s3cr3t"
    assert request.json == {"said": "team/uncategorized/table:v0"}
    receiver.faults.append(status(400))
    log(run, "2")
    assert run("automations", "run", "--once")["dead"] == 1
    (letter,) = run("automations", "dead-letters")["dead_letters"]
    assert letter["attempts"][0]["problem"] == "the receiver answered 400 Bad Request"
    assert run("automations", "dead-letters", "--retry", letter["id"]) == {"retried": 1}
    assert run("automations", "run", "--once")["delivered"] == 1
    history = run("automations", "history", "tell")["executions"]
    assert [each["state"] for each in history] == ["delivered", "delivered"]
    assert run("automations", "list")["automations"][0]["name"] == "tell"


def test_a_secret_comes_from_standard_input(run, monkeypatch):
    import io

    run("registry", "create", "Golden")
    monkeypatch.setattr(sys, "stdin", io.StringIO("value\n"))
    assert run("automations", "secret", "set", "TOKEN") == {"secret": "TOKEN", "is_set": True}
    assert run("automations", "secret", "remove", "TOKEN")["is_removed"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["create", "x", "--on", "link", "--webhook", "https://x.example/"], 2),
        (["create", "x", "--organization", "default", "--on", "link"], 2),
        (["create", "x", "--registry", "Nope", "--on", "link", "--webhook", "https://x.y/"], 3),
        (["create", "x", "--organization", "default", "--on", "link", "--webhook", "x"], 2),
        (["show", "nope"], 3),
        (["dead-letters", "--retry"], 2),
        (["dead-letters", "--retry", "--discard", "--all"], 2),
        (["dead-letters", "--retry", "nonsense"], 2),
        (["dead-letters", "--retry", "00000000-0000-0000-0000-000000000000"], 3),
        (["secret", "set", "lower", "--from-file", "table.csv"], 2),
        (["secret", "set", "TOKEN", "--from-file", "missing"], 7),
        (["secret", "remove", "TOKEN"], 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_has_its_exit_code(run, arguments, code):
    run("registry", "create", "Golden")
    run("automations", *arguments, code=code)


def test_a_test_that_is_not_taken_has_an_exit_code(run, receiver, capsys):
    create(run, receiver)
    assert main(["automations", "test", "tell"]) == 0
    assert capsys.readouterr().out == "tell: delivered (200)\n"
    receiver.faults.append(status(403))
    assert main(["automations", "test", "tell"]) == 7
    assert "403 Forbidden" in capsys.readouterr().out
    assert main(["automations", "test", "tell", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith(f"POST {receiver.url}\n")


@contextmanager
def following(*more):
    command = [sys.executable, "-m", "fingerpost", *more, "automations", "run"]
    worker = subprocess.Popen(
        [*command, "--poll-interval", "0.05"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    with worker:
        try:
            yield worker
        finally:
            # Without effect on one that ended; one that a failed test left would be waited for.
            worker.kill()


def delivered(out):
    planned, delivered, *_ = out.split(", ")
    assert planned.startswith("planned ")
    return int(delivered.removeprefix("delivered "))


def ended(worker, number=signal.SIGTERM):
    worker.send_signal(number)
    return worker.communicate(timeout=LIMIT_S)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_follows_the_ledger_and_ends_when_it_is_told_to(run, receiver, number):
    create(run, receiver)
    with following("--json") as worker:
        log(run, "1")
        until(lambda: len(receiver.received) == 1)
        log(run, "2")
        until(lambda: len(receiver.received) == 2)
        out, err = ended(worker, number)
    assert (worker.returncode, err) == (0, "")
    assert json.loads(out)["delivered"] == 2


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_says_it_follows_ends_in_order(run, number):
    run("registry", "create", "Golden")
    with following() as worker:
        assert worker.stderr.readline() == FOLLOWING
        out, err = ended(worker, number)
    assert (worker.returncode, delivered(out), err) == (0, 0, "")


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_what_is_under_way_is_ended_before_the_worker_ends(run, receiver):
    create(run, receiver)
    receiver.faults.append(hanging(1))
    log(run, "1")
    with following("--json") as worker:
        until(lambda: len(receiver.received) == 1)
        out, _ = ended(worker)
    assert json.loads(out)["delivered"] == 1
    assert len(receiver.received) == 1


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_receiver_that_restarts_misses_nothing(run, receiver):
    create(run, receiver)
    with following() as worker:
        log(run, "1")
        until(lambda: len(receiver.received) == 1)
        receiver.stop()
        log(run, "2")
        # The worker says so when an attempt has failed.
        until(lambda: "it is tried again" in worker.stderr.readline())
        receiver.start()
        until(lambda: len(receiver.received) == 2)
        ended(worker)
    subjects = [each.json["subject"] for each in receiver.received]
    assert subjects == [f"team/uncategorized/table:v{number}" for number in range(2)]


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_two_worker_processes_deliver_each_event_once(run, receiver):
    create(run, receiver)
    with following() as one, following() as other:
        for worker in (one, other):
            assert worker.stderr.readline() == FOLLOWING
        for number in range(15):
            log(run, str(number))
        until(lambda: len(set(receiver.ids())) == 15)
        counts = []
        for worker in (one, other):
            out, err = ended(worker)
            assert (worker.returncode, err) == (0, "")
            counts.append(delivered(out))
    assert (sum(counts), len(receiver.received)) == (15, 15)
