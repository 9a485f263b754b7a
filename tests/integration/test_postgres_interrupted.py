"""Ctrl-C at the worst moment, on PostgreSQL; and a query that is given up in the middle."""

import os
import signal
import threading
from contextlib import closing
from functools import partial

import psycopg
import pytest

import fingerpost
from fingerpost.adapters.event_store.postgres import PostgresEventStore
from fingerpost.adapters.event_store.postgres.cursor import PostgresCursor
from fingerpost.testing.history import History
from stores import open_store

POSTGRES = pytest.mark.parametrize("place", ["postgres"], indirect=True)


@POSTGRES
@pytest.mark.parametrize("statement", ["LOCK TABLE", "INSERT INTO events", "UPDATE", "SELECT"])
def test_an_interrupted_command_leaves_a_ledger_that_goes_on(place, monkeypatch, statement):
    api = fingerpost.Api(open_store(place), "alice")
    execute, pending = PostgresCursor.execute, [statement]

    def interrupted_once(self, sql, *rest):
        done = execute(self, sql, *rest)
        if pending and sql.startswith(pending[0]):
            pending.clear()
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(PostgresCursor, "execute", interrupted_once)
    with pytest.raises(KeyboardInterrupt):
        api.create_registry("interrupted")
    assert not pending
    api.create_registry("after")
    other = fingerpost.Api(open_store(place), "alice")
    other.create_registry("by another")
    names = {registry.name for registry in api.registries()}
    assert names == {"Model", "Dataset", "after", "by another"}
    for each in (api, other):
        each.close()


@POSTGRES
def test_an_interrupt_that_the_driver_hides_is_still_an_interrupt(place, monkeypatch):
    """As psycopg does when one arrives while it leaves its pipeline mode."""
    api = fingerpost.Api(open_store(place), "alice")

    def interrupted(self, *_):
        error = psycopg.OperationalError("cannot exit pipeline mode while busy")
        error.__context__ = KeyboardInterrupt()
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Pipeline, "__exit__", interrupted)
        with pytest.raises(KeyboardInterrupt):
            api.create_registry("interrupted")
    api.create_registry("after")
    assert {registry.name for registry in api.registries()} == {"Model", "Dataset", "after"}
    api.close()


def test_a_writer_that_waits_for_another_one_is_interrupted_and_the_store_goes_on(
    postgres_server, postgres_url
):
    history = History()
    with closing(PostgresEventStore(postgres_url)) as store:
        schema = store.location.rpartition("schema=")[2]
        with postgres_server.connect() as other, other.transaction():
            other.execute(f"LOCK TABLE {schema}.events IN EXCLUSIVE MODE")
            timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
            timer.start()
            with pytest.raises(KeyboardInterrupt):
                store.append(history.claims("name", 1))
            timer.join()
        assert list(store.events()) == []
        assert store.append(history.events) == 1


class Interrupts:
    """Ctrl-C that is felt while armed, once each time: between appends it would hit the test."""

    is_armed = False

    def __call__(self, *_):
        if self.is_armed:
            self.is_armed = False
            raise KeyboardInterrupt

    def felt_in(self, append):
        """Return what came of an append, or ``None`` if it was interrupted."""
        try:
            self.is_armed = True
            position = append()
            self.is_armed = False
        except KeyboardInterrupt:
            return None
        return position


@pytest.fixture
def interrupts():
    interrupts = Interrupts()
    before = signal.signal(signal.SIGINT, interrupts)
    yield interrupts
    signal.signal(signal.SIGINT, before)


# In the middle of connecting, only the connection itself is left to close itself, and says so.
@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_signals_all_over_the_place_leave_all_that_was_acknowledged(postgres_url, interrupts):
    acknowledged, history = [], History()
    with closing(PostgresEventStore(postgres_url)) as store:
        is_done = threading.Event()

        def disturb():
            while not is_done.wait(0.013):
                os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=disturb)
        thread.start()
        try:
            for _ in range(60):
                events = History().claims("name", 1)
                if interrupts.felt_in(partial(store.append, events)) is not None:
                    acknowledged += events
        finally:
            # Also after a failure: another signal would end the whole run.
            is_done.set()
            thread.join()
        store.append(history.claims("last", 1))
        found = [(each.position, each.event) for each in store.events()]
        assert [position for position, _ in found] == list(range(1, len(found) + 1))
        stored = [event for _, event in found]
        assert all(event in stored for event in acknowledged)
        assert stored[-1] == history.events[0]
        assert store.differing_tables() == []
