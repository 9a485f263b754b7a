"""What is asked of a collection: its versions and aliases.

Each of these asks first whether the actor may look at the entity or registry that the collection
is in, and raises :class:`~fingerpost.errors.RoleRequiredError` if not; that attempt is recorded.
A deleted collection can be looked at as before: its history stays.
"""

from collections.abc import Collection as Set
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from fingerpost.domain.errors import VersionNotFoundError
from fingerpost.domain.names.alias import version_label
from fingerpost.domain.versions.version import VersionRef

from ..read_models.rows import CollectionRow, VersionRow
from ..transactions.transaction import Session
from ..visibility import require_to_see, visible_homes


def collection_of(session: Session, collection_id: UUID) -> CollectionRow:
    """Return a collection as it is now, a deleted one too."""
    require_to_see(session, collection_id)
    row = session.queries.collection(collection_id)
    if row is None:
        msg = f"the read tables have no row of the collection {collection_id}"
        raise LookupError(msg)
    return row


def aliases(session: Session, collection_id: UUID) -> Mapping[str, int]:
    """Return all aliases of a collection: alias → index, sorted by alias."""
    require_to_see(session, collection_id)
    return session.queries.aliases(collection_id)


def aliases_of(session: Session, ref: VersionRef) -> Sequence[str]:
    """Return the aliases of a version, ``latest`` first, then by name."""
    require_to_see(session, ref.collection_id)
    return session.queries.aliases_of(ref)


def versions(session: Session, collection_id: UUID) -> Iterator[VersionRow]:
    """Iterate over the versions, newest first; the role is checked before the first is read."""
    require_to_see(session, collection_id)
    yield from session.queries.versions(collection_id)


def page_of_versions(
    session: Session, collection_id: UUID, below: int | None, limit: int, tags: Set[str] = ()
) -> Sequence[VersionRow]:
    """Return versions with all of these tags, below an index, newest first."""
    require_to_see(session, collection_id)
    return session.queries.versions_below(collection_id, below, tags=tags, limit=limit)


def version_count(session: Session, collection_id: UUID, tags: Set[str] = ()) -> int:
    """Return the number of versions with all of these tags."""
    require_to_see(session, collection_id)
    return session.queries.version_count(collection_id, tags)


def source_of_link(session: Session, link: VersionRef) -> CollectionRow:
    """Return the collection that the source of a link was logged to.

    A role where the link is suffices: a link names its source to everyone who may look at it. To
    look at the source itself takes a role there.

    Raises:
        VersionNotFoundError: the link was taken away meanwhile.
    """
    require_to_see(session, link.collection_id)
    row = session.queries.source_of(link)
    if row is None:
        label = f"{link.collection_id}:{version_label(link.index)}"
        raise VersionNotFoundError("link", label, (), "It was unlinked meanwhile.")
    return row


def links_of(
    session: Session, source: VersionRef, limit: int
) -> Sequence[tuple[CollectionRow, VersionRow]]:
    """Return the links to a version that the actor may see, oldest first."""
    require_to_see(session, source.collection_id)
    queries, visible, found = session.queries, visible_homes(session), []
    for link in queries.links_of(source, limit):
        collection = queries.collection(link.collection_id)
        if collection is None or collection.home_id not in visible:
            continue
        row = queries.version(link)
        if row is not None:  # it was not unlinked meanwhile
            found.append((collection, row))
    return found
