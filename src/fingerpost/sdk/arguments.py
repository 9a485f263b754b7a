"""Arguments that several methods take: lists of names, and local paths."""

import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

from fingerpost.domain.errors import InvalidValueError, LimitExceededError, shown

StrPath = str | os.PathLike[str]

MOST_NAMES: Final = 100_000
"""Names in one argument: more than anybody means, and few enough to be looked at one by one."""


def listed(values: Iterable[str] | None, what: str) -> list[str]:
    """Return the values; a lone string is an error and not its letters.

    Raises:
        InvalidValueError: it is a string, or not iterable.
        LimitExceededError: there are more than 100,000, or no end of them.
    """
    if values is None:
        return []
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InvalidValueError(what, values, "it is a list of names", f"Write [{shown(values)}].")
    found = list(islice(values, MOST_NAMES + 1))
    if len(found) > MOST_NAMES:
        raise LimitExceededError(what, MOST_NAMES, len(found), "Give them in several steps.")
    return found


def checked_local_path(path: StrPath) -> Path:
    """Return the path of a local file or folder.

    Raises:
        InvalidValueError: it is neither text nor a path.
    """
    if not isinstance(path, str | os.PathLike):
        raise InvalidValueError("local path", path, "it is text or a Path", "Pass 'data.csv', say.")
    return Path(path)
