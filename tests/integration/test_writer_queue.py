"""Processes that write to one ledger wait in a queue: in turn, not for ever, and only to write."""

import errno
import os
import platform
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

import fingerpost
from contestants import PROCESSES, Contestants, logged, team_store
from fingerpost.adapters.event_store import connections, writer_queue
from fingerpost.adapters.event_store.writer_queue import TurnTimeoutError, WriterQueue
from fingerpost.errors import StoreUnavailableError
from waiting import LIMIT_S

PATH = "wandb-registry-Model/0"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no flock")

HOLDER = """
    import os, signal, sys, time
    from pathlib import Path
    from fingerpost.adapters.event_store.writer_queue import WriterQueue

    with WriterQueue(Path(sys.argv[1])).turn(10):
        child = os.fork() if sys.argv[2] == "forks" else 0
        if child or sys.argv[2] != "forks":
            print(child, flush=True)
        sys.stdin.read()
"""


@contextmanager
def held(folder, how="holds"):
    """Have another process keep the turn; gives the process, and the child that it forked."""
    program = [sys.executable, "-c", textwrap.dedent(HOLDER)]
    arguments = [str(Path(folder, "ledger.sqlite")), how]
    # It ends with the pipe, which nobody writes to.
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([*program, *arguments], text=True, **pipes) as holder:
        child = int(holder.stdout.readline())
        try:
            yield holder
        finally:
            holder.kill()
            if child:
                os.kill(child, signal.SIGKILL)


@pytest.fixture
def collection(tmp_path):
    with team_store(tmp_path / "store", 1) as store:
        yield fingerpost.Api(store, "alice").collection(PATH)


def test_who_waits_too_long_is_told_and_has_changed_nothing(collection, tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "LOCK_TIMEOUT_S", 0.3)
    with held(tmp_path / "store"):
        with pytest.raises(StoreUnavailableError, match="Another process has been writing"):
            collection.set_alias("best", "v0")
        assert "best" not in collection.aliases
    collection.set_alias("best", "v1")
    assert collection.aliases["best"] == "v1"


def test_readers_do_not_wait(collection, tmp_path, monkeypatch):
    # Who waited would be told so.
    monkeypatch.setattr(connections, "LOCK_TIMEOUT_S", 0.3)
    with held(tmp_path / "store"):
        assert collection.aliases == {"latest": "v1"}
        assert [each.version for each in collection.versions()] == ["v1", "v0"]
        with fingerpost.Api(tmp_path / "store", "alice") as api:
            assert api.artifact(f"{PATH}:latest").version == "v1"


@pytest.mark.parametrize("how", ["holds", "forks"])
def test_who_is_killed_gives_its_turn_back(collection, tmp_path, how):
    with held(tmp_path / "store", how) as holder:
        holder.kill()
        collection.set_alias("best", "v1")
    assert collection.aliases["best"] == "v1"


def test_a_ctrl_c_ends_the_waiting_and_keeps_nobody_waiting_later(collection, tmp_path):
    with held(tmp_path / "store"):
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            collection.set_alias("best", "v0")
    # The thread that still waits gets the turn now, and gives it back.
    queue = WriterQueue(tmp_path / "store" / "ledger.sqlite")
    with queue.turn(10):
        pass
    collection.set_alias("best", "v1")
    assert collection.aliases["best"] == "v1"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_where_there_are_no_locks_writers_do_without(collection, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writer_queue.fcntl, "flock", refuse)
    collection.set_alias("best", "v1")
    assert collection.aliases["best"] == "v1"


def test_where_the_folder_is_gone_nobody_waits(tmp_path):
    with WriterQueue(tmp_path / "gone" / "ledger.sqlite").turn(1):
        pass


def test_a_turn_is_one_at_a_time_and_comes_to_everybody(tmp_path):
    queue, inside, seen = WriterQueue(tmp_path / "ledger.sqlite"), [], []

    def take(number):
        for _ in range(20):
            with queue.turn(LIMIT_S):
                inside.append(number)
                seen.append(len(inside))
                time.sleep(0.0005)
                inside.remove(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 160


def test_a_turn_that_does_not_come_is_not_waited_for(tmp_path):
    queue = WriterQueue(tmp_path / "ledger.sqlite")
    with queue.turn(1), pytest.raises(TurnTimeoutError), queue.turn(0.05):
        pytest.fail("two at once")
    with queue.turn(1):
        pass


@pytest.mark.skipif(platform.system() != "Linux", reason="counts in /proc")
def test_no_file_stays_open_after_a_turn(tmp_path):
    queue = WriterQueue(tmp_path / "ledger.sqlite")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        with queue.turn(1):
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


# -- nobody starves


def write(wait, folder, writer, seconds):
    with fingerpost.open_store(folder, create=False) as store:
        with fingerpost.init("team", f"p{writer}", store=store, actor="alice") as run:
            version = logged(run, "data", "same")
        collection = fingerpost.Api(store, "alice").collection(f"team/p{writer}/data")
        wait()
        deadline, done = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            collection.set_alias(f"a{done}", version)
            done += 1
    return done


def test_every_process_gets_its_share(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2])
    folder = str(tmp_path / "store")
    team_store(folder).close()
    shares = Contestants([(write, folder, number, 2) for number in range(PROCESSES)]).run()
    # Polling, the least was a hundredth of the most in some runs.
    assert min(shares) > max(shares) / 3
