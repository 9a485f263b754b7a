"""Entries that are handled together."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Final

from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.manifest_line import ManifestLine, line_of

CHUNK: Final = 1_000


class Chunk:
    """Some entries, and their lines if somebody asks for them.

    Attributes:
        entries: in the order in which they came.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries

    @cached_property
    def lines(self) -> Sequence[ManifestLine]:
        """A line for each entry."""
        return [line_of(entry) for entry in self.entries]


def chunks(entries: Iterable[Entry]) -> Iterator[Chunk]:
    """Cut entries into chunks."""
    rest = iter(entries)
    while held := list(islice(rest, CHUNK)):
        yield Chunk(held)
