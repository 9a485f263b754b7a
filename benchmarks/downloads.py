"""Downloading large and small files, beside copying them, on one thread and as it is by default."""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fingerpost import Artifact, init

SHAPES = {"5,000 files of 4 KiB": (5_000, 4 << 10), "4 files of 128 MiB": (4, 128 << 20)}
ROUNDS = 5


def main() -> None:
    for title, (count, size_bytes) in SHAPES.items():
        with tempfile.TemporaryDirectory() as name:
            report(title, measure(Path(name), count, size_bytes))


def measure(folder: Path, count: int, size_bytes: int) -> dict[str, float]:
    """Return seconds of each subject: the median over rounds, all taking turns in each."""
    data, out = make(folder / "data", count, size_bytes), folder / "out"
    artifact = log(folder, data)
    subjects: dict[str, Callable[[], object]] = {
        "cp -r": lambda: shutil.copytree(data, out),
        "download, one thread": lambda: artifact.download(out, multipart=False),
        "download": lambda: artifact.download(out),
    }
    seen: dict[str, list[float]] = {}
    for _ in range(ROUNDS + 1):
        for subject, action in subjects.items():
            os.sync()
            seen.setdefault(subject, []).append(timed(action))
            synced = seen.setdefault(f"{subject}, and sync", [])
            synced.append(seen[subject][-1] + timed(os.sync))
            if subject == "download":
                again = seen.setdefault("download again", [])
                again.append(timed(lambda: artifact.download(out)))
            shutil.rmtree(out)
    return {subject: statistics.median(times[1:]) for subject, times in seen.items()}


def report(title: str, seconds: dict[str, float]) -> None:
    print(f"{title}, all in the page cache; medians of {ROUNDS} rounds")
    for subject, taken in seconds.items():
        baseline = "cp -r, and sync" if subject.endswith("sync") else "cp -r"
        print(f"  {subject:<32}{taken:7.3f} s {taken / seconds[baseline]:8.2f} x {baseline}")


def make(folder: Path, count: int, size_bytes: int) -> Path:
    for number in range(count):
        path = folder / f"{number // 100:03d}" / f"{number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(size_bytes))
    return folder


def log(folder: Path, data: Path) -> Artifact:
    with init(entity="team", project="bench", store=folder / "store", actor="bench") as run:
        artifact = Artifact("files", "dataset")
        artifact.add_dir(data)
        return run.log_artifact(artifact)


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
