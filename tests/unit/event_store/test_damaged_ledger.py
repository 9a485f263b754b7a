"""A real SQLite ledger that somebody damaged: rows are named, snapshots are passed over."""

import json
import sqlite3
from contextlib import closing
from uuid import UUID

import pytest

import fingerpost
from fingerpost.adapters.event_store import SQLiteEventStore
from fingerpost.adapters.event_store.heads import SNAPSHOT_INTERVAL
from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import CorruptLedgerError, StoreFormatError, StoreUnavailableError


def log(folder, text, aliases=()):
    with fingerpost.init(entity="team", project="p", store=folder) as run:
        artifact = fingerpost.Artifact("data", "dataset")
        with artifact.new_file("a.txt") as file:
            file.write(text)
        return run.log_artifact(artifact, aliases=list(aliases))


def execute(folder, statement, *parameters):
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        rows = connection.execute(statement, parameters).fetchall()
        connection.commit()
    return rows


def collection_stream(folder):
    statement = "SELECT originator_id FROM events WHERE topic='collection.created'"
    return UUID(execute(folder, statement)[0][0])


def head_of(folder, stream):
    # A store of its own each time: nothing is remembered from before the damage.
    store = SQLiteEventStore(folder / "ledger.sqlite")
    try:
        return store.load(Collection, stream)
    finally:
        store.close()


@pytest.fixture
def folder(tmp_path):
    log(tmp_path / "store", "one", ["best"])
    return tmp_path / "store"


@pytest.fixture
def long_folder(folder):
    """A store with a collection whose stream is past its first snapshot."""
    collection = fingerpost.Api(folder).collection("team/p/data")
    for number in range(SNAPSHOT_INTERVAL):
        collection.set_alias(f"alias-{number % 7}-{number}", "v0")
    assert execute(folder, "SELECT COUNT(*) FROM snapshots")[0][0] >= 1
    return folder


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'{"actor":"alice"}',
        b'{"actor":"alice","alias":7,"at":"2026-03-03T09:30:00Z","from_version":null,"to_version":0}',
    ],
)
def test_a_damaged_event_is_named_by_stream_version_and_wire_name(folder, damage):
    topic = "collection.alias_moved"
    version, stream = execute(
        folder, "SELECT originator_version, originator_id FROM events WHERE topic=?", topic
    )[0]
    execute(
        folder,
        "UPDATE events SET state=? WHERE originator_id=? AND originator_version=?",
        damage,
        stream,
        version,
    )
    with pytest.raises(CorruptLedgerError) as caught:
        head_of(folder, UUID(stream))
    assert f"event {version} ('{topic}') of stream {UUID(stream)}" in str(caught.value)
    assert "Restore the ledger from a backup." in str(caught.value)


def test_a_damaged_event_stops_what_depends_on_it_and_nothing_is_written(folder):
    execute(folder, "UPDATE events SET state=x'00' WHERE topic='collection.alias_moved'")
    before = execute(folder, "SELECT * FROM events")
    with fingerpost.open_store(folder) as opened:
        collection = fingerpost.Api(opened).collection("team/p/data")
        with pytest.raises(CorruptLedgerError, match=r"collection\.alias_moved"):
            collection.set_alias("other", "v0")
    assert execute(folder, "SELECT * FROM events") == before


def test_an_event_of_a_later_edition_asks_for_an_upgrade(folder):
    stream = collection_stream(folder)
    state = json.loads(
        execute(folder, "SELECT state FROM events WHERE topic='collection.version_logged'")[0][0]
    )
    execute(
        folder,
        "UPDATE events SET state=? WHERE topic='collection.version_logged'",
        json.dumps({**state, "class_version": 9}).encode(),
    )
    with pytest.raises(StoreFormatError, match=r"version_logged.*Upgrade Fingerpost"):
        head_of(folder, stream)


def test_an_event_that_belongs_in_another_kind_of_stream_is_an_error(folder):
    stream = collection_stream(folder)
    execute(
        folder,
        "UPDATE events SET topic='run.finished', state=? WHERE originator_id=? "
        "AND topic='collection.version_logged'",
        b'{"actor":"alice","at":"2026-03-03T09:30:00+00:00","exit_code":0}',
        stream.hex,
    )
    with pytest.raises(CorruptLedgerError, match=f"{stream}.*does not belong"):
        head_of(folder, stream)


@pytest.mark.parametrize(
    ("gone", "problem"),
    [(1, "first event is missing"), (2, "events after 1 are missing")],
)
def test_a_missing_event_is_noticed(folder, gone, problem):
    stream = collection_stream(folder)
    execute(
        folder,
        "DELETE FROM events WHERE originator_id=? AND originator_version=?",
        stream.hex,
        gone,
    )
    with pytest.raises(CorruptLedgerError, match=problem):
        head_of(folder, stream)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"null",
        b"\xff",
        b'{"format":3,"head":{}}',
        b'{"format":2,"head":{}}',
        b'{"format":2,"head":{"id":"x","version":"many"}}',
        b'{"head":{}}',
    ],
)
def test_a_snapshot_that_cannot_be_used_is_passed_over(long_folder, damage):
    stream = collection_stream(long_folder)
    right = head_of(long_folder, stream)
    execute(long_folder, "UPDATE snapshots SET state=?", damage)
    assert head_of(long_folder, stream) == right
    assert len(right.aliases) == SNAPSHOT_INTERVAL + 2


def test_a_snapshot_of_an_earlier_format_is_passed_over(long_folder):
    # The first format did not have the manifest that `latest` points at.
    execute(
        long_folder,
        "UPDATE snapshots SET state ="
        " json_remove(json_set(state, '$.format', 1), '$.head.latest_manifest')",
    )
    assert log(long_folder, "one").version == "v0"


def test_a_snapshot_of_an_unknown_kind_is_passed_over(long_folder):
    stream = collection_stream(long_folder)
    right = head_of(long_folder, stream)
    execute(long_folder, "UPDATE snapshots SET topic='os:system'")
    assert head_of(long_folder, stream) == right


def test_a_head_from_a_snapshot_equals_the_head_from_all_events(long_folder):
    stream = collection_stream(long_folder)
    from_snapshot = head_of(long_folder, stream)
    execute(long_folder, "DELETE FROM snapshots")
    assert head_of(long_folder, stream) == from_snapshot


def test_a_head_whose_snapshot_is_damaged_goes_on_taking_events(long_folder):
    execute(long_folder, "UPDATE snapshots SET state=x'00'")
    assert log(long_folder, "two", ["best"]).version == "v1"
    held = fingerpost.Api(long_folder).collection("team/p/data").aliases
    assert (held["best"], held["latest"]) == ("v1", "v1")


def test_a_ledger_that_is_no_database_is_an_error_that_names_the_file(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"this is a text file, and a rather long one" * 100)
    with pytest.raises(StoreUnavailableError) as caught:
        SQLiteEventStore(path)
    assert str(path) in str(caught.value)
    assert "restore it from a backup" in str(caught.value)
