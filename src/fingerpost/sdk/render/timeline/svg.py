"""Timelines as SVG: a document of its own, without scripts, fonts or anything from elsewhere."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from attrs import frozen

from fingerpost.domain.names.alias import LATEST, version_index

from .axis import ticks
from .bars import Bar, bars_of

if TYPE_CHECKING:
    from fingerpost.application.read_models.rows import AliasChange


MOST_ROWS: Final = 500
"""Aliases that are drawn; of more, the first ones by name."""

_WIDTH: Final = 800
_LEFT: Final = 190
_RIGHT: Final = 40
_ROW: Final = 26
_BAR: Final = 18
_HEAD: Final = 62
_CHARACTER: Final = 6.6
_LONGEST_NAME: Final = 26
_NARROWEST: Final = 2.0
_TICKS: Final = 6

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""*Source*: Extensible Markup Language (XML) 1.0, production 2."""

_COLOURS: Final = (
    "#4269d0", "#b35900", "#1f7a4d", "#c2334d", "#6b4fb3", "#00707a", "#8a5a44", "#a0358c",
)  # fmt: skip
"""White text on each of them has a contrast of 4.5 or more. *Source*: WCAG 2.1, 1.4.3."""
_BLUR: Final = "#6e7781"

_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#1f2328}"
    ".t{font-size:15px;font-weight:600}.a{fill:#57606a;font-size:11px}"
    ".v{fill:#fff;font-size:11px}.g{stroke:#d0d7de}"
)


@frozen(kw_only=True)
class _Scale:
    start: datetime
    end: datetime

    @property
    def length_s(self) -> float:
        return (self.end - self.start).total_seconds()

    def x(self, at: datetime) -> float:
        share = (at - self.start).total_seconds() / self.length_s
        return round(_LEFT + share * (_WIDTH - _LEFT), 2)


def timeline_svg(title: str, changes: "Sequence[AliasChange]", now: datetime) -> str:
    """Return a picture of which version held which alias when.

    Args:
        title: whose aliases they are.
        changes: in the order of the ledger.
        now: the end of the axis, unless a change counts from later on.
    """
    rows = _rows(changes)
    scale = _scale(changes, now)
    height = _HEAD + max(len(rows[:MOST_ROWS]), 1) * _ROW + 30
    body = [
        *_axis(scale, height),
        *(
            line
            for number, (alias, held) in enumerate(rows[:MOST_ROWS])
            for line in _row(number, alias, held, scale)
        ),
        *_remarks(rows, height),
    ]
    return "\n".join([*_head(title, rows, changes, scale, height), *body, "</svg>", ""])


def _rows(changes: "Sequence[AliasChange]") -> "list[tuple[str, list[AliasChange]]]":
    ordered = sorted(changes, key=lambda change: (change.alias != LATEST, change.alias))
    return [(alias, list(held)) for alias, held in groupby(ordered, lambda change: change.alias)]


def _scale(changes: "Sequence[AliasChange]", now: datetime) -> _Scale:
    moments = [change.effective_at for change in changes] or [now]
    start, end = min(moments), max(now, *moments)
    return _Scale(start=start, end=end if end > start else start + timedelta(seconds=1))


def _head(
    title: str,
    rows: "Sequence[tuple[str, list[AliasChange]]]",
    changes: "Sequence[AliasChange]",
    scale: _Scale,
    height: int,
) -> Iterator[str]:
    width = _WIDTH + _RIGHT
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="title desc">'
    )
    yield f'<title id="title">Aliases of {_text(title)}</title>'
    held = ", ".join(f"{alias} {each[-1].to_version or 'nowhere'}" for alias, each in rows[:20])
    more = f" and {len(rows) - 20} more" if len(rows) > 20 else ""  # noqa: PLR2004 - as above
    yield (
        f'<desc id="desc">Which version held which alias from {_clock(scale.start)} to '
        f"{_clock(scale.end)}: {len(rows)} aliases, {len(changes)} changes. "
        f"At the end: {_text(held or 'none')}{more}.</desc>"
    )
    yield f"<style>{_STYLE}</style>"
    yield f'<rect width="{width}" height="{height}" fill="#fff"/>'
    yield f'<text class="t" x="12" y="24">{_text(title)}</text>'
    yield (
        f'<text class="a" x="12" y="42">{_clock(scale.start)} to {_clock(scale.end)}, '
        "times are UTC</text>"
    )


def _axis(scale: _Scale, height: int) -> Iterator[str]:
    for at, label in ticks(scale.start, scale.end, _TICKS):
        x = scale.x(at)
        yield f'<line class="g" x1="{x}" y1="{_HEAD}" x2="{x}" y2="{height - 28}"/>'
        yield f'<text class="a" x="{x}" y="{_HEAD - 6}" text-anchor="middle">{label}</text>'


def _row(number: int, alias: str, changes: "list[AliasChange]", scale: _Scale) -> Iterator[str]:
    y = _HEAD + number * _ROW + (_ROW - _BAR) / 2
    shown = alias if len(alias) <= _LONGEST_NAME else f"{alias[: _LONGEST_NAME - 1]}…"
    yield f'<g role="listitem" aria-label={_attribute(alias)}>'
    yield (f'<text x="12" y="{y + 13}"><title>{_text(alias)}</title>{_text(shown)}</text>')
    narrowest_s = scale.length_s * _NARROWEST / (_WIDTH - _LEFT)
    for bar in bars_of(changes, scale.end, narrowest_s):
        yield from _bar(bar, y, scale)
    yield "</g>"


def _bar(bar: Bar, y: float, scale: _Scale) -> Iterator[str]:
    x, end = scale.x(bar.start), scale.x(bar.end)
    width = round(max(end - x, _NARROWEST), 2)
    told = f"<title>{_text(_sentence(bar))}</title>"
    colour = _BLUR if bar.count > 1 and not bar.is_open else _colour(bar.change.to_version)
    if bar.is_open:
        # A point at the end: it goes on.
        tip = round(x + width + _BAR / 2, 2)
        path = f"M{x} {y}H{x + width}L{tip} {y + _BAR / 2}L{x + width} {y + _BAR}H{x}Z"
        yield f'<path d="{path}" fill="{colour}">{told}</path>'
    else:
        yield (
            f'<rect x="{x}" y="{y}" width="{width}" height="{_BAR}" fill="{colour}" '
            f'stroke="#fff" stroke-width=".5">{told}</rect>'
        )
    label = f"{bar.count} changes" if bar.count > 1 and not bar.is_open else bar.change.to_version
    if label and width > len(label) * _CHARACTER + 6:
        yield f'<text class="v" x="{x + 5}" y="{y + 13}" aria-hidden="true">{_text(label)}</text>'
    elif label and bar.is_open:
        # Where the present is too short for its label, beside it.
        yield (
            f'<text x="{round(x + width + _BAR / 2, 2)}" y="{y + 13}" class="a" '
            f'aria-hidden="true">{_text(label)}</text>'
        )


def _sentence(bar: Bar) -> str:
    change = bar.change
    until = "now" if bar.is_open else _clock(bar.end)
    if bar.count > 1:
        return f"{change.alias}: {bar.count} changes from {_clock(bar.start)} to {until}"
    reason = f": {change.reason}" if change.reason else ""
    return (
        f"{change.alias} at {change.to_version} from {_clock(bar.start)} to {until}, by "
        f"{change.actor}{reason}"
    )


def _remarks(rows: Sequence[object], height: int) -> Iterator[str]:
    if not rows:
        yield f'<text class="a" x="12" y="{_HEAD + 16}">no alias was ever set</text>'
    if len(rows) > MOST_ROWS:
        yield (
            f'<text class="a" x="12" y="{height - 10}">and {len(rows) - MOST_ROWS} more aliases: '
            "ask for one of them by name</text>"
        )


def _colour(version: str | None) -> str:
    index = version_index(version or "") or 0
    return _COLOURS[index % len(_COLOURS)]


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%SZ")


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))
