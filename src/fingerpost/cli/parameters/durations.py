"""Durations on the command line: ``30d``, ``12h``, ``2w``, ``0``."""

import re
from datetime import timedelta
from typing import Final

import click

_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_FORM: Final = re.compile(r"([0-9]+)([smhdw])")
_SHOWN: Final = "dhms"


class Duration(click.ParamType[timedelta]):
    """A number with its unit: ``s``, ``m``, ``h``, ``d`` or ``w``; or ``0``."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the duration that a text names."""
        if isinstance(value, timedelta):
            return value
        if value == "0":
            return timedelta()
        match = _FORM.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is no duration: write 30d, 12h or 2w, say", param, ctx)
        try:
            return int(match[1]) * _UNITS[match[2]]
        except OverflowError:
            self.fail(f"{value!r} is too long", param, ctx)


def duration(length: timedelta) -> str:
    """Return a duration as it is typed: in the largest unit that says it exactly."""
    for unit in _SHOWN:
        if length and not length % _UNITS[unit]:
            return f"{length // _UNITS[unit]}{unit}"
    return f"{length.total_seconds():.0f}s" if length else "0"


def kept(ttl: timedelta | None) -> str:
    """Return a time to live for people: ``30d``, or ``for ever``."""
    return "for ever" if ttl is None else duration(ttl)
