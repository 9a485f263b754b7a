"""What an event store says, in forms that can be compared."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import pytest

from fingerpost.application.ports.event_store import EventStore
from fingerpost.application.ports.queries import Queries
from fingerpost.application.ports.search_queries import SearchQuery
from fingerpost.application.read_models.selection import Selection
from fingerpost.domain.aggregates.aggregate import Aggregate, fold
from fingerpost.domain.aggregates.name_claim import NameClaim
from fingerpost.domain.automation import Automation, Secret
from fingerpost.domain.collection import Collection
from fingerpost.domain.collection.approvals import Approvals
from fingerpost.domain.errors import ConcurrencyError
from fingerpost.domain.events import Event
from fingerpost.domain.filters import Kind
from fingerpost.domain.lineage import EdgeKind
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.organization.organization import Organization
from fingerpost.domain.registry import Registry
from fingerpost.domain.run import Run
from fingerpost.domain.versions.version import VersionRef

from .history import IMPORTED, History

KINDS: Final[dict[str, type[Any]]] = {
    "name": NameClaim,
    "org": Organization,
    "team": Entity,
    "registry": Registry,
    "source": Collection,
    "target": Collection,
    "closed": Registry,
    "approvals": Approvals,
    "run": Run,
    "automation": Automation,
    "secret": Secret,
}
"""Streams of :func:`~fingerpost.testing.history.eventful` that have a head, and its class."""


def _found(queries: Queries, organization_id: UUID) -> dict[str, object]:
    """Return what filters and words find."""
    where = Selection(organization_id=organization_id)
    return {
        "registries where": queries.registries_where(where, limit=9),
        "collections where": queries.collections_where(where, limit=9),
        "versions where": queries.versions_where(where, limit=9),
        "counts": [queries.count_where(kind, where) for kind in Kind],
        "words": [
            queries.search(
                SearchQuery(whole=word, terms=(word,), kinds=(), where=Selection()), limit=99
            )
            for word in ("production", "first", "f1", "small", "target", "models that are in use")
        ],
    }


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
        "origins": [
            (queries.origins(ids[name]), queries.version_of_origin(ids[name], key))
            for name in ("source", "target")
            for key in (IMPORTED.key, "no key")
        ],
        "sources": [queries.source_of(ref) for ref in refs],
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
        "members": [queries.members(ids[name]) for name in ("org", "team", "registry")],
        "default role": queries.default_role(ids["org"]),
        "standing": [
            queries.standing(ids[home], actor)
            for home in ("team", "registry", "closed")
            for actor in ("alice", "bob", "carol", "ci")
        ],
        "standing over": [
            queries.standing_over(ids[name], actor)
            for name in ("source", "target")
            for actor in ("alice", "bob", "carol")
        ],
        "visible": [queries.visible_homes(actor) for actor in ("alice", "bob", "carol")],
        "required approvals": queries.required_approvals(ids["registry"]),
        "approvals": [queries.approvals(ref) for ref in refs],
        "linked types": [queries.is_type_linked(ids["registry"], kind) for kind in ("model", "x")],
        "policy": [queries.policy_history(ids[name]) for name in ("org", "registry", "closed")],
        "reasons": [queries.requires_reasons(ids[name]) for name in ("registry", "closed")],
        **_found(queries, ids["org"]),
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
            [queries.alias_changes_at(ids[name], event.at) for event in history.events],
            [queries.version_record(ref) for ref in refs],
        ]
    return answers
