"""Asking for what was, on the command line."""

import json
import xml.dom.minidom
from pathlib import Path

import pytest

from fingerpost.cli import main

ZOO = "registry/Model/zoo"


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("FINGERPOST_ENTITY", "team")

    def call(*arguments, code=0):
        capsys.readouterr()
        assert main(list(arguments)) == code
        out, err = capsys.readouterr()
        return err if code else out

    return call


@pytest.fixture
def moments(run):
    """Two versions, and ``best`` at one and then the other; the moments of the two moves."""
    for text in ("a", "b"):
        Path("x.txt").write_text(text)
        run("log", "m", "x.txt", "--type", "model", "--alias", "best")
        run("link", "m:latest", ZOO, "--alias", "best", "--reason", f"it is {text}")
    changes = json.loads(run("history", ZOO, "--alias", "best", "--json"))["changes"]
    return [change["at"] for change in changes]


def test_use_and_download_take_what_the_alias_stood_for_then(run, moments):
    first, second = moments
    for moment, version, text in ((first, "v0", "a"), (second, "v1", "b")):
        used = json.loads(run("use", f"{ZOO}:best", "--at", moment, "--json"))
        assert used["artifact"]["version"] == version
        root = run("download", f"{ZOO}:best", "--at", moment, "--root", version).strip()
        assert Path(root, "x.txt").read_text() == text


def test_history_at_a_moment_is_what_held_each_alias_then_and_why(run, moments):
    told = json.loads(run("history", ZOO, "--at", moments[0], "--json"))
    assert {each["alias"]: each["to_version"] for each in told["held"]} == {
        "best": "v0",
        "latest": "v0",
    }
    shown = run("history", ZOO, "--at", moments[0], "--alias", "best").splitlines()
    assert shown[0].split() == ["ALIAS", "VERSION", "SINCE", "BY", "RUN", "REASON"]
    assert shown[1].startswith("best   v0")
    assert shown[1].endswith("it is a")
    assert json.loads(run("history", ZOO, "--at", "2020-03-03", "--json"))["held"] == []


@pytest.mark.parametrize(
    "moment",
    ["yesterday", "2026-03-03T09:30:00", "2026-13-03", "", "9999-12-31T23:59:59-23:59", "\u0662"],
)
@pytest.mark.parametrize("command", ["use", "download", "history"])
def test_what_names_no_moment_is_refused(run, moments, command, moment):
    path = ZOO if command == "history" else f"{ZOO}:best"
    assert "error" in run(command, path, "--at", moment, code=2)


def test_the_future_is_refused_and_before_the_beginning_nothing_is_found(run, moments):
    assert "future" in run("use", f"{ZOO}:best", "--at", "9000-01-01", code=2)
    assert "first placed" in run("use", f"{ZOO}:best", "--at", "2020-01-01", code=3)


def test_the_timeline_is_written_to_a_file_or_printed(run, moments):
    assert run("history", ZOO, "--svg", "zoo.svg").strip() == "zoo.svg"
    written = Path("zoo.svg").read_bytes()
    xml.dom.minidom.parseString(written)
    assert run("history", ZOO, "--svg", "-").startswith("<svg")
    answer = json.loads(run("history", ZOO, "--svg", "zoo.svg", "--json"))
    assert answer["svg"] == str(Path("zoo.svg").absolute())
    assert "error" in run("history", ZOO, "--svg", "no/such/folder.svg", code=7)


def test_the_history_of_a_registry_and_of_the_organization(run, moments):
    run("registry", "protect", "Model", "production", "--reason", "it is served")
    shown = run("history", "--registry", "model")
    assert "alice protected 'production'" in shown
    assert "it is served" in shown
    rows = json.loads(run("history", "--registry", "Model", "--json"))["changes"]
    assert rows[-1]["what"] == "registry.protected_alias_added"
    assert rows[-1]["facts"] == {"alias": "production"}
    assert "created the team 'team'" in run("history", "--organization")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (ZOO, "--registry", "Model"),
        ("--registry", "Model", "--organization"),
        ("--registry", "Model", "--at", "2020-01-01"),
        (ZOO, "--at", "2020-01-01", "--svg", "x.svg"),
    ],
)
def test_what_does_not_go_together_is_refused(run, moments, arguments):
    assert "error" in run("history", *arguments, code=2)


def test_a_rollback_goes_back_and_says_so_in_the_history(run, moments):
    told = run("alias", "rollback", ZOO, "best", "--expected", "v1", "--reason", "worse")
    assert "best v1 → v0" in told
    assert "rollback: worse" in run("history", ZOO, "--alias", "best")
    assert "cannot be rolled back" in run("alias", "rollback", ZOO, "best", code=4)
    assert "'v0'" in run("alias", "rollback", ZOO, "best", "--to", "zero", code=2)
