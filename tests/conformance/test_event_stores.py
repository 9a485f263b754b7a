"""Our event stores keep the contract that third parties' are held to."""

from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from fingerpost.adapters.event_store import InMemoryEventStore, SQLiteEventStore
from fingerpost.adapters.event_store.postgres import PostgresEventStore
from fingerpost.testing import EventStoreConformance


def rows_read_by(store, action):
    """Count the rows that the recorder hands out."""
    recorder, rows = store._recorder, []
    select = recorder.select_events

    def counted(*args, **kwargs):
        found = select(*args, **kwargs)
        rows.extend(found)
        return found

    recorder.select_events = counted
    action()
    del recorder.select_events
    return len(rows)


class TestInMemoryEventStore(EventStoreConformance):
    @pytest.fixture
    def event_store(self):
        with closing(InMemoryEventStore()) as store:
            yield store

    def reopen(self, store):
        store._heads.forget()
        return store

    def rows_read_by(self, store, action):
        return rows_read_by(store, action)


class TestSQLiteEventStore(EventStoreConformance):
    @pytest.fixture
    def event_store(self, tmp_path):
        with ExitStack() as self._opened:
            yield self._open(tmp_path / "ledger.sqlite")

    def reopen(self, store):
        return self._open(Path(store.location))

    def _open(self, path):
        return self._opened.enter_context(closing(SQLiteEventStore(path)))

    def rows_read_by(self, store, action):
        return rows_read_by(store, action)


class TestPostgresEventStore(EventStoreConformance):
    @pytest.fixture
    def event_store(self, postgres_server):
        with postgres_server.lent_url() as self._url, ExitStack() as self._opened:
            yield self._open()

    def reopen(self, store):
        return self._open()

    def _open(self):
        return self._opened.enter_context(closing(PostgresEventStore(self._url)))

    def rows_read_by(self, store, action):
        return rows_read_by(store, action)
