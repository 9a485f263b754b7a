"""How values look in JSON forms."""

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

import pytest
from attrs import frozen

from fingerpost.application.json_form import JsonForm, plain_json
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.versions.origin import Origin

EAST = timezone(timedelta(hours=5, minutes=30))
HEX = "0123456789abcdef" * 2


class Shape(Enum):
    ROUND = 1


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (2, "2"),
        (0.5, "0.5"),
        (float("nan"), "null"),
        (float("-inf"), "null"),
        (datetime(2026, 3, 3, 17, 30, tzinfo=EAST), '"2026-03-03T12:00:00.000000Z"'),
        (datetime(2026, 3, 3, 12, 0, 0, 7, tzinfo=UTC), '"2026-03-03T12:00:00.000007Z"'),
        (timedelta(hours=1), "3600.0"),
        (UUID(HEX), f'"{HEX}"'),
        (b"\x00\xff", '"00ff"'),
        (Shape.ROUND, "1"),
        (Colour.RED, '"red"'),
        (Digest("blake3:" + "a" * 64), f'"blake3:{"a" * 64}"'),
        (PurePosixPath("a/b"), '"a/b"'),
        ((1, (2,)), "[1, [2]]"),
        (frozenset({"b", "a"}), '["a", "b"]'),
        (MappingProxyType({"a": (1,)}), '{"a": [1]}'),
        ({"a": {"b": float("nan")}}, '{"a": {"b": null}}'),
    ],
)
def test_a_value_is_written_in_one_way(value, written):
    assert json.dumps(plain_json({"value": value}), allow_nan=False) == f'{{"value": {written}}}'


@frozen
class Inner(JsonForm):
    made_at: datetime

    def to_dict(self):
        return {**super().to_dict(), "more": True}


@frozen
class Outer(JsonForm):
    _json_keys: ClassVar = {"path": "where", "secret": None}

    path: str
    secret: str
    inside: tuple[object, ...]


def test_fields_are_renamed_and_left_out_and_what_is_inside_has_its_own_form():
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)
    origin = Origin(system="mlflow", created_at=noon)
    assert Outer("a", "b", (Inner(noon), origin)).to_dict() == {
        "where": "a",
        "inside": [
            {"made_at": "2026-03-03T12:00:00.000000Z", "more": True},
            {
                "system": "mlflow",
                "name": None,
                "version": None,
                "digest": None,
                "created_at": "2026-03-03T12:00:00.000000Z",
                "created_by": None,
                "facts": {},
            },
        ],
    }
