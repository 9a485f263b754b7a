"""The bars of a timeline: spans between changes, and what becomes of those too short to see."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import frozen

from fingerpost.application.read_models.rows import AliasChange


@frozen(kw_only=True)
class Bar:
    """A version that held an alias for a while, or several that did for a moment each.

    Attributes:
        change: what began it; of several, the last one.
        start: from when.
        end: until when; of what holds the alias now, the present.
        is_open: whether it goes on.
        count: how many changes it stands for.
    """

    change: AliasChange
    start: datetime
    end: datetime
    is_open: bool
    count: int = 1


def bars_of(changes: Sequence[AliasChange], now: datetime, narrowest_s: float) -> list[Bar]:
    """Return the bars of one alias, in order.

    Args:
        changes: of the alias, in the order of the ledger.
        now: where what holds it now is cut off.
        narrowest_s: bars of fewer seconds that follow on each other are put together.
    """
    merged: list[Bar] = []
    for bar in _spans(changes, now):
        previous = merged[-1] if merged else None
        if previous is not None and _is_same_blur(previous, bar, narrowest_s):
            merged[-1] = Bar(
                change=bar.change,
                start=previous.start,
                end=bar.end,
                is_open=bar.is_open,
                count=previous.count + 1,
            )
        else:
            merged.append(bar)
    return merged


def _spans(changes: Sequence[AliasChange], now: datetime) -> Iterable[Bar]:
    for number, change in enumerate(changes):
        is_last = number + 1 == len(changes)
        end = now if is_last else changes[number + 1].effective_at
        if change.to_version is not None:
            start = change.effective_at
            yield Bar(change=change, start=start, end=max(start, end), is_open=is_last)


def _is_same_blur(previous: Bar, bar: Bar, narrowest_s: float) -> bool:
    # What goes on is never blurred: which version holds the alias now can always be read.
    is_after_short = previous.count > 1 or _seconds(previous.start, previous.end) < narrowest_s
    is_short = not bar.is_open and _seconds(bar.start, bar.end) < narrowest_s
    return is_after_short and is_short and _seconds(previous.end, bar.start) < narrowest_s


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
