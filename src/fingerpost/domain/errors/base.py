"""The root of all errors, their families, and how messages list values.

One root, :class:`FingerpostError`, with six families. Each class carries typed attributes and a
stable ``code``; where the artifact API promises a builtin (``ValueError``, ``KeyError``,
``FileNotFoundError``) the class is also that builtin. A message says what failed, shows the
offending value, says what was expected and what to do next.

The classes are attrs exceptions: their attributes are their ``args``, so they survive pickling.
"""

from collections.abc import Sequence
from typing import ClassVar

_LISTED = 8

LONGEST_SHOWN = 5_000
"""Characters of a value in a message; the error's attributes have it whole."""


def shown(value: object) -> str:
    """Return a value for a message: quoted, cut if it is long, whatever it is.

    Values are anybody's: text of megabytes, and lists that are nested deeper than ``repr`` goes.
    """
    if isinstance(value, str | bytes) and len(value) > LONGEST_SHOWN:
        return f"{value[:LONGEST_SHOWN]!r}…"
    try:
        text = repr(value)
    except RecursionError:
        return f"{type(value).__name__} that is nested too deeply to be shown"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def listed(values: Sequence[str], empty: str = "none") -> str:
    """Return values for a message: quoted, cut after eight, or ``empty``."""
    if not values:
        return empty
    shown = ", ".join(repr(str(value)) for value in values[:_LISTED])
    more = len(values) - _LISTED
    return f"{shown} and {more} more" if more > 0 else shown


class FingerpostError(Exception):
    """Root of all errors raised on purpose; catch it to catch them all."""

    code: ClassVar[str] = "error"

    def __str__(self) -> str:
        return self._message()

    @property
    def message(self) -> str:
        """What failed, the value, what was expected, what to do next."""
        return self._message()

    def _message(self) -> str:
        return " ".join(str(arg) for arg in self.args)


class NotFoundError(FingerpostError, LookupError):
    """Something that was named does not exist."""

    code = "not_found"

    # LookupError's subclass KeyError quotes its message; keep ours readable everywhere.
    __str__ = FingerpostError.__str__


class ConflictError(FingerpostError):
    """The command does not fit what is there now; nothing was changed."""

    code = "conflict"


class PermissionDeniedError(FingerpostError):
    """The actor's role does not allow the action; nothing was changed."""

    code = "permission_denied"


class IntegrityError(FingerpostError):
    """Stored or downloaded bytes are not what was recorded."""

    code = "integrity"


class InvalidInputError(FingerpostError, ValueError):
    """A value that was given breaks a rule; nothing was changed."""

    code = "invalid_input"


class StorageError(FingerpostError):
    """The store could not be opened, read or written."""

    code = "storage"
