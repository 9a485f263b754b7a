"""Our event stores keep the contract that third parties' are held to."""

from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from fingerpost.adapters.event_store import InMemoryEventStore, SQLiteEventStore
from fingerpost.domain.collection import Collection
from fingerpost.testing import EventStoreConformance


def rows_of(store, stream_id):
    """Load a head and count the rows that the recorder hands out for it."""
    recorder, rows = store._recorder, []
    select = type(recorder).select_events

    def counted(*args, **kwargs):
        found = select(recorder, *args, **kwargs)
        rows.extend(found)
        return found

    recorder.select_events = counted
    head = store.load(Collection, stream_id)
    del recorder.select_events
    assert head.version == len(list(store.stream(stream_id)))
    return len(rows)


class TestInMemoryEventStore(EventStoreConformance):
    @pytest.fixture
    def event_store(self):
        with closing(InMemoryEventStore()) as store:
            yield store

    def rows_of_a_load(self, store, stream_id):
        store._heads.forget()
        return rows_of(store, stream_id)


class TestSQLiteEventStore(EventStoreConformance):
    @pytest.fixture
    def event_store(self, tmp_path):
        with ExitStack() as self._opened:
            yield self._open(tmp_path / "ledger.sqlite")

    def reopen(self, store):
        return self._open(Path(store.location))

    def _open(self, path):
        return self._opened.enter_context(closing(SQLiteEventStore(path)))

    def rows_of_a_load(self, store, stream_id):
        return rows_of(self.reopen(store), stream_id)
