"""What was so at a moment is the fold of the events up to it, whatever the clocks said."""

from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from itertools import accumulate, takewhile

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.adapters.event_store import InMemoryEventStore, SQLiteEventStore
from fingerpost.adapters.event_store.postgres import PostgresEventStore
from fingerpost.domain.events import AliasMoved, AliasRemoved
from fingerpost.testing.history import BEGINNING, History

ALIASES = ("latest", "production", "caf\u00e9")
VERSIONS = (0, 1, 2)
TICK = timedelta(microseconds=1)

steps = st.lists(
    st.tuples(
        st.sampled_from(ALIASES),
        st.none() | st.sampled_from(VERSIONS),
        # Clocks that go on, stand still, and go backwards, by a little and by years.
        st.sampled_from([0, 1, 2, 3, 60, -1, -2, -90, -86_400 * 900, 86_400 * 900]),
    ),
    max_size=12,
)


@pytest.fixture(params=["memory", "sqlite", "postgres"], scope="module")
def event_store(request, tmp_path_factory):
    with ExitStack() as opened:
        if request.param == "memory":
            store = InMemoryEventStore()
        elif request.param == "postgres":
            server = request.getfixturevalue("postgres_server")
            store = PostgresEventStore(opened.enter_context(server.lent_url()))
        else:
            store = SQLiteEventStore(tmp_path_factory.mktemp("as-of") / "ledger.sqlite")
        yield opened.enter_context(closing(store))


def written(store, changes):
    """Write a collection with these changes; return its identity and its changes as events."""
    history = History()
    history.organization()
    history.collection("source")
    for index in VERSIONS:
        history.add(_logged(), "source", index=index, **_facts(index))
    first, clock, held = len(history.events), BEGINNING, {}
    for alias, to, step_s in changes:
        before = held.get(alias)
        clock += timedelta(seconds=step_s)
        if to == before:
            continue
        if to is None:
            history.add(AliasRemoved, "source", alias=alias, from_version=before)
            del held[alias]
        else:
            history.move("source", alias, before, to)
            held[alias] = to
        history.events[-1] = evolve(history.events[-1], at=clock)
    store.append(history.events)
    return history.stream("source"), history.events[first:]


def _logged():
    from fingerpost.domain.events import VersionLogged

    return VersionLogged


def _facts(index):
    digest = f"blake3:{index:064x}"
    return {"digest": digest, "manifest": digest, "size_bytes": 1, "file_count": 1}


def state_at(events, moment: datetime):
    """Fold the events that count by then: none counts from before one that came first."""
    effective = list(accumulate((event.at for event in events), max))
    counted = [
        event
        for event, at in takewhile(
            lambda pair: pair[1] <= moment, zip(events, effective, strict=True)
        )
    ]
    held = {}
    for event in counted:
        if isinstance(event, AliasMoved):
            held[event.alias] = f"v{event.to_version}"
        else:
            del held[event.alias]
    return held


def told(store, collection_id, moment):
    whole = store.queries.alias_changes_at(collection_id, moment)
    single = [
        change
        for alias in ALIASES
        for change in store.queries.alias_changes_at(collection_id, moment, alias)
    ]
    assert sorted(single, key=lambda change: change.alias) == list(whole)
    return {change.alias: change.to_version for change in whole if change.to_version}


@given(changes=steps)
def test_the_state_at_a_moment_is_the_fold_of_the_events_up_to_it(event_store, changes):
    collection_id, events = written(event_store, changes)
    moments = {event.at + shift for event in events for shift in (-TICK, timedelta(), TICK)}
    for moment in {BEGINNING - TICK, *moments}:
        assert told(event_store, collection_id, moment) == state_at(events, moment)


@given(changes=steps)
def test_a_change_counts_from_its_clock_or_from_when_one_before_it_did(event_store, changes):
    collection_id, events = written(event_store, changes)
    rows = event_store.queries.alias_history(collection_id)
    assert [row.at for row in rows] == [event.at for event in events]
    counted = [row.effective_at for row in rows]
    assert counted == sorted(counted)
    assert all(row.effective_at >= row.at for row in rows)
    assert set(counted) <= {row.at for row in rows}


def test_a_rebuilt_history_is_the_one_that_was_written_live(event_store):
    collection_id, events = written(
        event_store, [("production", 0, 5), ("production", 1, -9), ("production", None, 2)]
    )
    asked = [event.at + shift for event in events for shift in (-TICK, timedelta(), TICK)]
    live = [event_store.queries.alias_changes_at(collection_id, at) for at in asked]
    event_store.rebuild()
    assert event_store.differing_tables() == []
    assert [event_store.queries.alias_changes_at(collection_id, at) for at in asked] == live
