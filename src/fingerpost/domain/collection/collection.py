"""The collection: ordered versions of one name and type, and the aliases that point at them."""

from uuid import UUID

from attrs import frozen

from ..aggregate import Recording, envelope
from ..alias import Alias, version_index, version_label
from ..errors import (
    AliasExpectationError,
    AliasNotFoundError,
    InvalidValueError,
)
from ..events import (
    CollectionCreated,
    CollectionDeleted,
    CollectionRenamed,
    Event,
)
from ..permissions import Action, Authority
from ..text import plain
from ..version import Version
from .annotations import AnnotationCommands
from .head import CollectionKind, Head
from .steps import point, take_off
from .unset import UNSET, Unset


@frozen(kw_only=True)
class Collection(AnnotationCommands):
    """A collection and its commands.

    A command checks the rules and returns the events that follow from it; an empty list means
    that things are as asked already. Nothing is changed by calling it: the events have to be
    stored, and the state is what they fold to.
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
        """Create a collection; its home, name and type are fixed from here on."""
        authority.require(Action.CREATE_COLLECTION)
        return CollectionCreated(
            **envelope(stream_id, 1, authority.by),
            kind=kind.value,
            home_id=home_id,
            project=project,
            name=name,
            type=type,
            description=description,
        )

    def rename(self, name: str, authority: Authority) -> list[Event]:
        """Give the collection another name, which has to be claimed in the same transaction.

        Whoever may not move a protected alias may not rename what holds one either: another
        collection could be given the old name.
        """
        authority.require(
            Action.RENAME_PROTECTED if self._protected(authority) else Action.RENAME_COLLECTION
        )
        self._require_there()
        recording = Recording[Head](self, authority.by)
        if name != self.name:
            recording.add(CollectionRenamed(**recording.envelope(), name=name, from_name=self.name))
        return recording.events

    def delete(self, authority: Authority) -> list[Event]:
        """Delete the collection with its versions and aliases; its links are gone already."""
        authority.require(
            Action.DELETE_PROTECTED if self._protected(authority) else Action.DELETE_COLLECTION
        )
        self._require_there()
        recording = Recording[Head](self, authority.by)
        for alias in sorted(self.aliases):
            take_off(recording, alias, authority)
        recording.add(CollectionDeleted(**recording.envelope()))
        return recording.events

    def _protected(self, authority: Authority) -> frozenset[str]:
        return authority.protected & self.aliases.keys()

    # -- aliases ----------------------------------------------------------------------------

    def move_alias(
        self,
        alias: Alias,
        to: Version,
        authority: Authority,
        expected: str | Unset | None = UNSET,
    ) -> list[Event]:
        """Place or move a custom alias; where it is there already nothing happens.

        Args:
            alias: a custom alias.
            to: the version that is to hold it.
            authority: on whose behalf.
            expected: the version (``vN``) that must hold it now, ``None`` for "nothing may".

        Raises:
            AliasExpectationError: names the version that does hold it.
        """
        self._expect(alias, expected)
        recording = Recording[Head](self, authority.by)
        point(recording, alias.custom(), to.index, authority)
        return recording.events

    def remove_alias(
        self, alias: Alias, authority: Authority, expected: str | Unset | None = UNSET
    ) -> list[Event]:
        """Take an alias off; ``latest`` too, and then nothing is latest until the next version.

        Raises:
            AliasNotFoundError: nothing has it.
        """
        if version_index(alias) is not None:
            alias.custom()
        self._expect(alias, expected)
        if alias not in self.aliases:
            authority.require_alias(alias)
            raise AliasNotFoundError("alias", alias, sorted(self.aliases))
        recording = Recording[Head](self, authority.by)
        take_off(recording, alias, authority)
        return recording.events

    def _expect(self, alias: Alias, expected: str | Unset | None) -> None:
        if isinstance(expected, Unset):
            return
        if expected is not None and version_index(plain(expected) or "") is None:
            # Not a lost race but a slip: it could never be what holds the alias.
            raise InvalidValueError(
                "expected version", expected, "it is 'vN', or None for none", "For example 'v0'."
            )
        holder = self.aliases.get(alias)
        actual = None if holder is None else version_label(holder)
        if actual != expected:
            raise AliasExpectationError(str(alias), expected, actual)
