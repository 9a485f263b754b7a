"""Functions in SQL for what SQLite cannot say by itself: patterns, metadata, identities.

Metadata is not asked with ``json_each``: SQLite's reading of decimal numbers is off in the last
digit until 3.43, and its texts end at a NUL.
"""

import json
import sqlite3
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from fingerpost.domain.filters import (
    Compares,
    Contains,
    Equals,
    Exists,
    HasSize,
    IsIn,
    Matches,
    Test,
)
from fingerpost.domain.filters.documents import passes
from fingerpost.domain.filters.expression import Order
from fingerpost.domain.filters.pattern import compiled
from fingerpost.domain.names.alias import version_label

MATCHES: Final = "fingerpost_matches"
MATCHES_JSON: Final = "fingerpost_passes"
VERSION_ID: Final = "fingerpost_version_id"


def add_functions(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection that queries are to run on."""
    connection.create_function(MATCHES, 3, _matches, deterministic=True)
    connection.create_function(MATCHES_JSON, 2, _matches_json, deterministic=True)
    connection.create_function(VERSION_ID, 2, _version_id, deterministic=True)


def _matches(pattern: str, options: str, text: str) -> bool:
    return compiled(pattern, options).is_in(text)


def _matches_json(document: str, asked: str) -> bool:
    path, test = _read(asked)
    return passes(orjson.loads(document), path, test)


def _version_id(collection_id: str, index: int) -> str:
    return str(uuid5(UUID(collection_id), version_label(index)))


def write_test(path: tuple[str, ...], test: Test) -> str:
    """Return a test as the text that ``fingerpost_passes`` takes."""
    said: dict[str, Any] = {"path": path}
    match test:
        case Equals(value):
            said |= {"is": "equals", "value": value}
        case IsIn(values):
            said |= {"is": "in", "value": values}
        case Compares(order, value):
            said |= {"is": order.value, "value": value}
        case Exists():
            said |= {"is": "exists"}
        case Matches(pattern, options):
            said |= {"is": "matches", "value": pattern, "options": options}
        case Contains(text):
            said |= {"is": "contains", "value": text}
        case HasSize(size):
            said |= {"is": "size", "value": size}
    return json.dumps(said)


@lru_cache(maxsize=512)
def _read(asked: str) -> tuple[tuple[str, ...], Test]:
    said = json.loads(asked)
    value = said.get("value")
    simple: dict[str, Test] = {
        "equals": Equals(value),
        "exists": Exists(),
        "matches": Matches(value, said.get("options", "")),
        "contains": Contains(value),
        "size": HasSize(value),
    }
    name = said["is"]
    path = tuple(said["path"])
    if name == "in":
        return path, IsIn(tuple(value))
    return path, simple[name] if name in simple else Compares(Order(name), value)
