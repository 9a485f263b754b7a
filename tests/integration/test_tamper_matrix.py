"""What somebody with the database in hand can do to a ledger, and what is found out.

Each tampering is done twice: as it is, and by somebody thorough, who makes the Merkle tree and the
read tables fit again. The first is found without help; the second with a checkpoint that was kept
elsewhere, and this table says where nothing but a checkpoint helps.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import fingerpost
from fingerpost.adapters.proofs import SigningKey, Witness
from fingerpost.domain.errors import LedgerChangedError, UnprovenError

MOVES = "SELECT rowid FROM events WHERE topic='collection.alias_moved' ORDER BY rowid"


@pytest.fixture
def key():
    return SigningKey.generate("example.com/ledger")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "store"
    with fingerpost.init(entity="team", project="p", store=folder) as run:
        for name in ("first", "second"):
            for number in range(3):
                artifact = fingerpost.Artifact(name, "dataset")
                with artifact.new_file("a.txt") as file:
                    file.write(f"{name} {number}")
                run.log_artifact(artifact, aliases=["best"])
    return folder


@pytest.fixture
def checkpoint(folder, key):
    with fingerpost.open_store(folder) as store:
        return store.ledger.checkpoint(key)


def flip_a_byte(database):
    database.execute(
        "UPDATE events SET state=CAST(replace(CAST(state AS TEXT), 'alice', 'malia') AS BLOB) "
        f"WHERE rowid=({MOVES} LIMIT 1)"
    )


def delete_one(database):
    database.execute(f"DELETE FROM events WHERE rowid=({MOVES} LIMIT 1)")


def delete_and_close_the_gap(database):
    (row,) = database.execute(MOVES).fetchone()
    stream, version = database.execute(
        "SELECT originator_id, originator_version FROM events WHERE rowid=?", (row,)
    ).fetchone()
    database.execute("DELETE FROM events WHERE rowid=?", (row,))
    for at, number in database.execute(
        "SELECT rowid, originator_version FROM events WHERE originator_id=? AND "
        "originator_version>? ORDER BY originator_version",
        (stream, version),
    ).fetchall():
        database.execute("UPDATE events SET originator_version=? WHERE rowid=?", (number - 1, at))
    for (at,) in database.execute(
        "SELECT rowid FROM events WHERE rowid>? ORDER BY rowid", (row,)
    ).fetchall():
        database.execute("UPDATE events SET rowid=? WHERE rowid=?", (at - 1, at))


def reorder(database):
    # Two moves of aliases of different collections change places.
    rows = [row for (row,) in database.execute(MOVES)]
    first, last = rows[0], rows[-1]
    database.execute("UPDATE events SET rowid=-1 WHERE rowid=?", (first,))
    database.execute("UPDATE events SET rowid=? WHERE rowid=?", (first, last))
    database.execute("UPDATE events SET rowid=? WHERE rowid=-1", (last,))


def insert(database):
    # A move that never happened, before the newest event; all that follows makes room for it.
    (last,) = database.execute("SELECT MAX(rowid) FROM events").fetchone()
    (stream,) = database.execute(
        f"SELECT originator_id FROM events WHERE rowid=({MOVES} LIMIT 1)"
    ).fetchone()
    (version,) = database.execute(
        "SELECT MAX(originator_version) FROM events WHERE originator_id=?", (stream,)
    ).fetchone()
    database.execute("UPDATE events SET rowid=? WHERE rowid=?", (last + 1, last))
    database.execute(
        "INSERT INTO events (rowid, originator_id, originator_version, topic, state) "
        f"SELECT ?, ?, ?, topic, state FROM events WHERE rowid=({MOVES} LIMIT 1)",
        (last, stream, version + 1),
    )


def replay(database):
    (stream,) = database.execute(
        f"SELECT originator_id FROM events WHERE rowid=({MOVES} LIMIT 1)"
    ).fetchone()
    (version,) = database.execute(
        "SELECT MAX(originator_version) FROM events WHERE originator_id=?", (stream,)
    ).fetchone()
    database.execute(
        "INSERT INTO events (originator_id, originator_version, topic, state) "
        f"SELECT ?, ?, topic, state FROM events WHERE rowid=({MOVES} LIMIT 1)",
        (stream, version + 1),
    )


def splice(database):
    # The last move of one collection becomes one of another.
    moves = database.execute(
        "SELECT rowid, originator_id FROM events WHERE topic='collection.alias_moved' "
        "ORDER BY rowid DESC"
    ).fetchall()
    row, stream = moves[0]
    other = next(each for _, each in moves if each != stream)
    (version,) = database.execute(
        "SELECT MAX(originator_version) FROM events WHERE originator_id=?", (other,)
    ).fetchone()
    database.execute(
        "UPDATE events SET originator_id=?, originator_version=? WHERE rowid=?",
        (other, version + 1, row),
    )


def truncate(database):
    database.execute("DELETE FROM events WHERE rowid > (SELECT MAX(rowid) - 3 FROM events)")


TAMPERINGS = [
    flip_a_byte,
    delete_one,
    delete_and_close_the_gap,
    reorder,
    insert,
    replay,
    splice,
    truncate,
]
tampering = pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda each: each.__name__)


def tampered(folder, tamper, *, thorough=False):
    with closing(sqlite3.connect(folder / "ledger.sqlite", isolation_level=None)) as database:
        tamper(database)
        if thorough:
            # Without a tree, and of an older format, the store looks like one of an earlier
            # Fingerpost: it makes tree and tables from the events when it is opened.
            database.execute("DROP TABLE ledger_tree")
            database.execute("DELETE FROM snapshots")
            database.execute("PRAGMA user_version=1")


def ledger_report(folder, *checkpoints):
    with fingerpost.open_store(folder) as store:
        return store.ledger.verify(checkpoints)


def store_problems(folder):
    with fingerpost.open_store(folder) as store:
        return list(store.verify().problems)


@tampering
def test_what_was_done_to_the_events_alone_is_found_without_help(folder, tamper):
    assert ledger_report(folder).is_ok
    assert store_problems(folder) == []
    tampered(folder, tamper)
    report = ledger_report(folder)
    assert not report.is_ok
    with pytest.raises(LedgerChangedError, match="is not what it was"):
        report.require_ok()
    assert store_problems(folder)


@pytest.mark.parametrize("tamper", [flip_a_byte, splice], ids=lambda each: each.__name__)
def test_the_event_that_was_changed_is_named(folder, tamper):
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as database:
        rows = [row for (row,) in database.execute(MOVES)]
    tampered(folder, tamper)
    changed = {problem.position for problem in ledger_report(folder).problems} - {None}
    assert min(changed) == (rows[0] if tamper is flip_a_byte else rows[-1])


@pytest.mark.parametrize(
    "tamper",
    [delete_one, delete_and_close_the_gap, reorder, insert, splice],
    ids=lambda t: t.__name__,
)
def test_the_first_event_that_is_not_in_its_place_is_named(folder, tamper):
    before = placed(folder)
    tampered(folder, tamper)
    after = placed(folder)
    first = min(at for at in {*before, *after} if before.get(at) != after.get(at))
    assert ledger_report(folder).problems[0].position == first


def placed(folder):
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as database:
        return {row: rest for row, *rest in database.execute("SELECT * FROM events")}


@pytest.mark.parametrize("tamper", [flip_a_byte, truncate], ids=lambda each: each.__name__)
def test_who_makes_the_tree_again_is_not_found_out_without_a_checkpoint(folder, tamper):
    """What nothing inside a store can show: it is as if it had always been so."""
    tampered(folder, tamper, thorough=True)
    assert ledger_report(folder).is_ok


@pytest.mark.parametrize(
    "tamper",
    [each for each in TAMPERINGS if each not in (replay, delete_one)],
    ids=lambda each: each.__name__,
)
def test_who_makes_the_tree_again_is_found_out_with_a_checkpoint(folder, checkpoint, key, tamper):
    tampered(folder, tamper, thorough=True)
    report = ledger_report(folder, checkpoint)
    assert any("checkpoint" in problem.where for problem in report.problems)
    with fingerpost.open_store(folder) as store:
        with pytest.raises(LedgerChangedError):
            store.ledger.checkpoint(key, previous=checkpoint)
        with pytest.raises(LedgerChangedError):
            store.ledger.prove(1, checkpoint)


def test_a_hole_in_the_positions_is_found_whatever_is_made_again(folder, checkpoint):
    tampered(folder, delete_one, thorough=True)
    report = ledger_report(folder, checkpoint)
    assert any("is not there" in problem.problem for problem in report.problems)
    assert report.checkpoints == ()


@pytest.mark.parametrize("tamper", [replay, insert, delete_and_close_the_gap])
def test_an_event_that_contradicts_those_before_it_is_found_in_a_tree_that_fits(folder, tamper):
    """A move says what it moved from, so one that is stored twice gives itself away."""
    tampered(folder, tamper, thorough=True)
    assert any("held it" in problem.problem for problem in store_problems(folder))


def test_a_checkpoint_that_was_taken_before_a_replay_still_fits(folder, checkpoint):
    """Whoever can write can append; nothing that was there before was changed by it."""
    tampered(folder, replay, thorough=True)
    report = ledger_report(folder, checkpoint)
    assert report.is_ok
    assert report.size == report.checkpoints[0] + 1


def test_checkpoints_tell_between_which_events_something_was_changed(folder, key):
    with fingerpost.open_store(folder) as store:
        first = store.ledger.checkpoint(key)
        size = store.ledger.size
        fingerpost.Api(store, entity="team", project="p").collection("first").set_alias("x", "v0")
        second = store.ledger.checkpoint(key)
    tampered(
        folder,
        lambda database: database.execute(
            """UPDATE events SET state=CAST(replace(CAST(state AS TEXT), '"x"', '"y"') AS BLOB) """
            "WHERE rowid=(SELECT MAX(rowid) FROM events)"
        ),
        thorough=True,
    )
    report = ledger_report(folder, first, second)
    assert report.checkpoints == (size,)
    assert f"after event {size}" in report.problems[0].problem


class TestFork:
    """Two histories that begin alike: each is whole, and they contradict each other."""

    @pytest.fixture
    def forks(self, folder, tmp_path):
        other = tmp_path / "other"
        shutil.copytree(folder, other)
        for place, alias in ((folder, "one"), (other, "two")):
            fingerpost.Api(place).collection("team/p/first").set_alias(alias, "v0")
        return folder, other

    def test_each_is_whole_and_begins_with_what_they_have_in_common(self, checkpoint, forks):
        for fork in forks:
            assert ledger_report(fork, checkpoint).is_ok

    def test_a_checkpoint_of_one_does_not_fit_the_other(self, forks, key):
        one, two = forks
        with fingerpost.open_store(two) as store:
            seen = store.ledger.checkpoint(key)
        report = ledger_report(one, seen)
        assert [problem.where for problem in report.problems] == [
            f"checkpoint of {report.size} events"
        ]

    def test_nobody_gets_from_the_one_to_the_other(self, forks, key):
        one, two = forks
        with fingerpost.open_store(two) as store:
            seen = store.ledger.checkpoint(key)
        fingerpost.Api(one).collection("team/p/first").set_alias("more", "v0")
        with fingerpost.open_store(one) as store:
            newer = store.ledger.checkpoint(key)
            with pytest.raises(LedgerChangedError):
                store.ledger.prove_consistency(seen, newer)
            with pytest.raises(LedgerChangedError):
                store.ledger.checkpoint(key, previous=seen)

    def test_a_witness_signs_one_of_them(self, checkpoint, forks, key, tmp_path):
        witness = Witness(SigningKey.generate("w.example/1", "witness"), tmp_path / "seen")
        witness.cosign(checkpoint, [key.public])
        requests = []
        for fork in forks:
            with fingerpost.open_store(fork) as store:
                newer = store.ledger.checkpoint(key)
                requests.append(store.ledger.prove_consistency(checkpoint, newer))
        witness.cosign(requests[0], [key.public])
        with pytest.raises(UnprovenError, match="this witness signed"):
            witness.cosign(requests[1], [key.public])


class TestContent:
    """Manifests and files are named by what they hold, and the events name the manifests."""

    def blobs(self, folder):
        with closing(sqlite3.connect(folder / "content-catalog.sqlite")) as database:
            return database.execute(
                "SELECT digest, pack, offset, stored, size FROM blobs"
            ).fetchall()

    def pages(self, folder):
        with fingerpost.open_store(folder) as store:
            found = {}
            for digest, *place in self.blobs(folder):
                data = _read(folder, store, digest)
                found.setdefault(_kind(data), []).append((digest, place))
            return found

    @pytest.mark.parametrize("kind", ["page", "root", "file"])
    def test_what_was_swapped_for_another_is_found(self, folder, kind):
        (one, at_one), (two, at_two) = self.pages(folder)[kind][:2]
        with closing(sqlite3.connect(folder / "content-catalog.sqlite")) as database, database:
            for digest, place in ((one, at_two), (two, at_one)):
                database.execute(
                    "UPDATE blobs SET pack=?, offset=?, stored=?, size=? WHERE digest=?",
                    (*place, digest),
                )
        places = {problem.where for problem in store_problems(folder)}
        assert str(folder / "content-catalog.sqlite") in places

    def test_a_large_file_that_was_swapped_for_another_is_found(self, tmp_path):
        folder = tmp_path / "store"
        with fingerpost.init(entity="team", project="p", store=folder) as run:
            for letter in "ab":
                artifact = fingerpost.Artifact(letter, "dataset")
                with artifact.new_file("large.txt") as file:
                    file.write(letter * (2 << 20))
                run.log_artifact(artifact)
        one, two = (path for path in Path(folder, "content", "blobs").rglob("*") if path.is_file())
        aside = one.with_suffix(".aside")
        one.rename(aside)
        two.rename(one)
        aside.rename(two)
        problems = store_problems(folder)
        assert {"team/p/a:v0", "team/p/b:v0"} <= {problem.where for problem in problems}


def _read(folder, store, digest):
    from fingerpost.domain.manifest.digest import Digest

    with store.store.content.open(Digest(f"blake3:{digest[-32:].hex()}")) as file:
        return file.read()


def _kind(data):
    if data.startswith((b"first", b"second")):
        return "file"
    return "root" if b'"pages"' in data or b"pages" in data[:200] else "page"
