"""The port to removing content: what garbage collection asks of a content store."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from fingerpost.domain.manifest.digest import Digest

from ..json_form import JsonForm


@frozen(kw_only=True)
class Amount(JsonForm):
    """How much content.

    Attributes:
        contents: number of them; two stored copies of one content count as two.
        size_bytes: of the contents themselves.
        stored_bytes: what they take in the store; less where they are compressed.
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
    """What goes, or went, and what stays although nothing keeps it.

    Attributes:
        charged: what goes, by the number that it was charged to.
        unnamed: what goes and was charged to nobody.
        copies: second copies of content that stays.
        young: stays, because it was stored after the moment that was given.
        waiting: stays, because most of the pack that it lies in is in use.
        files: files removed, those of rewritten packs among them.
        packs_rewritten: packs of which what is in use was copied to a new one.
        freed_bytes: by how much the store's files become smaller; of a plan, at least.
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
    """One garbage collection, from marking what stays to removing the rest.

    The order of calls: :meth:`keep` for everything that stays, :meth:`assess` once,
    :meth:`charge` to learn what belonged to whom, :meth:`remove` (not in a dry run),
    :meth:`tally`. Memory stays bounded however many digests are kept. Not shared between threads.
    """

    def keep(self, digests: Iterable[Digest]) -> set[Digest]:
        """Note that these stay.

        Returns:
            Those that were not noted before.
        """
        ...

    def assess(self, older_than: datetime) -> None:
        """Decide what goes: what was not kept, and was stored before this moment.

        What is stored in the future, by its clock, counts as stored after it. Where nobody can
        tell what a file holds, it stays. Nothing is removed yet.
        """
        ...

    def charge(self, owner: int, digests: Iterable[Digest]) -> None:
        """Note to whom content belonged that goes; the first to be named counts."""
        ...

    def remove(self, catch_up: Callable[[], None]) -> None:
        """Remove what goes, and give writers their turns in between.

        A kill at any moment loses nothing that was kept and leaves nothing half; the next sweep
        removes the rest.

        Args:
            catch_up: is to :meth:`keep` what was named since it was asked last; called again and
                again, each time while nobody holds the store.

        Raises:
            StoreUnavailableError: others held the store all the while. What was removed until
                then was garbage.
        """
        ...

    def tally(self) -> SweepTally:
        """Return what goes; after :meth:`remove` was called, what it removed."""
        ...
