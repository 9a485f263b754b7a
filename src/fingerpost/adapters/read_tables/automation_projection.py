"""How the events of automations and secrets change the read tables."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import orjson

from fingerpost.domain.events import (
    AutomationChanged,
    AutomationCreated,
    AutomationDeleted,
    AutomationDisabled,
    AutomationEnabled,
    Event,
    SecretRemoved,
    SecretSet,
)

from .cursor import Cursor, to_micros


def _created(cursor: Cursor, position: int, event: AutomationCreated) -> None:
    cursor.execute(
        "INSERT INTO automations (id, position, scope_kind, scope_id, project, name, "
        "trigger_kind, alias, alias_pattern, tag, tag_pattern, action, description, is_enabled, "
        "is_deleted, since, created_at, created_by) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,1,0,?,?,?)",
        (
            event.originator_id.hex,
            position,
            event.scope_kind,
            event.scope_id.hex,
            event.project,
            event.name,
            event.trigger,
            event.alias,
            event.alias_pattern,
            event.tag,
            event.tag_pattern,
            orjson.dumps(event.action).decode(),
            event.description,
            position,
            to_micros(event.at),
            event.actor,
        ),
    )


def _changed(cursor: Cursor, _: int, event: AutomationChanged) -> None:
    cursor.execute(
        "UPDATE automations SET action=?, description=? WHERE id=?",
        (orjson.dumps(event.action).decode(), event.description, event.originator_id.hex),
    )


def _enabled(cursor: Cursor, position: int, event: AutomationEnabled) -> None:
    cursor.execute(
        "UPDATE automations SET is_enabled=1, since=? WHERE id=?",
        (position, event.originator_id.hex),
    )


def _disabled(cursor: Cursor, _: int, event: AutomationDisabled) -> None:
    cursor.execute("UPDATE automations SET is_enabled=0 WHERE id=?", (event.originator_id.hex,))


def _deleted(cursor: Cursor, _: int, event: AutomationDeleted) -> None:
    cursor.execute(
        "UPDATE automations SET is_deleted=1, is_enabled=0 WHERE id=?", (event.originator_id.hex,)
    )


def _secret_set(cursor: Cursor, _: int, event: SecretSet) -> None:
    cursor.execute(
        "INSERT INTO secrets (owner_id, name, id, set_at, set_by) VALUES (?,?,?,?,?) "
        "ON CONFLICT (owner_id, name) DO UPDATE SET set_at=excluded.set_at, set_by=excluded.set_by",
        (
            event.owner_id.hex,
            event.name,
            event.originator_id.hex,
            to_micros(event.at),
            event.actor,
        ),
    )


def _secret_removed(cursor: Cursor, _: int, event: SecretRemoved) -> None:
    cursor.execute("DELETE FROM secrets WHERE id=?", (event.originator_id.hex,))


AUTOMATION_PROJECTIONS: Final[Mapping[type[Event], Callable[[Cursor, int, Any], None]]] = (
    MappingProxyType(
        {
            AutomationCreated: _created,
            AutomationChanged: _changed,
            AutomationEnabled: _enabled,
            AutomationDisabled: _disabled,
            AutomationDeleted: _deleted,
            SecretSet: _secret_set,
            SecretRemoved: _secret_removed,
        }
    )
)
"""What each event does to the tables ``automations`` and ``secrets``."""
