"""One change among many entries: ``differing`` beside loading both manifests whole, in one run."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable

from fingerpost.adapters.comparison.differences import Differences
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.application.manifests.entry_pages import StoredPages, differing
from fingerpost.application.manifests.manifests import PendingManifest, StoredManifest
from fingerpost.application.store import Store
from fingerpost.bootstrap.open_store import open_store
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

ENTRIES = int(os.environ.get("COMPARED_ENTRIES", "100000"))
"""1,000,000 with ``COMPARED_ENTRIES=1000000``."""

ROUNDS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(folder, actor="bench") as opened:
        store = opened.store
        entries = {str(entry.path): entry for entry in map(_entry, range(ENTRIES))}
        before = _stored(store, entries)
        changed = _entry(ENTRIES // 2, "changed")
        after = _stored(store, entries | {str(changed.path): changed})
        subjects: dict[str, Callable[[], int]] = {
            "both manifests whole": lambda: _whole(store, before, after),
            "diff": lambda: _diff(store, before, after),
        }
        seconds: dict[str, list[float]] = {name: [] for name in subjects}
        for _ in range(ROUNDS):
            for name, subject in subjects.items():
                seconds[name].append(_timed(subject))
    print(f"one change among {ENTRIES:,} entries; medians of {ROUNDS} rounds, side by side")
    base = statistics.median(seconds["both manifests whole"])
    for name, seen in seconds.items():
        taken = statistics.median(seen)
        print(f"  {name:<22}{taken * 1000:10.1f} ms {base / taken:8.1f} x")


def _entry(number: int, text: str = "") -> Entry:
    path = f"images/{number % 100:02}/{number:07}.jpg"
    digest = hash_bytes(f"{number}{text}".encode(), "blake3")
    return Entry(path=EntryPath(path), digest=str(digest), size_bytes=number, content=digest)


def _stored(store: Store, entries: dict[str, Entry]) -> Digest:
    pending = PendingManifest(entries, hash_bytes)
    with store.content.writer() as writer:
        pending.write(writer)
        writer.commit()
    return pending.stored_as


def _whole(store: Store, before: Digest, after: Digest) -> int:
    left, right = (
        {str(e.path): e for e in StoredManifest(store.content, digest).values_in_order()}
        for digest in (before, after)
    )
    return sum(left.get(path) != right.get(path) for path in left.keys() | right.keys())


def _diff(store: Store, before: Digest, after: Digest) -> int:
    left, right = (StoredPages(StoredManifest(store.content, digest)) for digest in (before, after))
    return len(Differences(differing(left, right)).changed)


def _timed(subject: Callable[[], int]) -> float:
    started = time.perf_counter()
    assert subject() == 1
    return time.perf_counter() - started
