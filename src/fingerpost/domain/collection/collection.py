"""The collection: ordered versions of one name and type, and the aliases that point at them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from attrs import frozen

from ..aggregates.permissions import Authority
from ..events import CollectionCreated, Event
from ..metadata.metadata import JsonObject
from ..names.alias import Alias
from ..names.names import Tag
from ..unset import UNSET, Unset
from ..versions.ttl import TimeToLive
from ..versions.version import NewVersion, Version, VersionRef
from . import aliases as alias_rules
from . import life_cycle, links, version_annotations, versions
from .head import CollectionHead, CollectionKind


@frozen(kw_only=True)
class Collection(CollectionHead):
    """A collection and its commands.

    A command checks the rules and returns the events that follow from it. An empty list means
    that there is nothing to change. A command changes nothing itself: the caller stores the
    events, and the new state is their fold.

    Every command takes an ``authority``: actor, role and policy. It raises ``RoleRequiredError``
    if the role does not allow the command, and ``ReasonRequiredError`` if aliases would move
    without a reason that the registry requires.
    """

    @classmethod
    def create(
        cls,
        stream_id: UUID,
        *,
        kind: CollectionKind,
        home_id: UUID,
        project: str,
        name: str,
        type: str,
        authority: Authority,
        description: str | None = None,
    ) -> CollectionCreated:
        """Create a collection; its home and type never change."""
        return life_cycle.create(
            stream_id,
            kind=kind,
            home_id=home_id,
            project=project,
            name=name,
            type=type,
            authority=authority,
            description=description,
        )

    def describe(
        self, description: str | None, current: str | None, authority: Authority
    ) -> list[Event]:
        """Change the collection's description."""
        return life_cycle.describe(self, description, current, authority)

    def retag(
        self,
        add: Iterable[Tag],
        remove: Iterable[Tag],
        current: frozenset[str],
        authority: Authority,
    ) -> list[Event]:
        """Add and remove tags of the collection; only differences become events.

        Args:
            add: tags to add.
            remove: tags to remove, except those that are also in ``add``.
            current: the tags that it has.
            authority: the acting user's authority.
        """
        return life_cycle.retag(self, add, remove, current, authority)

    def rename(self, name: str, authority: Authority) -> list[Event]:
        """Rename the collection; the caller claims the new name in the same transaction.

        Renaming a collection with a protected alias requires the role that may move the alias:
        another collection could take the old name afterwards.
        """
        return life_cycle.rename(self, name, authority)

    def delete(self, authority: Authority) -> list[Event]:
        """Delete the collection with its versions and aliases, after its links were removed."""
        return life_cycle.delete(self, authority)

    def log_version(
        self,
        new: NewVersion,
        aliases: Iterable[Alias],
        tags: Iterable[Tag],
        authority: Authority,
        latest: Version | None,
        ttl: TimeToLive | None = None,
    ) -> list[Event]:
        """Log content as the next version, unless the ``latest`` version has the same content.

        Content imported from another registry is compared by its origin instead: each version
        there becomes one version here, even if two have the same content.

        The version that then has the content gets the aliases, the tags and the time to live.

        Args:
            new: the content.
            aliases: aliases for it; may include ``latest``.
            tags: tags for it.
            authority: the acting user's authority.
            latest: the stored version that ``latest`` points at, or ``None``; for content with
                an origin, the version with that origin.
            ttl: time to live for it; ``None`` leaves it as it is.
        """
        return versions.log_version(self, new, aliases, tags, authority, latest, ttl)

    def delete_version(
        self, version: Version, authority: Authority, *, delete_aliases: bool
    ) -> list[Event]:
        """Delete a version and, with ``delete_aliases``, its aliases.

        Raises:
            VersionHasAliasesError: it has aliases and ``delete_aliases`` is false.
        """
        return versions.delete_version(self, version, authority, delete_aliases=delete_aliases)

    def expire(
        self,
        version: Version,
        logged_at: datetime,
        default_ttl_s: int | None,
        authority: Authority,
    ) -> list[Event]:
        """Delete a version and its aliases if its time to live has passed and nothing links it.

        Protected aliases are held by links, so a version that one of them reaches is kept.

        Args:
            version: the version, with its links.
            logged_at: when it was logged, UTC.
            default_ttl_s: its entity's default, in seconds.
            authority: the acting user's authority; its time is compared.
        """
        return versions.expire(self, version, logged_at, default_ttl_s, authority)

    def annotate(
        self,
        version: Version,
        authority: Authority,
        *,
        description: str | Unset | None = UNSET,
        metadata: JsonObject | Unset = UNSET,
        add_tags: Iterable[Tag] = (),
        remove_tags: Iterable[Tag] = (),
        ttl: TimeToLive | Unset = UNSET,
    ) -> list[Event]:
        """Change a version's annotations; only differences become events.

        Raises:
            LinkedVersionError: ``ttl`` is given and the version is linked, which keeps it.
        """
        return version_annotations.annotate(
            self,
            version,
            authority,
            description=description,
            metadata=metadata,
            added=add_tags,
            removed=remove_tags,
            ttl=ttl,
        )

    def link(
        self,
        source: VersionRef,
        type: str,
        aliases: Iterable[Alias],
        authority: Authority,
        existing: Version | None,
    ) -> list[Event]:
        """Link a source version as the next version, unless it is linked already.

        The new or existing link gets the aliases.

        Args:
            source: the version to link; never itself a link.
            type: its artifact type.
            aliases: aliases for the link; may include ``latest`` if the link has it.
            authority: the acting user's authority.
            existing: the link to the same source, if there is one.
        """
        return links.link(self, source, type, aliases, authority, existing)

    def unlink(self, link: Version, authority: Authority, *, cascade: bool = False) -> list[Event]:
        """Remove a link and its aliases.

        Args:
            link: the link.
            authority: the acting user's authority.
            cascade: whether the source is being deleted, which is refused for every role while
                the link has a protected alias.

        Raises:
            ProtectedVersionError: ``cascade`` is true and the link has a protected alias.
        """
        return links.unlink(self, link, authority, cascade=cascade)

    def publish(self, index: int, link: VersionRef, authority: Authority) -> Event:
        """Record in the source collection that a version was linked."""
        return links.publish(self, index, link, authority)

    def withdraw(self, index: int, link: VersionRef, authority: Authority) -> Event:
        """Record in the source collection that a link was removed."""
        return links.withdraw(self, index, link, authority)

    def move_alias(
        self,
        alias: Alias,
        to: Version,
        authority: Authority,
        expected: str | Unset | None = UNSET,
    ) -> list[Event]:
        """Move a custom alias to a version.

        Args:
            alias: a custom alias.
            to: the version.
            authority: the acting user's authority.
            expected: the version (``vN``) that it must point at now; ``None`` if at none.

        Raises:
            AliasExpectationError: names the version that the alias points at.
        """
        return alias_rules.move_alias(self, alias, to, authority, expected)

    def remove_alias(
        self, alias: Alias, authority: Authority, expected: str | Unset | None = UNSET
    ) -> list[Event]:
        """Remove an alias; ``latest`` too, and then there is none until the next version.

        Raises:
            AliasNotFoundError: no version has it.
        """
        return alias_rules.remove_alias(self, alias, authority, expected)

    def move_aliases(
        self,
        moves: Mapping[Alias, Version | None],
        authority: Authority,
        expected: Mapping[Alias, str | None],
    ) -> list[Event]:
        """Move and remove several aliases in one step: all of them, or none.

        Args:
            moves: alias → the version that it moves to, or ``None`` to remove it.
            authority: the acting user's authority.
            expected: alias → the version (``vN``) that it must point at before the move, ``None``
                if at none. It may name aliases that are not moved.

        Raises:
            AliasExpectationError: names the alias and the version that it points at.
            AliasNotFoundError: no version has an alias that is to be removed.
            RoleRequiredError: one of them is protected, and the actor is no admin.
        """
        return alias_rules.move_aliases(self, moves, authority, expected)

    def roll_back(
        self, alias: Alias, to: Version, undoes: int, authority: Authority
    ) -> list[Event]:
        """Move an alias back to a version that it pointed at before.

        Args:
            alias: a custom alias.
            to: the version.
            undoes: version, in this stream, of the oldest change that this undoes.
            authority: the acting user's authority.
        """
        return alias_rules.roll_back(self, alias, to, undoes, authority)

    def expect(self, alias: Alias, expected: str | Unset | None) -> None:
        """Return if an alias points at the expected version.

        Raises:
            AliasExpectationError: names the version that it points at.
            InvalidValueError: ``expected`` is not a version label.
        """
        alias_rules.expect(self, alias, expected)
