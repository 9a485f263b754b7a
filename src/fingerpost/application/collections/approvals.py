"""Approving that a protected alias moves to a version, and counting the approvals."""

from collections.abc import Iterable
from types import MappingProxyType

from attrs import evolve

from fingerpost.domain.aggregates.permissions import Action, Authority
from fingerpost.domain.aggregates.streams import approvals as approvals_stream
from fingerpost.domain.collection import Collection, CollectionKind
from fingerpost.domain.collection.approvals import Approvals
from fingerpost.domain.errors import NoSuchThingError, NotARegistryVersionError
from fingerpost.domain.events import ApprovalWithdrawn
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.organization.organization import Organization
from fingerpost.domain.registry import Registry
from fingerpost.domain.versions.version import VersionRef

from ..access.authority import in_registry, over_registry
from ..access.lookup import label_of
from ..read_models.governance_rows import ApprovalRow
from ..read_models.rows import VersionRow
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from ..visibility import require_to_see
from .collections import existing


def approve(session: Session, link: VersionRef, alias: Alias, reason: str | None = None) -> None:
    """Approve that a protected alias of a registry moves to a version. Idempotent.

    Raises:
        NotARegistryVersionError: it is a source version: only links are approved.
        NoSuchThingError: the registry does not protect the alias.
        NotAPersonError: the actor is a service account.
        RoleRequiredError: the actor may not approve there; the attempt itself is recorded.
    """

    def decide(transaction: Transaction) -> None:
        _, registry = _published(transaction, link)
        authority = over_registry(transaction, registry)
        authority.require(Action.APPROVE)
        row = existing(transaction, link)
        if alias not in registry.protected:
            raise NoSuchThingError(
                f"protected alias in {registry.scope}",
                str(alias),
                sorted(registry.protected),
                "Only a protected alias needs approvals.",
            )
        organization = transaction.load(Organization, registry.organization_id)
        given = _given(transaction, link, alias)
        events = given.approve(
            link,
            alias,
            row.manifest,
            authority,
            is_person=organization.is_person(transaction.by.actor),
        )
        if given.version == 0 and events:
            transaction.begin(given.apply(events[0]), events[0])
        else:
            transaction.record(events)

    session.transact(decide, reason, subject=Subject.APPROVALS)


def withdraw(session: Session, link: VersionRef, alias: Alias, reason: str | None = None) -> None:
    """Withdraw the actor's approval. An alias that has moved already stays.

    Raises:
        ApprovalNotFoundError: the actor had not approved.
    """

    def decide(transaction: Transaction) -> None:
        _, registry = _published(transaction, link)
        authority = over_registry(transaction, registry)
        given, label = _given(transaction, link, alias), label_of(transaction.queries, link)
        transaction.record(given.withdraw(link, alias, label, authority))

    session.transact(decide, reason, subject=Subject.APPROVALS)


def with_approvals(
    transaction: Transaction,
    authority: Authority,
    head: Collection,
    aliases: Iterable[str],
    row: VersionRow | None,
) -> Authority:
    """Return the authority with the approvals that count for a version now.

    An approval counts for the manifest that was approved, and while its author has the role to
    approve. The command is retried if an approval is withdrawn, or its author loses the role,
    before the events are stored.

    Args:
        transaction: the transaction.
        authority: the authority of the actor who moves the aliases.
        head: the registry collection.
        aliases: the aliases to move.
        row: the version that they move to; ``None`` for one that does not exist yet.
    """
    wanted = [alias for alias in aliases if alias in authority.required_approvals]
    if row is None or not wanted:
        return authority
    registry = transaction.load(Registry, head.home_id)
    counted = {
        (str(alias), row.index): _counted(transaction, registry, row, Alias(alias))
        for alias in wanted
    }
    return evolve(authority, approvers=MappingProxyType({**authority.approvers, **counted}))


def counted(session: Session, row: VersionRow) -> list[tuple[ApprovalRow, bool]]:
    """Return the approvals of a link, and whether each of them counts now.

    Raises:
        NotARegistryVersionError: it is a source version: only links are approved.
        RoleRequiredError: the actor may not see the link; the attempt itself is recorded.
    """
    require_to_see(session, row.collection_id)
    if row.source is None:
        raise NotARegistryVersionError(label_of(session.queries, row.ref))
    given = session.queries.approvals(row.ref)
    if not given:
        return []

    def decide(transaction: Transaction) -> list[tuple[ApprovalRow, bool]]:
        _, registry = _published(transaction, row.ref)
        organization = transaction.load(Organization, registry.organization_id)
        return [
            (
                each,
                each.manifest == row.manifest
                and organization.is_person(each.actor)
                and _may_approve(transaction, registry, each.actor),
            )
            for each in given
        ]

    return session.dry_run(decide)


def _counted(
    transaction: Transaction, registry: Registry, row: VersionRow, alias: Alias
) -> frozenset[str]:
    given = _given(transaction, row.ref, alias)
    transaction.fence(given, (ApprovalWithdrawn,))
    organization = transaction.load(Organization, registry.organization_id)
    return frozenset(
        who
        for who in given.of(row.manifest)
        if organization.is_person(who) and _may_approve(transaction, registry, who)
    )


def _may_approve(transaction: Transaction, registry: Registry, actor: str) -> bool:
    return Action.APPROVE.is_allowed_to(in_registry(transaction, registry, actor).role)


def _given(transaction: Transaction, link: VersionRef, alias: Alias) -> Approvals:
    stream_id = approvals_stream(link.collection_id, alias, link.index)
    return transaction.find(Approvals, stream_id) or Approvals.none(stream_id)


def _published(transaction: Transaction, link: VersionRef) -> tuple[Collection, Registry]:
    head = transaction.load(Collection, link.collection_id)
    if head.kind is not CollectionKind.REGISTRY:
        raise NotARegistryVersionError(label_of(transaction.queries, link))
    return head, transaction.load(Registry, head.home_id)
