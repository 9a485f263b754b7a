"""Processes that log and delete while another one collects garbage without any grace period."""

import multiprocessing
import threading
import traceback
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest

import fingerpost
from fingerpost.adapters.content import FsspecContentStore
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.errors import StoreUnavailableError
from waiting import LIMIT_S

WRITERS = 3
VERSIONS = 30
NOW = timedelta(0)

# Forked children would inherit connections and locks that are in use.
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Let the children import this module."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2])


def told(task, answers, *arguments):
    try:
        answers.put(task(*arguments))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is told
        answers.put("".join(traceback.format_exception(error)))


def write(folder, writer, started, versions):
    """Delete a version and at once log what it held again, with something new."""
    started.wait()
    with (
        fingerpost.open_store(folder, create=False) as store,
        fingerpost.init("team", "p", store=store, actor=f"writer {writer}") as run,
    ):
        last = None
        for turn in range(versions):
            artifact = fingerpost.Artifact(f"data-{writer}", "dataset")
            for number in range(3):
                with artifact.new_file(f"{number}.bin", "wb") as file:
                    file.write(b"%d of %d" % (number, writer) * (100 if number else 300 << 10))
            # What is new takes a while to be stored; meanwhile the rest must not be collected.
            with artifact.new_file("new.bin", "wb") as file:
                file.write(b"%d of %d " % (turn, writer) * (300 << 10))
            if last is not None:
                last.delete(delete_aliases=True)
            run.log_artifact(artifact)
            last = artifact
    return "done"


def collect(folder, started, stop):
    removed = 0
    started.wait()
    with fingerpost.Api(folder, "alice") as api:
        while not stop.is_set():
            removed += api.gc(NOW, dry_run=False).files
    return removed


def test_what_is_logged_beside_a_collection_is_whole(tmp_path):
    folder = str(tmp_path / "store")
    with fingerpost.open_store(folder, actor="alice") as store:
        fingerpost.init("team", "p", store=store, actor="alice").finish()
    answers, stop = SPAWN.Queue(), SPAWN.Event()
    collected = SPAWN.Queue()
    started = SPAWN.Barrier(WRITERS + 1)
    writers = [
        SPAWN.Process(target=told, args=(write, answers, folder, number, started, VERSIONS))
        for number in range(WRITERS)
    ]
    collector = SPAWN.Process(target=told, args=(collect, collected, folder, started, stop))
    for process in (*writers, collector):
        process.start()
    try:
        assert [answers.get(timeout=LIMIT_S) for _ in writers] == ["done"] * WRITERS
    finally:
        stop.set()
        removed = collected.get(timeout=LIMIT_S)
        for process in (*writers, collector):
            process.join(timeout=LIMIT_S)
            process.close()
    # Or else the race was none.
    assert isinstance(removed, int), removed
    assert removed > VERSIONS
    with fingerpost.open_store(folder, create=False) as store:
        report = store.verify()
        assert report.problems == ()
        assert report.checked["versions"] >= WRITERS
        api = fingerpost.Api(store, "alice")
        api.gc(NOW, dry_run=False)
        assert store.verify().problems == ()
        for number in range(WRITERS):
            for version in api.collection(f"team/p/data-{number}").versions():
                version.verify(version.download(tmp_path / f"{number}-{version.version}"))


@pytest.mark.parametrize("is_held", [True, False])
def test_it_is_the_hold_that_keeps_what_is_being_logged(tmp_path, monkeypatch, is_held):
    """The unlucky order, by hand: found to be there, collected, then named."""
    store = fingerpost.open_store(tmp_path / "store", actor="alice")
    api = fingerpost.Api(store, "alice")

    def log():
        with fingerpost.init("team", "p", store=store, actor="alice") as run:
            artifact = fingerpost.Artifact("data", "dataset")
            with artifact.new_file("x.bin", "wb") as file:
                file.write(b"x" * (2 << 20))
            return run.log_artifact(artifact)

    log().delete(delete_aliases=True)
    content = store.store.content
    content._holds._timeout_s = 0.2
    missing, is_first = content.missing, threading.Lock()
    refused = []

    def collected_at_once(digests):
        found = missing(digests)
        if is_first.acquire(blocking=False):
            try:
                api.gc(NOW, dry_run=False)
            except StoreUnavailableError as error:
                refused.append(error)
        return found

    if not is_held:
        monkeypatch.setattr(FsspecContentStore, "hold", lambda _: nullcontext())
    monkeypatch.setattr(content, "missing", collected_at_once)
    log()
    monkeypatch.setattr(content, "missing", missing)
    problems = [problem.problem for problem in store.verify().problems]
    assert (len(refused), problems) == (
        (1, []) if is_held else (0, ["its manifest is not in the store"])
    )
    assert (content.missing([hash_bytes(b"x" * (2 << 20))]) == set()) == is_held
    store.close()
