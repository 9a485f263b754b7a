"""What differs between two artifacts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from fingerpost import adapters, application
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_change import EntryChange
from fingerpost.domain.metadata.change import metadata_changes
from fingerpost.domain.metadata.metadata import JsonObject

if TYPE_CHECKING:
    from fingerpost.application.manifests.entry_pages import EntryPages

KINDS: Final = ("added", "removed", "changed", "renamed", "incomparable")
"""What can be the matter with an entry."""


@frozen(kw_only=True)
class Side:
    """One of two artifacts that are compared, as it is at the moment."""

    name: str
    pages: "EntryPages"
    file_count: int
    size_bytes: int
    metadata: JsonObject
    description: str | None
    tags: frozenset[str]


class Difference:
    """What has to be changed of one artifact to get another one.

    The facts alone; :class:`~fingerpost.Diff` documents its attributes, and puts them into words.
    """

    def __init__(self, before: Side, after: Side) -> None:
        self.before = before.name
        self.after = after.name
        self._found = adapters.comparison.differences.Differences(
            application.manifests.entry_pages.differing(before.pages, after.pages)
        )
        self.metadata = list(metadata_changes(before.metadata, after.metadata))
        texts = before.description, after.description
        self.description = None if texts[0] == texts[1] else texts
        self.tags_added = sorted(after.tags - before.tags)
        self.tags_removed = sorted(before.tags - after.tags)
        self.count_before, self.count_after = before.file_count, after.file_count
        self.size_before_bytes, self.size_after_bytes = before.size_bytes, after.size_bytes

    @property
    def added(self) -> Sequence[Entry]:
        """Entries of the second alone, copies of others among them; sorted by path."""
        return self._found.added

    @property
    def removed(self) -> Sequence[Entry]:
        """Entries of the first alone; sorted by path."""
        return self._found.removed

    @property
    def changed(self) -> Sequence[EntryChange]:
        """Entries of both that are not the same; each says what of it; sorted by path."""
        return self._found.changed

    @property
    def renamed(self) -> Sequence[EntryChange]:
        """Entries that are in the second under another path; sorted by the new path.

        The content is the same, or for references of which no digest is known what they refer to.
        Where several have the same content, those belong together that have the same file name,
        then those that come first in the order of paths. Empty files are never renamed.
        """
        return self._found.renamed

    @property
    def incomparable(self) -> Sequence[EntryChange]:
        """Entries of both whose content cannot be compared.

        Their digests are of different algorithms, or nothing was recorded of a reference.
        """
        return self._found.incomparable

    @property
    def count_delta(self) -> int:
        """By how many entries it grew."""
        return self.count_after - self.count_before

    @property
    def size_delta_bytes(self) -> int:
        """By how many bytes it grew."""
        return self.size_after_bytes - self.size_before_bytes

    @property
    def counts(self) -> dict[str, int]:
        """How many entries were added, removed, changed, renamed, and cannot be compared."""
        return {kind: len(getattr(self, kind)) for kind in KINDS}

    @property
    def is_empty(self) -> bool:
        """Whether entries, metadata, description and tags are the same, for all that is known."""
        about = self.metadata or self.tags_added or self.tags_removed
        return not (any(self.counts.values()) or about or self.description)
