"""Event stores that break a promise each, to see that it is noticed."""

import time

from attrs import evolve

from fingerpost.errors import ConcurrencyError

STALE_READS = 8
"""How often a cache is asked before it is made anew."""

BETWEEN_S = 0.005
"""Others get a turn there: what is broken shows in fewer trials."""


class Delegating:
    """Another object, but for what a subclass does its own way."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)


class LastWriterWins(Delegating):
    """No optimistic concurrency, no fences: what was decided on an old state is stored."""

    def append(self, events, *, fences=()):
        time.sleep(BETWEEN_S)
        try:
            return self._inner.append(events, fences=fences)
        except ConcurrencyError:
            return self._inner.append(self._moved_up(events))

    def _moved_up(self, events):
        shift = {}
        for event in events:
            stream_id = event.originator_id
            if stream_id not in shift:
                newest = max(
                    (each.originator_version for each in self.stream(stream_id)), default=0
                )
                shift[stream_id] = newest + 1 - event.originator_version
        return [
            evolve(event, originator_version=event.originator_version + shift[event.originator_id])
            for event in events
        ]


class StaleQueries(Delegating):
    """Reads from a cache that others' writes do not refresh."""

    def __init__(self, inner):
        super().__init__(inner)
        self._held = {}

    def aliases(self, collection_id):
        if not self._held.get(collection_id):
            self._held[collection_id] = [self._inner.aliases(collection_id)] * STALE_READS
        return self._held[collection_id].pop()


class StaleReads(Delegating):
    """A store that reads from such a cache."""

    def __init__(self, inner):
        super().__init__(inner)
        self.queries = StaleQueries(inner.queries)


class TwoTransactions(Delegating):
    """Each event in a transaction of its own."""

    def append(self, events, *, fences=()):
        position = 0
        for number, event in enumerate(events):
            if number:
                time.sleep(BETWEEN_S)
            position = self._inner.append([event], fences=fences)
        return position


BROKEN = {
    "lost update": LastWriterWins,
    "stale read": StaleReads,
    "two transactions": TwoTransactions,
}


def broken(opened, fault):
    """Break an open store, or leave it as it is for ``None``."""
    if fault is not None:
        opened.store = evolve(opened.store, events=BROKEN[fault](opened.store.events))
    return opened
