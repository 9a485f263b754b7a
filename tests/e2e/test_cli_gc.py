"""``fingerpost gc``: the plan, the removal, and what programs read."""

import json
from pathlib import Path

import pytest

import fingerpost
from fingerpost.cli import main


@pytest.fixture
def store(monkeypatch, tmp_path):
    where = tmp_path / "store"
    monkeypatch.setenv("FINGERPOST_STORE", str(where))
    monkeypatch.setenv("FINGERPOST_ENTITY", "team")
    monkeypatch.setenv("FINGERPOST_PROJECT", "p")
    return where


@pytest.fixture
def deleted(store):
    """Log two versions and delete the first."""
    for text in ("first", "second"):
        Path("table.csv").write_text(text * 100)
        assert main(["log", "table", "table.csv", "--type", "dataset", "--quiet"]) == 0
    fingerpost.Api(store, "alice", entity="team", project="p").artifact("table:v0").delete()
    return store


@pytest.fixture(autouse=True)
def _fresh(deleted, capsys):
    capsys.readouterr()


def packs(store):
    return len(list(store.glob("content/packs/*/*")))


def test_the_plan_names_the_version_and_the_command_and_removes_nothing(deleted, capsys):
    assert main(["gc", "--grace", "0"]) == 0
    said = capsys.readouterr()
    assert "team/p/table:v0" in said.out
    assert "deleted 20" in said.out
    assert " by alice" in said.out
    assert "would free" in said.out
    assert "nothing was removed; to remove it: fingerpost gc --grace 0 --apply" in said.err
    assert packs(deleted) == 2


def test_applied_it_removes_and_a_second_time_there_is_nothing(deleted, capsys):
    assert main(["gc", "--grace", "0", "--apply"]) == 0
    assert "\nfreed " in capsys.readouterr().out
    assert packs(deleted) == 1
    assert main(["verify", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["gc", "--grace", "0", "--apply"]) == 0
    said = capsys.readouterr()
    assert said.out == "nothing to remove\n"
    assert "to remove it" not in said.err


def test_the_grace_period_is_two_weeks_and_it_says_what_stays(deleted, capsys):
    assert main(["gc", "--apply"]) == 0
    said = capsys.readouterr()
    assert said.out == "nothing to remove\n"
    assert "stays for now: 1 version deleted less than 14d ago" in said.err
    assert packs(deleted) == 2


def test_programs_read_what_goes_and_why(deleted, capsys):
    assert main(["gc", "--grace", "0", "--json"]) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert said.err == ""
    (version,) = report["versions"]
    assert version["name"] == "team/p/table:v0"
    assert version["deleted_by"] == "alice"
    # The file of 500 bytes, a page and the root.
    assert version["contents"] == 3
    assert version["size_bytes"] > 500
    assert (report["is_applied"], report["grace_s"], report["files"]) == (False, 0, 1)
    assert report["freed_bytes"] > 500
    none = {"contents": 0, "size_bytes": 0, "stored_bytes": 0}
    assert [report[key] for key in ("unnamed", "copies", "young", "waiting")] == [none] * 4


@pytest.mark.parametrize(("text", "shown"), [("36h", "36h"), ("2w", "14d"), ("90m", "90m")])
def test_durations_are_shown_as_they_are_typed(deleted, capsys, text, shown):
    assert main(["gc", "--grace", text]) == 0
    assert f"deleted less than {shown} ago" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "14", "-1d", "1y", "1.5d", "999999999w", "1000000d", "\u0661d"]
)
def test_what_is_no_duration_is_refused(deleted, capsys, text):
    assert main(["gc", "--grace", text, "--apply"]) == 2
    assert "grace" in capsys.readouterr().err
    assert packs(deleted) == 2


def test_a_member_may_look_and_not_remove(deleted, capsys):
    assert main(["gc", "--grace", "0", "--actor", "bob"]) == 0
    assert main(["gc", "--grace", "0", "--apply", "--actor", "bob"]) == 5
    assert "may not remove content that nothing reaches" in capsys.readouterr().err
    assert packs(deleted) == 2


def test_a_manifest_that_cannot_be_read_is_damage(deleted, capsys):
    for pack in deleted.glob("content/packs/*/*"):
        pack.unlink()
    assert main(["gc", "--grace", "0"]) == 6
    assert "'team/p/table:v1'" in capsys.readouterr().err
