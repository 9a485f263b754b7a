"""``fingerpost events``: the ledger as people and programs see it."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from fingerpost.cli import main
from waiting import LIMIT_S


@pytest.fixture(autouse=True)
def _store(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    Path("table.csv").write_text("a,b\n")
    assert main(["log", "table", "table.csv", "--type", "dataset", "--alias", "good"]) == 0


@pytest.fixture
def printed(capsys):
    capsys.readouterr()

    def printed(*arguments, code=0):
        assert main(["events", *arguments]) == code
        return capsys.readouterr()

    return printed


def test_each_event_has_a_line_with_its_position_first(printed):
    lines = printed().out.splitlines()
    positions = [int(line.split()[0]) for line in lines]
    assert positions == sorted(set(positions))
    logged = next(line for line in lines if "collection.version_logged" in line)
    assert logged.endswith("alice/uncategorized/table  by alice")


def test_the_last_position_is_where_to_go_on(printed):
    lines = printed().out.splitlines()
    third = lines[2].split()[0]
    assert printed("--after", third).out.splitlines() == lines[3:]
    assert printed("--limit", "2").out.splitlines() == lines[:2]


def test_what_there_is_none_of_is_said(printed):
    shown = printed("--after", "100000")
    assert shown.out == ""
    assert "nothing of that happened after position 100000" in shown.err


def test_json_has_one_cloudevent_a_line(printed):
    lines = printed("--json", "--kind", "collection.alias_moved").out.splitlines()
    told = [json.loads(line) for line in lines]
    assert {event["type"] for event in told} == {"fingerpost.collection.alias_moved"}
    assert {event["data"]["data"]["alias"] for event in told} == {"good", "latest"}


def test_a_kind_that_there_is_not_is_refused(printed):
    assert "'alias' is not valid" in printed("--kind", "alias", code=2).err


def test_who_does_not_administer_the_store_sees_nothing_and_the_attempt_is_recorded(printed):
    refused = printed("--actor", "mallory", code=5)
    assert refused.out == ""
    assert "may not read the whole ledger" in refused.err
    assert "read the whole ledger" in printed("--json", "--kind", "access.denied").out


def test_a_reason_cannot_steer_the_terminal(printed):
    assert main(["alias", "set", "table", "better", "v0", "--reason", "a\x1b[2Jb"]) == 0
    assert "a\\x1b[2Jb" in printed().out


@contextmanager
def following(*arguments):
    command = [sys.executable, "-m", "fingerpost", "events", "--follow", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_following_shows_what_happens_and_ends_with_ctrl_c():
    with following("--kind", "collection.alias_moved") as process:
        assert "alias_moved" in process.stdout.readline()
        assert "alias_moved" in process.stdout.readline()
        assert main(["alias", "set", "table", "better", "v0"]) == 0
        assert "alias_moved" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=LIMIT_S) == 130
        assert "Traceback" not in process.stderr.read()


def test_a_reader_who_goes_away_ends_it():
    with following("--json") as process:
        process.stdout.readline()
        process.stdout.close()
        for number in range(40):
            if process.poll() is not None:
                break
            assert main(["alias", "set", "table", f"alias{number}", "v0"]) == 0
        assert process.wait(timeout=LIMIT_S) == 141
        assert process.stderr.read() == ""
