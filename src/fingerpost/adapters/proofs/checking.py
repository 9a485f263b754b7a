"""Reading a whole ledger and computing its Merkle tree again."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final
from uuid import UUID

from attrs import define, field

from fingerpost.application.ports.event_store import EventStore
from fingerpost.domain.errors import CorruptLedgerError
from fingerpost.domain.ledger.merkle import EMPTY_ROOT, Frontier, completed_siblings, stored_index
from fingerpost.domain.ledger.record import LedgerRecord
from fingerpost.verifier import Checkpoint

from .report import LedgerProblem, LedgerReport

PAGE: Final = 1_000
MOST_PROBLEMS: Final = 100
"""After so many the rest is only counted: whoever changed one hash changed all that follow."""


@define
class LedgerCheck:
    """One pass over a ledger.

    Every event is read as it is stored, and is compared with its leaf in the stored tree; the tree
    is computed again, and its root compared with each checkpoint at the checkpoint's size. Memory
    grows with the number of streams, not with that of events.
    """

    _events: EventStore
    _origin: str
    _checkpoints: Sequence[Checkpoint]
    _progress: Callable[[int], None] | None = None
    _size: int = 0
    _frontier: Frontier = field(factory=Frontier)
    _roots: dict[int, bytes] = field(factory=lambda: {0: EMPTY_ROOT})
    _newest: dict[UUID, int] = field(factory=dict)
    _problems: list[LedgerProblem] = field(factory=list)
    _more: int = 0

    def run(self) -> LedgerReport:
        """Read everything."""
        wanted = {checkpoint.size for checkpoint in self._checkpoints}
        stored = _Stored(self._events)
        try:
            for record in self._records():
                self._follow(record)
                self._compare(record, self._hashes_of(record), stored)
                if self._frontier.size in wanted:
                    self._roots[self._frontier.size] = self._frontier.root()
        except CorruptLedgerError as error:
            self._note("ledger", f"{error} What follows was not looked at.", self._size + 1)
        else:
            self._require_end(stored)
        self._roots[self._frontier.size] = self._frontier.root()
        return self._report(self._agreeing())

    def _require_end(self, stored: "_Stored") -> None:
        left = stored.rest()
        if left:
            self._note("ledger", f"its Merkle tree has {left} hashes for events that are not there")

    def _records(self) -> Iterator[LedgerRecord]:
        after = 0
        while page := self._events.records(after=after, limit=PAGE):
            yield from page
            after = page[-1].position
            if self._progress is not None:
                self._progress(len(page))

    def _follow(self, record: LedgerRecord) -> None:
        if record.position != self._size + 1:
            # What follows has to be compared with its own leaf, not with that of what is missing.
            self._note(
                f"event {self._size + 1}",
                f"is not there: the next one is {record.position}",
                self._size + 1,
            )
        self._size = record.position
        last = self._newest.get(record.stream_id, 0)
        if record.version != last + 1:
            problem = f"stream {record.stream_id} goes from event {last} to {record.version}"
            self._note(f"event {record.position}", problem, record.position)
        self._newest[record.stream_id] = record.version

    def _hashes_of(self, record: LedgerRecord) -> list[bytes]:
        if self._frontier.size != record.position - 1:  # events are missing before it
            return [record.leaf]
        return self._frontier.add(record.leaf)

    def _compare(self, record: LedgerRecord, found: list[bytes], stored: "_Stored") -> None:
        kept = stored.of(record.position - 1, len(found))
        where = f"event {record.position}"
        if not kept:
            self._note(where, "the Merkle tree has no leaf for it: it was put in", record.position)
        elif kept[0] != found[0]:
            said = f"{record.kind!r}, version {record.version} of stream {record.stream_id}"
            problem = f"is not what was stored: it, or its place, was changed ({said})"
            self._note(where, problem, record.position)
        elif kept != found and not self._problems:
            # Once an event differs, so do all nodes above it.
            self._note(where, "a node of the Merkle tree above it was changed", record.position)

    def _agreeing(self) -> tuple[int, ...]:
        agreeing: list[int] = []
        for checkpoint in sorted(self._checkpoints, key=lambda each: each.size):
            where = f"checkpoint of {checkpoint.size} events"
            if checkpoint.origin != self._origin:
                self._note(where, f"is of another ledger, {checkpoint.origin!r}")
            elif checkpoint.size > self._size:
                problem = f"the ledger has only {self._size}: its end was cut off"
                self._note(where, problem)
            elif self._roots.get(checkpoint.size) != checkpoint.root:
                since = f"after event {agreeing[-1]}" if agreeing else "somewhere"
                problem = f"the events were another: one was changed, {since}, or moved"
                self._note(where, problem)
            else:
                agreeing.append(checkpoint.size)
        return tuple(agreeing)

    def _note(self, where: str, problem: str, position: int | None = None) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(LedgerProblem(where=where, problem=problem, position=position))
        else:
            self._more += 1

    def _report(self, agreeing: tuple[int, ...]) -> LedgerReport:
        if self._more:
            more = LedgerProblem(where="ledger", problem=f"and {self._more} problems more")
            self._problems.append(more)
        return LedgerReport(
            origin=self._origin,
            size=self._size,
            root=self._frontier.root(),
            checkpoints=agreeing,
            problems=tuple(self._problems),
        )


class _Stored:
    """The stored hashes, read in order."""

    def __init__(self, events: EventStore) -> None:
        self._events = events
        self._page: dict[int, bytes] = {}
        self._next = 0
        self._used = -1

    def of(self, index: int, most: int) -> list[bytes]:
        """Return what is stored for a leaf and what it completes: at most ``most`` hashes."""
        first = stored_index(0, index)
        self._used = max(self._used, first + len(completed_siblings(index)))
        found = []
        for number in range(first, first + most):
            stored = self._at(number)
            if stored is None:
                break
            found.append(stored)
        return found

    def _at(self, number: int) -> bytes | None:
        if number >= self._next:
            page = self._events.tree_hashes_from(number, 2 * PAGE)
            # Of the page before, only what one leaf completes can be asked for again.
            self._page = dict(page)
            self._next = page[-1][0] + 1 if page else number + 1
        return self._page.get(number)

    def rest(self) -> int:
        """Return how many hashes are stored beyond those that were asked for."""
        count = 0
        first = self._used + 1
        while page := self._events.tree_hashes_from(first, 2 * PAGE):
            count += len(page)
            first = page[-1][0] + 1
        return count


def check_ledger_tree(
    events: EventStore,
    origin: str,
    checkpoints: Sequence[Checkpoint] = (),
    progress: Callable[[int], None] | None = None,
) -> LedgerReport:
    """Compute the tree of a ledger again from its events, and compare it with all that is known.

    Args:
        events: the ledger.
        origin: its name; checkpoints of others are a problem.
        checkpoints: of earlier moments; their signatures were looked at.
        progress: called with the number of events read since the last call.
    """
    return LedgerCheck(events, origin, checkpoints, progress).run()
