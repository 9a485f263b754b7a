"""Editing a version's annotations while others may edit them too."""

from collections.abc import Sequence

from attrs import frozen

from fingerpost.domain.collection import UNSET, Collection, Unset
from fingerpost.domain.errors import EditClash, EditConflictError
from fingerpost.domain.metadata.merge import Change, merged_metadata, merged_value
from fingerpost.domain.metadata.metadata import JsonObject, normalized
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import Tag
from fingerpost.domain.versions.ttl import TimeToLive
from fingerpost.domain.versions.version import VersionRef

from ..access.authority import over_collection
from ..access.lookup import label_of
from ..access.qualify_errors import full_names
from ..read_models.rows import VersionRow
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from .approvals import with_approvals
from .collections import existing, link_labels


@frozen(kw_only=True)
class Edit:
    """Changes to a version. A field that is ``None`` or empty is not changed.

    The edit names the description, metadata and time to live that it replaces. If another writer
    has changed one of them meanwhile, the whole edit is refused.
    """

    description: Change[str | None] | None = None
    metadata: Change[JsonObject] | None = None
    ttl: Change[TimeToLive] | None = None
    add_tags: Sequence[Tag] = ()
    remove_tags: Sequence[Tag] = ()
    add_aliases: Sequence[Alias] = ()
    remove_aliases: Sequence[Alias] = ()

    @property
    def says_something(self) -> bool:
        """Whether anything but aliases is changed."""
        is_changed = (self.description, self.metadata, self.ttl) != (None, None, None)
        return is_changed or bool(self.add_tags or self.remove_tags)


def edit(session: Session, ref: VersionRef, changes: Edit, reason: str | None = None) -> None:
    """Change a version in one step; only differences become events.

    A link shares description, metadata, time to live and tags with its source; it has aliases of
    its own. Aliases move without an expected version: setting an alias means moving it, and the
    history keeps where it was.

    Raises:
        VersionNotFoundError: it was deleted or unlinked.
        EditConflictError: another writer changed the same field; nothing is changed.
        LinkedVersionError: a time to live was set on a linked version.
        RoleRequiredError: the actor may not change it, or may not move or remove one of the
            aliases.
        ApprovalsMissingError: too few other people approved the version for one of them.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, ref.collection_id)
        row = existing(transaction, ref)
        authority = over_collection(transaction, head)
        for alias in changes.remove_aliases:
            if head.aliases.get(alias) == ref.index:
                transaction.record(head.remove_alias(alias, authority))
                head = transaction.load(Collection, ref.collection_id)
        authority = with_approvals(transaction, authority, head, changes.add_aliases, row)
        for alias in changes.add_aliases:
            with full_names(transaction, head):
                transaction.record(head.move_alias(alias, row.as_domain(), authority))
            head = transaction.load(Collection, ref.collection_id)
        if changes.says_something:
            _annotate(transaction, row.source or ref, changes)

    session.transact(decide, reason, subject=Subject.EDITS)


def _annotate(transaction: Transaction, ref: VersionRef, changes: Edit) -> None:
    head = transaction.load(Collection, ref.collection_id)
    row = existing(transaction, ref)
    clashes: list[EditClash] = []
    description = _merged_description(changes, row, clashes)
    metadata = _merged_metadata(changes, row, clashes)
    ttl = _merged_ttl(changes, row, clashes)
    if clashes:
        raise EditConflictError(label_of(transaction.queries, ref), clashes)
    links = link_labels(transaction, row) if changes.ttl else ()
    with full_names(transaction, head):
        events = head.annotate(
            row.as_domain(links),
            over_collection(transaction, head),
            description=description,
            metadata=metadata,
            add_tags=changes.add_tags,
            remove_tags=changes.remove_tags,
            ttl=ttl,
        )
    transaction.record(events)


def _merged_description(
    changes: Edit, row: VersionRow, clashes: list[EditClash]
) -> str | Unset | None:
    if changes.description is None:
        return UNSET
    merged, found = merged_value("description", changes.description, row.description)
    clashes += found
    return merged


def _merged_metadata(
    changes: Edit, row: VersionRow, clashes: list[EditClash]
) -> JsonObject | Unset:
    if changes.metadata is None:
        return UNSET
    merged, found = merged_metadata(changes.metadata, row.metadata)
    clashes += found
    # The limits apply to the result, including keys that other writers added meanwhile.
    return normalized(merged)


def _merged_ttl(changes: Edit, row: VersionRow, clashes: list[EditClash]) -> TimeToLive | Unset:
    if changes.ttl is None:
        return UNSET
    merged, found = merged_value("ttl", changes.ttl, row.ttl)
    clashes += found
    return merged
