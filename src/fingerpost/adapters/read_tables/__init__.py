"""Read tables in SQL: their schema, how events change them, and the queries over them."""

from .comparison import differing, fresh_tables
from .projection import apply_event
from .queries import SqlQueries
from .schema import SCHEMA_VERSION, create_tables, drop_tables

__all__ = [
    "SCHEMA_VERSION",
    "SqlQueries",
    "apply_event",
    "create_tables",
    "differing",
    "drop_tables",
    "fresh_tables",
]
