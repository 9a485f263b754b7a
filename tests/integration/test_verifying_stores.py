"""A program verifies a whole store, without the command line."""

import json
import sqlite3
from contextlib import closing

import pytest

import fingerpost
from fingerpost.cli import main


@pytest.fixture
def folder(tmp_path):
    """A store with two versions of 1,000 bytes in packs."""
    folder = tmp_path / "store"
    with (
        fingerpost.open_store(folder, actor="alice") as store,
        fingerpost.init("team", "p", store=store, actor="alice") as run,
    ):
        for number in range(2):
            artifact = fingerpost.Artifact("data", "dataset")
            with artifact.new_file("data.txt") as file:
                file.write(str(number) * 1_000)
            run.log_artifact(artifact)
    return folder


def packs_of(folder):
    return sorted(path for path in (folder / "content" / "packs").rglob("*") if path.is_file())


def test_a_whole_store_is_found_whole(folder):
    progress = []
    with fingerpost.open_store(folder, actor="alice") as store:
        report = store.verify(progress.append)
        last = list(store.events())[-1].position
    assert report.is_ok
    assert report.problems == ()
    stored_bytes = sum(path.stat().st_size for path in packs_of(folder))
    assert report.checked == {"events": last, "versions": 2, "bytes": stored_bytes}
    assert sum(progress) == stored_bytes
    assert report.target == str(folder)


def test_damaged_content_is_named_with_its_file_and_its_version(folder):
    for pack in packs_of(folder):
        pack.chmod(0o644)
        pack.write_bytes(b"")
    with fingerpost.open_store(folder, actor="alice") as store:
        report = store.verify()
    assert not report.is_ok
    where = {each.where for each in report.problems}
    assert {str(pack) for pack in packs_of(folder)} <= where
    assert {"team/p/data:v0", "team/p/data:v1"} <= where


def test_a_table_that_was_changed_is_named(folder):
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as database, database:
        database.execute("UPDATE aliases SET idx=0")
    with fingerpost.open_store(folder, actor="alice") as store:
        (problem,) = store.verify().problems
    assert problem.where == "read tables"
    assert "aliases is not what the events say" in problem.problem


def test_the_command_line_says_the_same(folder, capsys):
    with fingerpost.open_store(folder, actor="alice") as store:
        report = store.verify()
    assert main(["--json", "--store", str(folder), "verify"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "target": report.target,
        "is_ok": True,
        "checked": dict(report.checked),
        "problems": [],
    }


def test_a_store_in_memory_has_no_bytes_to_read_again():
    with fingerpost.open_store("memory://", actor="alice") as store:
        report = store.verify()
        assert report.is_ok
        assert report.checked["bytes"] == 0
