"""Stores that are carried elsewhere: what comes out is what went in, or nothing."""

import base64
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import zstandard

import fingerpost
from fingerpost.adapters.bundles import bundle as bundle_module
from fingerpost.adapters.bundles import checking as checking_module
from fingerpost.domain.errors import (
    InvalidBundleError,
    InvalidValueError,
    RoleRequiredError,
    StoreNotFoundError,
    UnprovenError,
)
from fingerpost.imports import import_bundle
from fingerpost.verifier import prove_offline


def log(store, text, name="data", size=None):
    with fingerpost.init(entity="team", project="p", store=store) as run:
        artifact = fingerpost.Artifact(name, "dataset")
        with artifact.new_file("a.txt") as file:
            file.write(text)
        if size:
            with artifact.new_file("large.bin", "wb") as file:
                file.write(os.urandom(size))
        return run.log_artifact(artifact, aliases=["best"])


@pytest.fixture
def store(tmp_path):
    with fingerpost.open_store(tmp_path / "origin") as store:
        log(store, "one", size=2 << 20)
        log(store, "two")
        api = fingerpost.Api(store)
        api.create_registry("Zoo", visibility="organization")
        artifact = api.artifact("team/p/data:v1")
        with fingerpost.init(entity="team", project="p", store=store) as run:
            run.link_artifact(artifact, "wandb-registry-Zoo/Animals", aliases=["production"])
        yield store


@pytest.fixture
def key(store):
    return fingerpost.SigningKey.generate(store.ledger.origin)


@pytest.fixture
def stick(tmp_path):
    return tmp_path / "stick"


def everything(store):
    """Return all events as they are stored, the whole tree, and all read tables."""
    events = store.store.events
    with events.queries.reading() as cursor:
        tables = {}
        cursor.execute("SELECT name FROM sqlite_master WHERE type='table'")
        for (name,) in [tuple(row) for row in cursor.fetchall()]:
            if name in {"snapshots", "events"} or name.startswith(("search_", "sqlite_")):
                continue
            cursor.execute(f"SELECT * FROM {name}")
            tables[name] = sorted(map(repr, map(tuple, cursor.fetchall())))
    return events.records(limit=10**6), events.tree_hashes_from(0, 10**6), tables


def files(store, path):
    folder = fingerpost.Api(store).artifact(path).download(root=f"out-{os.urandom(4).hex()}")
    return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


def test_what_comes_out_is_what_went_in(store, stick, key, tmp_path):
    done = store.export(stick, key=key)
    assert (done.first, done.last, done.versions) == (1, store.ledger.size, 2)
    imported = import_bundle(stick, tmp_path / "copy", keys=[key.public])
    assert (imported.added, imported.size, imported.versions) == (done.last, done.last, 2)
    with fingerpost.open_store(tmp_path / "copy", create=False) as copy:
        assert everything(copy) == everything(store)
        assert copy.verify().problems == ()
        for path in ("team/p/data:v0", "team/p/data:best", "wandb-registry-Zoo/Animals:production"):
            assert files(copy, path) == files(store, path)
        history = fingerpost.Api(copy).collection("team/p/data").alias_history()
        assert history == fingerpost.Api(store).collection("team/p/data").alias_history()


def test_a_deleted_collection_whose_content_was_collected_does_not_stop_an_export(
    store, stick, tmp_path
):
    log(store, "other", name="other")
    api = fingerpost.Api(store)
    api.collection("team/p/other").delete()
    assert api.gc(timedelta(0), dry_run=False).files > 0
    assert store.export(stick).versions == 2
    import_bundle(stick, tmp_path / "copy")
    with fingerpost.open_store(tmp_path / "copy", create=False) as copy:
        assert everything(copy) == everything(store)
        assert files(copy, "team/p/data:v0") == files(store, "team/p/data:v0")


def test_proofs_and_checkpoints_stay_what_they_are(store, stick, key, tmp_path):
    before = store.ledger.checkpoint(key)
    log(store, "three")
    store.export(stick, key=key)
    import_bundle(stick, tmp_path / "copy")
    with fingerpost.open_store(tmp_path / "copy") as copy:
        assert copy.ledger.origin == store.ledger.origin
        assert copy.ledger.verify([before], keys=[key.public]).is_ok
        proof = copy.ledger.prove(7, before)
        assert proof == store.ledger.prove(7, before)
        assert prove_offline(proof, [key.public], kept=before)


def test_a_second_time_nothing_comes_in(store, stick, tmp_path):
    store.export(stick)
    import_bundle(stick, tmp_path / "copy")
    with fingerpost.open_store(tmp_path / "copy") as copy:
        before = everything(copy)
    again = import_bundle(stick, tmp_path / "copy")
    assert (again.added, again.size) == (0, store.ledger.size)
    with fingerpost.open_store(tmp_path / "copy") as copy:
        assert everything(copy) == before


def test_a_copy_is_brought_up_to_date_by_what_is_new(store, stick, tmp_path):
    store.export(stick)
    import_bundle(stick, tmp_path / "copy")
    size = store.ledger.size
    log(store, "three")
    fingerpost.Api(store).artifact("team/p/data:v0").delete()
    store.export(tmp_path / "more", after=size)
    assert {path.name for path in (tmp_path / "more" / "ledger").iterdir()} == {
        f"{size + 1:010}-{store.ledger.size:010}.jsonl.zst"
    }
    done = import_bundle(tmp_path / "more", tmp_path / "copy")
    assert done.added == store.ledger.size - size
    with fingerpost.open_store(tmp_path / "copy") as copy:
        assert everything(copy) == everything(store)
        assert files(copy, "team/p/data:v2") == {"a.txt": b"three"}


def test_a_bundle_can_be_written_on(store, stick, tmp_path):
    store.export(stick)
    log(store, "three")
    store.export(stick)
    import_bundle(stick, tmp_path / "copy")
    with fingerpost.open_store(tmp_path / "copy") as copy:
        assert everything(copy) == everything(store)


def test_what_begins_later_than_the_copy_ends_is_refused(store, tmp_path):
    store.export(tmp_path / "more", after=5)
    with pytest.raises(InvalidBundleError, match="begins at event 6, and the store has 0"):
        import_bundle(tmp_path / "more", tmp_path / "copy")
    with pytest.raises(InvalidValueError, match="size of the ledger"):
        store.export(tmp_path / "beyond", after=10**6)


def test_a_bundle_of_events_alone_brings_the_history(store, stick, tmp_path):
    store.export(stick, files=False)
    assert not import_bundle(stick, tmp_path / "copy").has_files
    with fingerpost.open_store(tmp_path / "copy") as copy:
        assert everything(copy) == everything(store)
        entries = fingerpost.Api(copy).artifact("team/p/data:v0").manifest.entries
        assert sorted(entries) == ["a.txt", "large.bin"]
        with pytest.raises(fingerpost.errors.ContentNotFoundError):
            files(copy, "team/p/data:v0")
    # The files may come later.
    store.export(stick)
    assert import_bundle(stick, tmp_path / "copy").added == 0
    with fingerpost.open_store(tmp_path / "copy") as copy:
        assert files(copy, "team/p/data:v0") == files(store, "team/p/data:v0")


def test_a_store_is_carried_from_one_kind_of_ledger_to_another(place, store, stick, tmp_path):
    """On SQLite it comes out of SQLite; on PostgreSQL it goes there, and comes back."""
    store.export(stick)
    content = tmp_path / "contents" / "carried"
    import_bundle(stick, place, content=content)
    with fingerpost.open_store(place, create=False) as there:
        assert there.store.events.records(limit=10**6) == store.store.events.records(limit=10**6)
        assert list(there.store.events.differing_tables()) == []
        assert there.ledger.verify().is_ok
        assert files(there, "team/p/data:v0") == files(store, "team/p/data:v0")
        there.export(tmp_path / "back")
    import_bundle(tmp_path / "back", tmp_path / "home again")
    with fingerpost.open_store(tmp_path / "home again", create=False) as back:
        assert everything(back) == everything(store)


def test_a_store_in_memory_is_carried_too(stick, tmp_path):
    with fingerpost.open_store("memory://") as store:
        log(store, "one")
        store.export(stick)
        import_bundle(stick, tmp_path / "copy")
        with fingerpost.open_store(tmp_path / "copy") as copy:
            assert files(copy, "team/p/data:v0") == {"a.txt": b"one"}
            assert copy.store.events.records() == store.store.events.records()


def test_a_bundle_from_somebody_else_is_refused(store, stick, key, tmp_path):
    store.export(stick, key=key)
    other = fingerpost.SigningKey.generate(store.ledger.origin)
    with pytest.raises(UnprovenError, match="is not signed by"):
        import_bundle(stick, tmp_path / "copy", keys=[other.public])
    store.export(stick)
    with pytest.raises(UnprovenError, match="has no checkpoint"):
        import_bundle(stick, tmp_path / "copy", keys=[key.public])
    with pytest.raises(StoreNotFoundError):
        fingerpost.open_store(tmp_path / "copy", create=False)


def test_a_store_of_its_own_takes_no_bundle_of_another(store, stick, tmp_path):
    store.export(stick)
    with fingerpost.open_store(tmp_path / "other") as other:
        log(other, "mine")
        before = everything(other)
        with pytest.raises(InvalidBundleError, match="has its own"):
            import_bundle(stick, other)
        assert everything(other) == before


def test_a_copy_that_went_on_by_itself_is_told_where(store, stick, tmp_path):
    store.export(stick)
    import_bundle(stick, tmp_path / "copy")
    size = store.ledger.size
    fingerpost.Api(tmp_path / "copy").collection("team/p/data").set_alias("mine", "v0")
    log(store, "three")
    store.export(stick)
    with pytest.raises(InvalidBundleError, match=f"went on by itself after event {size}"):
        import_bundle(stick, tmp_path / "copy")


def test_who_does_not_administer_the_copy_adds_nothing_to_it(store, stick, tmp_path):
    store.export(stick)
    import_bundle(stick, tmp_path / "copy")
    log(store, "three")
    store.export(stick)
    with pytest.raises(RoleRequiredError):
        import_bundle(stick, tmp_path / "copy", actor="mallory")


def test_an_export_does_not_write_into_a_folder_of_something_else(store, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(InvalidBundleError, match="there is something else"):
        store.export(tmp_path / "home")
    with fingerpost.open_store(tmp_path / "other") as other:
        other.export(tmp_path / "theirs")
    with pytest.raises(InvalidBundleError, match="of another ledger"):
        store.export(tmp_path / "theirs")


# -- bundles that somebody changed -------------------------------------------------------------


def pages(stick):
    header = json.loads((stick / "bundle.json").read_text())
    return [stick / page["name"] for page in header["pages"]]


def rewrite(stick, change, *, thorough=False):
    """Change the events of a bundle, and make the sums of the files fit again, or of events too."""
    (page,) = pages(stick)
    lines = zstandard.decompress(page.read_bytes(), max_output_size=1 << 26).splitlines()
    changed = [json.loads(line) for line in lines]
    change(changed)
    if thorough:
        for each in changed:
            each["leaf"] = base64.b64encode(leaf(each)).decode()
    data = zstandard.compress(b"".join(json.dumps(each).encode() + b"\n" for each in changed))
    page.write_bytes(data)
    header = json.loads((stick / "bundle.json").read_text())
    header["pages"][0]["sha256"] = hashlib.sha256(data).hexdigest()
    (stick / "bundle.json").write_text(json.dumps(header))


def leaf(event):
    place = ["fingerpost/event/v1"]
    place += [event[key] for key in ("position", "stream", "version", "kind")]
    line = json.dumps(place, separators=(",", ":")).encode()
    return hashlib.sha256(b"\0" + line + b"\n" + base64.b64decode(event["state"])).digest()


def state(event):
    return json.loads(base64.b64decode(event["state"]))


def with_state(event, **changes):
    data = json.dumps({**state(event), **changes}).encode()
    return {**event, "state": base64.b64encode(data).decode()}


def first_move(events):
    return next(at for at, each in enumerate(events) if each["kind"] == "collection.alias_moved")


def flip_an_actor(events):
    events[6] = with_state(events[6], actor="mallory")


def spoil_an_event(events):
    events[6] = with_state(events[6], surprise=1)


def unknown_kind(events):
    events[6]["kind"] = "collection.eaten"


def forge_a_move(events):
    at = first_move(events)
    events[at] = with_state(events[at], from_version=7)


def drop_one(events):
    del events[6]


def swap_two(events):
    events[6]["position"], events[7]["position"] = 8, 7
    events[6], events[7] = events[7], events[6]


def repeat_one(events):
    events.insert(7, events[6])


def wrong_version(events):
    events[6]["version"] += 1


def no_number(events):
    events[6]["position"] = "7"


def no_base64(events):
    events[6]["state"] = "%"


CHANGES = [
    flip_an_actor,
    spoil_an_event,
    unknown_kind,
    drop_one,
    swap_two,
    repeat_one,
    wrong_version,
    no_number,
    no_base64,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_a_changed_bundle_is_refused_and_the_event_named(store, stick, tmp_path, change):
    store.export(stick)
    rewrite(stick, change)
    with pytest.raises(InvalidBundleError, match=r"event [78] (is|cannot)"):
        import_bundle(stick, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (flip_an_actor, "do not have the root"),
        (spoil_an_event, "event 7 cannot be read"),
        (unknown_kind, "event 7 cannot be read"),
        (forge_a_move, r"event \d+ .*takes 'latest' from v7, and nothing held it"),
        (swap_two, "do not have the root"),
        (wrong_version, "event 7 is number"),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_one_whose_sums_all_fit_is_refused_too(store, stick, tmp_path, change, words):
    store.export(stick)
    rewrite(stick, change, thorough=True)
    with pytest.raises(InvalidBundleError, match=words):
        import_bundle(stick, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_cut_or_flipped_file_is_refused(store, stick, tmp_path):
    store.export(stick)
    (page,) = pages(stick)
    data = page.read_bytes()
    for damaged in (data[:-1], b"", data[:100] + bytes([data[100] ^ 1]) + data[101:]):
        page.write_bytes(damaged)
        with pytest.raises(InvalidBundleError, match=r"events 1 to \d+ .*changed, or is cut"):
            import_bundle(stick, tmp_path / "copy")
    page.unlink()
    with pytest.raises(InvalidBundleError, match="No such file"):
        import_bundle(stick, tmp_path / "copy")


@pytest.mark.parametrize("kind", ["packs", "blobs"])
def test_damaged_content_is_refused_and_the_event_of_the_version_named(
    store, stick, tmp_path, kind
):
    store.export(stick)
    path = max((stick / "content" / kind).rglob("*.*" if kind == "packs" else "*-*"))
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    with pytest.raises(InvalidBundleError, match=r"the content of event \d+ is not whole"):
        import_bundle(stick, tmp_path / "copy")
    with pytest.raises(StoreNotFoundError):
        fingerpost.open_store(tmp_path / "copy", create=False)


def test_a_checkpoint_of_another_moment_is_refused(store, stick, key, tmp_path):
    store.export(stick, key=key)
    log(store, "three")
    (stick / "checkpoint").write_text(store.ledger.checkpoint(key))
    with pytest.raises(InvalidBundleError, match="its checkpoint is of another"):
        import_bundle(stick, tmp_path / "copy")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (None, "it is no bundle, or its export was not finished"),
        ("", "is damaged"),
        ("[]", "is damaged"),
        ("[" * 100_000, "is damaged"),
        ({"format": 2}, "upgrade Fingerpost"),
        ({"pages": []}, "event 1 is missing"),
        ({"first": -1}, "is damaged"),
        ({"root": "%"}, "is damaged"),
        ({"pages": [{"name": "../../etc/passwd", "first": 1, "last": 9, "sha256": ""}]}, "damaged"),
        ({"origin": "fingerpost.ledger/00"}, "is not the beginning of"),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(store, stick, tmp_path, header, words):
    store.export(stick)
    path = stick / "bundle.json"
    if header is None:
        path.unlink()
    elif isinstance(header, dict):
        path.write_text(json.dumps({**json.loads(path.read_text()), **header}))
    else:
        path.write_text(header)
    with pytest.raises(InvalidBundleError, match=words):
        import_bundle(stick, tmp_path / "copy")


def test_a_few_bytes_that_stand_for_gigabytes_are_refused(store, stick, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_module, "_MOST_LINE_BYTES", 8 << 20)
    store.export(stick)
    (page,) = pages(stick)
    data = zstandard.compress(bytes(64 << 20))
    assert len(data) < 1 << 14
    page.write_bytes(data)
    header = json.loads((stick / "bundle.json").read_text())
    header["pages"][0]["sha256"] = hashlib.sha256(data).hexdigest()
    (stick / "bundle.json").write_text(json.dumps(header))
    with pytest.raises(InvalidBundleError, match="an event of more than 8,388,608 bytes"):
        import_bundle(stick, tmp_path / "copy")


def test_no_more_events_are_held_than_a_few_whatever_a_file_holds(
    store, stick, tmp_path, monkeypatch
):
    store.export(stick)
    held = []
    check = checking_module.BundleCheck._check_known

    def checked(self, records):
        held.append(len(records))
        check(self, records)

    monkeypatch.setattr(checking_module, "_PAGE", 3)
    monkeypatch.setattr(checking_module.BundleCheck, "_check_known", checked)
    import_bundle(stick, tmp_path / "copy")
    assert max(held) == 3
    assert sum(held) == json.loads((stick / "bundle.json").read_text())["last"]


# -- interruptions ---------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
import fingerpost.adapters.content.writer as writer
from fingerpost.adapters.event_store.sqlite import SQLiteEventStore
from fingerpost.imports import import_bundle
import fingerpost

what, where, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
calls = 0

def dies(function):
    def wrapped(*args, **kwargs):
        global calls
        calls += 1
        if calls > number:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return wrapped

writer.FsspecContentWriter.commit = dies(writer.FsspecContentWriter.commit)
SQLiteEventStore._insert_all = dies(SQLiteEventStore._insert_all)
if what == "export":
    with fingerpost.open_store(os.environ["STORE"]) as store:
        store.export(where)
else:
    import_bundle(os.environ["STICK"], where)
"""


@pytest.mark.parametrize("what", ["export", "import"])
def test_what_was_killed_goes_on_the_next_time(store, stick, tmp_path, what):
    if what == "import":
        store.export(stick)
    target = stick if what == "export" else tmp_path / "copy"
    environment = {**os.environ, "STORE": store.location, "STICK": str(stick)}
    for number in range(20):
        command = [sys.executable, "-c", KILLED, what, str(target), str(number)]
        ran = subprocess.run(command, env=environment, check=False)
        if ran.returncode == 0:
            break
        assert ran.returncode == -signal.SIGKILL
        if what == "import":
            with pytest.raises(StoreNotFoundError):
                fingerpost.open_store(target, create=False)
        else:
            with pytest.raises(InvalidBundleError, match="was not finished"):
                import_bundle(stick, tmp_path / "copy")
    assert number >= 3
    if what == "export":
        import_bundle(stick, tmp_path / "copy")
    with fingerpost.open_store(tmp_path / "copy", create=False) as copy:
        assert everything(copy) == everything(store)
        assert copy.verify().problems == ()


def test_nothing_is_left_behind_in_the_bundle_but_its_own_files(store, stick, tmp_path):
    store.export(stick)
    names = {path.relative_to(stick).parts[0] for path in stick.rglob("*") if path.is_file()}
    assert names == {"bundle.json", "ledger", "content"}
    before = {path: path.stat().st_mtime_ns for path in stick.rglob("*") if path.is_file()}
    for path in stick.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    import_bundle(stick, tmp_path / "copy")
    assert {path: path.stat().st_mtime_ns for path in stick.rglob("*") if path.is_file()} == before
    for path in stick.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(stick)


def test_a_ledger_with_a_hole_is_not_exported(store, stick):
    with closing(sqlite3.connect(Path(store.location, "ledger.sqlite"))) as database, database:
        database.execute("DELETE FROM events WHERE rowid=5")
    with pytest.raises(fingerpost.errors.CorruptLedgerError):
        store.export(stick)
    assert not (stick / "bundle.json").exists()
