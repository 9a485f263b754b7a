"""``store.events`` and ``store.subscribe``: what happened, and what happens, here and elsewhere."""

import json
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

import fingerpost
from fingerpost import Api, Artifact, errors, init
from stores import open_store

WRITER = """
import sys
from fingerpost import Artifact, init
for number in range(4):
    with init("team", "p", store=sys.argv[1], actor="alice") as run:
        artifact = Artifact(sys.argv[2], "dataset")
        with artifact.new_file("x") as file:
            file.write(f"{number}")
        run.log_artifact(artifact)
"""


@pytest.fixture
def store(place):
    with open_store(place) as store:
        yield store


def log(store, text="1"):
    with init("team", "p", store=store) as run:
        artifact = Artifact("table", "dataset")
        with artifact.new_file("x") as file:
            file.write(text)
        return run.log_artifact(artifact)


def test_events_are_those_of_the_ledger_in_its_order(store):
    log(store).collection.set_alias("good", "v0", reason="looks\nfine")
    events = list(store.events())
    assert [event.position for event in events] == sorted({e.position for e in events})
    moved = events[-1]
    assert (moved.kind, moved.actor, moved.reason) == (
        "collection.alias_moved",
        "alice",
        "looks\nfine",
    )
    assert moved.at <= datetime.now(UTC)
    assert (moved.data["alias"], moved.data["to_version"]) == ("good", 0)
    assert moved.subject == "team/p/table"
    # What is told is plain JSON.
    assert json.loads(json.dumps(moved.as_json())) == moved.as_json()
    assert not {"at", "actor", "reason", "run_id", "originator_id"} & set(moved.data)


def test_a_part_can_be_asked_for(store):
    log(store)
    everything = list(store.events())
    third = everything[2].position
    assert [e.position for e in store.events(third)] == [e.position for e in everything[3:]]
    assert len(list(store.events(limit=2))) == 2
    assert list(store.events(limit=0)) == []
    logged = list(store.events(kinds=["collection.version_logged"]))
    assert [event.kind for event in logged] == ["collection.version_logged"]
    assert list(store.events(everything[-1].position)) == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"after": -1},
        {"after": "1"},
        {"after": True},
        {"kinds": ["alias.moved"]},
        {"poll_interval_s": 0},
        {"poll_interval_s": float("nan")},
        {"timeout_s": -1},
        {"timeout_s": "1"},
    ],
)
def test_what_makes_no_sense_is_refused_at_once(store, arguments):
    with pytest.raises(errors.InvalidValueError):
        store.subscribe(**arguments)


def test_a_negative_limit_is_refused(store):
    with pytest.raises(errors.InvalidValueError, match="limit"):
        store.events(limit=-1)


def test_what_other_processes_store_arrives_whole_and_in_order(store):
    start = max(event.position for event in store.events())
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, store.location, f"table{number}"])
        for number in range(3)
    ]
    kinds = ["collection.version_logged"]
    with store.subscribe(start, kinds=kinds, poll_interval_s=0.01, timeout_s=120) as following:
        seen = [next(following) for _ in range(12)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert [e.position for e in seen] == [e.position for e in store.events(start, kinds=kinds)]
    for number in range(3):
        own = [e.data["index"] for e in seen if e.subject == f"team/p/table{number}"]
        assert own == [0, 1, 2, 3]


def test_several_subscribers_see_the_same_and_one_ends_alone(store):
    log(store)
    with store.subscribe(timeout_s=0) as one, store.subscribe(timeout_s=0) as other:
        first = next(one)
        assert next(other).position == first.position
        one.close()
        assert list(one) == []
        assert len(list(other)) == len(list(store.events())) - 1


def test_it_goes_on_after_a_restart_where_it_was(tmp_path):
    with fingerpost.open_store(tmp_path / "store") as store:
        log(store, "1")
        with store.subscribe(timeout_s=0) as subscription:
            before = [event.position for event in subscription]
            position = subscription.position
    with fingerpost.open_store(tmp_path / "store") as store:
        log(store, "2")
        with store.subscribe(position, timeout_s=0) as subscription:
            after = [event.position for event in subscription]
        assert before + after == [event.position for event in store.events()]
        assert after


def test_a_store_in_memory_can_be_followed_from_another_thread():
    with fingerpost.open_store("memory://") as store:
        start = [event.position for event in store.events()][-1]
        writer = threading.Thread(target=log, args=(store,))
        with store.subscribe(start, poll_interval_s=0.01, timeout_s=60) as subscription:
            writer.start()
            assert next(subscription).position > start
        writer.join()


def test_a_store_that_was_closed_says_so(tmp_path):
    store = fingerpost.open_store(tmp_path / "store")
    subscription = store.subscribe()
    store.close()
    with pytest.raises(errors.StoreUnavailableError, match="was closed"):
        next(subscription)


def test_a_cloudevent_has_what_the_standard_asks_for(store):
    log(store).collection.set_alias("good", "v0", reason="looks\nfine")
    told = [event.as_cloudevent() for event in store.events()]
    for event in told:
        # CloudEvents 1.0.2: required attributes, names of attributes, and text without controls.
        assert {"specversion", "id", "source", "type"} <= set(event)
        assert event["specversion"] == "1.0"
        for name, value in event.items():
            assert re.fullmatch("[a-z0-9]{1,20}", name)
            assert name == "data" or (value and value.isprintable())
        assert event["datacontenttype"] == "application/json"
        # RFC 3339, in UTC.
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", event["time"])
    assert len({event["id"] for event in told}) == len(told)
    assert [e["sequence"] for e in told] == sorted(event["sequence"] for event in told)
    moved = told[-1]
    assert moved["type"] == "fingerpost.collection.alias_moved"
    assert moved["source"] == f"urn:uuid:{store.identity}"
    assert moved["subject"] == "team/p/table"
    assert moved["data"]["reason"] == "looks\nfine"


def test_an_event_is_told_with_the_same_id_ever_after(store, tmp_path, place):
    log(store)
    first = [event.as_cloudevent()["id"] for event in store.events()]
    store.rebuild()
    with fingerpost.open_store(place) as again:
        assert [event.as_cloudevent()["id"] for event in again.events()] == first
    with fingerpost.open_store(tmp_path / "other") as other:
        assert not {event.as_cloudevent()["id"] for event in other.events()} & set(first)


def test_events_of_what_was_deleted_can_be_told(store):
    log(store)
    Api(store).collection("team/p/table").delete()
    assert all(event.as_cloudevent()["subject"] for event in store.events())
