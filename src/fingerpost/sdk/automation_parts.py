"""Events, scopes and actions, as callers write them; checked when they are made."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from attrs import frozen

from fingerpost import domain
from fingerpost.application.json_form import JsonForm
from fingerpost.domain.automation import TriggerKind

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.domain.automation import SlackAction, Trigger, WebhookAction


class _Event(JsonForm):
    __slots__ = ()

    def trigger(self) -> "Trigger":
        raise NotImplementedError

    def to_dict(self) -> "Json":
        """Return its JSON form."""
        return {"kind": self.trigger().kind.value, **super().to_dict()}


class _Action(JsonForm):
    __slots__ = ()

    def to_dict(self) -> "Json":
        """Return its JSON form; it names secrets and shows none."""
        return {"kind": type(self).__name__, **super().to_dict()}


@frozen(kw_only=True)
class _AliasEvent(_Event):
    kind: ClassVar[TriggerKind]
    alias: str | None = None
    alias_pattern: str | None = None

    def __attrs_post_init__(self) -> None:
        self.trigger()

    def trigger(self) -> "Trigger":
        """Return it as the rules know it."""
        return domain.automation.Trigger(
            kind=self.kind, alias=self.alias, alias_pattern=self.alias_pattern
        )


@frozen(kw_only=True)
class OnLinkArtifact(_AliasEvent):
    """A version is linked to a registry collection.

    Attributes:
        alias: only when it gets this alias as it is linked.
        alias_pattern: only when it gets an alias like this, with ``*``, ``?`` and ``[…]``.
    """

    kind = TriggerKind.LINK


@frozen(kw_only=True)
class OnUnlinkArtifact(_AliasEvent):
    """A link is taken out of a registry collection.

    Attributes:
        alias: only when this alias comes off with it.
        alias_pattern: only when an alias like this does.
    """

    kind = TriggerKind.UNLINK


@frozen(kw_only=True)
class OnAddArtifactAlias(_AliasEvent):
    """An alias is placed, or moved to another version.

    Attributes:
        alias: only this alias. ``latest`` has to be asked for: it moves with every version.
        alias_pattern: only aliases like this.
    """

    kind = TriggerKind.ALIAS_ADDED


@frozen(kw_only=True)
class OnRemoveArtifactAlias(_AliasEvent):
    """An alias comes off, so that nothing has it any more.

    Attributes:
        alias: only this alias.
        alias_pattern: only aliases like this.
    """

    kind = TriggerKind.ALIAS_REMOVED


@frozen(kw_only=True)
class OnAddArtifactTag(_Event):
    """A version is tagged.

    Attributes:
        tag: only with this tag.
        tag_pattern: only with tags like this.
    """

    tag: str | None = None
    tag_pattern: str | None = None

    def __attrs_post_init__(self) -> None:
        self.trigger()

    def trigger(self) -> "Trigger":
        """Return it as the rules know it."""
        return domain.automation.Trigger(
            kind=TriggerKind.TAG_ADDED, tag=self.tag, tag_pattern=self.tag_pattern
        )


@frozen(kw_only=True)
class OnCreateArtifact(_Event):
    """A version is logged.

    Attributes:
        alias: only when it is given this alias as it is logged.
        alias_pattern: only when it is given an alias like this.
        tag: only when it is given this tag.
        tag_pattern: only when it is given a tag like this.
    """

    alias: str | None = None
    alias_pattern: str | None = None
    tag: str | None = None
    tag_pattern: str | None = None

    def __attrs_post_init__(self) -> None:
        self.trigger()

    def trigger(self) -> "Trigger":
        """Return it as the rules know it."""
        return domain.automation.Trigger(
            kind=TriggerKind.VERSION_LOGGED,
            alias=self.alias,
            alias_pattern=self.alias_pattern,
            tag=self.tag,
            tag_pattern=self.tag_pattern,
        )


AutomationEvent: TypeAlias = _AliasEvent | OnAddArtifactTag | OnCreateArtifact


def event_of(trigger: "Trigger") -> AutomationEvent:
    """Return a trigger as callers write it."""
    aliases = {"alias": trigger.alias, "alias_pattern": trigger.alias_pattern}
    tags = {"tag": trigger.tag, "tag_pattern": trigger.tag_pattern}
    match trigger.kind:
        case TriggerKind.TAG_ADDED:
            return OnAddArtifactTag(**tags)
        case TriggerKind.VERSION_LOGGED:
            return OnCreateArtifact(**aliases, **tags)
        case TriggerKind.LINK:
            return OnLinkArtifact(**aliases)
        case TriggerKind.UNLINK:
            return OnUnlinkArtifact(**aliases)
        case TriggerKind.ALIAS_ADDED:
            return OnAddArtifactAlias(**aliases)
        case TriggerKind.ALIAS_REMOVED:
            return OnRemoveArtifactAlias(**aliases)


@frozen
class CollectionScope(JsonForm):
    """A collection, by its path without alias."""

    path: str


@frozen
class ProjectScope(JsonForm):
    """All collections of a project, those that come later too: ``[ENTITY/]PROJECT``."""

    path: str


@frozen
class RegistryScope(JsonForm):
    """All collections of a registry, those that come later too.

    Attributes:
        name: the registry.
        organization: its organization; by default the default one.
    """

    name: str
    organization: str | None = None


@frozen
class OrgScope(JsonForm):
    """All registries and all teams' projects of an organization; by default the default one."""

    name: str | None = None


@frozen(kw_only=True)
class SendWebhook(_Action):
    """Sends an HTTP POST.

    Attributes:
        url: where to; ``http`` or ``https``, without a login.
        payload: JSON with variables such as ``${artifact_version_string}``; without it a
            CloudEvent is sent.
        headers: further header fields; ``${SECRET}`` may stand in their values.
        access_token: name of the secret that is sent as ``Authorization: Bearer``.
        signing_secret: name of the secret that the body is signed with.
    """

    url: str
    payload: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None
    access_token: str | None = None
    signing_secret: str | None = None

    def __attrs_post_init__(self) -> None:
        self.action()

    def action(self) -> "WebhookAction":
        """Return it as the rules know it."""
        return domain.automation.WebhookAction(
            url=self.url,
            payload=self.payload,
            headers=self.headers,
            token_secret=self.access_token,
            signing_secret=self.signing_secret,
        )


@frozen(kw_only=True)
class SendNotification(_Action):
    """Sends a message to a Slack channel.

    Attributes:
        channel: name of the secret that holds the URL of the channel's incoming webhook.
        title: first line, with variables; without it what happened.
        message: what follows, with variables; without it by whom and when.
        level: ``info``, ``warn`` or ``error``.
    """

    channel: str
    title: str | None = None
    message: str | None = None
    level: str = "info"

    def __attrs_post_init__(self) -> None:
        self.action()

    def action(self) -> "SlackAction":
        """Return it as the rules know it."""
        return domain.automation.SlackAction(
            url_secret=self.channel, title=self.title, message=self.message, severity=self.level
        )


AutomationAction: TypeAlias = SendWebhook | SendNotification


def action_of(action: "WebhookAction | SlackAction") -> AutomationAction:
    """Return an action as callers write it."""
    if isinstance(action, domain.automation.SlackAction):
        return SendNotification(
            channel=action.url_secret,
            title=action.title,
            message=action.message,
            level=action.severity,
        )
    return SendWebhook(
        url=action.url,
        payload=action.payload,
        headers=action.headers,
        access_token=action.token_secret,
        signing_secret=action.signing_secret,
    )
