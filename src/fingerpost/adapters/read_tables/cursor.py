"""What the read tables need of a database: a cursor with ``?`` parameters."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

Row = Any
"""A database row: values by column name, of the types that the schema says."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Cursor(Protocol):
    """The part of a DB-API cursor that is used."""

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> object:
        """Run one statement."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[object]], /) -> object:
        """Run one statement for each row of parameters."""
        ...

    def fetchone(self) -> Row:
        """Return the next row or ``None``."""
        ...

    def fetchall(self) -> list[Row]:
        """Return all rows that are left."""
        ...


Reading = Callable[[], AbstractContextManager[Cursor]]
"""Opens a read transaction."""


def to_micros(at: datetime) -> int:
    """Return microseconds since 1970 UTC, exactly."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the moment."""
    return _EPOCH + micros * _MICROSECOND


def to_hex(identity: UUID | None) -> str | None:
    """Return how an identity is stored."""
    return None if identity is None else identity.hex


def from_hex(text: str | None) -> UUID | None:
    """Return the identity."""
    return None if text is None else UUID(text)
