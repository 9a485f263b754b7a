"""``fingerpost events``."""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from ..parameters.authority import require_ledger_reader
from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import clock, is_unicode, line

if TYPE_CHECKING:
    from fingerpost.bootstrap.ledger_event import LedgerEvent
    from fingerpost.bootstrap.store import OpenStore

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
fingerpost events --kind collection.version_logged --kind collection.alias_moved
fingerpost events --after 10 --json
"""


@click.command(
    "events", cls=TaughtCommand, short_help="Show the ledger, and follow it.", example=_EXAMPLE
)
@click.option(
    "--after",
    type=click.IntRange(min=0),
    default=0,
    metavar="POSITION",
    help="Only what comes after this position",
)
@click.option("-f", "--follow", is_flag=True, help="Go on with what happens from now on")
@click.option(
    "--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind; may be repeated"
)
@click.option("-n", "--limit", type=click.IntRange(min=0), help="At most this many")
@pass_invocation
def events(
    invocation: Invocation, after: int, follow: bool, kinds: tuple[str, ...], limit: int | None
) -> None:
    """Show everything that happened in the store, in the order in which it was stored.

    Each line begins with the position; to go on later, pass the last one to --after. With --json
    each line is a CloudEvent. For those who administer the store. Ctrl-C ends --follow.
    """
    with invocation.opened() as opened:
        require_ledger_reader(invocation, opened)
        empty = True
        for event in islice(_found(opened, after, kinds or None, follow=follow), limit):
            _show(event, is_json=invocation.is_json)
            empty = False
        if empty:
            invocation.hint(f"nothing of that happened after position {after}")


def _found(
    opened: "OpenStore", after: int, kinds: tuple[str, ...] | None, *, follow: bool
) -> "Iterator[LedgerEvent]":
    return opened.subscribe(after, kinds=kinds) if follow else opened.events(after, kinds=kinds)


def _show(event: "LedgerEvent", *, is_json: bool) -> None:
    # Each line is flushed: whoever follows reads it now.
    if is_json:
        click.echo(json.dumps(event.as_cloudevent(), ensure_ascii=not is_unicode(sys.stdout)))
        return
    why = f": {event.reason}" if event.reason else ""
    said = f"{event.kind}  {event.subject}  by {event.actor}{why}"
    line(f"{event.position:>8}  {clock(event.at)}  {said}")
