"""What is said of a collection as a whole: its description and its tags."""

from collections.abc import Iterable

from attrs import frozen

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Action, Authority
from ..errors import CollectionNotFoundError
from ..events import CollectionDescribed, CollectionTagged, CollectionUntagged, Event
from ..names.names import Tag
from .head import Head
from .links import LinkCommands


@frozen(kw_only=True)
class AnnotationCommands(LinkCommands):
    """Commands about the whole. See :class:`~fingerpost.domain.collection.Collection`."""

    def describe(
        self, description: str | None, current: str | None, authority: Authority
    ) -> list[Event]:
        """Change the collection's description."""
        authority.require(Action.DESCRIBE)
        self._require_there()
        recording = Recording[Head](self, authority.by)
        if description != current:
            recording.add(CollectionDescribed(**recording.envelope(), description=description))
        return recording.events

    def retag(
        self,
        add: Iterable[Tag],
        remove: Iterable[Tag],
        current: frozenset[str],
        authority: Authority,
    ) -> list[Event]:
        """Give the collection tags, and take tags off it; only differences become events.

        Args:
            add: tags that it is to have.
            remove: tags that it is not to have; those in both are added.
            current: the tags that it has.
            authority: on whose behalf.
        """
        authority.require(Action.DESCRIBE)
        self._require_there()
        recording, wanted = Recording[Head](self, authority.by), frozenset(add)
        for tag in sorted((frozenset(remove) - wanted) & current):
            recording.add(CollectionUntagged(**recording.envelope(), tag=str(tag)))
        for tag in sorted(wanted - current):
            recording.add(CollectionTagged(**recording.envelope(), tag=str(tag)))
        return recording.events

    def _require_there(self) -> None:
        if self.is_deleted:
            raise CollectionNotFoundError("collection", self.path, (), "It was deleted meanwhile.")
