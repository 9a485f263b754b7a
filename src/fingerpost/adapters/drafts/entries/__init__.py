"""The entries of a draft: in memory while they are few, on disk when they are many."""

from ..limits import MOST_IN_MEMORY
from .chunk import CHUNK, Chunk, chunks
from .recorded import RecordedEntries
from .spilling import SpillingEntries

__all__ = [
    "CHUNK",
    "MOST_IN_MEMORY",
    "Chunk",
    "RecordedEntries",
    "SpillingEntries",
    "chunks",
]
