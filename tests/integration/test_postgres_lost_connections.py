"""A connection to PostgreSQL that breaks: what was asked for happens once, or the error says more.

The proxy speaks no SQL: it cuts the line where bytes of the protocol go by.
"""

import shutil
import signal
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from fingerpost.adapters.event_store.postgres import PostgresEventStore, connections, recorder
from fingerpost.domain.aggregates.name_claim import NameClaim
from fingerpost.domain.errors import ConcurrencyError, StoreUnavailableError
from fingerpost.testing.history import History
from servers.postgres import LocalPostgres, drop, schema_of, with_parameters
from servers.postgres_proxy import DONE, Proxy
from waiting import LIMIT_S, until

SOME = 20


@pytest.fixture
def proxy(postgres_server):
    behind = postgres_server.url.partition("host=")[2]
    if not Path(behind).is_dir():
        pytest.skip("the proxy needs a server on a socket of this machine")
    folder = tempfile.mkdtemp(prefix="pp")
    with closing(Proxy(folder, behind)) as proxy:
        yield proxy
    shutil.rmtree(folder)


@pytest.fixture
def store(postgres_server, proxy):
    url = with_parameters(proxy.url, schema=schema_of(postgres_server.new_url()))
    with closing(PostgresEventStore(url)) as store:
        yield store
    drop(postgres_server, url)


def stored(store):
    return [(each.position, each.event) for each in store.events()]


CUTS = {
    "the answer to the commit": {"answered": DONE},
    "the commit": {"asked": b"COMMIT"},
    "the insert": {"asked": b"INSERT INTO events"},
    "the beginning": {"asked": b"BEGIN"},
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_what_is_appended_while_the_line_breaks_is_there_once_and_no_error_is_raised(
    store, proxy, cut
):
    history = History()
    first, last = history.claims("name", 1), history.claims("name", 2)
    store.append(first)
    proxy.cut_when(**cut)
    assert store.append(last) == 3
    assert proxy.cuts == 1
    assert stored(store) == list(enumerate([*first, *last], start=1))
    assert store.load(NameClaim, history.stream("name")).version == 3
    assert store.differing_tables() == []


def test_an_answer_that_is_lost_over_and_over_yields_each_event_once(store, proxy):
    history = History()
    for number in range(1, SOME + 1):
        proxy.cut_when(answered=DONE)
        assert store.append(history.claims("name", 1)) == number
    assert proxy.cuts == SOME
    assert stored(store) == list(enumerate(history.events, start=1))


def test_a_conflict_stays_a_conflict_when_the_line_breaks_before_it(store, proxy):
    mine = History()
    store.append(mine.claims("name", 1))
    theirs = mine.fork()
    store.append(theirs.claims("name", 1))
    proxy.cut_when(asked=b"BEGIN")
    with pytest.raises(ConcurrencyError):
        store.append(mine.claims("name", 1))
    assert len(stored(store)) == 2


def test_when_nobody_can_be_asked_the_error_says_that_it_is_not_known(store, proxy, monkeypatch):
    monkeypatch.setattr(recorder, "_RECOVERY_S", 0.5)
    monkeypatch.setattr(connections, "_RESTART_S", 0.1)
    history = History()
    proxy.cut_when(answered=DONE, refuse=True)
    with pytest.raises(StoreUnavailableError, match="may or may not have been stored"):
        store.append(history.claims("name", 1))
    proxy.take_calls()
    assert stored(store) == [(1, history.events[0])]


def test_without_the_look_the_lost_answer_would_be_taken_for_a_conflict(store, proxy, monkeypatch):
    monkeypatch.setattr(recorder.PostgresLedgerRecorder, "_are_stored", lambda *_: False)
    proxy.cut_when(answered=DONE)
    with pytest.raises(ConcurrencyError):
        store.append(History().claims("name", 1))


def test_a_read_that_follows_a_broken_line_gets_a_new_one(store, proxy):
    history = History()
    store.append(history.claims("name", 1))
    for line in list(proxy._lines):
        line.shutdown(2)
    time.sleep(0.05)
    assert stored(store) == [(1, history.events[0])]


def test_writers_go_on_when_the_server_is_killed_and_started_again(monkeypatch):
    # They wait as long as a loaded machine takes to start the server.
    monkeypatch.setattr(recorder, "_RECOVERY_S", LIMIT_S)
    monkeypatch.setattr(connections, "_RESTART_S", LIMIT_S)
    acknowledged, failures, is_done = [], [], threading.Event()

    def write(number, store):
        history = History()
        while not is_done.is_set():
            events = history.claims(f"name {number}", 1)
            try:
                store.append(events)
            except StoreUnavailableError as error:
                failures.append(error)
                return
            acknowledged.extend(events)

    # Its settings but for one: what was acknowledged has to be on the disk.
    with LocalPostgres("max_connections = 50\nlog_min_messages = fatal\n") as server:
        server.start()
        with closing(PostgresEventStore(server.url)) as store:
            threads = [threading.Thread(target=write, args=(n, store)) for n in range(3)]
            for thread in threads:
                thread.start()
            try:
                for number in range(1, 4):
                    until(lambda: failures or len(acknowledged) > SOME * number)  # noqa: B023
                    server.stop(signal.SIGKILL)
                    server.start()
                until(lambda: failures or len(acknowledged) > SOME * 4)
            finally:
                is_done.set()
                for thread in threads:
                    thread.join(timeout=LIMIT_S)
            assert failures == []
            found = stored(store)
            assert [position for position, _ in found] == list(range(1, len(found) + 1))
            assert sorted(map(repr, acknowledged)) == sorted(repr(event) for _, event in found)
            assert len(found) > SOME
