"""The port to what automations have still to deliver, and to what came of it."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import ClassVar, Protocol
from uuid import UUID

from attrs import frozen

from fingerpost.domain.metadata.metadata import JsonObject

from ..json_form import Json, JsonForm, plain_json


class DeliveryState(Enum):
    """What has become of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


@frozen(kw_only=True)
class Delivery(JsonForm):
    """What an automation owes somebody for one event.

    Attributes:
        id: the idempotency key; it follows from automation and position.
        automation_id: whose it is.
        position: place of the event in the ledger.
        facts: what is told of the event; it holds no secret.
        attempts: how often it was begun, the present attempt included.
        tries: the same since it was last put into the queue.
    """

    id: UUID
    automation_id: UUID
    position: int
    facts: JsonObject
    attempts: int = 0
    tries: int = 0

    def to_dict(self) -> Json:
        """Return its JSON form; the identity is written as receivers are sent it."""
        return {**super().to_dict(), "id": str(self.id)}


@frozen(kw_only=True)
class Attempt(JsonForm):
    """What came of one attempt.

    Attributes:
        delivery_id: of what.
        number: how many-eth attempt at it, from 1.
        at: when it began, UTC.
        duration_s: how long it took.
        status: what the receiver answered; ``None`` if it did not.
        problem: what was wrong, in our own words; ``None`` if it was delivered.
    """

    _json_keys: ClassVar = {"delivery_id": None}

    delivery_id: UUID
    number: int
    at: datetime
    duration_s: float
    status: int | None
    problem: str | None


@frozen(kw_only=True)
class Execution:
    """A delivery with what has become of it.

    Attributes:
        next_at: when it is tried next, if it is pending.
        planned_at: when the event was seen.
        history: its attempts, oldest first.
    """

    delivery: Delivery
    state: DeliveryState
    planned_at: datetime
    next_at: datetime
    history: tuple[Attempt, ...]

    def to_dict(self) -> Json:
        """Return its JSON form."""
        facts = self.delivery.facts
        return plain_json(
            {
                "id": str(self.delivery.id),
                "automation": facts["automation_name"],
                "position": self.delivery.position,
                "event": facts["event_type"],
                "version": facts["artifact_version_string"],
                "state": self.state,
                "planned_at": self.planned_at,
                "next_at": self.next_at if self.state is DeliveryState.PENDING else None,
                "attempts": self.history,
            }
        )


class DeliveryStore(Protocol):
    """Deliveries, in a place that survives crashes; several processes may use it at once.

    It does not follow from the ledger: it says what was sent to the world. Should it be lost, all
    that happened since the automations were made is delivered again, with the same idempotency
    keys.
    """

    def cursor(self) -> int:
        """Return the place in the ledger up to which deliveries were planned."""
        ...

    def plan(self, deliveries: Sequence[Delivery], cursor: int, now: datetime) -> int:
        """Add deliveries and move the cursor on, both or neither; durable when it returns.

        A delivery that is there already stays as it is, and the cursor never goes back: two who
        plan the same at once do no harm.

        Returns:
            How many were new.
        """
        ...

    def lease(
        self, owner: str, now: datetime, until: datetime, yields_after: int
    ) -> Delivery | None:
        """Take the oldest delivery that is due, and count the attempt; durable when it returns.

        Nobody else gets it before ``until``. Deliveries of one automation go in the order of the
        ledger: an earlier one that is pending is waited for, unless it was tried ``yields_after``
        times and nobody has it now.

        Returns:
            The delivery with this attempt counted, or ``None`` when nothing is due.
        """
        ...

    def record(self, attempt: Attempt, owner: str, state: DeliveryState, next_at: datetime) -> bool:
        """Add an attempt to the history, and end the lease with this state.

        Returns:
            Whether the lease was still the owner's; if not, only the history is written, unless
            it was delivered: that counts whoever did it.
        """
        ...

    def give_back(self, delivery_id: UUID, owner: str) -> None:
        """End a lease as if it had not been taken: the attempt does not count."""
        ...

    def cancel(self, automation_id: UUID, until_position: int | None, now: datetime) -> int:
        """Cancel an automation's pending deliveries, perhaps only up to a position."""
        ...

    def retry(self, delivery_id: UUID | None, now: datetime) -> int:
        """Put one or all of the dead deliveries into the queue again; return how many."""
        ...

    def discard(self, delivery_id: UUID | None) -> int:
        """Take one or all of the dead deliveries off the dead-letter list; return how many."""
        ...

    def prune(self, before: datetime) -> int:
        """Forget what was planned before a moment and is delivered, cancelled or discarded.

        It is not planned again: the cursor is past it.
        """
        ...

    def executions(
        self,
        automation_id: UUID | None = None,
        *,
        state: DeliveryState | None = None,
        limit: int,
    ) -> Sequence[Execution]:
        """Return deliveries of one or all automations with their attempts, newest first."""
        ...

    def automations_pending(self) -> Sequence[UUID]:
        """Return the automations that have something pending."""
        ...
