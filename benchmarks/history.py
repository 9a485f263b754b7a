"""What an alias pointed at at a moment, and its history, at 100,000 moves, beside raw sqlite3.

The raw baseline is one SELECT by an index that fits it, on a table with the same rows. The moves
are written through the aggregate, on a clock that is set by hand, so that each has its moment.
"""

import random
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import evolve

from fingerpost import Api, OpenStore
from fingerpost.application.transactions.command_subjects import Subject
from fingerpost.application.transactions.transaction import Session, Transaction
from fingerpost.domain.aggregates.permissions import Authority, Role
from fingerpost.domain.collection import Collection as Head
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import Actor
from fingerpost.domain.versions.version import Version

from .aliases import ACTOR, prepare
from .rounds import per_second, table

SIZES = (100, 100_000)
BATCH = 500
OPERATIONS = 200
PAGES = 3
# After whatever the real clock says: no change counts from before one that came first.
BEGINNING = datetime(2100, 3, 3, tzinfo=UTC)
PATH = "team/bench/model"


class Clock:
    """Goes on by a second for each batch of moves, from the beginning."""

    now = BEGINNING

    def __call__(self) -> datetime:
        return self.now


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        stores = {size: _moved(Path(folder, str(size)), size, clock) for size in SIZES}
        raws = {size: _raw(Path(folder, f"{size}.sqlite"), size) for size in SIZES}
        clock.now = BEGINNING + timedelta(days=365)
        moments = _moments()
        _report(
            "what an alias pointed at at a moment (the look-up alone)",
            {size: _look_up(store, moments) for size, store in stores.items()},
            {size: _raw_look_up(raw, moments) for size, raw in raws.items()},
            OPERATIONS,
        )
        _report(
            "Api().artifact(path, at=moment)",
            {size: _artifact(store, moments) for size, store in stores.items()},
            {size: _raw_look_up(raw, moments) for size, raw in raws.items()},
            OPERATIONS,
        )
        many = SIZES[-1]
        rates = per_second(
            {"fingerpost": _history(stores[many]), "sqlite3": _raw_history(raws[many])},
            PAGES * many,
        )
        table(f"rows of the whole history of an alias, {many:,} moves", rates, "sqlite3")


def _report(
    title: str,
    ours: dict[int, Callable[[], None]],
    theirs: dict[int, Callable[[], None]],
    operations: int,
) -> None:
    subjects = {f"fingerpost, {size:,} moves": one for size, one in ours.items()}
    subjects |= {f"sqlite3, {size:,} moves": one for size, one in theirs.items()}
    rates = per_second(subjects, operations)
    table(title, rates, f"sqlite3, {SIZES[-1]:,} moves")
    few, many = (rates[f"fingerpost, {size:,} moves"] for size in SIZES)
    print(f"  at {SIZES[-1]:,} moves {many / few:.2f} of the rate at {SIZES[0]:,}")


def _moved(folder: Path, moves: int, clock: Clock) -> OpenStore:
    opened = prepare(folder, 2)
    clock.now = BEGINNING
    store = OpenStore(evolve(opened.store, clock=clock), opened.folder, opened.stat_cache)
    session = Session(store=store.store, actor=Actor(ACTOR))
    row = Api(store=store, actor=ACTOR)._workspace.collection(PATH)  # noqa: SLF001
    versions = [
        found.as_domain()
        for found in sorted(session.queries.versions(row.id), key=lambda found: found.index)
    ]

    def move(transaction: Transaction, first: int) -> None:
        for number in range(first, min(first + BATCH, moves)):
            head = transaction.load(Head, row.id)
            authority = Authority(by=transaction.by, role=Role.ADMIN, scope="the benchmark")
            to: Version = versions[number % 2]
            transaction.record(head.move_alias(Alias("moving"), to, authority))

    for first in range(0, moves, BATCH):
        clock.now = BEGINNING + timedelta(seconds=first // BATCH)
        session.transact(
            lambda transaction, first=first: move(transaction, first), subject=Subject.ALIASES
        )
    return store


def _moments() -> list[datetime]:
    chosen = random.Random(7)
    return [
        BEGINNING + timedelta(seconds=chosen.uniform(0, SIZES[-1] / BATCH))
        for _ in range(OPERATIONS)
    ]


def _look_up(store: OpenStore, moments: list[datetime]) -> Callable[[], None]:
    api = Api(store=store, actor=ACTOR)
    collection_id = api._workspace.collection(PATH).id  # noqa: SLF001
    queries = store.store.queries
    return lambda: (
        [queries.alias_changes_at(collection_id, at, "moving") for at in moments] and None
    )


def _artifact(store: OpenStore, moments: list[datetime]) -> Callable[[], None]:
    api = Api(store=store, actor=ACTOR)
    return lambda: [api.artifact(f"{PATH}:moving", at=at) for at in moments] and None


def _history(store: OpenStore) -> Callable[[], None]:
    collection = Api(store=store, actor=ACTOR).collection(PATH)
    return lambda: [collection.alias_history("moving") for _ in range(PAGES)] and None


def _raw(path: Path, moves: int) -> sqlite3.Connection:
    """Make a database with the history of one alias, and an index by its moments."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE history (position INTEGER PRIMARY KEY, alias TEXT, from_idx INTEGER, "
        "to_idx INTEGER, actor TEXT, at INTEGER);"
        "CREATE INDEX by_moment ON history (alias, at, position);"
    )
    rows = (
        (number, "moving", (number + 1) % 2, number % 2, ACTOR, _micros(number))
        for number in range(moves)
    )
    connection.executemany("INSERT INTO history VALUES (?,?,?,?,?,?)", rows)
    connection.commit()
    return connection


def _micros(number: int) -> int:
    return int(BEGINNING.timestamp() + number // BATCH) * 1_000_000


def _raw_look_up(raw: sqlite3.Connection, moments: list[datetime]) -> Callable[[], None]:
    sql = "SELECT * FROM history WHERE alias=? AND at<=? ORDER BY at DESC, position DESC LIMIT 1"
    asked = [("moving", int(at.timestamp() * 1_000_000)) for at in moments]
    return lambda: [raw.execute(sql, each).fetchone() for each in asked] and None


def _raw_history(raw: sqlite3.Connection) -> Callable[[], None]:
    sql = "SELECT * FROM history WHERE alias=? ORDER BY position"
    return lambda: [raw.execute(sql, ("moving",)).fetchall() for _ in range(PAGES)] and None
