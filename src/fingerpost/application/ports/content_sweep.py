"""The port to garbage collection in a content store."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from fingerpost.domain.manifest.digest import Digest

from ..json_form import JsonForm


@frozen(kw_only=True)
class Amount(JsonForm):
    """An amount of content.

    Attributes:
        contents: number of them; two stored copies of one content count as two.
        size_bytes: size of the contents.
        stored_bytes: their size in the store, after compression.
    """

    contents: int = 0
    size_bytes: int = 0
    stored_bytes: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            contents=self.contents + other.contents,
            size_bytes=self.size_bytes + other.size_bytes,
            stored_bytes=self.stored_bytes + other.stored_bytes,
        )


@frozen(kw_only=True)
class SweepTally:
    """The content that is removed, and the garbage that stays for now.

    Attributes:
        charged: removed content, by the owner's number.
        unnamed: removed content without an owner.
        copies: removed second copies of content that stays.
        young: garbage that stays because it was stored after the given moment.
        waiting: garbage that stays because most of its pack is in use.
        files: files removed, including those of rewritten packs.
        packs_rewritten: packs whose used content was copied to a new pack.
        freed_bytes: by how much the store's files shrink; in a plan, a lower bound.
    """

    charged: Mapping[int, Amount] = field(factory=dict)
    unnamed: Amount = Amount()
    copies: Amount = Amount()
    young: Amount = Amount()
    waiting: Amount = Amount()
    files: int = 0
    packs_rewritten: int = 0
    freed_bytes: int = 0


class ContentSweep(Protocol):
    """One garbage collection: mark what stays, then remove the rest.

    Call in this order: :meth:`keep` for everything that stays, :meth:`assess` once, :meth:`charge`
    to attribute garbage to owners, :meth:`remove` (not in a dry run), :meth:`tally`. Memory use
    does not grow with the number of digests. Not shared between threads.
    """

    def keep(self, digests: Iterable[Digest]) -> set[Digest]:
        """Mark digests that stay.

        Returns:
            The digests that were not marked before.
        """
        ...

    def assess(self, older_than: datetime) -> None:
        """Determine the garbage: unmarked content that was stored before this moment.

        Content with a time in the future counts as stored after it. A file whose content is unknown
        stays. This removes nothing yet.
        """
        ...

    def charge(self, owner: int, digests: Iterable[Digest]) -> None:
        """Attribute garbage to an owner; the first owner named counts."""
        ...

    def remove(self, catch_up: Callable[[], None]) -> None:
        """Remove the garbage in steps, and let writers proceed between them.

        A kill at any moment loses no marked content and leaves no partial file; the next sweep
        removes the rest.

        Args:
            catch_up: calls :meth:`keep` for content that was named since its last call; called
                before each step, while the store is locked.

        Raises:
            StoreUnavailableError: others held the store for too long. Everything removed until then
                was garbage.
        """
        ...

    def tally(self) -> SweepTally:
        """Return the planned amounts; after :meth:`remove`, the amounts that it removed."""
        ...
