"""What an automation does: a webhook, or a message to Slack."""

import re
from collections.abc import Mapping
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from attrs import field, frozen

from ..errors import CorruptLedgerError, InvalidValueError
from ..metadata.metadata import JsonObject, normalized
from ..names.text import is_unicode
from .names import ACCESS_TOKEN, SecretName
from .template import Template

LONGEST_URL: Final = 2_048
MOST_HEADERS: Final = 20
LONGEST_TEXT: Final = 3_000
"""Characters of a message's template. *Source*: Slack's limit of a section's text."""

_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_OURS: Final = frozenset(
    {
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "webhook-id",
        "webhook-signature",
        "webhook-timestamp",
        "x-wandb-signature",
    }
)
"""Header fields that the sender writes itself."""

SEVERITIES: Final = ("info", "warn", "error")


def require_web_url(what: str, url: object) -> str:
    """Return a URL that a webhook may have; the message shows no login.

    Raises:
        InvalidValueError: it is no http or https URL, or holds a login.
    """
    remedy = "For example 'https://ci.example.com/hooks/deploy'."
    if not isinstance(url, str) or not is_unicode(url) or len(url) > LONGEST_URL:
        raise InvalidValueError(what, url, f"it is text of at most {LONGEST_URL:,} letters", remedy)
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
        is_web = is_web and (parts.port is None or parts.port > 0)
    except ValueError:
        raise InvalidValueError(what, "…", "it is no URL", remedy) from None
    authority = re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        problem = "it holds a login, which everybody who sees the automation would see"
        shown = f"{parts.scheme}://…@{authority.rpartition('@')[2]}"
        raise InvalidValueError(what, shown, problem, "Put it into a secret.")
    is_plain = url.isprintable() and not any(character in url for character in ' \\"<>^`{|}')
    if not is_web or not is_plain or parts.fragment:
        problem = "it is an http:// or https:// URL without spaces and '#'"
        raise InvalidValueError(what, url, problem, remedy)
    return url


def _url(url: str) -> str:
    return require_web_url("webhook URL", url)


def _secret(name: str | None) -> str | None:
    return None if name is None else str(SecretName(name))


def _payload(payload: Mapping[str, object] | None) -> JsonObject | None:
    if payload is None:
        return None
    plain = normalized(payload, "payload")
    Template(plain).check("payload")
    return plain


def _headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    if headers is None:
        return {}
    if not isinstance(headers, Mapping) or len(headers) > MOST_HEADERS:
        problem = f"they are a dictionary of at most {MOST_HEADERS} names and texts"
        raise InvalidValueError("headers", headers, problem, "For example {'X-Team': 'ml'}.")
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER.fullmatch(name):
            problem = "it is letters, digits and '-'"
            raise InvalidValueError("header", name, problem, "For example 'X-Team'.")
        if name.lower() in _OURS:
            problem = "Fingerpost writes it itself"
            raise InvalidValueError("header", name, problem, "Use another name, or a secret.")
        if not isinstance(value, str) or not (value.isascii() and value.isprintable()):
            problem = "it is printable ASCII text"
            raise InvalidValueError(f"header {name!r}", value, problem, "Encode it.")
        Template(value).check(f"header {name!r}", only_secrets=True)
    return {str(name): str(value) for name, value in headers.items()}


@frozen(kw_only=True)
class WebhookAction:
    """Sends an HTTP POST with JSON.

    Attributes:
        url: where to; ``http`` or ``https``, without a login.
        payload: JSON with variables; without it a CloudEvent is sent.
        headers: further header fields; ``${SECRET}`` may stand in their values.
        token_secret: name of the secret that is sent as ``Authorization: Bearer``.
        signing_secret: name of the secret that the body is signed with.
    """

    url: str = field(converter=_url)
    payload: JsonObject | None = field(default=None, converter=_payload)
    headers: dict[str, str] = field(default=None, converter=_headers)
    token_secret: str | None = field(default=None, converter=_secret)
    signing_secret: str | None = field(default=None, converter=_secret)

    def __attrs_post_init__(self) -> None:
        if self.token_secret is None and ACCESS_TOKEN in self._in_templates:
            problem = "it stands for the bearer token, and there is none"
            remedy = "Name its secret with access_token=, or use the secret's own name."
            raise InvalidValueError("variable", f"${{{ACCESS_TOKEN}}}", problem, remedy)

    @property
    def _in_templates(self) -> frozenset[str]:
        parts = [Template(value) for value in (self.payload, *self.headers.values())]
        return frozenset[str]().union(*(part.secrets for part in parts))

    @property
    def secrets(self) -> frozenset[str]:
        """Names of all secrets that it needs."""
        named = {name for name in (self.token_secret, self.signing_secret) if name}
        return frozenset(named | (self._in_templates - {ACCESS_TOKEN}))

    def as_json(self) -> JsonObject:
        """Return it as the ledger has it."""
        return {
            "kind": "webhook",
            "url": self.url,
            "payload": self.payload,
            "headers": dict(self.headers),
            "token_secret": self.token_secret,
            "signing_secret": self.signing_secret,
        }

    def to_dict(self) -> JsonObject:
        """Return its JSON form, which is :meth:`as_json`."""
        return self.as_json()


def _text(text: str | None) -> str | None:
    if text is None:
        return None
    if not isinstance(text, str) or not is_unicode(text) or len(text) > LONGEST_TEXT:
        shown = text[:40] if isinstance(text, str) else text
        problem = f"it is text of at most {LONGEST_TEXT:,} characters"
        raise InvalidValueError("message", shown, problem, "Shorten it.")
    template = Template(text)
    template.check("message")
    if template.secrets:
        problem = "a message is for people, and shows no secret"
        raise InvalidValueError("message", sorted(template.secrets), problem, "Leave it out.")
    return text


def _severity(severity: str) -> str:
    if not isinstance(severity, str) or severity.lower() not in SEVERITIES:
        problem = f"it is one of {', '.join(map(repr, SEVERITIES))}"
        raise InvalidValueError("severity", severity, problem, "Pick one.")
    return severity.lower()


def _required_secret(name: str) -> str:
    return str(SecretName(name))


@frozen(kw_only=True)
class SlackAction:
    """Sends a message to a Slack channel, through an incoming webhook.

    Attributes:
        url_secret: name of the secret that holds the webhook's URL: whoever has that may post.
        title: first line, with variables; without it what happened.
        message: what follows, with variables.
        severity: ``info``, ``warn`` or ``error``.
    """

    url_secret: str = field(converter=_required_secret)
    title: str | None = field(default=None, converter=_text)
    message: str | None = field(default=None, converter=_text)
    severity: str = field(default="info", converter=_severity)

    @property
    def secrets(self) -> frozenset[str]:
        """Names of all secrets that it needs."""
        return frozenset({self.url_secret})

    def as_json(self) -> JsonObject:
        """Return it as the ledger has it."""
        return {
            "kind": "slack",
            "url_secret": self.url_secret,
            "title": self.title,
            "message": self.message,
            "severity": self.severity,
        }

    def to_dict(self) -> JsonObject:
        """Return its JSON form, which is :meth:`as_json`."""
        return self.as_json()


Action: TypeAlias = WebhookAction | SlackAction


def action_from_json(told: JsonObject) -> Action:
    """Return the action that :meth:`as_json` told.

    Raises:
        CorruptLedgerError: it is none.
    """
    kinds = {"webhook": WebhookAction, "slack": SlackAction}
    fields = {key: value for key, value in told.items() if key != "kind"}
    try:
        made: Action = kinds[str(told.get("kind"))](**fields)
    except (KeyError, TypeError, InvalidValueError) as error:
        problem = "its action is not one that this version of Fingerpost knows"
        raise CorruptLedgerError("an automation", problem) from error
    return made
