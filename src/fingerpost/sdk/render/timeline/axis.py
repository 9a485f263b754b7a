"""The axis of a timeline: round moments of UTC, as far apart as there is room for."""

from datetime import UTC, datetime, timedelta
from typing import Final

_DAY_S: Final = 86_400
_STEPS_S: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1_800),
    *(3_600, 7_200, 10_800, 21_600, 43_200),
    *(_DAY_S, 2 * _DAY_S, 7 * _DAY_S, 14 * _DAY_S),
)
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000, 24_000)
_MONTH_S: Final = 31 * _DAY_S
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def ticks(start: datetime, end: datetime, most: int) -> list[tuple[datetime, str]]:
    """Return round moments from start to end, and how to write each; at most so many."""
    smallest_s = (end - start).total_seconds() / most
    for step_s in _STEPS_S:
        if step_s >= smallest_s:
            return _every(start, end, step_s)
    for months in _MONTHS:
        if months * _MONTH_S >= smallest_s:
            return _every_months(start, end, months)
    return []


def _every(start: datetime, end: datetime, step_s: int) -> list[tuple[datetime, str]]:
    form = "%Y-%m-%d" if step_s >= _DAY_S else "%m-%d %H:%M" if step_s >= 60 else "%H:%M:%S"  # noqa: PLR2004 - a minute
    number = -((_EPOCH - start) // timedelta(seconds=step_s))
    found = []
    while (at := _EPOCH + timedelta(seconds=number * step_s)) <= end:
        if at >= start:
            found.append((at, at.strftime(form)))
        number += 1
    return found


def _every_months(start: datetime, end: datetime, months: int) -> list[tuple[datetime, str]]:
    found = []
    number = (start.year * 12 + start.month - 1) // months * months
    while number < 9_999 * 12:
        at = datetime(max(number // 12, 1), number % 12 + 1, 1, tzinfo=UTC)
        if at > end:
            break
        if at >= start:
            found.append((at, at.strftime("%Y-%m")))
        number += months
    return found
