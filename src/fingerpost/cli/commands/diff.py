"""``fingerpost diff``."""

from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import count, emit_json, line, size
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.sdk import Diff

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
echo 'c,d' >> table.csv
fingerpost log table table.csv --type dataset
fingerpost diff table:v0 table:v1
"""

_DIFFERENT: Final = 1
"""As git's ``diff --exit-code``."""

_ABOUT: Final = "metadata"
_KINDS: Final = ("added", "removed", "changed", "renamed", "incomparable", _ABOUT)
_SHOWN: Final = 100


class _Kinds(click.ParamType[tuple[str, ...]]):
    name = "kinds"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        wanted = [word.strip() for word in str(value).split(",")]
        for word in wanted:
            if word not in _KINDS:
                self.fail(f"{word!r} is not one of {', '.join(_KINDS)}", param, ctx)
        return tuple(kind for kind in _KINDS if kind in wanted)


@click.command(
    "diff",
    cls=TaughtCommand,
    short_help="Show what differs between two versions.",
    example=_EXAMPLE,
)
@click.argument("before", metavar="A[:ALIAS]")
@click.argument("after", metavar="B[:ALIAS]")
@click.option(
    "--only",
    type=_Kinds(),
    metavar="KIND,…",
    default=_KINDS,
    help=f"Only these: {', '.join(_KINDS)}",
)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=0),
    help=f"At most this many entries of each kind [{_SHOWN}; with --json all]",
)
@click.option("--exit-code", is_flag=True, help="End with 1 if there are differences, 0 if none")
@pass_invocation
def diff(
    invocation: Invocation,
    before: str,
    after: str,
    only: tuple[str, ...],
    limit: int | None,
    exit_code: bool,
) -> None:
    """Show what has to be changed of version A to get version B.

    A, D, M and R stand for entries that were added, removed, changed and renamed, ? for those with
    no digests to compare; +, - and ~ for metadata, description and tags. Only entries that differ
    are read, and no content. Names may be of different collections, or links in registries.
    """
    with invocation.api() as api:
        found = api.artifact(before).diff(api.artifact(after))
    if invocation.is_json:
        emit_json(_as_json(found, only, limit))
    else:
        _print(invocation, found, only, _SHOWN if limit is None else limit)
    if exit_code and _differs(found, only):
        raise click.exceptions.Exit(_DIFFERENT)


def _as_json(found: "Diff", only: tuple[str, ...], limit: int | None) -> dict[str, object]:
    told = found.as_json(limit, only)
    if _ABOUT not in only:
        for key in ("metadata", "description", "tags"):
            del told[key]
    return told


def _print(invocation: Invocation, found: "Diff", only: tuple[str, ...], limit: int) -> None:
    from fingerpost.sdk.diff_text import about_cells, entry_cells

    rows = [
        entry_cells(kind, each)
        for kind in only
        if kind != _ABOUT
        for each in islice(getattr(found, kind), limit)
    ]
    if _ABOUT in only:
        rows += [(sign, what, "", value) for sign, what, value in about_cells(found)]
    if rows:
        print_table(("", "what", "size", "how"), rows)
    elif not _differs(found, only):
        kinds = "" if only == _KINDS else f" of these kinds: {', '.join(only)}"
        line(f"no differences{kinds}")
    for kind in only:
        _hint_at_more(invocation, found, kind, limit)
    invocation.hint(_totals(found))


def _hint_at_more(invocation: Invocation, found: "Diff", kind: str, limit: int) -> None:
    more = found.counts.get(kind, 0) - limit
    if more > 0:
        invocation.hint(f"and {more:,} more {kind}: --limit shows more, --json all of them")


def _totals(found: "Diff") -> str:
    counts = ", ".join(f"{number:,} {kind}" for kind, number in found.counts.items() if number)
    grown = found.size_delta_bytes
    sign = "-" if grown < 0 else "+"
    return (
        f"{found.before} -> {found.after}: {counts or 'no entries differ'}; "
        f"{found.count_before:,} -> {count(found.count_after, 'entry', 'entries')}, "
        f"{size(found.size_before_bytes)} -> {size(found.size_after_bytes)} "
        f"({sign}{size(abs(grown))})"
    )


def _differs(found: "Diff", only: tuple[str, ...]) -> bool:
    about = found.metadata or found.description or found.tags_added or found.tags_removed
    entries = any(found.counts[kind] for kind in only if kind != _ABOUT)
    return entries or (_ABOUT in only and bool(about))
