"""What differs between two artifacts, to print, to ask and to send on."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from attrs import frozen

from fingerpost.adapters.comparison.differences import Differences
from fingerpost.application.manifests.entry_pages import EntryPages, differing
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_change import EntryChange
from fingerpost.domain.metadata.change import metadata_changes
from fingerpost.domain.metadata.metadata import JsonObject

from .diff_text import as_text

KINDS: Final = ("added", "removed", "changed", "renamed", "incomparable")
"""What can be the matter with an entry."""


@frozen(kw_only=True)
class Side:
    """One of two artifacts that are compared, as it is at the moment."""

    name: str
    pages: EntryPages
    file_count: int
    size_bytes: int
    metadata: JsonObject
    description: str | None
    tags: frozenset[str]


class Diff:
    """What one has to change of an artifact to get another one.

    Made by :meth:`fingerpost.Artifact.diff`. ``str()`` gives a summary, ``as_json()`` everything.
    The lists are read from temporary storage as one goes through them, so their length is no
    matter; ``len()`` is exact and costs nothing.

    Attributes:
        before: name of the first artifact.
        after: name of the second.
        metadata: keys of the metadata that were added, removed or changed, down to the innermost
            objects; sorted.
        description: what it was and what it is; ``None`` if it is the same.
        tags_added: tags of the second alone, sorted.
        tags_removed: tags of the first alone, sorted.
        count_before: entries of the first.
        count_after: entries of the second.
        size_before_bytes: size of the first, as far as sizes are known.
        size_after_bytes: size of the second, likewise.
    """

    def __init__(self, before: Side, after: Side) -> None:
        self.before = before.name
        self.after = after.name
        self._found = Differences(differing(before.pages, after.pages))
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
        """Entries of both of which nobody can tell whether the content is the same.

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

    def as_json(self, limit: int | None = None, only: Iterable[str] = KINDS) -> dict[str, Any]:
        """Return everything as plain JSON.

        Entries have the keys that they have in a manifest; counts are those of all.

        Args:
            limit: how many entries of each kind there are at most; all of them by default.
            only: kinds of differences to list.
        """
        wanted = set(only)
        return {
            "before": self.before,
            "after": self.after,
            "is_empty": self.is_empty,
            "counts": self.counts,
            "entries": _numbers(self.count_before, self.count_after),
            "size_bytes": _numbers(self.size_before_bytes, self.size_after_bytes),
            **{
                kind: [each.to_dict() for each in islice(getattr(self, kind), limit)]
                for kind in KINDS
                if kind in wanted
            },
            "metadata": [change.to_dict() for change in self.metadata],
            "description": self.description
            and {"before": self.description[0], "after": self.description[1]},
            "tags": {"added": self.tags_added, "removed": self.tags_removed},
        }

    def to_dict(self) -> dict[str, Any]:
        """Return its JSON form, which is :meth:`as_json` without a limit."""
        return self.as_json()

    def as_text(self, limit: int = 50, only: Iterable[str] = KINDS) -> str:
        """Return a summary: one line for each difference, and the totals.

        Args:
            limit: how many entries of each kind there are at most.
            only: kinds of differences to list.
        """
        return as_text(self, limit, [kind for kind in KINDS if kind in set(only)])

    def __str__(self) -> str:
        return self.as_text()

    def __repr__(self) -> str:
        counts = ", ".join(f"{number:,} {kind}" for kind, number in self.counts.items() if number)
        return f"<Diff {self.before} -> {self.after}: {counts or 'no entries differ'}>"


def _numbers(before: int, after: int) -> dict[str, int]:
    return {"before": before, "after": after, "delta": after - before}
