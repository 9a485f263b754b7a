"""Event stores built on the recorders of the eventsourcing library."""

from .memory import InMemoryEventStore
from .sqlite import SQLiteEventStore

__all__ = ["InMemoryEventStore", "SQLiteEventStore"]
