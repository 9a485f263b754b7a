"""What an event store says, in forms that can be compared."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pytest

from fingerpost.application.ports.event_store import EventStore
from fingerpost.domain.aggregate import Aggregate, fold
from fingerpost.domain.automation import Automation, Secret
from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import ConcurrencyError
from fingerpost.domain.events import Event
from fingerpost.domain.lineage import EdgeKind
from fingerpost.domain.organization import Entity, NameClaim, Organization
from fingerpost.domain.registry import Registry
from fingerpost.domain.run import Run
from fingerpost.domain.version import VersionRef

from .history import History

KINDS: Final[dict[str, type[Any]]] = {
    "name": NameClaim,
    "org": Organization,
    "team": Entity,
    "registry": Registry,
    "source": Collection,
    "target": Collection,
    "run": Run,
    "automation": Automation,
    "secret": Secret,
}
"""Streams of :func:`~fingerpost.testing.history.eventful` that have a head, and its class."""


@contextmanager
def refused(store: EventStore) -> Iterator[None]:
    """Expect a ``ConcurrencyError``, and that nothing at all was stored."""
    before = list(store.events(limit=1_000_000))
    with pytest.raises(ConcurrencyError):
        yield
    assert list(store.events(limit=1_000_000)) == before


def ledger_pages(store: EventStore, limit: int) -> Iterator[list[Event]]:
    """Iterate over the ledger's events, ``limit`` at a time."""
    after = 0
    while page := store.events(after=after, limit=limit):
        yield [recorded.event for recorded in page]
        after = page[-1].position


def ledger(store: EventStore) -> list[Event]:
    """Return all events, in order."""
    return [event for page in ledger_pages(store, 1_000) for event in page]


def folded(kind: type[Any], events: Sequence[Event]) -> Aggregate | None:
    """Return the head that a stream's events fold to, without any store."""
    first, *later = events
    head: Aggregate = kind.begin(first)
    return fold(head, later)


def heads(store: EventStore, histories: Sequence[History]) -> list[object]:
    """Return the heads of all streams that have one."""
    return [
        store.load(kind, history.stream(name))
        for history in histories
        for name, kind in KINDS.items()
    ]


def tables(store: EventStore, history: History) -> dict[str, object]:
    """Return the answers of every query about a history."""
    queries, ids = store.queries, {name: history.stream(name) for name in KINDS}
    refs = [
        VersionRef(collection_id=ids[name], index=index)
        for name in ("source", "target")
        for index in range(4)
    ]
    answers: dict[str, object] = {
        "organizations": queries.organizations(),
        "entity": queries.entity(history.unique("team")),
        "teams": queries.teams(ids["org"]),
        "registries": [queries.registries(), queries.registries(ids["org"])],
        "protected": queries.protected_aliases(ids["registry"]),
        "collections": [queries.collections(ids[name]) for name in ("team", "registry")],
        "versions": [queries.version(ref) for ref in refs],
        "aliases of": [queries.aliases_of(ref) for ref in refs],
        "links": [queries.links_of(ref) for ref in refs],
        "linked": [queries.link_to(ids["target"], ref) for ref in refs],
        "run": queries.run(ids["run"]),
        "logged": [queries.is_logged(ids["run"], ref) for ref in refs],
        "used": [queries.is_used(ids["run"], ref) for ref in refs],
        "used by": [queries.used_by(ref) for ref in refs],
        "runs of": [
            queries.runs_of(ref, kind) for ref in refs for kind in (EdgeKind.LOGGED, EdgeKind.USED)
        ],
        "runs": queries.runs(ids["team"], "project", limit=9),
        "outputs": queries.artifacts_of(ids["run"], EdgeKind.LOGGED, limit=9),
        "inputs": queries.artifacts_of(ids["run"], EdgeKind.USED, limit=9),
        "steps": [queries.logged_step(ids["run"], ref) for ref in refs],
        "history": queries.history(ids["run"], limit=9),
        "types": queries.types(ids["team"], "project"),
        "of type": queries.collections_of_type(ids["team"], "project", "model", limit=9),
        "projects": queries.projects(ids["team"]),
        "denials": queries.denials(),
        "automations": [
            [row for row in queries.automations() if row.scope.id in ids.values()],
            queries.automation(ids["automation"]),
            queries.automation(history.stream("old automation")),
            [queries.surroundings(ids[name]) for name in ("source", "target")],
            queries.secrets(ids["org"]),
        ],
    }
    for name in ("source", "target"):
        answers[name] = [
            queries.collection(ids[name]),
            list(queries.versions(ids[name])),
            queries.aliases(ids[name]),
            queries.alias_history(ids[name]),
        ]
    return answers
