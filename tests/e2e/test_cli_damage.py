"""What `verify` and the other commands say of a store that somebody damaged."""

import sqlite3
from pathlib import Path

import pytest

from fingerpost.cli import main

FIRST_LOGGED = "SELECT MIN(rowid) FROM events WHERE topic='collection.version_logged'"


@pytest.fixture
def store(tmp_path, monkeypatch, capsys) -> Path:
    store = tmp_path / "store"
    monkeypatch.setenv("FINGERPOST_STORE", str(store))
    for number in range(3):
        Path("table.csv").write_text(f"{number}\n")
        assert main(["-q", "log", "table", "table.csv", "-t", "dataset", "--alias", "best"]) == 0
    assert main(["verify"]) == 0
    capsys.readouterr()
    return store


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (f"DELETE FROM events WHERE rowid=({FIRST_LOGGED})", "goes from event"),
        (
            "DELETE FROM events WHERE rowid=(SELECT MAX(rowid) FROM events)",
            "is not what the events",
        ),
        ("DELETE FROM aliases", "aliases is not what the events say"),
        ("UPDATE aliases SET idx=0", "aliases is not what the events say"),
    ],
    ids=["an event in the middle", "the last event", "all aliases", "moved aliases"],
)
def test_verify_sees_what_somebody_changed_in_the_ledger_behind_our_back(
    store, capsys, damage, words
):
    connection = sqlite3.connect(store / "ledger.sqlite")
    with connection:
        connection.execute(damage)
    connection.close()
    assert main(["verify"]) == 6
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, b""], ids=["gone", "empty"])
@pytest.mark.parametrize(
    "command", [["verify"], ["versions", "table"], ["log", "x", "table.csv", "-t", "dataset"]]
)
def test_a_lost_ledger_is_not_taken_for_an_empty_store(store, capsys, content, command):
    for path in store.glob("ledger.sqlite*"):
        path.unlink()
    if content is not None:
        (store / "ledger.sqlite").write_bytes(content)
    assert main(command) == 7
    assert "Restore ledger.sqlite from a backup" in capsys.readouterr().err
    assert (store / "ledger.sqlite").exists() is (content is not None)


def test_a_ledger_of_somebody_else_is_refused(store, capsys):
    for path in store.glob("ledger.sqlite*"):
        path.unlink()
    connection = sqlite3.connect(store / "ledger.sqlite")
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    assert main(["versions", "table"]) == 7
    assert "holds no events of Fingerpost" in capsys.readouterr().err


def test_a_lost_marker_is_said_to_be_lost(store, capsys):
    (store / "fingerpost.json").unlink()
    assert main(["versions", "table"]) == 7
    assert "Write it again" in capsys.readouterr().err
    (store / "fingerpost.json").write_text('{"format": 1}\n')
    assert main(["versions", "table"]) == 0


def test_a_damaged_marker_says_how_to_write_it(store, capsys):
    (store / "fingerpost.json").write_text("[" * 100_000)
    assert main(["versions", "table"]) == 7
    assert "Write it again" in capsys.readouterr().err
