"""What every event has."""

from datetime import datetime
from typing import ClassVar, TypedDict
from uuid import UUID

from attrs import frozen


class Envelope(TypedDict):
    """The fields that every event shares, as keyword arguments."""

    originator_id: UUID
    originator_version: int
    at: datetime
    actor: str
    reason: str | None
    run_id: UUID | None


@frozen(kw_only=True)
class Event:
    """Something that happened. Frozen; its fields only grow.

    ``wire_name`` is what the ledger calls it: stable, and no Python path.

    A change of meaning raises ``class_version`` and adds a static method ``upcast_vN_vM(state)``
    that rewrites the stored dictionary.

    Attributes:
        originator_id: the stream it belongs to.
        originator_version: its place in that stream, from 1.
        at: when it was decided, UTC. The ledger's order, not this, says what came first.
        actor: on whose behalf.
        reason: why, where a person said so.
        run_id: the run that it was part of, if any.
    """

    wire_name: ClassVar[str]
    class_version: ClassVar[int] = 1

    originator_id: UUID
    originator_version: int
    at: datetime
    actor: str
    reason: str | None = None
    run_id: UUID | None = None
