"""Resolving the paths that people write to a version or a collection that the actor may see."""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from fingerpost.domain.errors import CollectionNotFoundError, VersionNotFoundError
from fingerpost.domain.names.alias import Alias, version_label
from fingerpost.domain.names.paths import parse_artifact_path, parse_collection_path
from fingerpost.domain.versions.version import VersionRef

from ..access.lookup import NameScope, find_collection, version_at
from ..history.as_of import moment, named_today, require_known, version_at_moment
from ..ports.queries import Queries
from ..read_models.rows import CollectionRow, VersionRow
from ..transactions.transaction import Session
from ..visibility import require_to_see, seen_collection_at


@frozen
class ResolvedVersion:
    """A version, all of one state of the store.

    Attributes:
        collection: the collection that it is in.
        version: the version, or the link.
        aliases: its aliases, ``latest`` first.
    """

    collection: CollectionRow
    version: VersionRow
    aliases: Sequence[str]


def resolve_collection(session: Session, path: str, place: NameScope) -> CollectionRow:
    """Return the collection at a path.

    Raises:
        RoleRequiredError: the actor may not see it; the attempt itself is recorded.
        CollectionNotFoundError: there is none; names the nearest ones.
        RegistryNotFoundError: the path is in a registry that does not exist.
    """
    return seen_collection_at(session, parse_collection_path(path), place)


def resolve_version(
    session: Session, path: str, place: NameScope, at: datetime | None = None
) -> ResolvedVersion:
    """Return the version that a path with an alias stands for.

    An alias that moves meanwhile is either on the old version or on the new one: collection,
    version and aliases are read in one snapshot.

    Args:
        session: on whose behalf.
        path: the path; the names in it are those of today.
        place: where a path without entity or project is looked for.
        at: resolve the alias as it was at this moment; by default, as it is now.

    Raises:
        InvalidValueError: the moment has no time zone, or is in the future.
        RoleRequiredError: the actor may not see the version; the attempt itself is recorded.
        CollectionNotFoundError: there is no such collection; names the nearest ones.
        AliasNotFoundError: nothing has the alias, or had it at that moment.
        VersionNotFoundError: there is no such version, or it was deleted.
    """
    collection_path, alias = parse_artifact_path(path)
    then = None if at is None else moment(at)
    with session.queries.snapshot() as queries:
        collection = find_collection(queries, collection_path, place)
        if collection is not None and _is_seen(session, queries, collection):
            row = _version(session, queries, collection, alias, then)
            return ResolvedVersion(collection, row, queries.aliases_of(row.ref))
    # Outside of the snapshot, because a refusal is written to the ledger.
    try:
        seen_collection_at(session, collection_path, place)
    except CollectionNotFoundError as error:
        raise error if then is None else named_today(error) from None
    return resolve_version(session, path, place, at)


def _is_seen(session: Session, queries: Queries, collection: CollectionRow) -> bool:
    return queries.standing(collection.home_id, str(session.actor)).role is not None


def _version(
    session: Session,
    queries: Queries,
    collection: CollectionRow,
    alias: Alias,
    then: datetime | None,
) -> VersionRow:
    if then is None:
        return version_at(queries, collection, alias)
    require_known(queries, collection.id, then, session.store.clock())
    return version_at_moment(queries, collection, alias, then)


def version_of(session: Session, ref: VersionRef) -> ResolvedVersion:
    """Return a version whose identity is known.

    Raises:
        VersionNotFoundError: it was deleted meanwhile.
        RoleRequiredError: the actor may not see it; the attempt itself is recorded.
    """
    require_to_see(session, ref.collection_id)
    with session.queries.snapshot() as queries:
        row, collection = queries.version(ref), queries.collection(ref.collection_id)
        if row is not None and collection is not None:
            return ResolvedVersion(collection, row, queries.aliases_of(ref))
    label = version_label(ref.index)
    name = f"{collection.path}:{label}" if collection else f"{ref.collection_id}:{label}"
    raise VersionNotFoundError("version", name, (), "It was deleted meanwhile.")
