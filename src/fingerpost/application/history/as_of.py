"""What an alias or version number stood for at a moment in the past."""

from datetime import UTC, datetime
from uuid import UUID

from fingerpost.domain.errors import (
    AliasNotFoundError,
    CollectionNotFoundError,
    InvalidValueError,
    VersionNotFoundError,
)
from fingerpost.domain.names.alias import Alias, version_index, version_label
from fingerpost.domain.versions.version import VersionRef

from ..access.lookup import label_of, no_alias
from ..ports.queries import Queries
from ..read_models.history_rows import VersionRecord
from ..read_models.rows import AliasChange, CollectionRow, VersionRow


def moment(at: object) -> datetime:
    """Return a moment in UTC.

    Raises:
        InvalidValueError: it is no ``datetime``, or one without a time zone.
    """
    if not isinstance(at, datetime) or at.tzinfo is None or at.utcoffset() is None:
        raise InvalidValueError(
            "moment",
            at,
            "it is a datetime with a time zone",
            "For example datetime(2026, 3, 3, 9, 30, tzinfo=UTC).",
        )
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise InvalidValueError(
            "moment", at, "it is in the years 1 to 9999 of UTC", "Pick another one."
        ) from None


def require_known(queries: Queries, collection_id: UUID, at: datetime, now: datetime) -> None:
    """Return if a moment is not in the future, of which nothing is known.

    Not in the future is what a clock that ran ahead recorded, either.

    Raises:
        InvalidValueError: it is in the future.
    """
    if at <= now:
        return
    last = queries.last_moment(collection_id)
    if last is None or at > last:
        raise InvalidValueError(
            "moment",
            at.isoformat(),
            f"it is not in the future: now it is {now.isoformat(timespec='seconds')}",
            "Leave it out to ask what is so now.",
        )


def version_at_moment(
    queries: Queries, collection: CollectionRow, alias: Alias, at: datetime
) -> VersionRow:
    """Return the version that an alias or a version number stood for at a moment.

    Raises:
        AliasNotFoundError: nothing had the alias then; tells when something first had.
        VersionNotFoundError: there was no such version then, or it was deleted since; tells what
            it was.
    """
    index = version_index(alias)
    name = f"{collection.path}:{alias}"
    when = at.isoformat()
    if index is None:
        held = next(iter(queries.alias_changes_at(collection.id, at, alias)), None)
        if held is None or held.to_version is None:
            raise _no_alias_then(queries, collection, alias, held, when)
        index = version_index(held.to_version) or 0
    ref = VersionRef(collection_id=collection.id, index=index)
    record = queries.version_record(ref)
    if record is None or record.position > queries.last_position_at(collection.id, at):
        raise VersionNotFoundError("version", name, (), f"There was none yet at {when}.")
    row = queries.version(ref)
    if row is None:
        raise _gone(queries, collection, record, f"{alias} at {when}")
    return row


def named_today(error: CollectionNotFoundError) -> CollectionNotFoundError:
    """Return the error for a name that nothing has today, whatever had it then."""
    remedy = (
        f"{error.remedy} Names are those of today, also with a moment: a collection that was "
        f"renamed since is found by its new name, and one that was deleted is not found."
    )
    return CollectionNotFoundError(error.what, error.name, error.available, remedy)


def _no_alias_then(
    queries: Queries, collection: CollectionRow, alias: Alias, held: AliasChange | None, when: str
) -> AliasNotFoundError:
    if held is not None:
        remedy = (
            f"Nothing had it at {when}: {held.actor!r} took it off {held.from_version} at "
            f"{held.effective_at.isoformat()}."
        )
        return AliasNotFoundError("alias", f"{collection.path}:{alias}", (), remedy)
    first = queries.first_alias_change(collection.id, alias)
    if first is None:
        return no_alias(collection.path, alias, list(queries.aliases(collection.id)))
    remedy = (
        f"Nothing had it at {when}: it was first placed, on {first.to_version}, at "
        f"{first.effective_at.isoformat()}."
    )
    return AliasNotFoundError("alias", f"{collection.path}:{alias}", (), remedy)


def _gone(
    queries: Queries, collection: CollectionRow, record: VersionRecord, asked: str
) -> VersionNotFoundError:
    label = version_label(record.ref.index)
    deleted = record.deleted_at.isoformat() if record.deleted_at else "some time"
    if record.source is not None:
        was = (
            f"It is {asked}, was a link to {label_of(queries, record.source)!r}, and was unlinked "
            f"at {deleted}. What it was linked to may still be there."
        )
    else:
        was = (
            f"It is {asked}, held {record.digest}, and was deleted at {deleted}. Its content may "
            f"still be there until garbage collection removes it."
        )
    return VersionNotFoundError("version", f"{collection.path}:{label}", (), was)
