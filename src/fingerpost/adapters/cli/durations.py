"""Durations on the command line: ``14d``, ``36h``, ``0``."""

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
_SHOWN: Final = "dhms"


def parse_duration(_: click.Context, parameter: click.Parameter, text: str) -> timedelta:
    """Return the duration that an option says; a callback.

    Raises:
        click.BadParameter: it is not a number and a unit.
    """
    match = re.fullmatch(r"([0-9]{1,9})([smhdw])", text)
    try:
        if match is not None:
            return int(match[1]) * _UNITS[match[2]]
    except OverflowError:
        pass
    if text == "0":
        return timedelta()
    problem = f"{text!r} is no duration; write 14d, 36h, 90m, 30s or 0"
    raise click.BadParameter(problem, param=parameter)


def duration(length: timedelta) -> str:
    """Return a duration as it is typed: in the largest unit that says it exactly."""
    for unit in _SHOWN:
        if length and not length % _UNITS[unit]:
            return f"{length // _UNITS[unit]}{unit}"
    return f"{length.total_seconds():.0f}s" if length else "0"
