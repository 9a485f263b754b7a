"""The ledger in PostgreSQL. Needs the extra ``fingerpost[postgres]``."""

from fingerpost.domain.errors import MissingExtraError

try:
    import psycopg as _psycopg  # noqa: F401 - whether it is there
except ImportError as error:
    raise MissingExtraError("Stores in PostgreSQL", "postgres", str(error)) from error

from .address import PostgresAddress, is_postgres
from .store import PostgresEventStore

__all__ = ["PostgresAddress", "PostgresEventStore", "is_postgres"]
