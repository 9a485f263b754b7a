"""The schema of a store: made once, by one process, and told by its version."""

from typing import Final
from uuid import UUID, uuid4

from fingerpost.domain.errors import StoreFormatError

from ...read_tables import SCHEMA_VERSION
from ...read_tables.schema import create_tables, drop_tables
from ..ledger_tree import create_tree
from .automations import AUTOMATION_TABLES
from .cursor import PostgresCursor

LEDGER_VERSION: Final = 1
"""Of the tables of events and snapshots, which nothing can make again."""

_META: Final = "fingerpost_meta"
_LEDGER: Final = (
    f"CREATE TABLE {_META} (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE events (
        position INTEGER PRIMARY KEY, originator_id UUID NOT NULL,
        originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL,
        UNIQUE (originator_id, originator_version))""",
    """CREATE TABLE snapshots (
        originator_id UUID PRIMARY KEY, originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL, state BLOB NOT NULL)""",
)


class Schema:
    """The schema that a connection's ``search_path`` leads to.

    Args:
        name: of the schema.
        shown: the store, for people.
    """

    def __init__(self, name: str, shown: str) -> None:
        self._name = name
        self._shown = shown

    def has_store(self, cursor: PostgresCursor) -> bool:
        """Whether there is a store in it."""
        cursor.execute("SELECT to_regclass(?) IS NOT NULL", (f"{self._name}.{_META}",))
        return bool(cursor.fetchone()[0])

    def create(self, cursor: PostgresCursor) -> None:
        """Make the store in a writing transaction, unless somebody else has just done so.

        Raises:
            StoreFormatError: the schema is somebody else's.
        """
        # Two that make one schema at once fail with "tuple concurrently updated".
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", (self._name,))
        if self.has_store(cursor):
            return
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname=?", (self._name,))
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE SCHEMA "{self._name}"')
        self._require_empty(cursor)
        for statement in (*_LEDGER, *AUTOMATION_TABLES):
            cursor.execute(statement)
        create_tree(cursor)
        create_tables(cursor)
        facts = {
            "store_id": uuid4().hex,
            "ledger_version": str(LEDGER_VERSION),
            "tables_version": str(SCHEMA_VERSION),
        }
        for name, value in facts.items():
            cursor.execute(f"INSERT INTO {_META} (name, value) VALUES (?,?)", (name, value))

    def _require_empty(self, cursor: PostgresCursor) -> None:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace "
            "WHERE n.nspname=? ORDER BY c.relname LIMIT 1",
            (self._name,),
        )
        found = cursor.fetchone()
        if found is not None:
            raise StoreFormatError(
                self._shown,
                f"its schema {self._name!r} is no store, and has {found[0]!r} in it",
                "Name a schema of the store's own with ?schema=NAME.",
            )

    def store_id(self, cursor: PostgresCursor) -> UUID:
        """Return what tells this store from all others."""
        return UUID(self.fact(cursor, "store_id"))

    @staticmethod
    def add_fact(cursor: PostgresCursor, name: str, value: str) -> None:
        """Record something for good, unless that was done."""
        cursor.execute(
            f"INSERT INTO {_META} (name, value) VALUES (?,?) ON CONFLICT DO NOTHING", (name, value)
        )

    def are_tables_current(self, cursor: PostgresCursor) -> bool:
        """Whether the read tables are those of this Fingerpost; older ones are to be rebuilt.

        Raises:
            StoreFormatError: they, or the ledger, are those of a newer one.
        """
        self._require_known("ledger", self._version(cursor, "ledger"), LEDGER_VERSION)
        tables = self._version(cursor, "tables")
        self._require_known("read tables", tables, SCHEMA_VERSION)
        return tables == SCHEMA_VERSION

    def _version(self, cursor: PostgresCursor, what: str) -> int:
        return int(self.fact(cursor, f"{what}_version") or 0)

    def _require_known(self, what: str, found: int, known: int) -> None:
        if found > known:
            raise StoreFormatError(
                self._shown,
                f"the version of its {what} is {found}, and {known} is known",
                "Upgrade Fingerpost.",
            )

    def recreate_tables(self, cursor: PostgresCursor) -> None:
        """Replace read tables of another version by empty ones."""
        drop_tables(cursor)
        create_tables(cursor)
        cursor.execute(
            f"UPDATE {_META} SET value=? WHERE name='tables_version'", (str(SCHEMA_VERSION),)
        )

    @staticmethod
    def fact(cursor: PostgresCursor, name: str) -> str | None:
        """Return what was recorded under a name."""
        cursor.execute(f"SELECT value FROM {_META} WHERE name=?", (name,))
        row = cursor.fetchone()
        return None if row is None else str(row[0])
