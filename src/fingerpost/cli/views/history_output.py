"""Histories, as tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..terminal.output import clock
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.application.read_models.history_rows import PolicyChange
    from fingerpost.application.read_models.rows import AliasChange


def print_changes(changes: Sequence["AliasChange"]) -> None:
    """Print changes of aliases as a table."""
    headers = ("when", "alias", "from", "to", "by", "run", "approved by", "reason")
    rows = [
        [
            when(change),
            change.alias,
            change.from_version or "-",
            change.to_version or "-",
            change.actor,
            change.run or "-",
            ", ".join(change.approved_by) or "-",
            _why(change),
        ]
        for change in changes
    ]
    _print(headers, rows, "approved by")


def _why(change: "AliasChange") -> str:
    said = change.reason or "-"
    if not change.is_rollback:
        return said
    return f"rollback: {change.reason}" if change.reason else "rollback"


def print_state(changes: Sequence["AliasChange"]) -> None:
    """Print what aliases pointed at, and since when, as a table."""
    headers = ("alias", "version", "since", "by", "run", "reason")
    rows = [
        [
            change.alias,
            change.to_version or "-",
            when(change),
            change.actor,
            change.run or "-",
            change.reason or "-",
        ]
        for change in changes
    ]
    print_table(headers, rows)


def when(change: "AliasChange") -> str:
    """Return when a change counts from and, where that differs, what the clock said."""
    counted, recorded = clock(change.effective_at), clock(change.at)
    return counted if change.at == change.effective_at else f"{counted} (clock: {recorded})"


def print_policy(changes: Sequence["PolicyChange"]) -> None:
    """Print what happened to a registry or organization as a table."""
    rows = [(clock(each.at), each.sentence, each.reason or "-") for each in changes]
    print_table(("when", "what", "reason"), rows)


def _print(headers: Sequence[str], rows: Sequence[Sequence[str]], *optional: str) -> None:
    # Columns that say nothing in any row only take room.
    kept = [
        number
        for number, header in enumerate(headers)
        if header not in optional or any(row[number] != "-" for row in rows)
    ]
    shown = [tuple(row[number] for number in kept) for row in rows]
    print_table(tuple(headers[number] for number in kept), shown)
