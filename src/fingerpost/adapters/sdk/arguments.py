"""Arguments that take several names."""

from collections.abc import Iterable

from fingerpost.domain.errors import InvalidValueError


def listed(values: Iterable[str] | None, what: str) -> list[str]:
    """Return the values; a lone string is an error and not its letters.

    Raises:
        InvalidValueError: it is a string, or not iterable.
    """
    if values is None:
        return []
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InvalidValueError(what, values, "it is a list of names", f"Write [{values!r}].")
    return list(values)
