"""What the Merkle tree over the ledger costs, and what proofs and checks cost at a million events.

The raw baselines: the same appends without the tree; a SELECT by primary key of as many hashes as a
proof has; and reading and hashing every row of the ledger once with sqlite3 and hashlib.
"""

import hashlib
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest.mock import patch
from uuid import UUID, uuid5

from fingerpost import OpenStore, SigningKey, open_store
from fingerpost.adapters.event_store import ledger_tree
from fingerpost.application.history.ledger_proofs import LedgerTree
from fingerpost.domain.events import NameClaimed

from .aliases import ACTOR, move_with, prepare
from .rounds import per_second, table

EVENTS = 1_000_000
BATCH = 1_000
PROOFS = 500
MOVES = 200


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _appends(Path(folder))
        store = _filled(Path(folder, "large"))
        _proofs(store)
        _verification(store)


def _appends(folder: Path) -> None:
    on, off = prepare(folder / "on", 3), prepare(folder / "off", 3)
    one = {"with the tree": move_with(on), "without": _treeless(move_with(off))}
    table("alias moves, each durable", per_second(one, MOVES, rounds=9), "without")
    many = {"with the tree": _batches(on, 1), "without": _treeless(_batches(off, 2))}
    title = f"events, {BATCH:,} in one transaction"
    table(title, per_second(many, BATCH, rounds=9), "without")


def _treeless(action: Callable[[], None]) -> Callable[[], None]:
    def act() -> None:
        with patch.object(ledger_tree, "append_leaves", lambda *_: None):
            action()

    return act


def _batches(store: OpenStore, seed: int) -> Callable[[], None]:
    root, counter = UUID(int=seed), iter(range(10**9))

    def append() -> None:
        store.store.events.append(_claims(store, root, next(counter)))

    return append


def _claims(store: OpenStore, root: UUID, number: int) -> list[NameClaimed]:
    at = store.store.clock()
    streams = [uuid5(root, f"{number} {each}") for each in range(BATCH)]
    return [
        NameClaimed(
            originator_id=stream,
            originator_version=1,
            at=at,
            actor=ACTOR,
            scope="benchmark",
            name=f"name-{number}",
            holder_id=stream,
        )
        for stream in streams
    ]


def _filled(folder: Path) -> OpenStore:
    store = open_store(folder, actor=ACTOR)
    started, append = time.perf_counter(), _batches(store, 3)
    while store.ledger.size < EVENTS:
        append()
    took_s = time.perf_counter() - started
    print(f"\n{EVENTS:,} events were stored in {took_s:,.0f} s")
    return store


def _proofs(store: OpenStore) -> None:
    key = SigningKey.generate(store.ledger.origin)
    checkpoint = store.ledger.checkpoint(key)
    size = store.ledger.size
    chosen = random.Random(7)
    positions = [chosen.randrange(1, size + 1) for _ in range(PROOFS)]
    tree = LedgerTree(store.store.events)
    database = sqlite3.connect(Path(store.location, "ledger.sqlite"))
    sql = f"SELECT hash FROM ledger_tree WHERE id IN ({','.join('?' * 20)})"
    asked = [[chosen.randrange(2 * size - 64) for _ in range(20)] for _ in positions]
    with closing(database):
        rates = per_second(
            {
                "audit path": lambda: [tree.inclusion_proof(at, size) for at in positions] and None,
                "proof, whole and checked": lambda: (
                    [store.ledger.prove(at, checkpoint) for at in positions] and None
                ),
                "consistency proof": lambda: (
                    [tree.consistency_proof(at, size) for at in positions] and None
                ),
                "sqlite3, 20 hashes": lambda: (
                    [database.execute(sql, ids).fetchall() for ids in asked] and None
                ),
            },
            PROOFS,
        )
    table(f"proofs from a ledger of {size:,} events", rates, "sqlite3, 20 hashes")


def _verification(store: OpenStore) -> None:
    size = store.ledger.size
    path = Path(store.location, "ledger.sqlite")

    def verify() -> None:
        store.ledger.verify().require_ok()

    rates = per_second({"ledger verify": verify, "read and hash": lambda: _raw(path)}, size, 1)
    table(f"events checked, of {size:,}", rates, "read and hash")
    print(f"  the whole ledger in {size / rates['ledger verify']:.1f} s")


def _raw(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        for row in database.execute(
            "SELECT rowid, originator_id, originator_version, topic, state FROM events"
        ):
            hashlib.sha256(row[4]).digest()
