"""What is sent: an action, the facts of an event and secrets become a request."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from fingerpost.domain.automation import Action, SlackAction, Template, WebhookAction
from fingerpost.domain.automation.action import require_web_url
from fingerpost.domain.automation.names import ACCESS_TOKEN
from fingerpost.domain.automation.template import as_text
from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.metadata.metadata import JsonObject, JsonValue

from ..history.cloud_events import cloud_event
from ..ports.sender import OutgoingRequest
from .webhook_signing import signature_headers

_ARTIFACT: Final = "artifact."
_SLACK_TEXT: Final = 3_000
_SYMBOLS: Final = {"info": ":information_source:", "warn": ":warning:", "error": ":rotating_light:"}
_SAID: Final = {
    "LINK_ARTIFACT": "`${artifact_version_string}` was linked",
    "UNLINK_ARTIFACT": "`${artifact_version_string}` was unlinked",
    "ADD_ARTIFACT_ALIAS": "alias `${alias}` is at `${artifact_version_string}`",
    "REMOVE_ARTIFACT_ALIAS": "alias `${alias}` came off `${artifact_version_string}`",
    "ADD_ARTIFACT_TAG": "`${artifact_version_string}` was tagged `${tag}`",
    "CREATE_ARTIFACT": "`${artifact_version_string}` was logged",
}
_BY: Final = "by ${event_author} at ${event_time}"


def request_for(
    action: Action,
    facts: JsonObject,
    secrets: Mapping[str, str],
    *,
    source_id: UUID,
    kind: str,
    now: datetime,
) -> OutgoingRequest:
    """Return the request that carries out an action.

    The body is the same at every attempt; only ``webhook-timestamp`` and signature are not.

    Args:
        action: what is to be done.
        facts: of the event.
        secrets: values of the secrets that the action names.
        source_id: identity of the store.
        kind: what happened, such as ``alias_added``.
        now: when it is sent.

    Raises:
        InvalidValueError: a secret is not what it has to be; it is not shown.
    """
    if isinstance(action, SlackAction):
        return _slack(action, facts, secrets, now)
    return _webhook(action, facts, secrets, source_id, kind, now)


def _webhook(
    action: WebhookAction,
    facts: JsonObject,
    secrets: Mapping[str, str],
    source_id: UUID,
    kind: str,
    now: datetime,
) -> OutgoingRequest:
    known = dict(secrets)
    headers: dict[str, str] = {}
    if action.token_secret is not None:
        token = known[ACCESS_TOKEN] = _in_header(action.token_secret, secrets[action.token_secret])
        headers["Authorization"] = f"Bearer {token}"
    for name, template in action.headers.items():
        rendered = as_text(Template(template).render({}, known))
        headers[name] = _in_header(name, rendered)
    body: JsonValue
    if action.payload is None:
        body, content_type = _told(facts, source_id, kind), "application/cloudevents+json"
    else:
        body, content_type = Template(action.payload).render(facts, known), "application/json"
    encoded = _encoded(body)
    headers |= _shared(facts, now) | {"Content-Type": f"{content_type}; charset=utf-8"}
    if action.signing_secret is not None:
        key, moment = secrets[action.signing_secret], int(now.timestamp())
        headers |= signature_headers(key, str(facts["delivery_id"]), moment, encoded)
    is_confidential = bool(action.secrets - {action.signing_secret})
    return OutgoingRequest(
        url=action.url, headers=headers, body=encoded, is_confidential=is_confidential
    )


def _told(facts: JsonObject, source_id: UUID, kind: str) -> JsonObject:
    position = facts["event_position"]
    assert isinstance(position, int)  # noqa: S101 - for the type checker
    return cloud_event(
        facts,
        id=str(facts["delivery_id"]),
        source_id=source_id,
        kind=f"{_ARTIFACT}{kind}",
        subject=str(facts["artifact_version_string"]),
        time=str(facts["event_time"]),
        position=position,
    )


def _slack(
    action: SlackAction, facts: JsonObject, secrets: Mapping[str, str], now: datetime
) -> OutgoingRequest:
    try:
        url = require_web_url("Slack webhook", secrets[action.url_secret])
    except InvalidValueError:
        # The value is the secret: its own message would show it.
        problem = "it is the URL of an incoming webhook, https://hooks.slack.com/services/…"
        shown = f"secret {action.url_secret}"
        raise InvalidValueError("Slack webhook", shown, problem, "Set it again.") from None
    safe = _escaped(facts)
    said = _SAID.get(str(facts["event_type"]), "${event_type}")
    title = Template(action.title or said).render(safe, {})
    message = Template(_BY if action.message is None else action.message).render(safe, {})
    text = f"{_SYMBOLS[action.severity]} *{as_text(title)}*\n{as_text(message)}".strip()
    shown = text if len(text) <= _SLACK_TEXT else f"{text[: _SLACK_TEXT - 1]}…"
    block: JsonObject = {"type": "section", "text": {"type": "mrkdwn", "text": shown}}
    return OutgoingRequest(
        url=url,
        headers={"Content-Type": "application/json; charset=utf-8", **_shared(facts, now)},
        body=_encoded({"text": shown, "blocks": [block]}),
        is_confidential=True,
    )


def _escaped(facts: JsonObject) -> JsonObject:
    # *Source*: Slack's "Formatting text for app surfaces": these three, and no others.
    def escaped(value: JsonValue) -> JsonValue:
        text = as_text(value)
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    metadata = facts["artifact_metadata"]
    assert isinstance(metadata, dict)  # noqa: S101 - for the type checker
    told = {name: escaped(value) for name, value in facts.items()}
    return {**told, "artifact_metadata": {key: escaped(value) for key, value in metadata.items()}}


def _shared(facts: JsonObject, now: datetime) -> dict[str, str]:
    identity = str(facts["delivery_id"])
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "Idempotency-Key": identity,
        "User-Agent": "fingerpost-automations",
    }


def _encoded(value: JsonValue) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _in_header(name: str, value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        problem = "in a header field it is printable ASCII, without a line break at its end"
        raise InvalidValueError("secret", f"for {name}", problem, "Set it again.")
    return value
