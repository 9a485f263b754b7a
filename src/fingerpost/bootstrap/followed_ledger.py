"""Reading and following the ledger of an open store."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from threading import Event as Signal
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import UUID

from fingerpost.application.history.following import (
    POLL_INTERVAL_S,
    Subscription,
    checked_kinds,
    checked_position,
    recorded,
)
from fingerpost.application.store import Store
from fingerpost.domain.errors import InvalidValueError

from .ledger_event import LedgerEvent, LedgerEvents

if TYPE_CHECKING:
    from fingerpost.adapters.proofs import Ledger


class LedgerSubscription(Iterator[LedgerEvent]):
    """Events as they come; made by :meth:`fingerpost.OpenStore.subscribe`.

    A context manager and an iterator, for one thread; any thread may close it.
    """

    def __init__(self, subscription: Subscription, made: LedgerEvents) -> None:
        self._subscription = subscription
        self._made = made

    @property
    def position(self) -> int:
        """Up to where everything that is wanted was handed out: where to resume."""
        return self._subscription.position

    def __next__(self) -> LedgerEvent:
        return self._made(next(self._subscription))

    def close(self) -> None:
        """End it; a thread that waits for the next event wakes up within a poll interval."""
        self._subscription.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class FollowedLedger:
    """``events``, ``subscribe`` and ``ledger``. See :class:`~fingerpost.OpenStore`."""

    store: Store

    @property
    def ledger(self) -> "Ledger":
        """Its checkpoints, and proofs about what happened."""
        from fingerpost.adapters.proofs import Ledger

        return Ledger(self.store.events, self.identity)

    @cached_property
    def identity(self) -> UUID:
        """What tells this store from all others, however it was opened."""
        return self.store.queries.organizations()[0].id

    def events(
        self, after: int = 0, limit: int | None = None, kinds: Iterable[str] | None = None
    ) -> Iterator[LedgerEvent]:
        """Iterate over what happened, in the ledger's order; read a thousand at a time.

        Everything that happened, to whatever it did: whoever holds the store is asked for no role.

        Args:
            after: position; events above it come. 0 begins with the first.
            limit: how many at most.
            kinds: wire names, such as ``collection.alias_moved``; all by default.

        Raises:
            InvalidValueError: an argument is not valid (a ``ValueError``).
            CorruptLedgerError: (while going on) a row cannot be read; names it.
            StoreUnavailableError: (while going on) the ledger cannot be read.
        """
        if limit is not None and (type(limit) is not int or limit < 0):
            expected = "it is a whole number, 0 or more"
            raise InvalidValueError("limit", limit, expected, "Leave it out for all.")
        wanted = checked_kinds(kinds)
        found = recorded(self.store.events, checked_position(after), limit, wanted)
        return map(LedgerEvents(self.store.queries, self.identity), found)

    def subscribe(
        self,
        after: int = 0,
        *,
        kinds: Iterable[str] | None = None,
        poll_interval_s: float = POLL_INTERVAL_S,
        timeout_s: float | None = None,
        stop: Signal | None = None,
    ) -> LedgerSubscription:
        """Return an iterator over what happened after a position, and then what happens.

        Nothing is missed and nothing reordered, whichever process stored it. There may be any
        number of subscriptions. Keep the position of the last event that was dealt with, and pass
        it to go on from there, after a restart too.

        Args:
            after: position; events above it come. 0 begins with the first.
            kinds: wire names, such as ``collection.alias_moved``; all by default.
            poll_interval_s: seconds between looks at the ledger, each one search of an index.
            timeout_s: end when nothing that is wanted has come for so many seconds.
            stop: a ``threading.Event`` that ends it.

        Raises:
            InvalidValueError: an argument is not valid (a ``ValueError``).
            CorruptLedgerError: (while going on) a row cannot be read; names it.
            StoreUnavailableError: (while going on) the store was closed, or cannot be read.
        """
        subscription = Subscription(
            self.store.events,
            after,
            checked_kinds(kinds),
            poll_interval_s=poll_interval_s,
            timeout_s=timeout_s,
            stop=stop,
        )
        return LedgerSubscription(subscription, LedgerEvents(self.store.queries, self.identity))
