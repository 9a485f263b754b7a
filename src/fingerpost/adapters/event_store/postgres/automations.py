"""Deliveries and secrets beside the ledger, so that all machines see what one has sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from .cursor import PostgresCursor
from .reading import LedgerReading

AUTOMATION_TABLES: Final = (
    """CREATE TABLE cursor (
        id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL)""",
    """CREATE TABLE deliveries (
        automation_id TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
        facts TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        tries INTEGER NOT NULL DEFAULT 0, planned_at INTEGER NOT NULL, next_at INTEGER NOT NULL,
        lease_owner TEXT, lease_until INTEGER, PRIMARY KEY (automation_id, position))""",
    "CREATE INDEX pending ON deliveries (position) WHERE state='pending'",
    "CREATE INDEX pending_of ON deliveries (automation_id, position) WHERE state='pending'",
    "CREATE INDEX by_state ON deliveries (state, position)",
    """CREATE TABLE attempts (
        delivery_id TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
        duration_s DOUBLE PRECISION NOT NULL, status INTEGER, problem TEXT)""",
    "CREATE INDEX attempts_of ON attempts (delivery_id, at)",
    """CREATE TABLE sealed_secrets (
        owner_id TEXT NOT NULL, name TEXT NOT NULL, key_id TEXT NOT NULL, sealed BLOB NOT NULL,
        PRIMARY KEY (owner_id, name))""",
)


class PostgresAutomationsDatabase:
    """The tables above.

    Args:
        reading: how the ledger that they are beside is read and written.
    """

    secrets_table = "sealed_secrets"

    def __init__(self, reading: LedgerReading) -> None:
        self._reading = reading

    @contextmanager
    def transaction(self) -> Iterator[PostgresCursor]:
        """Commit what the block did, durably, or roll it back when it raises.

        Raises:
            StoreUnavailableError: the server cannot be used.
        """
        with self._reading.writing() as cursor:
            # What one worker leases no other sees as free; who reads waits for nobody.
            cursor.execute("LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE")
            yield cursor

    @contextmanager
    def reading(self) -> Iterator[PostgresCursor]:
        """Lend a cursor for one query."""
        with self._reading.statement() as cursor:
            yield cursor

    def close(self) -> None:
        """Do nothing: the connections are the ledger's."""
