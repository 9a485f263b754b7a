"""Stores for tests that hold for each kind of ledger: on SQLite and on PostgreSQL."""

import os
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

import fingerpost
from fingerpost.adapters.event_store.postgres import PostgresEventStore, is_postgres
from servers.postgres import schema_of

CONTENT = "CONTENT_OF_TESTS"
"""Variable of the environment: the folder with the content of stores on PostgreSQL."""


def open_store(place, actor="alice", *, create=True):
    """Open a store in a folder or a PostgreSQL."""
    if not is_postgres(str(place)):
        return fingerpost.open_store(place, actor=actor, create=create)
    content = Path(os.environ[CONTENT], schema_of(place))
    return fingerpost.open_store(place, actor=actor, create=create, content=content)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path, monkeypatch):
    """Return where a store can be made, with each kind of ledger."""
    if request.param == "sqlite":
        yield str(tmp_path / "store")
        return
    monkeypatch.setenv(CONTENT, str(tmp_path / "contents"))
    server = request.getfixturevalue("postgres_server")
    with server.lent_url() as url:
        yield url
        drop_numbered(server, url)


NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Clock:
    """Says what it was set to."""

    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def clocked_store(place, clock):
    """Return an open store whose time is that of the clock."""
    opened = open_store(place)
    store = attrs.evolve(opened.store, clock=clock)
    with fingerpost.OpenStore(store, opened.folder, opened.stat_cache) as changed:
        yield changed


def numbered(place, number):
    """Return one of several places beside each other."""
    return f"{place}_{number}" if is_postgres(place) else str(Path(place, str(number)))


def drop_numbered(server, url):
    with server.connect() as connection:
        like = schema_of(url).replace("_", r"\_") + r"\_%"
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [like])
        for (schema,) in found.fetchall():
            connection.execute("SET client_min_messages = error")
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE')


@contextmanager
def event_store_on(server):
    """Lend an empty event store on PostgreSQL."""
    with server.lent_url() as url, closing(PostgresEventStore(url)) as store:
        yield store


on_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
"""For a test of what only SQLite has, or of what is refused before any ledger is asked."""

IS_PATIENT = "FINGERPOST_RACE_TRIALS" in os.environ
"""Whether somebody asked for more than what every change is tested with."""

postgres_if_patient = pytest.mark.parametrize(
    "place", ["sqlite", "postgres"] if IS_PATIENT else ["sqlite"], indirect=True
)
"""For a race whose like is run on PostgreSQL anyway."""
