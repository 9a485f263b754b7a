"""Moments on the command line: ISO 8601 with a zone, or a date."""

import re
from datetime import UTC, date, datetime, time
from typing import Final

import click

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_EXAMPLE: Final = "write 2026-03-03T09:30:00Z, or 2026-03-03 for the beginning of that day in UTC"


class Moment(click.ParamType[datetime]):
    """A moment: ISO 8601 with a time zone; a date alone is its beginning in UTC."""

    name = "moment"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment that a text names."""
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            if _DATE.fullmatch(text):
                return datetime.combine(date.fromisoformat(text), time(), UTC)
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is no moment: {_EXAMPLE}", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{text!r} names no time zone: {_EXAMPLE}", param, ctx)
        return moment


AT: Final = click.option(
    "--at",
    type=Moment(),
    metavar="MOMENT",
    help="As it was then: 2026-03-03T09:30:00Z, or a date (its beginning, UTC)",
)
