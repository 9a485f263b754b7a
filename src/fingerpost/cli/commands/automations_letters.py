"""``fingerpost automations history`` and ``fingerpost automations dead-letters``."""

from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import clock, count, emit_json, line
from ..terminal.table import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.application.ports.deliveries import Execution

_STATES: Final = ("pending", "delivered", "dead", "cancelled", "discarded")
_HEADERS: Final = (
    "delivery",
    "automation",
    "event",
    "version",
    "state",
    "tried",
    "last",
    "problem",
)
_CREATED: Final = """
fingerpost registry create Golden
fingerpost automations create tell --organization default --on version_logged \
--webhook https://ci.example.com/hooks
fingerpost automations run --once
"""


@click.command(
    "history",
    cls=TaughtCommand,
    short_help="Show what was delivered.",
    example=f"{_CREATED}fingerpost automations history tell",
)
@click.argument("name", required=False)
@click.option("--state", type=click.Choice(_STATES), help="Only these")
@click.option("-n", "--limit", type=click.IntRange(min=1), default=100, show_default=True)
@pass_invocation
def history(invocation: Invocation, name: str | None, state: str | None, limit: int) -> None:
    """Show what automations have delivered or tried to, newest first; with --json each attempt."""
    with invocation.api() as api:
        if name is None:
            found = api.automation_executions(state, limit)
        else:
            found = api.automation(name).executions(state, limit)
        if invocation.is_json:
            emit_json({"executions": [each.to_dict() for each in found]})
        else:
            _print(invocation, found, "nothing was to be delivered yet")


@click.command(
    "dead-letters",
    cls=TaughtCommand,
    short_help="Show, retry, discard failures.",
    example=f"{_CREATED}fingerpost automations dead-letters\n"
    "fingerpost automations dead-letters --retry --all",
)
@click.argument("delivery", required=False)
@click.option("--retry", is_flag=True, help="Let a worker try DELIVERY, or --all, again")
@click.option("--discard", is_flag=True, help="Take DELIVERY, or --all, off the list")
@click.option("--all", "is_all", is_flag=True, help="All dead letters")
@pass_invocation
def dead_letters(
    invocation: Invocation, delivery: str | None, retry: bool, discard: bool, is_all: bool
) -> None:
    """Show the deliveries that were given up; try them again, or discard them."""
    if retry and discard:
        raise click.UsageError("either --retry or --discard")
    if (retry or discard) and (delivery is None) != is_all:
        raise click.UsageError("name one DELIVERY, or say --all")
    if not (retry or discard) and (delivery or is_all):
        raise click.UsageError("say --retry or --discard")
    with invocation.api() as api:
        if not (retry or discard):
            found = api.dead_letters()
            if invocation.is_json:
                emit_json({"dead_letters": [each.to_dict() for each in found]})
            else:
                _print(invocation, found, "there are no dead letters")
            return
        act, done = (
            (api.retry_dead_letters, "retried")
            if retry
            else (api.discard_dead_letters, "discarded")
        )
        number = act(None if is_all else delivery)
        if invocation.is_json:
            emit_json({done: number})
        else:
            line(f"{count(number, 'dead letter')} {done}")


def _print(invocation: Invocation, found: "Sequence[Execution]", nothing: str) -> None:
    if found:
        print_table(_HEADERS, [_row(each) for each in found])
    else:
        invocation.hint(nothing)


def _row(execution: "Execution") -> tuple[str, ...]:
    told = execution.to_dict()
    last = execution.history[-1] if execution.history else None
    return (
        told["id"],
        told["automation"],
        told["event"],
        told["version"],
        told["state"],
        str(len(execution.history)),
        clock(last.at) if last else "-",
        (last.problem if last else None) or "-",
    )
