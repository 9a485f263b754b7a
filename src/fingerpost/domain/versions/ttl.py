"""Time to live: how long a version is kept before it expires and may be deleted.

*Source*: W&B's class reference, ``Artifact.ttl``.
"""

from datetime import timedelta
from enum import Enum
from typing import Final, Self

from attrs import frozen

from ..errors import InvalidValueError

LONGEST_DAYS: Final = 365_000
"""A thousand years. What is to be kept for longer is kept for ever: ``None``."""


class ArtifactTTL(Enum):
    """What a time to live can be, other than a duration or ``None`` ("for ever")."""

    INHERIT = "inherit"
    """The team's default, whatever that is at the time."""


@frozen(kw_only=True)
class TimeToLive:
    """What was said of how long a version is kept.

    Attributes:
        inherits: whether the team's default counts.
        duration_s: whole seconds from when it was logged; ``None`` keeps it for ever.
    """

    inherits: bool
    duration_s: int | None = None

    @classmethod
    def of(cls, ttl: "timedelta | ArtifactTTL | None") -> Self:
        """Return what a caller meant.

        Raises:
            InvalidValueError: it is no duration of at least a second, at most a thousand years.
        """
        if ttl is ArtifactTTL.INHERIT:
            return cls(inherits=True)
        return cls(inherits=False, duration_s=duration_s(ttl))

    def __str__(self) -> str:
        if self.inherits:
            return "inherited"
        return "for ever" if self.duration_s is None else str(timedelta(seconds=self.duration_s))

    def effective_s(self, default_s: int | None) -> int | None:
        """Return for how many seconds the version is kept, given the team's default."""
        return default_s if self.inherits else self.duration_s


INHERITED: Final = TimeToLive(inherits=True)
FOR_EVER: Final = TimeToLive(inherits=False)


def duration_s(ttl: object) -> int | None:
    """Return a duration in whole seconds; ``None`` for ever.

    Raises:
        InvalidValueError: it is no duration of at least a second, at most a thousand years.
    """
    if ttl is None:
        return None
    if not isinstance(ttl, timedelta):
        raise _invalid(ttl, "it is a timedelta, None for ever, or ArtifactTTL.INHERIT")
    if not timedelta(seconds=1) <= ttl <= timedelta(days=LONGEST_DAYS):
        raise _invalid(ttl, f"it is positive: at least a second, at most {LONGEST_DAYS:,} days")
    return int(ttl.total_seconds())


def _invalid(ttl: object, expected: str) -> InvalidValueError:
    return InvalidValueError(
        "ttl", ttl, expected, "Pass timedelta(days=30), say, or 30d on the command line."
    )
