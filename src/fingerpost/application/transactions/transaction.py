"""Running commands: load heads, decide, append under conditions, and retry after a conflict."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar, cast
from uuid import UUID, uuid4

from attrs import frozen

from fingerpost.domain.aggregates.aggregate import Aggregate, envelope, fold
from fingerpost.domain.aggregates.attribution import Attribution
from fingerpost.domain.errors import (
    AlreadyExistsError,
    ApprovalsMissingError,
    ConcurrencyError,
    NotAPersonError,
    OutcomeUnknownError,
    RoleRequiredError,
    StoreUnavailableError,
)
from fingerpost.domain.events import AccessDenied, Event
from fingerpost.domain.names.names import Actor

from ..ports.event_store import Fence
from ..ports.queries import Queries
from ..store import Store
from .command_subjects import Subject
from .idempotency import Command, Outcome, earlier_outcome, next_command, note

A = TypeVar("A", bound=Aggregate)
T = TypeVar("T")

ATTEMPTS: Final = 100
"""Attempts at a command before it gives up. Only an overloaded store loses 100 races in a row."""

LONGEST_PAUSE_S: Final = 0.05

DENIALS: Final = (RoleRequiredError, ApprovalsMissingError, NotAPersonError)
"""The events that record a refusal."""

Denial = RoleRequiredError | ApprovalsMissingError | NotAPersonError


class Transaction:
    """One attempt at a command: the heads it loaded, the events it decided on, and its conditions.

    Load heads before reading rows: rows change in the transaction of the events, so a row is never
    older than a head that was loaded before it, and if it is newer the append fails.
    """

    def __init__(self, store: Store, by: Attribution) -> None:
        self.by = by
        self.events: list[Event] = []
        self.fences: list[Fence] = []
        self.scope_id: UUID | None = None
        self._store = store
        self._heads: dict[UUID, Aggregate] = {}

    @property
    def queries(self) -> Queries:
        """The read tables, without the events of this transaction."""
        return self._store.queries

    def find(self, kind: type[A], stream_id: UUID) -> A | None:
        """Return a head with this transaction's events applied, or ``None``."""
        head = self._heads.get(stream_id) or self._store.events.load(kind, stream_id)
        if head is not None:
            self._heads[stream_id] = head
        return head if isinstance(head, kind) else None

    def load(self, kind: type[A], stream_id: UUID) -> A:
        """Return the head of a stream that must exist, because a row names it."""
        head = self.find(kind, stream_id)
        if head is None:
            msg = f"the read tables name a {kind.__name__} {stream_id} that has no events"
            raise LookupError(msg)
        return head

    def begin(self, head: Aggregate, event: Event) -> None:
        """Add the first event of a stream, and the head that it begins."""
        self.events.append(event)
        self._heads[head.id] = head

    def record(self, events: Iterable[Event]) -> Sequence[Event]:
        """Add events of streams whose heads were loaded."""
        added = list(events)
        for event in added:
            head = self._heads[event.originator_id]
            self._heads[head.id] = fold(head, [event])
        self.events.extend(added)
        return added

    def fence(self, head: Aggregate, kinds: tuple[type[Event], ...]) -> None:
        """Let the append fail if such an event was stored after the stream was read."""
        fence = Fence(stream_id=head.id, version=head.version, kinds=kinds)
        if fence not in self.fences:
            self.fences.append(fence)

    def conditions(self) -> list[Fence]:
        """Return the fences on streams without new events; appending checks the others."""
        appended = {event.originator_id for event in self.events}
        return [fence for fence in self.fences if fence.stream_id not in appended]


@frozen(kw_only=True)
class Session:
    """A store with an actor, and perhaps a run, in whose name commands run."""

    store: Store
    actor: Actor
    run_id: UUID | None = None

    @property
    def queries(self) -> Queries:
        """The read tables."""
        return self.store.queries

    def attribution(self, reason: str | None = None, command: Command | None = None) -> Attribution:
        """Return the actor and the current time."""
        return Attribution(
            actor=self.actor,
            at=self.store.clock(),
            reason=reason,
            run_id=self.run_id,
            command_id=None if command is None else command.id,
        )

    def transact(
        self,
        decide: Callable[[Transaction], T],
        reason: str | None = None,
        *,
        subject: Subject,
        command: Command | None = None,
        is_keyed: bool = True,
    ) -> T:
        """Run a command: all of its events are stored, or none.

        A command that was stored before under the same key (:func:`~.idempotency.once`) is not run
        again. If the store reports a failure or a conflict although the events are stored, only the
        acknowledgement was lost, and the command succeeds.

        Args:
            decide: loads heads, checks rules and adds events. It is called again with fresh heads
                after a conflict, so it must have no other effects.
            reason: the reason that the events record.
            subject: the kind of command.
            command: the command's identity; by default the actor's next one.
            is_keyed: whether a key applies; false for commands that do no harm when repeated, and
                for commands of a run, which is new each time.

        Returns:
            The result of ``decide`` in the attempt that was stored.

        Raises:
            ConcurrencyError: every attempt lost to another writer.
            KeyReusedError: the key was used for another kind of command.
            OutcomeUnknownError: the store failed, and whether the events are stored is unknown.
            RoleRequiredError: not permitted; the attempt itself is recorded.
        """
        given = command or (next_command(self.actor) if is_keyed else Command(uuid4()))
        lost: ConcurrencyError | None = None
        for attempt in range(ATTEMPTS):
            earlier = earlier_outcome(self.store.events, given, subject)
            if earlier is not None:
                return cast("T", earlier.result)
            try:
                transaction, result = self._decide(decide, reason, given)
                if given.key is not None:
                    told = note(given, given.key, subject, result, transaction.by)
                    transaction.events.append(told)
                if transaction.events:
                    self._append(transaction)
            except ConcurrencyError as error:
                lost = error
                _pause(attempt)
            else:
                return result
        raise ConcurrencyError(lost.detail if lost else "", ATTEMPTS) from lost

    def earlier_outcome(self, command: Command, *, subject: Subject) -> Outcome | None:
        """Return the stored outcome of a command with a key, or ``None``."""
        return earlier_outcome(self.store.events, command, subject)

    def _append(self, transaction: Transaction) -> None:
        try:
            self.store.events.append(transaction.events, fences=transaction.conditions())
        except ConcurrencyError:
            # A store that reconnects and repeats the append may conflict with itself.
            if not self._is_stored(transaction):
                raise
        except StoreUnavailableError as error:
            try:
                is_stored = self._is_stored(transaction)
            except StoreUnavailableError:
                raise OutcomeUnknownError(error.location, error.problem) from error
            if not is_stored:
                raise

    def _is_stored(self, transaction: Transaction) -> bool:
        # Either all are stored or none, and each event belongs to one command.
        first = transaction.events[0]
        stream = self.store.events.stream(first.originator_id, after=first.originator_version - 1)
        return next(stream, None) == first

    def dry_run(self, decide: Callable[[Transaction], T], reason: str | None = None) -> T:
        """Decide without storing anything; raise what :meth:`transact` would raise now."""
        return self._decide(decide, reason, None)[1]

    def _decide(
        self,
        decide: Callable[[Transaction], T],
        reason: str | None,
        command: Command | None,
        *,
        is_second_look: bool = False,
    ) -> tuple[Transaction, T]:
        transaction = Transaction(self.store, self.attribution(reason, command))
        try:
            return transaction, decide(transaction)
        except AlreadyExistsError:
            # ``decide`` reads several times: if a name is claimed between two reads, it sees the
            # claim without its holder. A second attempt sees both.
            if is_second_look:
                raise
            return self._decide(decide, reason, command, is_second_look=True)
        except DENIALS as error:
            if transaction.scope_id is not None:
                self._record_denial(transaction.scope_id, transaction.by, error)
            raise

    def _record_denial(self, scope_id: UUID, by: Attribution, error: Denial) -> None:
        # A stream of its own: an actor who is refused all day must not slow others down.
        denied = AccessDenied(
            **envelope(uuid4(), 1, by),
            scope_id=scope_id,
            action=error.action,
            target=error.scope,
            role=error.role,
            required=error.required,
        )
        self.store.events.append([denied])


def _pause(attempt: int) -> None:
    # Full jitter: writers that collided once should not collide again.
    time.sleep(random.uniform(0, min(LONGEST_PAUSE_S, 0.001 * 2**attempt)))  # noqa: S311
