"""Reading the ledger as a whole, and following what is added to it."""

import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from threading import Event as Signal
from types import TracebackType
from typing import Final, Self

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.events import EVENT_CLASSES

from ..access.authority import over_store
from ..ports.event_store import EventStore, RecordedEvent
from ..transactions.transaction import Session, Transaction

PAGE: Final = 1_000
"""Events that are read at once."""

POLL_INTERVAL_S: Final = 0.5
"""How long to wait before looking again; a look is one search of an index."""

_LONGEST_S: Final = 10.0**8
"""Three years: longer ones overflow the clocks of some systems."""


def checked_position(after: int) -> int:
    """Return a position.

    Raises:
        InvalidValueError: it is none.
    """
    if type(after) is not int or after < 0:
        raise InvalidValueError(
            "position", after, "it is a whole number, 0 or more", "Pass that of the last event."
        )
    return after


def checked_kinds(kinds: Iterable[str] | None) -> frozenset[str] | None:
    """Return wire names of events, or ``None`` for all.

    Raises:
        InvalidValueError: there are no events of a name.
    """
    if kinds is None:
        return None
    wanted = frozenset([kinds] if isinstance(kinds, str) else kinds)
    for kind in sorted(map(str, wanted - EVENT_CLASSES.keys())):
        known = ", ".join(sorted(EVENT_CLASSES))
        raise InvalidValueError("kind of event", kind, f"it is one of {known}", "Pick one.")
    return wanted


def recorded(
    events: EventStore,
    after: int = 0,
    limit: int | None = None,
    kinds: Collection[str] | None = None,
) -> Iterator[RecordedEvent]:
    """Iterate over what is in the ledger, in its order, up to where it ends when one gets there.

    Args:
        events: the ledger.
        after: position; events above it are read.
        limit: how many at most.
        kinds: wire names of those that are wanted; all by default.
    """
    return islice(_pages(events, after, kinds), limit)


def _pages(
    events: EventStore, after: int, kinds: Collection[str] | None
) -> Iterator[RecordedEvent]:
    while page := events.events(after=after, limit=PAGE):
        yield from (each for each in page if _is_wanted(each, kinds))
        after = page[-1].position


class Subscription(Iterator[RecordedEvent]):
    """What is in the ledger after a position, and then what is added to it, as it comes.

    Every event comes once and in the order of the ledger, whoever stored it in whichever process:
    positions are given in the order of commits. A context manager. It ends (``StopIteration``)
    once it is closed, the signal is set or nothing has come for the timeout. Used by one thread;
    any thread may close it.

    Args:
        events: the ledger.
        after: position; events above it come.
        kinds: wire names of those that are wanted; all by default.
        poll_interval_s: how long to wait before looking again.
        timeout_s: end when nothing that is wanted has come for so long; never by default.
        stop: ends it when it is set.
    """

    def __init__(
        self,
        events: EventStore,
        after: int = 0,
        kinds: Collection[str] | None = None,
        *,
        poll_interval_s: float = POLL_INTERVAL_S,
        timeout_s: float | None = None,
        stop: Signal | None = None,
    ) -> None:
        self._events = events
        self._kinds = kinds
        self._page: deque[RecordedEvent] = deque()
        self._read = self._position = checked_position(after)
        self._interval_s = _seconds("poll_interval_s", poll_interval_s, is_zero_allowed=False)
        self._timeout_s = None if timeout_s is None else _seconds("timeout_s", timeout_s)
        self._closed = Signal()
        self._stop = self._closed if stop is None else stop

    @property
    def position(self) -> int:
        """Up to where everything that is wanted was handed out: where to resume."""
        return self._position

    def __next__(self) -> RecordedEvent:
        deadline = None if self._timeout_s is None else time.monotonic() + self._timeout_s
        while not self._is_stopped():
            if found := self._next_read():
                return found
            if not self._look() and not self._wait(deadline):
                break
        raise StopIteration

    def _next_read(self) -> RecordedEvent | None:
        while self._page:
            found = self._page.popleft()
            self._position = found.position
            if _is_wanted(found, self._kinds):
                return found
        return None

    def _look(self) -> bool:
        page = self._events.events(after=self._read, limit=PAGE)
        if page:
            self._read = page[-1].position
            self._page.extend(page)
        return bool(page)

    def _wait(self, deadline: float | None) -> bool:
        """Wait until it is time to look again; return whether it is."""
        left_s = self._interval_s if deadline is None else deadline - time.monotonic()
        if left_s <= 0:
            return False
        self._stop.wait(min(self._interval_s, left_s))
        return True

    def _is_stopped(self) -> bool:
        return self._closed.is_set() or self._stop.is_set()

    def close(self) -> None:
        """End it; a thread that waits for the next event wakes up within a poll interval."""
        self._closed.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def require_ledger_reader(session: Session) -> None:
    """Return if the actor may read the whole ledger: everything that happened, to whatever it did.

    Raises:
        RoleRequiredError: the actor does not administer the store; the attempt is recorded.
    """

    def decide(transaction: Transaction) -> None:
        over_store(transaction).require(Action.READ_LEDGER)

    session.dry_run(decide)


def _is_wanted(found: RecordedEvent, kinds: Collection[str] | None) -> bool:
    return kinds is None or found.event.wire_name in kinds


def _seconds(what: str, value: float, *, is_zero_allowed: bool = True) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not (value > 0 or (is_zero_allowed and value == 0)) or value > _LONGEST_S:
        expected = f"it is a number of seconds, {'0 or more' if is_zero_allowed else 'above 0'}"
        raise InvalidValueError(what, value, expected, "Leave it out.")
    return float(value)
