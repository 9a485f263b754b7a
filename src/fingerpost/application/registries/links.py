"""Publishing versions in registries."""

from collections.abc import Sequence
from typing import Final

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import (
    ForeignTeamError,
    NotALinkError,
    PersonalEntityLinkError,
    VersionNotFoundError,
)
from fingerpost.domain.events import Linked, VersionLogged
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.paths import RegistryPath
from fingerpost.domain.organization.entity import Entity, EntityKind
from fingerpost.domain.registry import Registry
from fingerpost.domain.versions.version import VersionRef

from ..access.authority import in_registry, over_collection, over_registry
from ..access.lookup import label_of, registry_named
from ..access.qualify_errors import full_names
from ..collections.approvals import with_approvals
from ..collections.collections import registry_collection
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction

_LOOKED_AT: Final = 100
"""Links to a version that are looked at, to find one by which the actor may use it."""


def link(
    session: Session,
    source: VersionRef,
    target: RegistryPath,
    aliases: Sequence[Alias],
    *,
    reason: str | None = None,
) -> VersionRef:
    """Link a source version to a registry collection, which is created by its first link.

    Linking it there again returns the link that exists, and applies the aliases.

    Args:
        session: on whose behalf.
        source: a logged version; of a link, its source.
        target: registry and collection.
        aliases: custom aliases for the link.
        reason: why, for the history.

    Returns:
        The link: collection and index in the registry.

    Raises:
        RegistryNotFoundError: the registry does not exist.
        TypeNotPermittedError: it does not permit the artifact's type.
        PersonalEntityLinkError: the version was logged under a personal entity.
        ForeignTeamError: it was logged under a team of another organization.
        RoleRequiredError: the actor may not use the version, or not link, or not place one of
            the aliases.
        ApprovalsMissingError: too few other people approved the version for one of them.
    """
    return session.transact(
        lambda transaction: link_in(transaction, source, target, aliases),
        reason,
        subject=Subject.LINKS,
    )


def link_in(
    transaction: Transaction, source: VersionRef, target: RegistryPath, aliases: Sequence[Alias]
) -> VersionRef:
    """Link a version as part of a transaction, which may be the one that logs it."""
    row = registry_named(transaction.queries, target.registry, target.organization)
    registry = transaction.load(Registry, row.id)
    authority = over_registry(transaction, registry)
    authority.require(Action.LINK)
    source_head = transaction.load(Collection, source.collection_id)
    _require_usable(transaction, source_head, source)
    # Looking at the source's place must not change of what place a refusal speaks from here on.
    transaction.scope_id = registry.id
    _require_publishable(transaction, source_head, source, registry)
    head = registry_collection(
        transaction, registry, target.collection, source_head.type, authority
    )
    existing = transaction.queries.link_to(head.id, source)
    authority = with_approvals(transaction, authority, head, aliases, existing)
    held = existing.as_domain() if existing else None
    with full_names(transaction, head):
        events = head.link(source, source_head.type, aliases, authority, held)
    transaction.record(events)
    if existing is not None:
        return existing.ref
    index = next(event.index for event in events if isinstance(event, Linked))
    made = VersionRef(collection_id=head.id, index=index)
    transaction.record([source_head.publish(source.index, made, authority)])
    registry = transaction.load(Registry, registry.id)
    transaction.record(registry.note_link(source_head.type, transaction.by))
    return made


def _require_usable(transaction: Transaction, head: Collection, source: VersionRef) -> None:
    """Refuse to publish what the actor could not have read: it would be in their reach then."""
    authority = over_collection(transaction, head)
    if not Action.USE.is_allowed_to(authority.role):
        for link in transaction.queries.links_of(source, _LOOKED_AT):
            if _may_use(transaction, transaction.load(Collection, link.collection_id)):
                return
    authority.require(Action.USE)


def _may_use(transaction: Transaction, head: Collection) -> bool:
    registry = transaction.load(Registry, head.home_id)
    standing = in_registry(transaction, registry, transaction.by.actor)
    return Action.USE.is_allowed_to(standing.role)


def _require_publishable(
    transaction: Transaction, head: Collection, source: VersionRef, registry: Registry
) -> None:
    entity = transaction.load(Entity, head.home_id)
    label = f"{entity.name}/{head.path}"
    if not _is_there(transaction, source):
        gone = label_of(transaction.queries, source)
        raise VersionNotFoundError("version", gone, (), "It was deleted meanwhile.")
    if entity.organization_id != registry.organization_id:
        teams = transaction.queries.teams(registry.organization_id)
        if entity.kind is EntityKind.PERSONAL:
            raise PersonalEntityLinkError(label, entity.name, teams)
        raise ForeignTeamError(label, entity.name, registry.name, teams)
    registry.require_permitted(head.type)


def _is_there(transaction: Transaction, source: VersionRef) -> bool:
    logged_here = any(
        isinstance(event, VersionLogged)
        and (event.originator_id, event.index) == (source.collection_id, source.index)
        for event in transaction.events
    )
    return logged_here or transaction.queries.version(source) is not None


def unlink(session: Session, link: VersionRef, *, reason: str | None = None) -> None:
    """Take a link out of its registry collection; the source stays.

    Raises:
        NotALinkError: it is a source version.
        VersionNotFoundError: it was unlinked already.
        RoleRequiredError: it holds a protected alias, and the actor is no admin.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, link.collection_id)
        row = transaction.queries.version(link)
        if row is None:
            gone = label_of(transaction.queries, link)
            raise VersionNotFoundError("link", gone, (), "It was unlinked.")
        if row.source is None:
            raise NotALinkError(label_of(transaction.queries, link))
        source_head = transaction.load(Collection, row.source.collection_id)
        authority = over_collection(transaction, head)
        transaction.record(head.unlink(row.as_domain(), authority))
        transaction.record([source_head.withdraw(row.source.index, link, authority)])

    session.transact(decide, reason, subject=Subject.LINKS)
