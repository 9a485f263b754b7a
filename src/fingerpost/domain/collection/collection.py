"""The collection: ordered versions of one name and type, and the aliases that point at them."""

from uuid import UUID

from attrs import frozen

from ..aggregates.aggregate import Recording, envelope
from ..aggregates.permissions import Action, Authority
from ..events import (
    CollectionCreated,
    CollectionDeleted,
    CollectionRenamed,
    Event,
)
from .aliases import AliasCommands
from .head import CollectionKind, Head
from .steps import take_off


@frozen(kw_only=True)
class Collection(AliasCommands):
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
