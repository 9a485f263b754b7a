"""``fingerpost gc``."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from ..parameters.durations import Duration, duration
from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import clock, count, emit_json, line, size
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.application.content.garbage_report import CollectedVersion, GarbageReport
    from fingerpost.application.ports.content_sweep import Amount

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
fingerpost gc                    # what would go, and why
fingerpost gc --grace 7d --apply # remove what has been garbage for a week
"""
_UNNAMED: Final = "no version names it: left by logging, or a gc, that was interrupted"
_COPIES: Final = "stored a second time: another copy stays"


@click.command("gc", cls=TaughtCommand, short_help="Free space nothing needs.", example=_EXAMPLE)
@click.option(
    "--grace",
    type=Duration(),
    metavar="14d",
    default="14d",
    show_default=True,
    help="Keep what was deleted or stored less than this ago: 14d, 36h, 90m, 30s, 0",
)
@click.option("--apply", "is_applied", is_flag=True, help="Remove it; without this nothing changes")
@pass_invocation
def gc(invocation: Invocation, grace: timedelta, is_applied: bool) -> None:
    """Remove what has expired and content that no version reaches any more, and show it first.

    Versions whose time to live has passed are deleted first; their content goes when the grace
    period is over, like that of all deleted versions.

    A version that is not deleted keeps its content, whoever else deleted theirs. Without --apply
    the command says what would go and why nothing reaches it, and changes nothing. It is safe
    while others log, link and read: what is being logged is never removed. Removing takes an admin
    of the default organization, and is recorded in the ledger.
    """
    with invocation.api() as api:
        report = api.gc(grace, dry_run=not is_applied)
        if invocation.is_json:
            emit_json(report.to_dict())
        else:
            _tell(invocation, report)


def _tell(invocation: Invocation, report: "GarbageReport") -> None:
    if report.expired:
        print_table(("version", "expired"), [(v.path, clock(v.expired_at)) for v in report.expired])
        what = count(len(report.expired), "version")
        line(
            f"{what} {'deleted' if report.is_applied else 'would be deleted'}: time to live is over"
        )
    if report.is_empty:
        line("nothing to remove")
    else:
        headers = ("version", "why nothing reaches it", "contents", "size", "stored")
        print_table(headers, list(_rows(report)))
        line(_summary(report))
    for text in _staying(report):
        invocation.hint(text)
    if not report.is_applied and (report.expired or not report.is_empty):
        command = f"fingerpost gc --grace {duration(report.grace)} --apply"
        invocation.hint(f"nothing was removed; to remove it: {command}")


def _rows(report: "GarbageReport") -> Iterator[tuple[str, ...]]:
    for version in report.versions:
        yield version.name, _why(version), *_cells(version.amount)
    for amount, why in ((report.unnamed, _UNNAMED), (report.copies, _COPIES)):
        if amount.contents:
            yield "-", why, *_cells(amount)


def _why(version: "CollectedVersion") -> str:
    by = f" by {version.deleted_by}" if version.deleted_by else ""
    reason = f": {version.reason}" if version.reason else ""
    return f"deleted {clock(version.deleted_at)}{by}{reason}"


def _cells(amount: "Amount") -> tuple[str, str, str]:
    return f"{amount.contents:,}", size(amount.size_bytes), size(amount.stored_bytes)


def _summary(report: "GarbageReport") -> str:
    freed = f"{'freed' if report.is_applied else 'would free'} {size(report.freed_bytes)}"
    files = f"{count(report.files, 'file')} removed"
    rewritten = f"{count(report.packs_rewritten, 'pack')} of these rewritten"
    return f"{freed}: {files}, {rewritten}" if report.packs_rewritten else f"{freed}: {files}"


def _staying(report: "GarbageReport") -> Iterator[str]:
    grace = duration(report.grace)
    if report.recently_deleted:
        versions = count(report.recently_deleted, "version")
        yield f"stays for now: {versions} deleted less than {grace} ago"
    if report.young.contents:
        yield f"stays for now: {_said(report.young)} stored less than {grace} ago"
    if report.waiting.contents:
        yield f"stays for now: {_said(report.waiting)} in packs most of which is in use"


def _said(amount: "Amount") -> str:
    return f"{count(amount.contents, 'content')} ({size(amount.stored_bytes)})"
