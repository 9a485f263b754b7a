"""``fingerpost export`` and ``fingerpost import`` between two sites."""

import json
from pathlib import Path

import pytest

from fingerpost.cli import main


@pytest.fixture(autouse=True)
def _store(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    Path("table.csv").write_text("a,b\n")
    assert main(["-q", "log", "table", "table.csv", "--type", "dataset", "--alias", "good"]) == 0
    assert main(["ledger", "keygen", "ledger.key"]) == 0
    capsys.readouterr()


def test_a_store_is_carried_to_another_place(capsys, tmp_path):
    assert main(["export", "stick", "--key", "ledger.key"]) == 0
    assert capsys.readouterr().out == "exported events 1 to 17, 1 versions\n"
    copy = ["--store", str(tmp_path / "copy")]
    assert main(["import", "stick", "--public-key", "ledger.key.pub", *copy]) == 0
    assert capsys.readouterr().out.endswith("the store has 17\n")
    for command in (["history", "table"], ["versions", "table"], ["events"], ["registry", "list"]):
        assert main([*command, "--json"]) == 0
        here = capsys.readouterr().out
        assert main([*command, "--json", *copy]) == 0
        assert capsys.readouterr().out == here
    assert main(["verify", *copy]) == 0
    assert main(["ledger", "verify", "--checkpoint", "stick/checkpoint", *copy]) == 0
    assert main(["download", "table:good", "--root", "out", *copy]) == 0
    assert Path("out/table.csv").read_text() == "a,b\n"


def test_json_says_what_was_done(capsys, tmp_path):
    assert main(["export", "stick", "--no-files", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said.pop("origin").startswith("fingerpost.ledger/")
    assert said == {"folder": "stick", "first": 1, "last": 17, "versions": 1, "is_signed": False}
    assert main(["import", "bundle", "stick", "--json", "--store", str(tmp_path / "copy")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said.pop("origin").startswith("fingerpost.ledger/")
    assert said == {"size": 17, "added": 17, "versions": 1, "has_files": False}


def test_a_refused_bundle_says_at_which_event_and_leaves_nothing(capsys, tmp_path):
    assert main(["export", "stick"]) == 0
    (page,) = Path("stick/ledger").iterdir()
    page.write_bytes(page.read_bytes()[:-5])
    assert main(["import", "stick", "--store", str(tmp_path / "copy")]) == 6
    said = capsys.readouterr().err
    assert "events 1 to 17" in said
    assert "Nothing of it was stored" in said
    assert not (tmp_path / "copy").exists()


def test_only_who_administers_the_store_carries_it_away(capsys, monkeypatch):
    monkeypatch.setenv("FINGERPOST_ACTOR", "mallory")
    assert main(["export", "stick"]) == 5
    assert not Path("stick").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["import", "none"], 2, "No such command 'none'"),
        (["import", "bundle", "none"], 6, "it is no bundle"),
        (["import", "."], 6, "it is no bundle"),
        (["export", "."], 6, "there is something else"),
        (["export", "stick", "--after", "99"], 2, "this ledger has 17 events"),
        (["export", "table.csv/stick"], 7, "cannot be written"),
        (["export", "stick", "--key", "none"], 7, "cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(capsys, arguments, code, words):
    assert main(arguments) == code
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
