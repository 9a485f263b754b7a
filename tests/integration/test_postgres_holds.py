"""Those who log and those who remove content, on machines that share a ledger in PostgreSQL."""

import threading
from contextlib import ExitStack, closing

import pytest

from fingerpost.adapters.event_store.postgres import PostgresEventStore, holds
from fingerpost.adapters.event_store.postgres.holds import PostgresContentLock
from fingerpost.domain.errors import StoreUnavailableError
from waiting import LIMIT_S, until


@pytest.fixture
def machines(postgres_server):
    """Two views of one store; with half a second of patience."""
    with postgres_server.lent_url() as url, ExitStack() as opened:
        stores = [opened.enter_context(closing(PostgresEventStore(url))) for _ in range(2)]
        yield [
            PostgresContentLock(store.holds._reading, store.store_id, store.location, 0.5)
            for store in stores
        ]


def test_many_hold_a_store_at_once(machines):
    one, other = machines
    with one.shared(), other.shared(), one.shared():
        pass
    with other.exclusive():
        pass


def test_nobody_clears_a_store_that_somebody_holds_and_whoever_holds_it_is_not_disturbed(machines):
    one, other = machines
    with one.shared():
        with pytest.raises(StoreUnavailableError, match="somebody has been logging"):
            other.exclusive().__enter__()
        with other.shared():
            pass
    with other.exclusive():
        pass


def test_nobody_holds_a_store_that_is_being_cleared(machines):
    one, other = machines
    kept_out = pytest.raises(StoreUnavailableError, match="garbage collection has kept it")
    with one.exclusive(), kept_out, other.shared():
        pass
    with other.shared():
        pass


def queued(server):
    """Return how many wait for a lock that another session has."""
    with server.connect() as connection:
        asked = "SELECT count(*) FROM pg_locks WHERE locktype='advisory' AND NOT granted"
        return connection.execute(asked).fetchone()[0]


def test_whoever_clears_waits_for_those_who_hold_and_comes_before_newcomers(
    machines, postgres_server, monkeypatch
):
    one, other = machines
    one._timeout_s = other._timeout_s = LIMIT_S
    # Whoever clears lets others through after a while: not before the test has looked.
    monkeypatch.setattr(holds, "_TURN_S", LIMIT_S)
    order, is_waiting = [], threading.Event()

    def clear():
        is_waiting.set()
        with other.exclusive():
            order.append("cleared")

    def hold():
        with one.shared():
            order.append("held")

    with one.shared():
        clearing = threading.Thread(target=clear)
        clearing.start()
        is_waiting.wait()
        until(lambda: queued(postgres_server))
        holding = threading.Thread(target=hold)
        holding.start()
        until(lambda: queued(postgres_server) == 2)
        assert order == []
    for thread in (clearing, holding):
        thread.join()
    assert order == ["cleared", "held"]


def test_there_is_one_collection_at_a_time(machines):
    one, other = machines
    with one.sweeping():
        with pytest.raises(StoreUnavailableError):
            other.sweeping().__enter__()
        with one.shared():
            pass
    with other.sweeping():
        pass


def test_a_hold_ends_with_an_error_in_its_block_and_with_its_connection(machines, postgres_server):
    one, other = machines
    with pytest.raises(ZeroDivisionError), one.shared():
        raise ZeroDivisionError
    with other.exclusive():
        pass
    with one.shared():
        with postgres_server.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype='advisory' AND granted"
            )
        with other.exclusive():
            pass
