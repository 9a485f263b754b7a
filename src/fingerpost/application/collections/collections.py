"""Finding collections' heads, and creating collections that do not exist yet."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from fingerpost.domain.aggregates.permissions import Authority
from fingerpost.domain.aggregates.streams import registry_collection_claim, source_claim
from fingerpost.domain.collection import Collection, CollectionKind
from fingerpost.domain.errors import VersionNotFoundError
from fingerpost.domain.names.names import (
    ArtifactName,
    ArtifactTypeName,
    ProjectName,
    RegistryCollectionName,
)
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.registry import Registry
from fingerpost.domain.versions.version import VersionRef

from ..access.authority import over_entity
from ..access.lookup import label_of
from ..lineage import UNSEEN
from ..read_models.rows import VersionRow
from ..transactions.claims import claim
from ..transactions.transaction import Transaction

_NAMED_LINKS: Final = 9
"""Links that are read for a message: it names eight, and says if there are more."""


def source_collection(
    transaction: Transaction,
    entity: Entity,
    project: ProjectName,
    name: ArtifactName,
    kind: ArtifactTypeName,
) -> Collection:
    """Return a source collection's head; create it in this transaction if it does not exist."""
    held = _named(transaction, entity.id, str(project), str(name))
    if held is not None:
        return held
    event = Collection.create(
        claim(transaction, source_claim(entity.id, project, name), "artifact", name),
        kind=CollectionKind.SOURCE,
        home_id=entity.id,
        project=str(project),
        name=str(name),
        type=str(kind),
        authority=over_entity(transaction, entity),
    )
    head = Collection.begin(event)
    transaction.begin(head, event)
    return head


def registry_collection(
    transaction: Transaction,
    registry: Registry,
    name: RegistryCollectionName,
    kind: str,
    authority: Authority,
) -> Collection:
    """Return a registry collection's head; create it in this transaction if it does not exist."""
    held = registry_collection_named(transaction, registry, name)
    return held or begin_registry_collection(transaction, registry, name, kind, authority)


def begin_registry_collection(
    transaction: Transaction,
    registry: Registry,
    name: RegistryCollectionName,
    kind: str,
    authority: Authority,
    description: str | None = None,
) -> Collection:
    """Create a registry collection in this transaction; ``kind`` may be empty.

    Raises:
        AlreadyExistsError: the name is taken.
    """
    event = Collection.create(
        claim(transaction, registry_collection_claim(registry.id, name), "collection", name),
        kind=CollectionKind.REGISTRY,
        home_id=registry.id,
        project="",
        name=str(name),
        type=kind,
        authority=authority,
        description=description,
    )
    head = Collection.begin(event)
    transaction.begin(head, event)
    transaction.record(registry.note_collection(head.id, transaction.by))
    return head


def registry_collection_named(
    transaction: Transaction, registry: Registry, name: RegistryCollectionName
) -> Collection | None:
    """Return a registry collection's head, or ``None`` if it does not exist."""
    return _named(transaction, registry.id, "", str(name))


def _named(transaction: Transaction, home_id: UUID, project: str, name: str) -> Collection | None:
    row = transaction.queries.collection_named(home_id, project, name)
    if row is None:
        return None
    head = transaction.load(Collection, row.id)
    # Renamed or deleted between the two reads: the name is free.
    return None if head.is_deleted or head.name != name else head


def link_labels(transaction: Transaction, row: VersionRow) -> tuple[str, ...]:
    """Return the paths of the links to a version, as many as a message names."""
    links = transaction.queries.links_of(row.ref, _NAMED_LINKS)
    return seen_labels(transaction, links)


def seen_labels(transaction: Transaction, refs: Iterable[VersionRef]) -> tuple[str, ...]:
    """Return the paths of those versions that the actor may see, for a message."""
    queries, actor = transaction.queries, str(transaction.by.actor)
    labels = []
    for ref in refs:
        row = queries.collection(ref.collection_id)
        is_seen = row is not None and queries.standing(row.home_id, actor).role is not None
        labels.append(label_of(queries, ref) if is_seen else UNSEEN)
    return tuple(labels)


def existing(transaction: Transaction, ref: VersionRef) -> VersionRow:
    """Return the row of a version that a command is about.

    Raises:
        VersionNotFoundError: it was deleted or unlinked.
    """
    row = transaction.queries.version(ref)
    if row is None:
        label = label_of(transaction.queries, ref)
        raise VersionNotFoundError("version", label, (), "It was deleted or unlinked.")
    return row
