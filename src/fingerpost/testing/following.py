"""That whoever follows an event store misses nothing, as tests."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import pytest

from fingerpost.application.history.following import Subscription, recorded
from fingerpost.application.ports.event_store import EventStore, RecordedEvent

from .history import History

WRITERS: Final = 3
SUBSCRIBERS: Final = 2
_APPENDS: Final = 12
HANGS_S: Final = 600
"""When something is taken to hang: far longer than it takes on a loaded machine."""
_INTERVAL_S: Final = 0.005


class FollowingConformance:
    """Inherited by :class:`~fingerpost.testing.EventStoreConformance`."""

    def reopen(self, store: EventStore) -> EventStore:
        """Return a second store on the same ledger, as another process would open it."""
        return store

    def test_subscribers_see_each_event_once_and_in_order_beside_writers(
        self, event_store: EventStore
    ) -> None:
        first = event_store.append(History().claims("before", 5))
        stores = [event_store, *(self.reopen(event_store) for _ in range(WRITERS - 1))]
        total = WRITERS * _APPENDS * 2
        # From the beginning, from the middle of what is there, and from its end.
        starts = [0, first - 2, first] * SUBSCRIBERS
        with ThreadPoolExecutor(len(starts)) as pool:
            seen = [
                pool.submit(_followed, store, start, total + (5 if not start else first - start))
                for start, store in zip(starts, stores * SUBSCRIBERS, strict=True)
            ]
            _write_at_once(stores)
            results = [each.result(timeout=HANGS_S) for each in seen]
        whole = list(recorded(event_store))
        assert len(whole) == total + 5
        for start, result in zip(starts, results, strict=True):
            assert result == [each for each in whole if each.position > start]

    def test_a_subscription_is_resumed_where_another_one_ended(
        self, event_store: EventStore
    ) -> None:
        history = History()
        event_store.append(history.claims("one", 7))
        with _subscription(event_store) as before:
            seen = [next(before) for _ in range(4)]
        history.events.clear()
        event_store.append(history.claims("two", 3))
        again = self.reopen(event_store)
        with _subscription(again, before.position, timeout_s=0) as after:
            seen += after
        assert seen == list(recorded(event_store))
        assert len(seen) == 10

    def test_of_some_kinds_nothing_is_missed_and_the_position_goes_on(
        self, event_store: EventStore
    ) -> None:
        history = History()
        history.organization()
        event_store.append(history.events)
        kind = history.events[-1].wire_name
        wanted = [e for e in recorded(event_store) if e.event.wire_name == kind]
        assert 0 < len(wanted) < len(history.events)
        with _subscription(event_store, kinds={kind}, timeout_s=0) as subscription:
            assert list(subscription) == wanted
        assert list(recorded(event_store, kinds={kind})) == wanted
        assert list(recorded(event_store, limit=2)) == list(recorded(event_store))[:2]

    def test_a_subscription_ends_when_it_is_closed(self, event_store: EventStore) -> None:
        self._ends(event_store, lambda subscription, _: subscription.close())

    def test_a_subscription_ends_when_it_is_told_to(self, event_store: EventStore) -> None:
        self._ends(event_store, lambda _, stop: stop.set())

    def test_a_subscription_ends_when_nothing_comes(self, event_store: EventStore) -> None:
        event_store.append(History().claims("name", 2))
        with _subscription(event_store, timeout_s=0.05) as subscription:
            assert len(list(subscription)) == 2
            with pytest.raises(StopIteration):
                next(subscription)

    @staticmethod
    def _ends(store: EventStore, end: Callable[[Subscription, threading.Event], None]) -> None:
        store.append(History().claims("name", 2))
        stop = threading.Event()
        subscription = _subscription(store, stop=stop)
        assert next(subscription).event.originator_version == 1
        with ThreadPoolExecutor(1) as pool:
            rest = pool.submit(list, subscription)
            end(subscription, stop)
            assert len(rest.result(timeout=HANGS_S)) <= 1


def _subscription(
    store: EventStore,
    after: int = 0,
    kinds: set[str] | None = None,
    *,
    timeout_s: float | None = HANGS_S,
    stop: threading.Event | None = None,
) -> Subscription:
    return Subscription(
        store, after, kinds, poll_interval_s=_INTERVAL_S, timeout_s=timeout_s, stop=stop
    )


def _followed(store: EventStore, after: int, count: int) -> list[RecordedEvent]:
    with _subscription(store, after) as subscription:
        return [next(subscription) for _ in range(count)]


def _write_at_once(stores: Sequence[EventStore]) -> None:
    def write(store: EventStore) -> None:
        history = History()
        for _ in range(_APPENDS):
            history.events.clear()
            store.append(history.claims("name", 2))

    with ThreadPoolExecutor(len(stores)) as pool:
        writing: list[Future[None]] = [pool.submit(write, store) for store in stores]
        for each in writing:
            each.result(timeout=HANGS_S)
