"""One event of the ledger, as those who follow it see it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from attrs import frozen

from fingerpost.application.history.cloud_events import cloud_event, timestamp
from fingerpost.application.json_form import JsonForm
from fingerpost.application.ports.event_store import RecordedEvent
from fingerpost.application.ports.queries import Queries
from fingerpost.domain.events import Event
from fingerpost.domain.metadata.metadata import JsonObject


@frozen(kw_only=True)
class LedgerEvent(JsonForm):
    """Something that happened, and its place in the ledger.

    Attributes:
        position: 1, 2, 3, … from event to event, without gaps.
        kind: what happened: the wire name, such as ``collection.alias_moved``.
        stream_id: what it happened to.
        version: its place in that stream, from 1.
        at: when, UTC. The position, not this, says what came first.
        actor: on whose behalf.
        reason: why, where somebody said so.
        run_id: the run that it was part of, if any.
        command_id: the command that it came of, with all others of that command.
        data: its other fields, as plain JSON: those of the ledger.
        store_id: identity of the store.
    """

    _json_keys: ClassVar = {"store_id": None, "_subject": None}

    position: int
    kind: str
    stream_id: UUID
    version: int
    at: datetime
    actor: str
    reason: str | None
    run_id: UUID | None
    command_id: UUID | None
    data: JsonObject
    store_id: UUID
    _subject: Callable[[], str]

    @property
    def subject(self) -> str:
        """Path of the collection as it is called now, or else the stream's 32 hex digits."""
        return self._subject()

    def as_json(self) -> dict[str, Any]:
        """Return all of it but the subject and the store: :meth:`to_dict`."""
        return self.to_dict()

    def as_cloudevent(self) -> dict[str, Any]:
        """Return it as a CloudEvent.

        ``id`` is the store's identity with the position: the same whenever and by whomever the
        event is told, so receivers can leave out what they have. ``type`` is ``fingerpost.`` and
        the kind, ``sequence`` the position as text that sorts, ``data`` what :meth:`to_dict` gives.
        The extension ``streamid`` has the stream, ``actor`` on whose behalf.

        *Source*: CloudEvents 1.0.2, JSON event format.
        """
        return cloud_event(
            self.to_dict(),
            id=f"{self.store_id}/{self.position}",
            source_id=self.store_id,
            kind=self.kind,
            subject=self.subject,
            time=timestamp(self.at),
            position=self.position,
            streamid=self.stream_id.hex,
            actor=self.actor,
        )


class LedgerEvents:
    """Makes what followers see of what the ledger has.

    Args:
        queries: know what collections are called.
        store_id: identity of the store.
    """

    def __init__(self, queries: Queries, store_id: UUID) -> None:
        from fingerpost.adapters.event_store.mapper import event_mapper

        self._mapper = event_mapper()
        self._queries = queries
        self._store_id = store_id

    def __call__(self, recorded: RecordedEvent) -> LedgerEvent:
        """Return one."""
        event = recorded.event
        return LedgerEvent(
            position=recorded.position,
            kind=event.wire_name,
            stream_id=event.originator_id,
            version=event.originator_version,
            at=event.at,
            actor=event.actor,
            reason=event.reason,
            run_id=event.run_id,
            command_id=event.command_id,
            data=self._mapper.own_fields(event),
            store_id=self._store_id,
            subject=lambda: self._subject(event),
        )

    def _subject(self, event: Event) -> str:
        row = self._queries.collection(event.originator_id)
        return event.originator_id.hex if row is None else row.path
