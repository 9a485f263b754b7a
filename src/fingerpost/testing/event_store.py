"""The contract of :class:`~fingerpost.application.ports.event_store.EventStore`, as tests."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

import attrs
import pytest

from fingerpost.application.ports.event_store import EventStore, Fence
from fingerpost.domain.aggregates.name_claim import NameClaim
from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import ConcurrencyError
from fingerpost.domain.events import (
    EVENT_CLASSES,
    AliasMoved,
    ApprovalsLifted,
    ApprovalsRequired,
    ArtifactTypePermitted,
    ArtifactTypeWithdrawn,
    Event,
    MemberAdded,
    MemberRemoved,
    NameClaimed,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    ReasonsLifted,
    ReasonsRequired,
    RegistryDeleted,
    RegistryDescribed,
    RoleChanged,
    VisibilityChanged,
)
from fingerpost.domain.lineage import EdgeKind
from fingerpost.domain.registry import POLICY_EVENTS
from fingerpost.domain.versions.version import VersionRef

from .accounts import KINDS, folded, heads, ledger, ledger_pages, refused, tables
from .following import HANGS_S, FollowingConformance
from .history import History, eventful
from .ledger_tree import LedgerTreeConformance

WRITERS: Final = 4
"""Threads that append at once."""


class EventStoreConformance(FollowingConformance, LedgerTreeConformance):
    """What every event store has to do. Inherit it, in a class whose name begins with ``Test``.

    One fixture is required, a new and empty store for each test::

        class TestMyEventStore(EventStoreConformance):
            @pytest.fixture
            def event_store(self, tmp_path):
                store = MyEventStore(tmp_path)
                yield store
                store.close()

    Two hooks are optional. Override :meth:`reopen` if events outlive the object, and
    :meth:`rows_read_by` if the rows that are read can be counted; else say in
    :attr:`why_not_counted` why not, and those tests are skipped with this reason.
    """

    why_not_counted: ClassVar[str] = "rows_read_by() is not overridden"

    most_rows_of_a_load: ClassVar[int] = 200
    """Rows that a load without cache may read, however long the stream."""

    @pytest.fixture
    def event_store(self) -> Iterator[EventStore]:
        """Return a new and empty store."""
        raise NotImplementedError("override the fixture event_store")

    def reopen(self, store: EventStore) -> EventStore:
        """Return a second store on the same ledger, as another process would open it."""
        return store

    def rows_read_by(self, store: EventStore, action: Callable[[], object]) -> int:  # noqa: ARG002 - for overriding
        """Carry out an action; return how many rows of events it read from the ledger."""
        pytest.skip(self.why_not_counted)

    # Appending and reading

    def test_every_kind_of_event_comes_back_as_it_was_appended(
        self, event_store: EventStore
    ) -> None:
        history = eventful()
        event_store.append(history.events)
        assert {type(event) for event in history.events} == set(EVENT_CLASSES.values())
        assert ledger(event_store) == history.events

    def test_a_stream_has_its_own_events_in_order(self, event_store: EventStore) -> None:
        history = eventful()
        for event in history.events:
            event_store.append([event])
        for stream_id in {event.originator_id for event in history.events}:
            own = [event for event in history.events if event.originator_id == stream_id]
            assert list(event_store.stream(stream_id)) == own

    def test_what_was_never_appended_to_is_empty(self, event_store: EventStore) -> None:
        event_store.append(History().claims("other", 1))
        assert list(event_store.stream(uuid4())) == []
        assert event_store.load(NameClaim, uuid4()) is None

    def test_a_new_store_has_no_events(self, event_store: EventStore) -> None:
        assert list(event_store.events()) == []

    def test_streams_longer_than_a_page_come_back_whole(self, event_store: EventStore) -> None:
        events = History().claims("name", 2_345)
        event_store.append(events)
        assert list(event_store.stream(events[0].originator_id)) == events
        assert ledger(event_store) == events

    @pytest.mark.parametrize("limit", [1, 2, 7, 39, 40, 41])
    def test_pages_hold_each_event_once_and_in_order(
        self, event_store: EventStore, limit: int
    ) -> None:
        history = History()
        for number in range(20):
            event_store.append(history.claims(f"name {number % 3}", 2))
        pages = list(ledger_pages(event_store, limit))
        assert [event for page in pages for event in page] == history.events
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)

    def test_positions_rise_and_an_append_returns_its_last(self, event_store: EventStore) -> None:
        history = History()
        returned = [event_store.append(history.claims(f"name {n % 2}", 3)) for n in range(5)]
        positions = [recorded.position for recorded in event_store.events()]
        assert positions == sorted(set(positions))
        assert returned == positions[2::3]

    def test_positions_are_1_2_3_whatever_was_refused_in_between(
        self, event_store: EventStore
    ) -> None:
        history, fence = _fenced(event_store)
        for number in range(3):
            mine, theirs = _rivals(event_store)
            event_store.append(theirs.claims("contested", 2))
            with refused(event_store):
                event_store.append([*mine.claims("before", 2), *mine.claims("contested", 1)])
            _cross(event_store, history, _POLICY_STEPS[number])
            with refused(event_store):
                event_store.append([_move(history)], fences=[fence])
            history.events.pop()
            event_store.rebuild()
        positions = [recorded.position for recorded in event_store.events()]
        assert positions == list(range(1, len(positions) + 1))

    def test_positions_are_1_2_3_with_several_writers_who_get_in_each_others_way(
        self, event_store: EventStore
    ) -> None:
        stream_id = uuid4()

        def write(writer: int) -> None:
            for number in range(10):
                _claim_until_stored(event_store, stream_id, f"{writer}/{number}")
                event_store.append(History().claims("own", 2))

        _at_once(write)
        positions = [recorded.position for recorded in event_store.events()]
        assert positions == list(range(1, WRITERS * 30 + 1))

    def test_nothing_comes_after_the_last_position(self, event_store: EventStore) -> None:
        last = event_store.append(History().claims("name", 3))
        assert list(event_store.events(after=last)) == []
        assert list(event_store.events(after=last + 1_000)) == []

    # All or none, and only on what was seen

    def test_an_append_on_an_old_version_stores_nothing(self, event_store: EventStore) -> None:
        mine, theirs = _rivals(event_store)
        event_store.append(theirs.claims("contested", 1))
        with refused(event_store):
            event_store.append(mine.claims("contested", 1))

    def test_a_conflict_in_one_stream_keeps_the_others_out_too(
        self, event_store: EventStore
    ) -> None:
        mine, theirs = _rivals(event_store)
        event_store.append(theirs.claims("contested", 1))
        for stream in ("before", "contested", "after"):
            mine.claims(stream, 2)
        with refused(event_store):
            event_store.append(mine.events)
        assert event_store.load(NameClaim, mine.stream("before")) is None

    def test_the_last_of_several_conflicting_events_keeps_all_out(
        self, event_store: EventStore
    ) -> None:
        history = eventful()
        event_store.append(history.events)
        history.events.clear()
        history.move("source", "latest", None, 1)
        stale = attrs.evolve(history.events[0], originator_version=1)
        with refused(event_store):
            event_store.append([*history.events, stale])

    def test_the_same_event_is_stored_once(self, event_store: EventStore) -> None:
        events = History().claims("name", 2)
        event_store.append(events)
        with refused(event_store):
            event_store.append(events)

    def test_two_events_cannot_share_a_version(self, event_store: EventStore) -> None:
        events = History().claims("name", 1)
        with refused(event_store):
            event_store.append([*events, *events])

    def test_an_event_whose_predecessor_is_missing_is_refused(
        self, event_store: EventStore
    ) -> None:
        first, second, third = History().claims("name", 3)
        with refused(event_store):
            event_store.append([second])
        with refused(event_store):
            event_store.append([first, third])
        event_store.append([first])
        with refused(event_store):
            event_store.append([third])
        event_store.append([second, third])

    def test_a_refused_append_can_be_made_again_on_what_is_there(
        self, event_store: EventStore
    ) -> None:
        mine, theirs = _rivals(event_store)
        event_store.append(theirs.claims("contested", 1))
        first = mine.claims("contested", 1)
        with refused(event_store):
            event_store.append(first)
        event_store.append(mine.claims("contested", 1))
        head = event_store.load(NameClaim, mine.stream("contested"))
        assert head is not None
        assert head.version == 3

    # Fences

    @pytest.mark.parametrize("crossing", POLICY_EVENTS)
    def test_a_crossed_fence_stores_nothing(
        self, event_store: EventStore, crossing: type[Event]
    ) -> None:
        history, fence = _fenced(event_store)
        _cross(event_store, history, crossing)
        with refused(event_store):
            event_store.append([_move(history)], fences=[fence])

    def test_an_event_hidden_behind_a_later_harmless_one_crosses_too(
        self, event_store: EventStore
    ) -> None:
        history, fence = _fenced(event_store)
        _cross(event_store, history, ProtectedAliasAdded)
        _cross(event_store, history, RegistryDescribed)
        with refused(event_store):
            event_store.append([_move(history)], fences=[fence])

    def test_every_fence_counts(self, event_store: EventStore) -> None:
        history, fence = _fenced(event_store)
        _, other = _fenced(event_store)
        _cross(event_store, history, ProtectedAliasAdded)
        move = _move(history)
        for fences in ([fence, other], [other, fence]):
            with refused(event_store):
                event_store.append([move], fences=fences)

    def test_a_fence_is_not_crossed_by_what_was_there_already(
        self, event_store: EventStore
    ) -> None:
        history, fence = _fenced(event_store)
        position = event_store.append([_move(history)], fences=[fence])
        assert event_store.events(after=position - 1)[0].event == history.events[-1]

    def test_a_fence_is_not_crossed_by_events_of_other_kinds(self, event_store: EventStore) -> None:
        history, fence = _fenced(event_store)
        _cross(event_store, history, RegistryDescribed)
        event_store.append([_move(history)], fences=[fence])

    def test_a_fence_watches_only_the_kinds_that_it_names(self, event_store: EventStore) -> None:
        history, fence = _fenced(event_store)
        _cross(event_store, history, ProtectedAliasAdded)
        narrow = attrs.evolve(fence, kinds=(ProtectedAliasRemoved,))
        event_store.append([_move(history)], fences=[narrow])

    def test_a_fence_is_not_crossed_in_other_streams(self, event_store: EventStore) -> None:
        history, fence = _fenced(event_store)
        other, _ = _fenced(event_store)
        _cross(event_store, other, ProtectedAliasAdded)
        event_store.append([_move(history)], fences=[fence])

    def test_a_fence_on_an_empty_stream_is_crossed_by_its_first_event(
        self, event_store: EventStore
    ) -> None:
        history = History()
        fence = Fence(stream_id=history.stream("name"), version=0, kinds=(NameClaimed,))
        event_store.append(history.claims("before", 1), fences=[fence])
        event_store.append(history.claims("name", 1))
        with refused(event_store):
            event_store.append(history.claims("after", 1), fences=[fence])

    # Read tables

    def test_each_append_is_seen_by_the_next_query(self, event_store: EventStore) -> None:
        history = History()
        history.organization()
        history.collection("source")
        event_store.append(history.events)
        source_id = history.stream("source")
        for index in range(5):
            history.events.clear()
            history.log("source", index)
            history.move("source", "best", index - 1 if index else None, index)
            event_store.append(history.events)
            assert event_store.queries.aliases(source_id) == {"best": index, "latest": index}
            found = [version.index for version in event_store.queries.versions(source_id)]
            assert found == list(range(index, -1, -1))

    def test_all_queries_of_a_snapshot_see_the_same_moment(self, event_store: EventStore) -> None:
        history = History()
        history.organization()
        history.collection("source")
        history.log("source", 0)
        event_store.append(history.events)
        source_id = history.stream("source")
        history.events.clear()
        history.move("source", "best", None, 0)
        with event_store.queries.snapshot() as queries:
            before = queries.aliases(source_id)
            appending = threading.Thread(target=event_store.append, args=(history.events,))
            appending.start()
            # A store may let the writer through at once, or keep it waiting; neither is seen here.
            appending.join(timeout=0.2)
            assert queries.aliases(source_id) == before
            assert queries.alias(source_id, "best") is None
        appending.join()
        assert event_store.queries.alias(source_id, "best") == 0

    def test_the_queries_answer_what_the_events_say(self, event_store: EventStore) -> None:
        history = eventful()
        event_store.append(history.events)
        queries = event_store.queries
        source_id, target_id = history.stream("source"), history.stream("target")
        first = queries.version(VersionRef(collection_id=source_id, index=0))
        assert first is not None
        assert (first.description, sorted(first.tags)) == ("the first", ["small"])
        whole = queries.collection(history.stream("source"))
        assert whole is not None
        assert (whole.description, sorted(whole.tags)) == ("weights", ["small", "é"])
        assert first.metadata == {"kept": [1, None], "f1": 1, "é": {"a": "\0"}}
        assert [version.index for version in queries.versions(source_id)] == [1, 0]
        assert queries.aliases(source_id) == {}
        assert queries.aliases(target_id) == {"production": 0}
        assert queries.protected_aliases(history.stream("registry")) == ["production"]
        assert [
            (change.alias, change.from_version, change.to_version, change.reason)
            for change in queries.alias_history(source_id, "best")
        ] == [
            ("best", None, "v0", "it is"),
            ("best", "v0", "v1", None),
            ("best", "v1", "v2", None),
            ("best", "v2", "v1", None),
            ("best", "v1", None, None),
        ]
        _, _, undone, rollback, _ = queries.alias_history(source_id, "best")
        assert (undone.undoes, rollback.undoes) == (None, undone.position)
        assert [link.index for link in queries.links_of(first.ref)] == [0]
        assert len(queries.denials()) == 1

    def test_what_was_at_a_moment_follows_the_ledger_and_not_the_clocks(
        self, event_store: EventStore
    ) -> None:
        history = History()
        history.organization()
        history.collection("source")
        history.log("source", 0)
        history.log("source", 1)
        history.move("source", "best", None, 0)
        moved_at = history.events[-1].at
        history.move("source", "best", 0, 1)
        # The second move was made on a machine whose clock is an hour behind.
        history.events[-1] = attrs.evolve(history.events[-1], at=moved_at - timedelta(hours=1))
        event_store.append(history.events)
        queries, source_id = event_store.queries, history.stream("source")

        def held(at: datetime) -> dict[str, str | None]:
            whole = queries.alias_changes_at(source_id, at)
            for change in whole:
                assert queries.alias_changes_at(source_id, at, change.alias) == [change]
            return {change.alias: change.to_version for change in whole}

        assert held(moved_at) == {"best": "v1", "latest": "v1"}
        assert held(moved_at - timedelta(microseconds=1)) == {"latest": "v1"}
        assert held(moved_at - timedelta(hours=1)) == {}
        second = queries.alias_history(source_id, "best")[-1]
        assert (second.at, second.effective_at) == (moved_at - timedelta(hours=1), moved_at)
        assert queries.last_moment(source_id) == moved_at

    def test_counts_are_the_lengths_of_the_lists(self, event_store: EventStore) -> None:
        assert set(event_store.queries.counts().values()) == {0}
        history = eventful()
        event_store.append(history.events)
        queries = event_store.queries
        homes = [history.stream("team"), history.stream("registry")]
        collections = [found for home in homes for found in queries.collections(home)]
        assert queries.counts() == {
            "organizations": len(queries.organizations()),
            "registries": len(queries.registries()),
            "collections": len(collections),
            "versions": sum(len(list(queries.versions(found.id))) for found in collections),
            "runs": 1,
        }

    def test_the_queries_about_automations_answer_what_the_events_say(
        self, event_store: EventStore
    ) -> None:
        history = eventful()
        event_store.append(history.events)
        queries, positions = event_store.queries, _positions(event_store)
        (row,) = queries.automations()
        assert queries.automation(row.id) == row
        assert queries.automation(history.stream("old automation")) is None
        assert (row.id, row.name) == (history.stream("automation"), "automation")
        assert (row.scope.kind.value, row.scope.id) == ("collection", history.stream("target"))
        assert (row.trigger.kind.value, row.trigger.alias) == ("alias_added", "production")
        assert (row.action, row.description) == ({"kind": "slack", "url_secret": "CHANNEL"}, None)
        own = positions[row.id]
        assert (row.position, row.since, row.is_enabled) == (own[0], own[2], True)
        for name, home in (("source", "team"), ("target", "registry")):
            place = queries.surroundings(history.stream(name))
            assert place is not None
            assert (place.home_id, place.organization_id) == (
                history.stream(home),
                history.stream("org"),
            )
        assert [(each.name, each.set_by) for each in queries.secrets(history.stream("org"))] == [
            ("SECRET", "bob")
        ]

    def test_the_queries_about_runs_answer_what_the_events_say(
        self, event_store: EventStore
    ) -> None:
        history = eventful()
        event_store.append([*eventful().events, *history.events, *eventful().events])
        queries, run_id = event_store.queries, history.stream("run")
        used, logged, deleted = (
            VersionRef(collection_id=history.stream("source"), index=index) for index in range(3)
        )
        outputs = queries.artifacts_of(run_id, EdgeKind.LOGGED, limit=9)
        assert [(row.source, row.is_deleted) for row in outputs] == [
            (logged, False),
            (deleted, True),
        ]
        assert queries.artifacts_of(
            run_id, EdgeKind.LOGGED, after=outputs[0].position, limit=9
        ) == list(outputs[1:])
        assert queries.artifact_count(run_id, EdgeKind.LOGGED) == 1
        inputs = queries.artifacts_of(run_id, EdgeKind.USED, limit=9)
        assert [row.ref for row in inputs] == [used]
        for kind, ref in ((EdgeKind.LOGGED, logged), (EdgeKind.USED, used)):
            assert [row.id for row in queries.runs_of(ref, kind)] == [run_id]
        assert queries.runs_of(used, EdgeKind.LOGGED) == []
        assert [queries.logged_step(run_id, ref) for ref in (used, logged, deleted)] == [
            None,
            7,
            None,
        ]
        rows = [(row.step, row.metrics) for row in queries.history(run_id, limit=9)]
        assert rows == [(0, {"loss": 0.25, "note": "é"}), (7, {"loss": None})]
        assert [row.step for row in queries.history(run_id, from_step=1, limit=9)] == [7]
        assert [row.step for row in queries.history(run_id, below_step=7, limit=9)] == [0]
        team_id = history.stream("team")
        assert [row.id for row in queries.runs(team_id, "project", limit=9)] == [run_id]
        assert queries.runs(team_id, "another", limit=9) == []

    def test_rebuilt_tables_are_the_live_ones(self, event_store: EventStore) -> None:
        histories = [eventful(), eventful()]
        for history in histories:
            for event in history.events:
                event_store.append([event])
        live = [tables(event_store, each) for each in histories]
        before = heads(event_store, histories)
        assert event_store.differing_tables() == []
        assert event_store.rebuild() == sum(len(history.events) for history in histories)
        assert [tables(event_store, each) for each in histories] == live
        assert heads(event_store, histories) == before
        assert event_store.differing_tables() == []
        assert ledger(event_store) == [event for each in histories for event in each.events]

    def test_a_rebuilt_store_goes_on(self, event_store: EventStore) -> None:
        history = History()
        event_store.append(history.claims("name", 250))
        event_store.rebuild()
        event_store.append(history.claims("name", 1))
        assert list(event_store.stream(history.stream("name"))) == history.events

    # Heads

    def test_a_head_is_the_fold_of_its_stream(self, event_store: EventStore) -> None:
        history = eventful()
        for event in history.events:
            event_store.append([event])
            stream = next(
                (name for name in KINDS if history.stream(name) == event.originator_id), None
            )
            if stream is not None:
                head = event_store.load(KINDS[stream], event.originator_id)
                assert head == folded(KINDS[stream], list(event_store.stream(event.originator_id)))

    @pytest.mark.parametrize("at_once", [1, 7, 450])
    def test_heads_of_long_streams_are_folds_too(
        self, event_store: EventStore, at_once: int
    ) -> None:
        history = History()
        history.organization()
        history.collection("source")
        for index in range(150):
            history.log("source", index)
            history.move("source", f"alias {index % 7}", index - 7 if index > 6 else None, index)
        for first in range(0, len(history.events), at_once):
            event_store.append(history.events[first : first + at_once])
        own = list(event_store.stream(history.stream("source")))
        for store in (event_store, self.reopen(event_store)):
            assert store.load(Collection, history.stream("source")) == folded(Collection, own)

    def test_a_load_reads_few_rows_however_long_the_stream(self, event_store: EventStore) -> None:
        history = History()
        history.collection("source")
        for index in range(750):
            history.log("source", index)
        for first in range(0, len(history.events), 19):
            event_store.append(history.events[first : first + 19])
        cold, stream_id = self.reopen(event_store), history.stream("source")
        rows = self.rows_read_by(cold, lambda: cold.load(Collection, stream_id))
        assert rows <= self.most_rows_of_a_load

    def test_a_load_reads_only_what_is_new_since_the_one_before(
        self, event_store: EventStore
    ) -> None:
        history = History()
        stream_id = history.stream("name")
        for _ in range(20):
            event_store.append(history.claims("name", 1))
            event_store.load(NameClaim, stream_id)
        event_store.append(history.claims("name", 2))
        rows = self.rows_read_by(event_store, lambda: event_store.load(NameClaim, stream_id))
        assert rows == 2

    # Opening and closing

    def test_a_second_store_sees_everything(self, event_store: EventStore) -> None:
        history = eventful()
        event_store.append(history.events)
        other = self.reopen(event_store)
        assert ledger(other) == history.events
        assert tables(other, history) == tables(event_store, history)
        assert heads(other, [history]) == heads(event_store, [history])

    def test_two_stores_on_one_ledger_see_each_others_events(self, event_store: EventStore) -> None:
        other, history = self.reopen(event_store), History()
        stream_id = history.stream("name")
        for number, store in enumerate([event_store, other, other, event_store] * 30, start=1):
            store.append(history.claims("name", 1))
            found = [each.load(NameClaim, stream_id) for each in (event_store, other)]
            assert [head and head.version for head in found] == [number, number]

    def test_it_can_be_closed_twice(self, event_store: EventStore) -> None:
        event_store.append(History().claims("name", 1))
        event_store.close()
        event_store.close()

    # Several threads

    def test_threads_that_append_to_one_stream_store_each_event_once(
        self, event_store: EventStore
    ) -> None:
        stream_id, each = uuid4(), 25

        def write(writer: int) -> None:
            for number in range(each):
                _claim_until_stored(event_store, stream_id, f"{writer}/{number}")

        _at_once(write)
        stored = list(event_store.stream(stream_id))
        assert [event.originator_version for event in stored] == list(range(1, WRITERS * each + 1))
        wanted = {f"{writer}/{number}" for writer in range(WRITERS) for number in range(each)}
        assert sorted(str(event.reason) for event in stored) == sorted(wanted)
        assert ledger(event_store) == stored

    def test_threads_that_append_to_their_own_streams_do_not_conflict(
        self, event_store: EventStore
    ) -> None:
        histories = [History() for _ in range(WRITERS)]

        def write(writer: int) -> None:
            for _ in range(25):
                event_store.append(histories[writer].claims("name", 2))

        _at_once(write)
        for history in histories:
            assert list(event_store.stream(history.stream("name"))) == history.events

    def test_whoever_follows_the_ledger_misses_nothing(self, event_store: EventStore) -> None:
        is_done, seen = threading.Event(), []

        def follow() -> None:
            after, is_last = 0, False
            while not is_last:
                is_last = is_done.is_set()
                for recorded in event_store.events(after=after, limit=7):
                    seen.append(recorded.event)
                    after, is_last = recorded.position, False

        def write(_: int) -> None:
            history = History()
            for _ in range(25):
                event_store.append(history.claims("name", 2))

        with ThreadPoolExecutor(1) as follower:
            following = follower.submit(follow)
            _at_once(write)
            is_done.set()
            following.result(timeout=HANGS_S)
        assert seen == ledger(event_store)

    def test_a_rebuild_loses_nothing_that_is_appended_meanwhile(
        self, event_store: EventStore
    ) -> None:
        history = eventful()
        event_store.append(history.events)
        start, is_done = threading.Barrier(2), threading.Event()

        def rebuild() -> None:
            start.wait()
            while not is_done.is_set():
                event_store.rebuild()

        def write() -> None:
            start.wait()
            for index in range(3, 15):
                history.events.clear()
                history.log("source", index)
                event_store.append(history.events)
            is_done.set()

        threads = [threading.Thread(target=each, daemon=True) for each in (rebuild, write)]
        for thread in threads:
            thread.start()
        for thread in threads:
            # A deadlock is a failure, and not a test that never ends.
            thread.join(timeout=HANGS_S)
            assert not thread.is_alive()
        found = [row.index for row in event_store.queries.versions(history.stream("source"))]
        assert found == [*range(14, 2, -1), 1, 0]

    def test_no_fenced_event_follows_what_would_have_stopped_it(
        self, event_store: EventStore
    ) -> None:
        for _ in range(15):
            history, fence = _fenced(event_store)
            policy = history.add(ProtectedAliasAdded, "registry", alias="production")
            moves = [_move(history) for _ in range(WRITERS - 1)]
            for move in moves:
                history.events.remove(move)
            _race(event_store, policy, moves, fence)
            own = [
                event
                for event in ledger(event_store)
                if event == policy or event.originator_id == history.stream("source")
            ]
            assert not any(isinstance(event, AliasMoved) for event in own[own.index(policy) :])


def _rivals(store: EventStore) -> tuple[History, History]:
    """Return two views of one history, both at version 1 of the stream ``contested``."""
    mine = History()
    mine.claims("contested", 1)
    store.append(mine.events)
    theirs = mine.fork()
    mine.events.clear()
    return mine, theirs


def _fenced(store: EventStore) -> tuple[History, Fence]:
    """Store a registry and a collection in it; return a fence on the registry's policy."""
    history = History()
    history.organization()
    history.add(ProtectedAliasAdded, "registry", alias="gold")
    history.add(RegistryDescribed, "registry", description="before")
    history.collection("source")
    history.log("source", 0)
    store.append(history.events)
    return history, Fence(stream_id=history.stream("registry"), version=3, kinds=POLICY_EVENTS)


_POLICY_STEPS: Final = (ProtectedAliasAdded, ProtectedAliasRemoved, ReasonsRequired)

_MEMBER: Final = {"kind": "user", "member": "bob", "role": "member"}

_CROSSINGS: Final[dict[type[Event], dict[str, Any]]] = {
    ArtifactTypePermitted: {"type": "dataset"},
    ProtectedAliasAdded: {"alias": "production"},
    ProtectedAliasRemoved: {"alias": "gold"},
    RegistryDescribed: {"description": "after"},
    ArtifactTypeWithdrawn: {"type": "model"},
    ApprovalsRequired: {"alias": "gold", "count": 2},
    ApprovalsLifted: {"alias": "gold"},
    ReasonsRequired: {},
    ReasonsLifted: {},
    VisibilityChanged: {"visibility": "restricted"},
    MemberAdded: _MEMBER,
    MemberRemoved: _MEMBER,
    RoleChanged: {**_MEMBER, "from_role": "viewer"},
    RegistryDeleted: {},
}


def _cross(store: EventStore, history: History, kind: type[Event]) -> None:
    store.append([history.add(kind, "registry", **_CROSSINGS[kind])])


def _move(history: History) -> Event:
    return history.move("source", "production", None, 0)


def _race(store: EventStore, policy: Event, moves: Sequence[Event], fence: Fence) -> None:
    start = threading.Barrier(WRITERS)

    def protect() -> None:
        start.wait()
        store.append([policy])

    def move(event: Event) -> None:
        start.wait()
        version = moves[0].originator_version
        while True:
            try:
                store.append([attrs.evolve(event, originator_version=version)], fences=[fence])
            except ConcurrencyError:
                # Either the stream went on, and the next version may do, or the fence was crossed.
                head = store.load(Collection, event.originator_id)
                if head is None or head.version + 1 == version:
                    return
                version = head.version + 1
            else:
                return

    with ThreadPoolExecutor(WRITERS) as pool:
        racing = [pool.submit(protect), *(pool.submit(move, event) for event in moves)]
        for each in racing:
            each.result(timeout=HANGS_S)


def _claim_until_stored(store: EventStore, stream_id: UUID, reason: str) -> None:
    while True:
        head = store.load(NameClaim, stream_id)
        event = NameClaimed(
            originator_id=stream_id,
            originator_version=head.version + 1 if head else 1,
            at=History().claims("clock", 1)[0].at,
            actor="alice",
            reason=reason,
            scope="test",
            name="name",
            holder_id=stream_id,
        )
        try:
            store.append([event])
        except ConcurrencyError:
            continue
        return


def _at_once(action: Callable[[int], None]) -> None:
    start = threading.Barrier(WRITERS)

    def run(number: int) -> None:
        start.wait()
        action(number)

    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(run, number) for number in range(WRITERS)]:
            done.result(timeout=HANGS_S)


def _positions(store: EventStore) -> dict[UUID, list[int]]:
    found: dict[UUID, list[int]] = {}
    for recorded in store.events(limit=1_000_000):
        found.setdefault(recorded.event.originator_id, []).append(recorded.position)
    return found
