"""Durations on the command line: ``30d``, ``12h``, ``2w``."""

import re
from datetime import timedelta
from typing import Final

import click

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FORM: Final = re.compile(r"([0-9]{1,9})([smhdw])")


class Duration(click.ParamType[timedelta]):
    """A duration with its unit: ``s``, ``m``, ``h``, ``d`` or ``w``."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the duration that a text names."""
        if isinstance(value, timedelta):
            return value
        match = _FORM.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is no duration: write 30d, 12h or 2w, say", param, ctx)
        try:
            return timedelta(**{_UNITS[match[2]]: int(match[1])})
        except OverflowError:
            self.fail(f"{value!r} is too long", param, ctx)


def said(duration: timedelta | None) -> str:
    """Return a duration for people: ``30 days``, or ``for ever``."""
    if duration is None:
        return "for ever"
    if duration.seconds or not duration.days:
        return str(duration)
    return f"{duration.days:,} day{'' if duration.days == 1 else 's'}"
