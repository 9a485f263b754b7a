"""Content stores: where bytes live."""

from fingerpost.application.ports.content_check import ContentProblem

from .fsspec_store import FsspecContentStore
from .memory import InMemoryContentStore

__all__ = ["ContentProblem", "FsspecContentStore", "InMemoryContentStore"]
