"""The event of a command that was given under a key."""

from typing import ClassVar

from attrs import field, frozen

from ..metadata.metadata import JsonObject
from .base import Event, free_text


@frozen(kw_only=True)
class CommandCarriedOut(Event):
    """A command that has a key of its caller's was carried out; it will not be a second time.

    The only event of a stream that follows from actor and key, in the transaction of whatever else
    came of the command: of two who are at it with the same key, one gets in.

    Attributes:
        key: what the caller called it.
        subject: what kind of command it was.
        outcome: what the caller is told, each time.
    """

    wire_name: ClassVar[str] = "command.carried_out"
    key: str = field(validator=free_text)
    subject: str
    outcome: JsonObject
