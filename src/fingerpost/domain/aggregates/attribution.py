"""Who did something, when, why and as part of which run."""

from datetime import UTC, datetime
from uuid import UUID

from attrs import field, frozen

from ..errors import InvalidValueError
from ..names.names import Actor
from ..names.text import is_unicode

LONGEST_REASON = 4096


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise InvalidValueError("time", at, "it has a time zone", "Use datetime.now(UTC).")
    return at.astimezone(UTC)


def checked_reason(reason: str | None) -> str | None:
    """Return the reason without outer white space, or ``None`` for an empty one."""
    if reason is not None and not (isinstance(reason, str) and is_unicode(reason)):
        raise InvalidValueError("reason", reason, "it is valid Unicode text", "Pass text.")
    text = reason.strip() if reason else ""
    if len(text) > LONGEST_REASON:
        raise InvalidValueError(
            "reason",
            f"{text[:40]}…",
            f"it has at most {LONGEST_REASON:,} characters",
            "Shorten it.",
        )
    return text or None


@frozen(kw_only=True)
class Attribution:
    """What every event says of its origin.

    Attributes:
        actor: user or service account on whose behalf the command runs.
        at: when it was decided, UTC.
        reason: why, where a person said so.
        run_id: the run that it was part of, if any.
        command_id: identity of the command; the same each time that it is tried.
    """

    actor: Actor
    at: datetime = field(converter=_utc)
    reason: str | None = field(default=None, converter=checked_reason)
    run_id: UUID | None = None
    command_id: UUID | None = None
