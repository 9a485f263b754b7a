"""Logging a folder of small files, new and unchanged, beside copying and walking it."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fingerpost import Artifact, Run, init

FILES = 5_000
FILE_BYTES = 4_096
SETTLE_S = 2.5
"""The stat cache does not trust files that were written within the last two seconds."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = make(folder / "data")
        time.sleep(SETTLE_S)
        run = init(entity="team", project="bench", store=folder / "store", actor="bench")
        raw_copy = timed(lambda: copy(data, folder / "copy"))
        first = timed(lambda: log(run, data))
        raw_walk = timed(lambda: walk(data))
        again = timed(lambda: log(run, data))
        run.finish()
    print(f"{FILES:,} files of {FILE_BYTES:,} bytes, each figure one run")
    print(
        f"  log a new folder      {first:7.3f} s {first / raw_copy:8.2f} x copying and syncing it"
    )
    print(f"  log it unchanged      {again:7.3f} s {again / raw_walk:8.2f} x walking it with stat")


def make(folder: Path) -> Path:
    for number in range(FILES):
        path = folder / f"{number // 100:03d}" / f"{number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(FILE_BYTES))
    return folder


def log(run: Run, data: Path) -> None:
    artifact = Artifact("images", "dataset")
    artifact.add_dir(data)
    run.log_artifact(artifact)


def copy(data: Path, target: Path) -> None:
    shutil.copytree(data, target)
    os.sync()


def walk(data: Path) -> None:
    for parent, _, names in os.walk(data):
        for name in names:
            Path(parent, name).stat()


def timed(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
