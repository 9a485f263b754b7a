"""A process that collects garbage is killed; nothing live is lost, and the next one finishes."""

import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem

import fingerpost
from fingerpost.adapters.content import FsspecContentStore
from fingerpost.domain.manifest.digest import Digest

ROUNDS = int(os.environ.get("FINGERPOST_CRASH_ROUNDS", "5"))

FAILPOINTS = (
    "before_removal",
    "while_taking",
    "after_taking",
    "before_deletion",
    "before_fsync",
    "after_fsync",
    "before_rename",
    "after_rename",
    "after_repack",
)

KILLED_SWEEPER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from fsspec.implementations.local import LocalFileSystem
from fingerpost.adapters.content import FsspecContentStore
from fingerpost.domain.manifest.digest import Digest

root, failpoint, nth = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
seen = []
def kill(name):
    seen.extend([name] * (name == failpoint))
    if len(seen) == nth:
        os.kill(os.getpid(), signal.SIGKILL)
store = FsspecContentStore(
    LocalFileSystem(), str(root), root / "catalog.sqlite3", failpoint=kill, pack_bytes=5000
)
with store.sweep(dry_run=False) as sweep:
    sweep.keep(map(Digest, sys.stdin.read().split()))
    sweep.assess(datetime.now(UTC))
    sweep.remove(lambda: None)
"""


def sha256(data):
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())


def opened(root):
    store = FsspecContentStore(
        LocalFileSystem(), str(root), root / "catalog.sqlite3", pack_bytes=5000
    )
    return closing(store)


def blobs(numbers):
    return [b"%d " % number * 400 for number in numbers] + [
        b"%d " % number * 600_000 for number in numbers[:2]
    ]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_anywhere_it_loses_nothing_and_the_next_one_finishes(tmp_path, failpoint, nth):
    if (failpoint, nth) == ("before_removal", 2):
        nth = 1  # it is passed once
    root = tmp_path / "store"
    live = []
    with opened(root) as store:
        for start in range(0, 80, 10):
            numbers = range(start, start + 10)
            with store.writer() as writer:
                for data in blobs(numbers):
                    writer.add_stream(io.BytesIO(data), algorithm="sha256")
                writer.commit()
            # Every second pack is all garbage, the others all but two blobs.
            if start % 20:
                live += [*blobs(numbers)[3:5], blobs(numbers)[-1]]
    kept = {sha256(data) for data in live}
    command = [sys.executable, "-c", KILLED_SWEEPER, str(root), failpoint, str(nth)]
    killed = subprocess.run(command, input="\n".join(kept), text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    with opened(root) as store:
        assert [store.read(sha256(data)) for data in live] == live
        assert list(store.check()) == []
        for is_first in (True, False):
            with store.sweep(dry_run=False) as sweep:
                sweep.keep(kept)
                sweep.assess(datetime.now(UTC))
                sweep.remove(lambda: None)
                assert bool(sweep.tally().files) <= is_first
        assert set(store.digests()) == kept
        assert [store.read(sha256(data)) for data in live] == live
        sizes = [path.stat().st_size for path in root.glob("packs/*/*.pack")]
    # Each blob is there once: 8 of some 1,200 bytes.
    small = sum(len(data) for data in live if len(data) < 5000)
    assert sum(sizes) == small + 58 * 8 + 72 * len(sizes)


COLLECTOR = """
import sys
from datetime import timedelta
import fingerpost

store, first = sys.argv[1], int(sys.argv[2])
api = fingerpost.Api(store, "alice")
with fingerpost.init(entity="team", project="crash", store=store, actor="alice") as run:
    for number in range(first, first + 10_000):
        artifact = fingerpost.Artifact("model", "model")
        for small in range(6):
            with artifact.new_file(f"{small}.txt") as file:
                file.write(f"content {small if small == 3 else number}" * 20)
        with artifact.new_file("large.bin", mode="wb") as file:
            file.write((number % 3).to_bytes(4, "big") * (300 << 10))
        run.log_artifact(artifact)
        if number % 3:
            artifact.delete(delete_aliases=True)
        api.gc(timedelta(0), dry_run=False)
        print(number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_a_store_is_whole_whenever_its_collector_is_killed(tmp_path: Path) -> None:
    store = tmp_path / "store"
    seed = random.Random(4)
    for number in range(ROUNDS):
        command = [sys.executable, "-c", COLLECTOR, str(store), str(number * 10_000)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(seed.uniform(0, 0.2))
            process.send_signal(signal.SIGKILL)
        with fingerpost.open_store(store, actor="alice") as opened_store:
            assert opened_store.verify().problems == ()
            api = fingerpost.Api(opened_store, "alice")
            api.gc(timedelta(0), dry_run=False)
            assert api.gc(timedelta(0), dry_run=False).is_empty
            assert opened_store.verify().problems == ()
            last = next(iter(api.collection("team/crash/model").versions()))
            last.verify(last.download(tmp_path / f"out-{number}"))
