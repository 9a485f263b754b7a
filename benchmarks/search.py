"""Finding by filters and words at 1,000 and at 100,000 versions, beside a raw indexed look-up.

Each version is linked into a registry, has a description, metadata, a tag and an alias, so there
are twice as many rows. What does not grow with the store keeps its rate.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from fingerpost import Api, OpenStore, open_store
from fingerpost.domain.events import Event, VersionTagged
from fingerpost.testing.history import History

from .rounds import per_second, table

SIZES = tuple(int(size) for size in os.environ.get("SEARCHED", "1000,100000").split(","))
OPERATIONS = 20
_BATCH = 2_000


def main() -> None:
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), size)


def measure(folder: Path, size: int) -> None:
    store = open_store(folder / "store", actor="alice")
    history = History()
    started = time.perf_counter()
    for batch in _batches(events(history, size), _BATCH):
        store.store.events.append(batch)
    taken = time.perf_counter() - started
    bytes_used = (folder / "store" / "ledger.sqlite").stat().st_size
    print(
        f"\n{size:,} versions, as many links: {bytes_used / size / 2:,.0f} bytes each, "
        f"written at {2 * size / taken:,.0f} /s in batches"
    )
    rates = per_second(subjects(store, history, size), OPERATIONS)
    table(f"one page of 20 at {size:,} versions", rates, "raw look-up of an alias by index")


def events(history: History, size: int) -> Iterator[Event]:
    """Iterate over the events that make the store; streams of 1,000 versions."""
    history.organization()
    for number in range(size):
        source, target = f"s{number // 1_000}", f"t{number // 1_000}"
        if number % 1_000 == 0:
            history.collection(source)
            history.collection(target, "registry")
        _version(history, source, target, number)
        if len(history.events) > _BATCH:
            yield from _taken(history)
    yield from _taken(history)


def _taken(history: History) -> list[Event]:
    made = list(history.events)
    history.events.clear()
    return made


def _version(history: History, source: str, target: str, number: int) -> None:
    from fingerpost.domain.events import Linked  # noqa: PLC0415 - beside what it is used for

    index = number % 1_000
    history.log(
        source,
        index,
        description=f"weights of trial {number}",
        metadata={"accuracy": number / 1_000_000, "config": {"depth": number % 50}},
    )
    history.add(VersionTagged, source, index=index, tag=f"tag-{number}")
    history.add(
        Linked,
        target,
        index=index,
        source_collection_id=history.stream(source),
        source_index=index,
        type="model",
        policy_version=1,
    )
    history.move(target, f"production-{number}", None, index, policy_version=1)


def _batches(every: Iterable[Event], size: int) -> Iterator[list[Event]]:
    remaining = iter(every)
    while batch := list(islice(remaining, size)):
        yield batch


def subjects(store: OpenStore, history: History, size: int) -> dict[str, Callable[[], None]]:
    api = Api(store, actor="alice")
    organization = history.unique("organization")
    wanted = iter(range(10**9))

    def page(ask: Callable[[int], Iterable[object]]) -> Callable[[], None]:
        def one_round() -> None:
            for _ in range(OPERATIONS):
                number = next(wanted) * 7919 % size
                found = list(islice(ask(number), 20))
                assert found

        return one_round

    def versions(filter: dict[str, object]) -> Iterable[object]:
        return api.registries(organization).versions(filter, per_page=20)

    def raw(number: int) -> Iterable[object]:
        with store.store.queries.reading() as cursor:
            cursor.execute(
                "SELECT collection_id, idx FROM aliases WHERE alias=?", (f"production-{number}",)
            )
            return cursor.fetchall()

    return {
        "raw look-up of an alias by index": page(raw),
        "versions(alias)": page(lambda n: versions({"alias": f"production-{n}"})),
        "versions(tag)": page(lambda n: versions({"tag": f"tag-{n}"})),
        "versions(alias or tag)": page(
            lambda n: versions({"$or": [{"tag": f"tag-{n}"}, {"alias": f"production-{n}"}]})
        ),
        "versions(), first page": page(lambda _: versions({})),
        "search(an alias), what is named so": page(
            lambda n: islice(api.search(f"production-{n}", per_page=20), 1)
        ),
        "search(an alias), all": page(lambda n: api.search(f"production-{n}", per_page=20)),
        "search(part of an alias)": page(lambda n: api.search(f"ion-{n}", per_page=20)),
        "search(a word that all have)": page(lambda _: api.search("weights", per_page=20)),
        "search(two words of a description)": page(lambda n: api.search(f"trial {n}", per_page=20)),
        "versions(metadata), the whole store looked at": page(
            lambda n: versions({"metadata.accuracy": n / 1_000_000})
        ),
    }
