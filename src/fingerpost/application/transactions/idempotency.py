"""Idempotent commands.

A command with a key adds an event to a stream of its own, in the same transaction as its other
events. ``(stream, version 1)`` is a primary key, so one of two concurrent writers wins on every
event store, and the other finds the stored outcome.

*Source*: ``docs/adr/0034-linearizability-and-idempotent-commands.md``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, cast
from uuid import UUID, uuid4

from attrs import define, frozen

from fingerpost.domain.aggregates.aggregate import envelope
from fingerpost.domain.aggregates.attribution import Attribution
from fingerpost.domain.aggregates.streams import command
from fingerpost.domain.errors import InvalidValueError, KeyReusedError
from fingerpost.domain.events import CommandCarriedOut
from fingerpost.domain.metadata.metadata import JsonObject
from fingerpost.domain.names.names import Actor
from fingerpost.domain.names.text import is_unicode
from fingerpost.domain.versions.version import VersionRef

from ..ports.event_store import EventStore
from .command_subjects import Subject

LONGEST_KEY: Final = 200


@define
class _Block:
    key: str
    commands: int = 0


_BLOCK: ContextVar[_Block | None] = ContextVar("fingerpost_once", default=None)


@contextmanager
def once(key: str) -> Iterator[None]:
    """Run the commands of a block once, however often the block is run.

    After a lost acknowledgement, a killed process or a double click, run the same block again, in
    this process or another. Commands that were stored before are not repeated; they return what
    they returned then, even if others changed the same thing since. Of two concurrent runs one
    stores the command. Commands that were refused or not reached are tried again.

    Commands are identified by their order, so the block must give the same ones each time.
    Starting, using and finishing a run, and cleaning up, do not count: repeating them does no harm.
    Keys are separate for each actor and store, and never expire. A key applies to this thread or
    task, and not to threads that the block starts.

    Args:
        key: 1 to 200 characters, such as the identity of the job or of the request.

    Raises:
        InvalidValueError: the key is invalid.
    """
    token = _BLOCK.set(_Block(_checked(key)))
    try:
        yield
    finally:
        _BLOCK.reset(token)


def _checked(key: str) -> str:
    is_fine = isinstance(key, str) and is_unicode(key) and "\0" not in key
    if not is_fine or not key.strip() or len(key) > LONGEST_KEY:
        expected = f"it is text of 1 to {LONGEST_KEY} characters"
        raise InvalidValueError("key", key, expected, "Pass the identity of the job, say.")
    return key


@frozen
class Command:
    """One command, through all of its attempts.

    Attributes:
        id: identity, which its events carry; with a key, also the stream that stores the outcome.
        key: the caller's key, if any.
    """

    id: UUID
    key: str | None = None


@frozen
class Outcome:
    """The outcome of a command that was stored before."""

    result: Any


def next_command(actor: Actor) -> Command:
    """Return the actor's next command: a new one, or the next one under a key."""
    block = _BLOCK.get()
    if block is None:
        return Command(uuid4())
    number, block.commands = block.commands, block.commands + 1
    return Command(command(str(actor), block.key, number), block.key)


def earlier_outcome(events: EventStore, given: Command, subject: Subject) -> Outcome | None:
    """Return the stored outcome of a command with a key, or ``None``.

    Raises:
        KeyReusedError: the key was used for another kind of command.
    """
    if given.key is None:
        return None
    for event in events.stream(given.id):
        if isinstance(event, CommandCarriedOut):
            if event.subject != subject:
                raise KeyReusedError(given.key, subject.value, event.subject)
            return Outcome(_result(event.outcome))
    return None


def note(
    given: Command, key: str, subject: Subject, result: object, by: Attribution
) -> CommandCarriedOut:
    """Return the event that stores the outcome of a command with a key."""
    return CommandCarriedOut(
        **envelope(given.id, 1, by), key=key, subject=subject.value, outcome=_outcome(result)
    )


@frozen
class Logged:
    """The outcome of logging: the version, whether it is new, and the link, if any."""

    ref: VersionRef
    is_new: bool
    link: VersionRef | None = None


def _outcome(result: object) -> JsonObject:
    """Return what a command returned as JSON; ``_result`` reads it."""
    if isinstance(result, Logged):
        link = None if result.link is None else _outcome(result.link)
        return {"is_new": result.is_new, "version": _outcome(result.ref), "link": link}
    if isinstance(result, VersionRef):
        return {"collection_id": result.collection_id.hex, "index": result.index}
    if isinstance(result, UUID):
        return {"id": result.hex}
    if isinstance(result, str):
        return {"value": str(result)}
    if result is None or isinstance(result, int):
        return {"value": result}
    msg = f"a command that returns {type(result).__name__} cannot have a key"
    raise TypeError(msg)


def _result(outcome: JsonObject) -> object:
    if "is_new" in outcome:
        link = outcome["link"]
        return Logged(
            cast("VersionRef", _result(cast("JsonObject", outcome["version"]))),
            bool(outcome["is_new"]),
            cast("VersionRef", _result(cast("JsonObject", link))) if link else None,
        )
    if "index" in outcome:
        home = UUID(str(outcome["collection_id"]))
        return VersionRef(collection_id=home, index=cast("int", outcome["index"]))
    return UUID(str(outcome["id"])) if "id" in outcome else outcome["value"]
