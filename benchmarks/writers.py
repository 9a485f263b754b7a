"""Eight processes that move aliases at once, each of a collection of its own, every move durable.

In turn: writers that queue, writers that poll as SQLite does by itself, and raw sqlite3 that polls
(one row updated, one inserted; WAL, ``synchronous=FULL``). What a writer waits for the others is in
its time; starting the processes is not.
"""

import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.queues import Queue as SpawnQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from fingerpost import Api, Artifact, init, open_store
from fingerpost.adapters.event_store import connections

PROCESSES = 8
SECONDS = 4.0
ACTOR = "bench"

Took = list[float]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        print(f"{PROCESSES} processes, {SECONDS:.0f} s each; milliseconds")
        print(f"  {'':<22}{'commits/s':>10}{'p50':>8}{'p99':>8}{'longest':>9}   by process")
        for name, writer in WRITERS.items():
            report(name, race(writer, folder))


def prepare(folder: str) -> None:
    """Make a store with a collection of two versions for each process, and a raw database."""
    with open_store(Path(folder, "store"), actor=ACTOR) as store:
        for number in range(PROCESSES):
            with init("team", f"p{number}", store=store, actor=ACTOR) as run:
                for content in "ab":
                    artifact = Artifact("model", "model")
                    with artifact.new_file("weights") as file:
                        file.write(content)
                    run.log_artifact(artifact, aliases=["best"])
    raw = connected(folder)
    raw.executescript(
        "CREATE TABLE aliases (process INTEGER PRIMARY KEY, idx INTEGER);"
        "CREATE TABLE history (position INTEGER PRIMARY KEY, process INTEGER, idx INTEGER);"
    )
    raw.executemany("INSERT INTO aliases VALUES (?,0)", [(n,) for n in range(PROCESSES)])


def connected(folder: str) -> sqlite3.Connection:
    raw = sqlite3.connect(Path(folder, "raw.sqlite"), isolation_level=None, timeout=60)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    return raw


def queueing(folder: str, process: int) -> Iterator[None]:
    api = Api(Path(folder, "store"), ACTOR)
    collection = api.collection(f"team/p{process}/model")
    number = 0
    while True:
        number += 1
        collection.set_alias("best", f"v{number % 2}")
        yield


def polling(folder: str, process: int) -> Iterator[None]:
    connections.WriterQueue = NoQueue  # type: ignore[misc,assignment]
    yield from queueing(folder, process)


class NoQueue:
    """Lets everybody in."""

    def __init__(self, path: Path) -> None:
        del path

    @contextmanager
    def turn(self, timeout_s: float) -> Iterator[None]:
        del timeout_s
        yield


def raw_polling(folder: str, process: int) -> Iterator[None]:
    raw, number = connected(folder), 0
    while True:
        number += 1
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("UPDATE aliases SET idx=? WHERE process=?", (number % 2, process))
        raw.execute("INSERT INTO history (process, idx) VALUES (?,?)", (process, number % 2))
        raw.execute("COMMIT")
        yield


WRITERS: dict[str, Callable[[str, int], Iterator[None]]] = {
    "fingerpost, queueing": queueing,
    "fingerpost, polling": polling,
    "sqlite3, polling": raw_polling,
}


def race(writer: Callable[[str, int], Iterator[None]], folder: str) -> list[Took]:
    """Return how long each commit of each process took, in seconds."""
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(PROCESSES), spawn.Queue()
    processes = [
        spawn.Process(target=write, args=(writer, folder, number, start, answers))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    took = [answers.get(timeout=300) for _ in processes]
    for process in processes:
        process.join()
    return took


def write(
    writer: Callable[[str, int], Iterator[None]],
    folder: str,
    number: int,
    start: Barrier,
    answers: "SpawnQueue[Took]",
) -> None:
    commits, took = writer(folder, number), []
    next(commits)
    start.wait()
    deadline = before = time.perf_counter()
    deadline += SECONDS
    while before < deadline:
        next(commits)
        after = time.perf_counter()
        took.append(after - before)
        before = after
    answers.put(took)


def report(name: str, took: list[Took]) -> None:
    every = sorted(each for one in took for each in one)
    p50, p99 = every[len(every) // 2], every[len(every) * 99 // 100]
    shares = sorted(map(len, took))
    print(
        f"  {name:<22}{len(every) / SECONDS:>10,.0f}{p50 * 1000:>8.1f}{p99 * 1000:>8.1f}"
        f"{every[-1] * 1000:>9.0f}   {shares[0]:,} to {shares[-1]:,}",
        flush=True,
    )
