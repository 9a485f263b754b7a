"""Times to live: the defaults of entities, and deleting what has expired."""

from collections.abc import Callable, Sequence
from uuid import UUID

from fingerpost.domain.aggregates.permissions import Action, Authority
from fingerpost.domain.collection import Collection
from fingerpost.domain.events import DefaultTtlChanged
from fingerpost.domain.names.names import EntityName
from fingerpost.domain.organization.entity import Entity

from ..access.authority import over_entity, over_store
from ..collections.collections import link_labels
from ..organizations.entities import entity_in
from ..read_models.rows import ExpiredVersion
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from ..visibility import administers_store, visible_homes


def keep_for(
    session: Session, entity: EntityName, duration_s: int | None, reason: str | None = None
) -> None:
    """Set for how long an entity keeps versions of which nobody says otherwise.

    It counts for versions that are there already, too. ``None`` keeps them for ever.

    Raises:
        RoleRequiredError: the actor does not administer the entity.
    """

    def decide(transaction: Transaction) -> None:
        head = entity_in(transaction, entity)
        transaction.record(head.keep_for(duration_s, over_entity(transaction, head)))

    session.transact(decide, reason, subject=Subject.EXPIRY)


def expired(session: Session) -> Sequence[ExpiredVersion]:
    """Return what :func:`expire` would delete now, oldest first.

    Who does not administer the store is told of what they may look at.
    """
    found = session.queries.expired(session.store.clock())
    if administers_store(session):
        return found
    visible = visible_homes(session)
    return [version for version in found if _home(session, version) in visible]


def _home(session: Session, version: ExpiredVersion) -> UUID | None:
    row = session.queries.collection(version.ref.collection_id)
    return None if row is None else row.home_id


def expire(
    session: Session, on_deleted: Callable[[ExpiredVersion], None] | None = None
) -> Sequence[ExpiredVersion]:
    """Delete the versions whose time to live has passed, each in a step of its own.

    Versions that a link holds are never taken, nor those whose time to live or whose team's
    default is changed before the step is done.

    Args:
        session: on whose behalf.
        on_deleted: called after each.

    Returns:
        What was deleted, oldest first.

    Raises:
        RoleRequiredError: the actor does not administer the default organization.
    """
    session.dry_run(_authority)
    deleted = []
    for version in expired(session):
        reason = f"its time to live ended on {version.expired_at:%Y-%m-%d %H:%M:%S} UTC"
        if session.transact(_expire_one(version), reason, subject=Subject.EXPIRY, is_keyed=False):
            deleted.append(version)
            if on_deleted is not None:
                on_deleted(version)
    return deleted


def _authority(transaction: Transaction) -> Authority:
    authority = over_store(transaction)
    authority.require(Action.EXPIRE)
    return authority


def _expire_one(version: ExpiredVersion) -> Callable[[Transaction], bool]:
    def decide(transaction: Transaction) -> bool:
        authority = _authority(transaction)
        head = transaction.load(Collection, version.ref.collection_id)
        row = transaction.queries.version(version.ref)
        if row is None:
            return False  # somebody deleted it first
        entity = transaction.load(Entity, head.home_id)
        transaction.fence(entity, (DefaultTtlChanged,))
        held = row.as_domain(link_labels(transaction, row))
        events = head.expire(held, row.created_at, entity.default_ttl_s, authority)
        return bool(transaction.record(events))

    return decide
