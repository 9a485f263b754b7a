"""``fingerpost automations run``."""

import signal
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import evolve

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line

if TYPE_CHECKING:
    import asyncio

    from fingerpost.application.automations.retry_policy import Tally
    from fingerpost.application.automations.worker import Worker

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
fingerpost automations run --once          # from a scheduler; without --once it stays
"""


@click.command(
    "run", cls=TaughtCommand, short_help="Deliver what automations owe.", example=_EXAMPLE
)
@click.option("--once", is_flag=True, help="Deliver what is due now, and end")
@click.option(
    "--poll-interval",
    "poll_s",
    type=click.FloatRange(min=0.01),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to look at the ledger",
)
@click.option("--attempts", type=click.IntRange(min=1), help="Attempts before a dead letter [15]")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="For one attempt [30]",
)
@click.option("--concurrency", type=click.IntRange(min=1), help="Deliveries at once [8]")
@pass_invocation
def run(
    invocation: Invocation,
    once: bool,
    poll_s: float,
    attempts: int | None,
    timeout_s: float | None,
    concurrency: int | None,
) -> None:
    """Follow the ledger, and deliver what automations owe for what happened.

    Each delivery is written down before it is sent, and tried again with growing pauses until the
    receiver takes it; what cannot be delivered becomes a dead letter. Any number of workers may
    run at once. Ctrl-C and SIGTERM end it; attempts under way are ended first.
    """
    import asyncio

    from fingerpost.application.automations.retry_policy import Patience

    given = {"attempts": attempts, "timeout_s": timeout_s, "concurrency": concurrency}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    patience: Patience = evolve(Patience(), **chosen)
    with invocation.opened() as opened:
        worker = opened.automations.worker(opened.store, patience)
        work = _once(worker) if once else _follow(invocation, worker, poll_s)
        _answer(invocation, asyncio.run(work))


async def _once(worker: "Worker") -> "Tally":
    return await worker.run_once(_stopped_by_signals())


async def _follow(invocation: Invocation, worker: "Worker", poll_s: float) -> "Tally":
    stop = _stopped_by_signals()
    # Said only now: before, a SIGTERM would have ended the process at once.
    invocation.hint("following the ledger; Ctrl-C ends it")
    return await worker.run(stop, poll_s)


def _stopped_by_signals() -> "asyncio.Event":
    """Return an event that Ctrl-C and SIGTERM set."""
    import asyncio

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except (NotImplementedError, RuntimeError, ValueError):
            # Windows, or a thread that gets no signals: KeyboardInterrupt ends it there.
            break
    return stop


def _answer(invocation: Invocation, tally: "Tally") -> None:
    told = tally.to_dict()
    if invocation.is_json:
        emit_json(told)
    else:
        line(", ".join(f"{name} {number:,}" for name, number in told.items()))
    if tally.dead:
        invocation.hint("`fingerpost automations dead-letters` shows what was given up")
