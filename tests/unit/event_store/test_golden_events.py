"""The bytes of every released event, against golden files that were written by hand.

A ledger outlives the code that wrote it: what is in these files must be readable for ever, and what
is written today must be what the files say.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from attrs import fields
from eventsourcing.persistence import StoredEvent

from fingerpost.adapters.event_store.mapper import CattrsMapper
from fingerpost.domain.events import EVENT_CLASSES
from fingerpost.domain.versions.origin import Origin

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "events_v1.json").read_text(encoding="utf-8")
)
STREAM = UUID("00000000-0000-4000-8000-000000000001")
USUAL_TIME = "datetime.datetime(2026, 3, 3, 9, 30, tzinfo=datetime.timezone.utc)"
ALL = pytest.mark.parametrize("wire_name", sorted(GOLDEN))


def as_bytes(state):
    # The standard library's encoder, so that the code under test is not its own witness.
    text = json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def golden_row(wire_name, state=None):
    data = as_bytes(GOLDEN[wire_name]["state"] if state is None else state)
    return StoredEvent(STREAM, 7, wire_name, data)


def test_every_wire_name_has_a_golden_row():
    assert sorted(EVENT_CLASSES) == sorted(GOLDEN)


def test_every_event_class_is_still_of_the_version_that_the_golden_file_holds():
    # A raised class_version needs a golden file of its own beside this one.
    assert {cls.class_version for cls in EVENT_CLASSES.values()} == {1}


@ALL
def test_a_golden_row_becomes_the_event_that_it_stands_for(wire_name):
    event = CattrsMapper().to_domain_event(golden_row(wire_name))
    expected = {
        "originator_id": repr(STREAM),
        "originator_version": "7",
        "at": USUAL_TIME,
        "command_id": "None",
        **GOLDEN[wire_name]["fields"],
    }
    found = {field.name: repr(getattr(event, field.name)) for field in fields(type(event))}
    assert (event.wire_name, found) == (wire_name, expected)


@pytest.mark.parametrize(
    ("wire_name", "added", "expected"),
    [
        (
            "collection.version_logged",
            {"base_collection_id": "0000000000000000000000000000000a", "base_index": 4},
            {"base_collection_id": UUID(int=10), "base_index": 4},
        ),
        (
            "collection.version_logged",
            {
                "origin": {
                    "system": "mlflow",
                    "name": "legs",
                    "version": "4",
                    "created_at": "2023-01-30T12:00:00.123000+00:00",
                    "created_by": "bob",
                    "facts": {"stage": "Production"},
                }
            },
            {
                "origin": Origin(
                    system="mlflow",
                    name="legs",
                    version="4",
                    created_at=datetime(2023, 1, 30, 12, 0, 0, 123_000, tzinfo=UTC),
                    created_by="bob",
                    facts={"stage": "Production"},
                )
            },
        ),
        (
            "collection.version_logged",
            {"origin": {"system": "wandb"}},
            {"origin": Origin(system="wandb")},
        ),
        ("run.artifact_logged", {"step": 41}, {"step": 41}),
        (
            "collection.alias_moved",
            {"approved_by": ["bob", "carol"]},
            {"approved_by": ("bob", "carol")},
        ),
        ("collection.alias_moved", {"undoes": 5}, {"undoes": 5}),
        (
            "collection.linked",
            {"command_id": "0000000000000000000000000000000b"},
            {"command_id": UUID(int=11)},
        ),
    ],
)
def test_a_field_that_came_later_is_written_where_it_says_something(wire_name, added, expected):
    mapper, row = CattrsMapper(), golden_row(wire_name, {**GOLDEN[wire_name]["state"], **added})
    event = mapper.to_domain_event(row)
    assert {name: getattr(event, name) for name in expected} == expected
    assert mapper.to_stored_event(event) == row


@ALL
def test_an_event_is_written_as_exactly_the_golden_bytes(wire_name):
    mapper = CattrsMapper()
    row = golden_row(wire_name)
    assert mapper.to_stored_event(mapper.to_domain_event(row)) == row


@ALL
def test_a_reason_and_a_run_are_kept_with_any_event(wire_name):
    state = {
        **GOLDEN[wire_name]["state"],
        "reason": "why not",
        "run_id": "000000000000000000000000000000ff",
    }
    mapper = CattrsMapper()
    row = golden_row(wire_name, state)
    event = mapper.to_domain_event(row)
    assert (event.reason, event.run_id) == ("why not", UUID(int=0xFF))
    assert mapper.to_stored_event(event) == row


@pytest.mark.parametrize(
    ("wire_name", "grown", "default"),
    [
        ("collection.created", "description", None),
        ("collection.version_logged", "metadata", {}),
        ("collection.version_logged", "description", None),
        ("collection.metadata_changed", "removed", ()),
        ("collection.alias_moved", "policy_version", None),
        ("collection.alias_removed", "policy_version", None),
        ("run.artifact_logged", "step", None),
        ("run.metrics_logged", "is_complete", True),
        ("registry.created", "artifact_types", ()),
        ("registry.created", "visibility", "organization"),
    ],
)
def test_a_row_from_before_a_field_was_added_has_the_default(wire_name, grown, default):
    state = {key: value for key, value in GOLDEN[wire_name]["state"].items() if key != grown}
    assert getattr(CattrsMapper().to_domain_event(golden_row(wire_name, state)), grown) == default
