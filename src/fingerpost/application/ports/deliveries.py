"""The port to the delivery queue of automations, and its history."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import ClassVar, Protocol
from uuid import UUID

from attrs import frozen

from fingerpost.domain.metadata.metadata import JsonObject

from ..json_form import Json, JsonForm, plain_json


class DeliveryState(Enum):
    """The state of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


@frozen(kw_only=True)
class Delivery(JsonForm):
    """A message that an automation sends for one event.

    Attributes:
        id: the idempotency key, derived from automation and position.
        automation_id: its automation.
        position: the event's position in the ledger.
        facts: the facts about the event that are sent; no secret is among them.
        attempts: number of attempts, including the present one.
        tries: number of attempts since it was last queued.
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
    """The outcome of one attempt.

    Attributes:
        delivery_id: its delivery.
        number: number of the attempt, from 1.
        at: when it began, UTC.
        duration_s: how long it took.
        status: the receiver's status code; ``None`` without a response.
        problem: the problem, in our own words; ``None`` if it was delivered.
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
    """A delivery with its state and history.

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
    """A durable queue of deliveries; several processes may use it at once.

    It cannot be rebuilt from the ledger: it records what was sent. If it is lost, every event since
    the automations were created is delivered again, with the same idempotency keys.
    """

    def cursor(self) -> int:
        """Return the position in the ledger up to which deliveries were planned."""
        ...

    def plan(self, deliveries: Sequence[Delivery], cursor: int, now: datetime) -> int:
        """Add deliveries and advance the cursor, atomically; durable when it returns.

        An existing delivery is not changed, and the cursor never moves back, so two processes may
        plan the same events at once.

        Returns:
            The number of new deliveries.
        """
        ...

    def lease(
        self, owner: str, now: datetime, until: datetime, yields_after: int
    ) -> Delivery | None:
        """Lease the oldest delivery that is due, and count the attempt; durable when it returns.

        No other process gets it before ``until``. Deliveries of one automation follow the order of
        the ledger: a pending earlier one blocks later ones, unless it was tried ``yields_after``
        times and is not leased.

        Returns:
            The delivery with this attempt counted, or ``None`` when nothing is due.
        """
        ...

    def record(self, attempt: Attempt, owner: str, state: DeliveryState, next_at: datetime) -> bool:
        """Add an attempt to the history, and end the lease with this state.

        Returns: Whether the owner still had the lease. If not, only the history is written, except
            that a successful delivery always counts.
        """
        ...

    def give_back(self, delivery_id: UUID, owner: str) -> None:
        """Return a lease; the attempt does not count."""
        ...

    def cancel(self, automation_id: UUID, until_position: int | None, now: datetime) -> int:
        """Cancel an automation's pending deliveries, perhaps only up to a position."""
        ...

    def retry(self, delivery_id: UUID | None, now: datetime) -> int:
        """Queue one or all dead deliveries again; return how many."""
        ...

    def discard(self, delivery_id: UUID | None) -> int:
        """Remove one or all dead deliveries from the dead-letter list; return how many."""
        ...

    def prune(self, before: datetime) -> int:
        """Delete delivered, cancelled or discarded deliveries that were planned before a moment.

        They are not planned again, because the cursor is past them.
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
        """Return the automations with pending deliveries."""
        ...
