"""What was changed on a logged artifact, as the difference to what was read."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from fingerpost import application
from fingerpost.domain.metadata.merge import Change
from fingerpost.domain.metadata.metadata import JsonObject, is_same, normalized
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import Tag
from fingerpost.domain.versions.ttl import TimeToLive

if TYPE_CHECKING:
    from fingerpost.application.collections.edits import Edit


@frozen(kw_only=True)
class Editable:
    """The parts of a version that can be changed, at one moment."""

    description: str | None
    metadata: JsonObject
    ttl: TimeToLive
    aliases: frozenset[str]
    tags: frozenset[str]

    @classmethod
    def of(
        cls,
        description: str | None,
        metadata: dict[str, object],
        ttl: TimeToLive,
        aliases: Iterable[str],
        tags: Iterable[str],
    ) -> "Editable":
        """Return a copy of the values, checked.

        Raises:
            InvalidInputError: a value is not valid; names it.
        """
        return cls(
            description=description,
            metadata=normalized(metadata),
            ttl=ttl,
            aliases=frozenset(str(Alias(alias)) for alias in aliases),
            tags=frozenset(str(Tag(tag)) for tag in tags),
        )

    def edit_to(self, wanted: "Editable") -> "Edit":
        """Return the changes that lead from here to what is wanted.

        Only differences: what others changed in the meantime stays.
        """
        is_described = wanted.description != self.description
        is_metadata_same = is_same(self.metadata, wanted.metadata)
        return application.collections.edits.Edit(
            description=Change(self.description, wanted.description) if is_described else None,
            metadata=None if is_metadata_same else Change(self.metadata, wanted.metadata),
            ttl=None if wanted.ttl == self.ttl else Change(self.ttl, wanted.ttl),
            add_tags=[Tag(tag) for tag in sorted(wanted.tags - self.tags)],
            remove_tags=[Tag(tag) for tag in sorted(self.tags - wanted.tags)],
            add_aliases=[Alias(alias) for alias in sorted(wanted.aliases - self.aliases)],
            remove_aliases=[Alias(alias) for alias in sorted(self.aliases - wanted.aliases)],
        )
