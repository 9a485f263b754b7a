"""The automation: what it watches for, and what it does then."""

from typing import Self
from uuid import UUID

from attrs import evolve, frozen

from ..aggregates.aggregate import Recording, envelope, foreign
from ..aggregates.permissions import Action as Permission
from ..aggregates.permissions import Authority
from ..errors import NoSuchThingError
from ..events import (
    AutomationChanged,
    AutomationCreated,
    AutomationDeleted,
    AutomationDisabled,
    AutomationEnabled,
    Event,
)
from ..metadata.metadata import JsonObject
from .action import Action
from .names import AutomationName
from .scope import Scope, ScopeKind
from .trigger import Trigger


@frozen(kw_only=True)
class Automation:
    """Head of an automation.

    What it watches for stays as it is: a past in which it watched for something else would make its
    history unreadable. What it does can be changed.
    """

    id: UUID
    version: int
    name: str
    scope: Scope
    action: JsonObject
    is_enabled: bool = True
    is_deleted: bool = False

    @classmethod
    def begin(cls, event: AutomationCreated) -> Self:
        """Return the state after the first event."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            name=event.name,
            scope=Scope(kind=ScopeKind(event.scope_kind), id=event.scope_id, project=event.project),
            action=event.action,
        )

    @classmethod
    def create(
        cls,
        stream_id: UUID,
        *,
        scope: Scope,
        name: AutomationName,
        trigger: Trigger,
        action: Action,
        description: str | None,
        authority: Authority,
    ) -> AutomationCreated:
        """Create an automation, which acts on what happens from here on."""
        authority.require(Permission.AUTOMATE)
        return AutomationCreated(
            **envelope(stream_id, 1, authority.by),
            scope_kind=scope.kind.value,
            scope_id=scope.id,
            project=scope.project,
            name=str(name),
            trigger=trigger.kind.value,
            alias=trigger.alias,
            alias_pattern=trigger.alias_pattern,
            tag=trigger.tag,
            tag_pattern=trigger.tag_pattern,
            action=action.as_json(),
            description=description,
        )

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        head = evolve(self, version=event.originator_version)
        match event:
            case AutomationChanged(action=action):
                return evolve(head, action=action)
            case AutomationEnabled():
                return evolve(head, is_enabled=True)
            case AutomationDisabled():
                return evolve(head, is_enabled=False)
            case AutomationDeleted():
                return evolve(head, is_deleted=True)
            case _:
                raise foreign(event, self.id)

    def change(
        self, action: Action, description: str | None, current: str | None, authority: Authority
    ) -> list[Event]:
        """Change what it does and how it is described."""
        self._require_there(authority)
        told = action.as_json()
        recording = Recording(self, authority.by)
        if (told, description) != (self.action, current):
            recording.add(
                AutomationChanged(**recording.envelope(), action=told, description=description)
            )
        return recording.events

    def enable(self, authority: Authority) -> list[Event]:
        """Let it act on what happens from here on."""
        self._require_there(authority)
        recording = Recording(self, authority.by)
        if not self.is_enabled:
            recording.add(AutomationEnabled(**recording.envelope()))
        return recording.events

    def disable(self, authority: Authority) -> list[Event]:
        """Let it do nothing, not even what it was about to."""
        self._require_there(authority)
        recording = Recording(self, authority.by)
        if self.is_enabled:
            recording.add(AutomationDisabled(**recording.envelope()))
        return recording.events

    def delete(self, authority: Authority) -> list[Event]:
        """Delete it, with what it was about to do."""
        self._require_there(authority)
        return [AutomationDeleted(**envelope(self.id, self.version + 1, authority.by))]

    def _require_there(self, authority: Authority) -> None:
        authority.require(Permission.AUTOMATE)
        if self.is_deleted:
            raise NoSuchThingError("automation", self.name, (), "It was deleted.")
