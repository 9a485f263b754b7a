"""What every event has."""

from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Final, TypedDict, TypeVar
from uuid import UUID

from attrs import Attribute, field, frozen

from ..errors import InvalidValueError
from ..metadata.metadata import LARGEST_INTEGER
from ..names.text import is_unicode

T = TypeVar("T")

ADDED: Final = MappingProxyType({"is_added": True})
"""Marks a field that an event class got after its release (``metadata=ADDED``).

It has a default, and is written only where it says something else: events that do not need it have
the bytes that they always had.
"""


def free_text(event: object, attribute: "Attribute[T]", value: T) -> None:
    """Refuse what could not be read back: a single bad row would stop all that follows it."""
    del event
    if value is not None and not (isinstance(value, str) and is_unicode(value)):
        raise InvalidValueError(attribute.name, value, "it is valid Unicode text", "Pass text.")


def whole_number(event: object, attribute: "Attribute[T]", value: T) -> None:
    """Likewise for numbers that callers choose."""
    del event
    is_number = isinstance(value, int) and abs(value) < LARGEST_INTEGER
    if not is_number or isinstance(value, bool):
        raise InvalidValueError(attribute.name, value, "it is a whole number", "Pass an int.")


class Envelope(TypedDict):
    """The fields that every event shares, as keyword arguments."""

    originator_id: UUID
    originator_version: int
    at: datetime
    actor: str
    reason: str | None
    run_id: UUID | None
    command_id: UUID | None


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
        command_id: the command that it came of, with all other events of that command.
    """

    wire_name: ClassVar[str]
    class_version: ClassVar[int] = 1

    originator_id: UUID
    originator_version: int
    at: datetime
    actor: str
    reason: str | None = None
    run_id: UUID | None = None
    command_id: UUID | None = field(default=None, metadata=ADDED)
