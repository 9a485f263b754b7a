"""What differs between two artifacts, to print, to ask and to send on."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from .diff_text import as_text
from .difference import KINDS, Difference


class Diff(Difference):
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
