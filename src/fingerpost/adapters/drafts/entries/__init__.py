"""The entries of a draft: in memory while they are few, on disk when they are many."""

from .chunk import CHUNK, Chunk, chunks
from .recorded import RecordedEntries
from .spilling import MOST_IN_MEMORY, SpillingEntries

__all__ = [
    "CHUNK",
    "MOST_IN_MEMORY",
    "Chunk",
    "RecordedEntries",
    "SpillingEntries",
    "chunks",
]
