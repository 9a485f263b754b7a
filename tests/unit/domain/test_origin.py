"""Origins: what they take, what tells them apart, and what they do to logging."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import evolve

from fingerpost.domain.aggregates.aggregate import fold
from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.errors import InvalidInputError
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.versions.origin import Origin
from fingerpost.domain.versions.version import NewVersion, Version

MADE = datetime(2023, 1, 30, 12, tzinfo=UTC)
LEGS = Origin(system="mlflow", name="legs", version="4", created_at=MADE)


@pytest.mark.parametrize(
    "other",
    [
        {"system": "wandb"},
        {"name": "eyes"},
        {"name": None},
        {"version": "5"},
        {"created_at": MADE + timedelta(milliseconds=1)},
        {"created_at": None},
        {"digest": "abc"},
    ],
)
def test_another_registry_name_version_or_time_is_another_origin(other):
    assert evolve(LEGS, **other).key != LEGS.key


@pytest.mark.parametrize(
    "other",
    [
        {"created_by": "bob"},
        {"facts": {"stage": "Production"}},
        {"created_at": MADE.astimezone(timezone(timedelta(hours=2)))},
    ],
)
def test_what_is_said_of_a_version_later_leaves_it_the_same(other):
    assert evolve(LEGS, **other).key == LEGS.key


def test_where_there_is_a_digest_the_time_tells_nothing():
    known = evolve(LEGS, digest="abc")
    assert evolve(known, created_at=None).key == known.key


def test_parts_do_not_run_into_each_other():
    one = Origin(system="mlflow", name='a", "b', version="c")
    other = Origin(system="mlflow", name="a", version='b", "c')
    assert one.key != other.key


@pytest.mark.parametrize(
    "fields",
    [
        {"system": ""},
        {"system": "MLflow"},
        {"system": "a b"},
        {"system": 3},
        {"name": 3},
        {"name": "\ud800"},
        {"version": "x" * 1025},
        {"created_by": b"bob"},
        {"created_at": datetime(2023, 1, 30)},  # noqa: DTZ001 - what is refused
        {"created_at": "2023-01-30"},
        {"facts": {"a": float("inf")}},
        {"facts": [3]},
    ],
)
def test_what_is_no_origin_is_refused(fields):
    with pytest.raises(InvalidInputError):
        Origin(**{"system": "mlflow", **fields})


def content(origin):
    return NewVersion(
        type="dataset", digest="A", manifest="A", size_bytes=3, file_count=1, origin=origin
    )


def log(head, authority, origin, held=None):
    events = head.log_version(content(origin), [Alias("best")], [], authority(Role.MEMBER), held)
    return [event.wire_name for event in events], fold(head, events)


def test_the_same_content_is_a_version_for_each_that_it_was_there(collection, authority):
    _, head = log(collection(), authority, LEGS)
    names, head = log(head, authority, evolve(LEGS, version="5"))
    assert names[0] == "collection.version_logged"
    assert dict(head.aliases) == {"latest": 1, "best": 1}


def test_what_has_the_origin_already_makes_no_version_wherever_latest_is(collection, authority):
    _, head = log(collection(), authority, LEGS)
    _, head = log(head, authority, evolve(LEGS, version="5"))
    names, head = log(head, authority, LEGS, Version(index=0, digest="A"))
    assert names == ["collection.alias_moved"]
    assert dict(head.aliases) == {"latest": 1, "best": 0}
