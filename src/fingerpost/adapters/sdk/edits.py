"""What somebody changed on a fetched artifact, as the difference to what was fetched."""

from collections.abc import Iterable

from attrs import frozen

from fingerpost.application.versions import Edit
from fingerpost.domain.alias import Alias
from fingerpost.domain.collection import UNSET
from fingerpost.domain.metadata import JsonObject, is_same, normalized
from fingerpost.domain.names import Tag


@frozen(kw_only=True)
class Editable:
    """The parts of a version that can be changed, at one moment."""

    description: str | None
    metadata: JsonObject
    aliases: frozenset[str]
    tags: frozenset[str]

    @classmethod
    def of(
        cls,
        description: str | None,
        metadata: dict[str, object],
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
            aliases=frozenset(str(Alias(alias)) for alias in aliases),
            tags=frozenset(str(Tag(tag)) for tag in tags),
        )

    def edit_to(self, wanted: "Editable") -> Edit:
        """Return the changes that lead from here to what is wanted.

        Only differences: what somebody else changed meanwhile elsewhere stays.
        """
        return Edit(
            description=UNSET if wanted.description == self.description else wanted.description,
            metadata=None
            if is_same(self.metadata, wanted.metadata)
            else MetadataEdit(self.metadata, wanted.metadata),
            add_tags=_sorted_tags(wanted.tags - self.tags),
            remove_tags=_sorted_tags(self.tags - wanted.tags),
            add_aliases=_sorted_aliases(wanted.aliases - self.aliases),
            remove_aliases=_sorted_aliases(self.aliases - wanted.aliases),
        )


@frozen
class MetadataEdit:
    """The keys that differ between two states of metadata, applied to a third."""

    before: JsonObject
    after: JsonObject

    def __call__(self, current: JsonObject) -> JsonObject:
        """Return the current metadata with the same keys changed and removed."""
        kept = {
            key: value
            for key, value in current.items()
            if key in self.after or key not in self.before
        }
        changed = {
            key: value
            for key, value in self.after.items()
            if key not in self.before or not is_same(self.before[key], value)
        }
        return {**kept, **changed}


def _sorted_tags(tags: frozenset[str]) -> list[Tag]:
    return [Tag(tag) for tag in sorted(tags)]


def _sorted_aliases(aliases: frozenset[str]) -> list[Alias]:
    return [Alias(alias) for alias in sorted(aliases)]
