"""Content stores: where bytes live."""

from .check import ContentProblem
from .fsspec_store import FsspecContentStore
from .memory import InMemoryContentStore

__all__ = ["ContentProblem", "FsspecContentStore", "InMemoryContentStore"]
