"""Secrets, encrypted, in a database."""

from collections.abc import Callable
from uuid import UUID

from .cipher import SecretCipher
from .ports import Database


class SqliteSecretVault:
    """A :class:`~fingerpost.application.ports.secret_vault.SecretVault` in SQL.

    Args:
        database: where.
        keys: returns the text of the keys, when one is needed.
    """

    def __init__(self, database: Database, keys: Callable[[], str | None]) -> None:
        self._database = database
        self._table = database.secrets_table
        self._keys = keys

    def check(self) -> None:
        """Return if values can be encrypted now."""
        SecretCipher(self._keys()).seal(UUID(int=0), "", "")

    def put(self, owner_id: UUID, name: str, value: str) -> None:
        """Keep a value, in place of the one before."""
        cipher = SecretCipher(self._keys())
        sealed = cipher.seal(owner_id, name, value)
        with self._database.transaction() as connection:
            connection.execute(
                f"INSERT INTO {self._table} (owner_id, name, key_id, sealed) VALUES (?,?,?,?) "
                "ON CONFLICT (owner_id, name) DO UPDATE SET key_id=excluded.key_id, "
                "sealed=excluded.sealed",
                (owner_id.hex, name, cipher.current, sealed),
            )

    def get(self, owner_id: UUID, name: str) -> str | None:
        """Return a value, or ``None`` when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT key_id, sealed FROM {self._table} WHERE owner_id=? AND name=?",
                (owner_id.hex, name),
            ).fetchone()
        if row is None:
            return None
        cipher = SecretCipher(self._keys())
        return cipher.unseal(owner_id, name, row["key_id"], row["sealed"])

    def remove(self, owner_id: UUID, name: str) -> None:
        """Forget a value, if there is one."""
        with self._database.transaction() as connection:
            connection.execute(
                f"DELETE FROM {self._table} WHERE owner_id=? AND name=?", (owner_id.hex, name)
            )

    def rotate(self) -> int:
        """Encrypt all values anew with the first key; all of them or none."""
        cipher = SecretCipher(self._keys())
        with self._database.transaction() as connection:
            older = connection.execute(
                f"SELECT * FROM {self._table} WHERE key_id<>?", (cipher.current,)
            ).fetchall()
            for row in older:
                owner_id, name = UUID(row["owner_id"]), row["name"]
                value = cipher.unseal(owner_id, name, row["key_id"], row["sealed"])
                connection.execute(
                    f"UPDATE {self._table} SET key_id=?, sealed=? WHERE owner_id=? AND name=?",
                    (cipher.current, cipher.seal(owner_id, name, value), row["owner_id"], name),
                )
        return len(older)

    def __repr__(self) -> str:
        return "SqliteSecretVault()"
