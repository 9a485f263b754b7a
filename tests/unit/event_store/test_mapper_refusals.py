"""Rows that are no events, or not ours: each is a clear error that names the row."""

import json
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import pytest
from attrs import frozen
from eventsourcing.persistence import StoredEvent

from fingerpost.adapters.event_store.mapper import CattrsMapper
from fingerpost.domain.errors import CorruptLedgerError, StoreFormatError
from fingerpost.domain.events import Event

STREAM = UUID("00000000-0000-4000-8000-000000000001")
ALIAS_MOVED = {
    "actor": "alice",
    "alias": "production",
    "at": "2026-03-03T09:30:00+00:00",
    "from_version": None,
    "policy_version": 4,
    "to_version": 3,
}


def row(state, topic="collection.alias_moved"):
    data = state if isinstance(state, bytes) else json.dumps(state).encode()
    return StoredEvent(STREAM, 7, topic, data)


def refusal(stored, error=CorruptLedgerError):
    with pytest.raises(error) as caught:
        CattrsMapper().to_domain_event(stored)
    message = str(caught.value)
    assert str(STREAM) in message
    assert "event 7" in message
    assert repr(stored.topic) in message
    return message


def test_the_row_that_the_others_are_made_from_is_read():
    assert CattrsMapper().to_domain_event(row(ALIAS_MOVED)).to_version == 3


@pytest.mark.parametrize(
    "topic",
    [
        "collection.alias_teleported",
        "Collection.Alias_Moved",
        "",
        "os:system",
        "fingerpost.domain.events:AliasMoved",
        "subprocess:Popen",
    ],
)
def test_a_wire_name_that_is_not_on_the_list_is_refused_and_nothing_is_imported(topic):
    assert "not an event that this version of Fingerpost knows" in refusal(row({}, topic))


@pytest.mark.parametrize("key", ["severity", "__class__", "class", "Alias"])
def test_a_key_that_the_class_does_not_have_is_refused(key):
    assert key in refusal(row({**ALIAS_MOVED, key: "x"}))


@pytest.mark.parametrize("key", ["originator_id", "originator_version"])
def test_a_row_cannot_claim_another_place_than_the_one_it_is_in(key):
    refusal(row({**ALIAS_MOVED, key: 1}))


@pytest.mark.parametrize("key", ["actor", "alias", "at", "from_version", "to_version"])
def test_a_key_that_is_missing_is_refused(key):
    state = {name: value for name, value in ALIAS_MOVED.items() if name != key}
    assert key in refusal(row(state))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("alias", 7),
        ("alias", None),
        ("alias", ["production"]),
        ("actor", True),
        ("to_version", "3"),
        ("to_version", 3.0),
        ("to_version", True),
        ("to_version", None),
        ("from_version", "v1"),
        ("policy_version", "4"),
        ("at", "2026-03-03T09:30:00"),
        ("at", "yesterday"),
        ("at", 1772530200),
        ("at", None),
        ("run_id", "not-a-uuid"),
        ("run_id", 14),
        ("reason", 5),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_and_not_converted(key, value):
    refusal(row({**ALIAS_MOVED, key: value}))


@pytest.mark.parametrize(
    ("topic", "state", "key", "value"),
    [
        ("collection.metadata_changed", {"index": 1, "changed": {}}, "changed", [1]),
        ("collection.metadata_changed", {"index": 1, "changed": {}}, "changed", "text"),
        ("collection.metadata_changed", {"index": 1, "changed": {}}, "removed", [1]),
        ("collection.metadata_changed", {"index": 1, "changed": {}}, "removed", "abc"),
        ("registry.created", {"organization_id": "0" * 32, "name": "R"}, "artifact_types", "abc"),
        ("registry.created", {"organization_id": "0" * 32, "name": "R"}, "artifact_types", [1]),
        ("registry.created", {"organization_id": "0" * 32, "name": "R"}, "organization_id", "12"),
    ],
)
def test_a_container_of_the_wrong_kind_is_refused(topic, state, key, value):
    common = {"actor": "alice", "at": "2026-03-03T09:30:00+00:00"}
    CattrsMapper().to_domain_event(row({**common, **state}, topic))
    refusal(row({**common, **state, key: value}, topic))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"3",
        b'"text"',
        b"{",
        json.dumps(ALIAS_MOVED).encode()[:-1],
        json.dumps(ALIAS_MOVED).encode() + b"}",
        json.dumps(ALIAS_MOVED).encode().replace(b"production", b"prod\xff\xfe"),
        b"\x00" * 64,
        b"[" * 100_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_bytes_that_are_no_json_object_are_refused(data):
    refusal(row(data))


@pytest.mark.parametrize("version", [2, 3, 1_000_000])
def test_a_row_of_a_later_class_version_asks_for_an_upgrade(version):
    message = refusal(row({**ALIAS_MOVED, "class_version": version}), StoreFormatError)
    assert f"has version {version}" in message
    assert "Upgrade Fingerpost" in message


@pytest.mark.parametrize("version", ["1", 0, -1, 1.5, None, []])
def test_a_class_version_that_is_no_version_is_refused(version):
    refusal(row({**ALIAS_MOVED, "class_version": version}))


@frozen(kw_only=True)
class Weighed(Event):
    """Third edition of an event that once said grams as text, then grams, and now kilograms."""

    wire_name: ClassVar[str] = "test.weighed"
    class_version: ClassVar[int] = 3
    kilograms: float
    note: str

    @staticmethod
    def upcast_v1_v2(state):
        state["grams"] = int(state.pop("weight"))

    @staticmethod
    def upcast_v2_v3(state):
        state["kilograms"] = state.pop("grams") / 1000
        state["note"] = "from grams"


COMMON = {"actor": "alice", "at": "2026-03-03T09:30:00+00:00"}


@pytest.mark.parametrize(
    ("state", "note"),
    [
        ({"weight": "1500"}, "from grams"),
        ({"grams": 1500, "class_version": 2}, "from grams"),
        ({"kilograms": 1.5, "note": "as it is", "class_version": 3}, "as it is"),
    ],
)
def test_rows_of_every_earlier_class_version_are_upcast_in_steps(state, note):
    mapper = CattrsMapper(classes={"test.weighed": Weighed})
    event = mapper.to_domain_event(row({**COMMON, **state}, "test.weighed"))
    assert event == Weighed(
        originator_id=STREAM,
        originator_version=7,
        at=datetime(2026, 3, 3, 9, 30, tzinfo=UTC),
        actor="alice",
        kilograms=1.5,
        note=note,
    )


def test_a_later_class_version_is_written_into_the_row():
    mapper = CattrsMapper(classes={"test.weighed": Weighed})
    event = mapper.to_domain_event(row({**COMMON, "weight": "1500"}, "test.weighed"))
    written = json.loads(mapper.to_stored_event(event).state)
    assert written == {**COMMON, "class_version": 3, "kilograms": 1.5, "note": "from grams"}


def test_a_row_that_an_upcast_chokes_on_is_named():
    mapper = CattrsMapper(classes={"test.weighed": Weighed})
    with pytest.raises(CorruptLedgerError, match=f"event 7 .*{STREAM}"):
        mapper.to_domain_event(row({**COMMON, "weight": "heavy"}, "test.weighed"))
