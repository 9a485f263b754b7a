"""What the owner of an artifact writes about it, and what of that was changed."""

from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from attrs import Factory, define

from fingerpost.domain.metadata.metadata import JsonObject, normalized
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import Tag
from fingerpost.domain.versions.ttl import INHERITED, TimeToLive

from .edits import Editable
from .logged_version import LoggedVersion

if TYPE_CHECKING:
    from fingerpost.application.collections.edits import Edit


@define(kw_only=True)
class Annotations:
    """Description, metadata, aliases, tags and time to live, as they are set on an artifact now.

    Attributes:
        as_read: what the store had when a logged version was read; ``None`` for a draft.
    """

    description: str | None
    metadata: dict[str, Any]
    aliases: list[str] = Factory(list)
    tags: list[str] = Factory(list)
    ttl: TimeToLive = INHERITED
    as_read: Editable | None = None

    @classmethod
    def of_version(
        cls, version: LoggedVersion, aliases: Sequence[str] | None = None
    ) -> "Annotations":
        """Return those of a logged version.

        Args:
            version: the version.
            aliases: its aliases, if they were read already.
        """
        held = version.aliases() if aliases is None else aliases
        read = version.editable(held)
        return cls(
            description=read.description,
            metadata=deepcopy(read.metadata),
            aliases=list(held),
            tags=sorted(read.tags),
            ttl=read.ttl,
            as_read=read,
        )

    def changes(self, aliases: Sequence[Alias] = (), tags: Sequence[Tag] = ()) -> "Edit":
        """Return what differs from what was read, with these aliases and tags added.

        For a draft, where nothing was read, everything differs.

        Raises:
            InvalidInputError: a value is not valid; names it.
        """
        wanted = Editable.of(
            self.description,
            self.metadata,
            self.ttl,
            [*self.aliases, *aliases],
            [*self.tags, *tags],
        )
        return (self.as_read or _NOTHING).edit_to(wanted)

    def metadata_now(self) -> JsonObject:
        """Return the metadata as JSON.

        Raises:
            InvalidMetadataError: it is not JSON.
        """
        # Metadata that was stored once is not checked again: it has to stay comparable.
        if self.as_read is not None and self.metadata == self.as_read.metadata:
            return self.as_read.metadata
        return normalized(self.metadata)


_NOTHING: Final = Editable.of(None, {}, INHERITED, (), ())
