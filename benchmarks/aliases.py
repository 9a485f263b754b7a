"""Alias moves and reads by alias, at 100 and 10,000 versions, beside raw sqlite3.

The raw baseline does the least that would do: one row updated and one row of history inserted in
one durable transaction (WAL, ``synchronous=FULL``, as the ledger has it), and one indexed SELECT.
"""

import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from fingerpost import Api, Artifact, Collection, OpenStore, init, open_store
from fingerpost.application.transactions.command_subjects import Subject
from fingerpost.application.transactions.transaction import Session, Transaction
from fingerpost.domain.aggregates.permissions import Authority, Role
from fingerpost.domain.collection import Collection as Head
from fingerpost.domain.names.names import Actor
from fingerpost.domain.versions.version import NewVersion

from .rounds import per_second, table

SIZES = (100, 10_000)
OPERATIONS = 200
ACTOR = "bench"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = {size: prepare(Path(folder, str(size)), size) for size in SIZES}
        raws = {size: raw(Path(folder, f"{size}.sqlite"), size) for size in SIZES}
        report("alias moves, each durable", move_with, raw_move, stores, raws)
        report("reads by alias, a new path each time", read_with, raw_read, stores, raws)


def report(
    title: str,
    ours: Callable[[OpenStore], Callable[[], None]],
    theirs: Callable[[sqlite3.Connection], Callable[[], None]],
    stores: dict[int, OpenStore],
    raws: dict[int, sqlite3.Connection],
) -> None:
    subjects = {f"fingerpost, {size:,} versions": ours(store) for size, store in stores.items()}
    subjects |= {f"sqlite3, {size:,} versions": theirs(raw) for size, raw in raws.items()}
    rates = per_second(subjects, OPERATIONS)
    table(title, rates, f"sqlite3, {SIZES[0]:,} versions")
    few, many = (rates[f"fingerpost, {size:,} versions"] for size in SIZES)
    print(f"  at {SIZES[1]:,} versions {many / few:.2f} of the rate at {SIZES[0]:,}")


def prepare(folder: Path, versions: int) -> OpenStore:
    """Make a store with a collection of that many versions."""
    store = open_store(folder, actor=ACTOR)
    with init(entity="team", project="bench", store=store, actor=ACTOR) as run:
        artifact = Artifact("model", "model")
        with artifact.new_file("weights") as file:
            file.write("0")
        run.log_artifact(artifact, aliases=["best"])
    fill(store, versions - 1)
    return store


def fill(store: OpenStore, versions: int) -> None:
    """Log versions through the aggregate; their content does not matter here."""
    session = Session(store=store.store, actor=Actor(ACTOR))
    row = Api(store=store, actor=ACTOR)._workspace.collection("team/bench/model")  # noqa: SLF001
    manifest = Api(store=store, actor=ACTOR).artifact("team/bench/model:v0").digest

    def log(transaction: Transaction, first: int) -> None:
        for number in range(first, min(first + 500, versions)):
            head = transaction.load(Head, row.id)
            authority = Authority(by=transaction.by, role=Role.ADMIN, scope="the benchmark")
            new = NewVersion(
                type="model",
                digest=f"blake3:{number:064x}",
                manifest=manifest,
                size_bytes=1,
                file_count=1,
            )
            transaction.record(head.log_version(new, [], [], authority, None))

    for first in range(0, versions, 500):
        session.transact(
            lambda transaction, first=first: log(transaction, first), subject=Subject.VERSIONS
        )


def move_with(store: OpenStore) -> Callable[[], None]:
    collection: Collection = Api(store=store, actor=ACTOR).collection("team/bench/model")
    return lambda: (
        [collection.set_alias("best", f"v{1 + number % 2}") for number in range(OPERATIONS)]
        and None
    )


def read_with(store: OpenStore) -> Callable[[], None]:
    api = Api(store=store, actor=ACTOR)
    return lambda: [api.artifact("team/bench/model:best") for _ in range(OPERATIONS)] and None


def raw(path: Path, versions: int) -> sqlite3.Connection:
    """Make a database with one table each of versions, aliases and history."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(
        "CREATE TABLE versions (idx INTEGER PRIMARY KEY, digest TEXT, size INTEGER);"
        "CREATE TABLE aliases (alias TEXT PRIMARY KEY, idx INTEGER);"
        "CREATE TABLE history (position INTEGER PRIMARY KEY, alias TEXT, from_idx INTEGER, "
        "to_idx INTEGER, actor TEXT, at INTEGER);"
        "INSERT INTO aliases VALUES ('best', 0);"
    )
    rows = ((number, f"blake3:{number:064x}", 1) for number in range(versions))
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO versions VALUES (?,?,?)", rows)
    connection.execute("COMMIT")
    return connection


def raw_move(connection: sqlite3.Connection) -> Callable[[], None]:
    def moves() -> None:
        for number in range(OPERATIONS):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE aliases SET idx=? WHERE alias='best'", (number % 2,))
            connection.execute(
                "INSERT INTO history (alias, from_idx, to_idx, actor, at) VALUES (?,?,?,?,?)",
                ("best", 0, number % 2, ACTOR, number),
            )
            connection.execute("COMMIT")

    return moves


def raw_read(connection: sqlite3.Connection) -> Callable[[], None]:
    sql = "SELECT v.* FROM aliases a JOIN versions v ON v.idx = a.idx WHERE a.alias = ?"
    return lambda: (
        [connection.execute(sql, ("best",)).fetchone() for _ in range(OPERATIONS)] and None
    )
