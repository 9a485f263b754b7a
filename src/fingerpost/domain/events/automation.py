"""Events of automations, and of the secrets that they use."""

from typing import ClassVar
from uuid import UUID

from attrs import field, frozen

from ..metadata.metadata import JsonObject
from .base import Event, free_text


@frozen(kw_only=True)
class AutomationCreated(Event):
    """From here on something is to be done whenever something happens in a scope.

    Attributes:
        scope_kind: ``collection``, ``project``, ``registry`` or ``organization``.
        scope_id: the collection, the project's entity, the registry, or the organization.
        project: the project, where the scope is one; empty otherwise.
        name: its name; unique in its scope.
        trigger: what sets it off, such as ``alias_added``.
        alias: the alias that it takes; ``None`` for any.
        alias_pattern: a pattern of aliases that it takes instead, with ``*``, ``?`` and ``[…]``.
        tag: the tag that it takes; ``None`` for any.
        tag_pattern: a pattern of tags that it takes instead.
        action: what is to be done; it names secrets and never holds their values.
    """

    wire_name: ClassVar[str] = "automation.created"
    scope_kind: str
    scope_id: UUID
    project: str
    name: str
    trigger: str
    alias: str | None
    alias_pattern: str | None
    tag: str | None
    tag_pattern: str | None
    action: JsonObject
    description: str | None = field(default=None, validator=free_text)


@frozen(kw_only=True)
class AutomationChanged(Event):
    """An automation does something else from here on, or is described otherwise.

    Attributes:
        action: what is to be done.
    """

    wire_name: ClassVar[str] = "automation.changed"
    action: JsonObject
    description: str | None = field(validator=free_text)


@frozen(kw_only=True)
class AutomationEnabled(Event):
    """An automation acts again, on what happens from here on."""

    wire_name: ClassVar[str] = "automation.enabled"


@frozen(kw_only=True)
class AutomationDisabled(Event):
    """An automation does nothing for now; what it had not delivered is given up."""

    wire_name: ClassVar[str] = "automation.disabled"


@frozen(kw_only=True)
class AutomationDeleted(Event):
    """An automation was deleted; its name is free again."""

    wire_name: ClassVar[str] = "automation.deleted"


@frozen(kw_only=True)
class SecretSet(Event):
    """A secret has a value, or another one. The value is not in the ledger.

    Attributes:
        owner_id: the organization or entity whose automations may use it.
        name: its name.
    """

    wire_name: ClassVar[str] = "secret.set"
    owner_id: UUID
    name: str


@frozen(kw_only=True)
class SecretRemoved(Event):
    """A secret has no value any more."""

    wire_name: ClassVar[str] = "secret.removed"
