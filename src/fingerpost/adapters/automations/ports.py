"""What deliveries and secrets need of a database."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from ..read_tables.cursor import Row


class Result(Protocol):
    """What came of a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        ...

    def fetchone(self) -> Row:
        """Return the next row or ``None``."""
        ...

    def fetchall(self) -> list[Row]:
        """Return all rows that are left."""
        ...


class DatabaseConnection(Protocol):
    """Runs statements with ``?`` parameters."""

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> Result:
        """Run one statement."""
        ...


class Database(Protocol):
    """Where the tables are."""

    secrets_table: str
    """What the table of secrets is called."""

    def transaction(self) -> AbstractContextManager[DatabaseConnection]:
        """Commit what the block did, durably, or roll it back; one writer at a time."""
        ...

    def reading(self) -> AbstractContextManager[DatabaseConnection]:
        """Lend a connection for a query."""
        ...

    def close(self) -> None:
        """Release connections of its own. Idempotent."""
        ...
