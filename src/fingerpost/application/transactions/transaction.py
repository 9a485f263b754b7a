"""Carrying out commands: load, decide, append under conditions; again when somebody was first."""

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
"""How often a command is decided anew before it gives up. Losing 100 races in a row takes a store
under a load that its event store cannot carry."""

LONGEST_PAUSE_S: Final = 0.05

DENIALS: Final = (RoleRequiredError, ApprovalsMissingError, NotAPersonError)
"""What is recorded when it is refused."""

Denial = RoleRequiredError | ApprovalsMissingError | NotAPersonError


class Transaction:
    """One attempt at a command: the heads it looked at, the events it decided on, its conditions.

    Heads are loaded before rows are read: rows change in the transaction of the events, so a row
    is never older than a head that was loaded before it, and if it is newer the append fails.
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
        """The read tables, as they were before this transaction."""
        return self._store.queries

    def find(self, kind: type[A], stream_id: UUID) -> A | None:
        """Return a head with this transaction's events applied, or ``None``."""
        head = self._heads.get(stream_id) or self._store.events.load(kind, stream_id)
        if head is not None:
            self._heads[stream_id] = head
        return head if isinstance(head, kind) else None

    def load(self, kind: type[A], stream_id: UUID) -> A:
        """Return the head of a stream that a row named, so it exists."""
        head = self.find(kind, stream_id)
        if head is None:
            msg = f"the read tables name a {kind.__name__} {stream_id} that has no events"
            raise LookupError(msg)
        return head

    def begin(self, head: Aggregate, event: Event) -> None:
        """Add the first event of a stream, and the head that it makes."""
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
        """Make the append depend on no such event following what was read of a stream."""
        fence = Fence(stream_id=head.id, version=head.version, kinds=kinds)
        if fence not in self.fences:
            self.fences.append(fence)

    def conditions(self) -> list[Fence]:
        """Return the fences on streams that nothing is appended to: of the others, all is new."""
        appended = {event.originator_id for event in self.events}
        return [fence for fence in self.fences if fence.stream_id not in appended]


@frozen(kw_only=True)
class Session:
    """A store, used on behalf of an actor, perhaps as part of a run."""

    store: Store
    actor: Actor
    run_id: UUID | None = None

    @property
    def queries(self) -> Queries:
        """The read tables."""
        return self.store.queries

    def attribution(self, reason: str | None = None, command: Command | None = None) -> Attribution:
        """Return who and when, now."""
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
        """Carry out a command: all of its events are stored, or none.

        One that was carried out before under the same key (:func:`~.idempotency.once`) is not
        carried out again. When the store fails, or says that somebody else was first, and the
        events turn out to be stored, they are: the acknowledgement was lost, and nothing else.

        Args:
            decide: loads heads, checks rules and records events; called again with fresh heads
                when somebody else was first, so it must not change anything itself.
            reason: why, for the events.
            subject: what kind of command this is.
            command: which command this is; by default the next one of the actor.
            is_keyed: whether a key counts; false for what is harmless the second time and may be
                given or not, or belongs to a run that is new each time.

        Returns:
            What ``decide`` returned on the attempt that was stored.

        Raises:
            ConcurrencyError: others were first again and again.
            KeyReusedError: another kind of command was carried out under the key.
            OutcomeUnknownError: the store failed, and cannot say what is stored.
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
        """Return what was told of a command with a key, if it was carried out before."""
        return earlier_outcome(self.store.events, command, subject)

    def _append(self, transaction: Transaction) -> None:
        try:
            self.store.events.append(transaction.events, fences=transaction.conditions())
        except ConcurrencyError:
            # A store that connects again by itself may have been first itself.
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
        # All are, or none is; a command's events are no other command's.
        first = transaction.events[0]
        stream = self.store.events.stream(first.originator_id, after=first.originator_version - 1)
        return next(stream, None) == first

    def dry_run(self, decide: Callable[[Transaction], T], reason: str | None = None) -> T:
        """Decide without storing anything: raises what :meth:`transact` would raise now."""
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
            # A look is several reads: the name may have been taken between two of them, so that
            # the claim was seen and what it stands for was not. A second look sees both.
            if is_second_look:
                raise
            return self._decide(decide, reason, command, is_second_look=True)
        except DENIALS as error:
            if transaction.scope_id is not None:
                self._record_denial(transaction.scope_id, transaction.by, error)
            raise

    def _record_denial(self, scope_id: UUID, by: Attribution, error: Denial) -> None:
        # A stream of its own: whoever tries all day long must not slow anybody else down.
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
