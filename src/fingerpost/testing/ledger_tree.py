"""That an event store grows a Merkle tree over what it stores, as tests."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import pytest

from fingerpost.adapters.event_store import InMemoryEventStore
from fingerpost.application.history.ledger_proofs import LedgerTree
from fingerpost.application.ports.event_store import EventStore
from fingerpost.domain.errors import ConcurrencyError
from fingerpost.domain.ledger.merkle import stored_count
from fingerpost.domain.ledger.record import LedgerRecord
from fingerpost.verifier import check_consistency, check_inclusion

from .history import History, eventful

_EVENTS: Final = 21


def definition(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree as RFC 6962, section 2.1, defines it: by recursion."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + definition(leaves[:half]) + definition(leaves[half:])).digest()


def _records(event_store: EventStore) -> list[LedgerRecord]:
    found: list[LedgerRecord] = []
    while page := event_store.records(after=len(found), limit=7):
        found += page
    return found


class LedgerTreeConformance:
    """Inherited by :class:`~fingerpost.testing.EventStoreConformance`."""

    def reopen(self, store: EventStore) -> EventStore:
        """Return a second store on the same ledger, as another process would open it."""
        return store

    def test_the_tree_of_an_empty_store_is_empty(self, event_store: EventStore) -> None:
        assert event_store.tree_size() == 0
        assert event_store.records() == []
        assert LedgerTree(event_store).root(0) == sha256().digest()

    def test_positions_count_from_one_without_gaps(self, event_store: EventStore) -> None:
        history = History()
        first = history.claims("before", 2)
        event_store.append(first)
        with pytest.raises(ConcurrencyError):
            event_store.append([*History().claims("refused", 2), *first])
        event_store.append(History().claims("after", 3))
        assert [each.position for each in event_store.events()] == [1, 2, 3, 4, 5]

    def test_records_are_the_events_with_their_places(self, event_store: EventStore) -> None:
        event_store.append(eventful().events)
        events = event_store.events(limit=10_000)
        records = _records(event_store)
        assert [(r.position, r.stream_id, r.version, r.kind) for r in records] == [
            (e.position, e.event.originator_id, e.event.originator_version, e.event.wire_name)
            for e in events
        ]

    def test_each_root_is_that_of_the_records_before_it(self, event_store: EventStore) -> None:
        for number in range(_EVENTS):
            event_store.append(History().claims(f"name{number}", 1))
        leaves = [record.as_bytes() for record in _records(event_store)]
        tree = LedgerTree(self.reopen(event_store))
        assert tree.size == _EVENTS
        for size in range(_EVENTS + 1):
            assert tree.root(size) == definition(leaves[:size])

    def test_events_that_are_appended_together_have_a_leaf_each(
        self, event_store: EventStore
    ) -> None:
        event_store.append(eventful().events)
        leaves = [record.as_bytes() for record in _records(event_store)]
        tree = LedgerTree(event_store)
        assert tree.size == len(leaves)
        assert tree.root(len(leaves)) == definition(leaves)

    def test_every_event_and_every_beginning_can_be_proven(self, event_store: EventStore) -> None:
        event_store.append(History().claims("name", _EVENTS))
        tree = LedgerTree(event_store)
        leaves = [record.leaf for record in _records(event_store)]
        for size in range(1, _EVENTS + 1):
            root = tree.root(size)
            for position in range(1, size + 1):
                proof = tree.inclusion_proof(position, size)
                check_inclusion(leaves[position - 1], position - 1, size, proof, root)
            for old in range(1, size + 1):
                check_consistency(
                    old, size, tree.consistency_proof(old, size), tree.root(old), root
                )

    def test_what_is_refused_leaves_the_tree_as_it_is(self, event_store: EventStore) -> None:
        history = History()
        event_store.append(history.claims("name", 3))
        before = LedgerTree(event_store).root(3)
        with pytest.raises(ConcurrencyError):
            event_store.append([*History().claims("other", 2), history.events[0]])
        assert event_store.tree_size() == 3
        assert LedgerTree(event_store).root(3) == before
        event_store.append(history.claims("name", 1))
        assert event_store.tree_size() == 4

    def test_a_rebuild_does_not_touch_the_tree(self, event_store: EventStore) -> None:
        event_store.append(eventful().events)
        size = event_store.tree_size()
        before = event_store.tree_hashes_from(0, 10_000)
        assert [index for index, _ in before] == list(range(stored_count(size)))
        event_store.rebuild()
        assert event_store.tree_hashes_from(0, 10_000) == before

    def test_no_snapshot_is_forged(self, event_store: EventStore) -> None:
        event_store.append(History().claims("name", 250))
        event_store.append(eventful().events)
        assert list(event_store.forged_snapshots()) == []

    def test_what_was_stored_elsewhere_is_restored_as_it_was(self, event_store: EventStore) -> None:
        elsewhere = InMemoryEventStore()
        elsewhere.append(eventful().events)
        records = elsewhere.records(limit=10_000)
        half = len(records) // 2
        assert event_store.restore(records[:half]) == half
        assert event_store.restore(iter(records[half:])) == len(records) - half
        assert event_store.restore([]) == 0
        assert _records(event_store) == list(records)
        size = elsewhere.tree_size()
        assert event_store.tree_hashes_from(0, 10_000) == elsewhere.tree_hashes_from(0, 10_000)
        assert event_store.events(limit=size) == elsewhere.events(limit=size)
        assert list(event_store.differing_tables()) == []

    def test_what_does_not_follow_is_not_restored(self, event_store: EventStore) -> None:
        elsewhere = InMemoryEventStore()
        elsewhere.append(History().claims("name", 7))
        records = elsewhere.records()
        for wrong in (records[1:], [*records[:3], *records[4:]], [records[0], records[0]]):
            with pytest.raises(ConcurrencyError):
                event_store.restore(wrong)
            assert event_store.tree_size() == 0
            assert list(event_store.events()) == []
        event_store.restore(records[:4])
        with pytest.raises(ConcurrencyError):
            event_store.restore(records[:4])
        assert event_store.restore(records[4:]) == 3
