"""A difference as text, compact as ``git diff --stat`` is."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_change import EntryChange
from fingerpost.domain.metadata.change import MetadataChange
from fingerpost.domain.metadata.metadata import JsonValue

from .difference import Difference

_LETTERS: Final = {
    "added": "A",
    "removed": "D",
    "changed": "M",
    "renamed": "R",
    "incomparable": "?",
}
"""As git has them; and what cannot be compared."""

_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~"}
_LONGEST_VALUE: Final = 60


def as_text(diff: Difference, limit: int, kinds: Sequence[str]) -> str:
    """Return a summary of a difference."""
    lines = [
        f"{diff.before} -> {diff.after}",
        *(line for kind in kinds for line in _entries(diff, kind, limit)),
        *_about(diff),
        _totals(diff),
    ]
    return "\n".join(map(_visible, lines))


def entry_cells(kind: str, found: Entry | EntryChange) -> tuple[str, str, str, str]:
    """Return letter, path, size and what differs, for a table."""
    if isinstance(found, Entry):
        sign = "" if not found.size_bytes else "-" if kind == "removed" else "+"
        size = "" if found.size_bytes is None else f"{sign}{found.size_bytes:,} B"
        return _LETTERS[kind], str(found.path), size, ""
    path = found.path if found.path == found.old_path else f"{found.old_path} -> {found.path}"
    size = f"{found.size_delta_bytes:+,} B" if found.size_delta_bytes else ""
    return _LETTERS[kind], path, size, ", ".join(found.what)


def about_cells(diff: Difference) -> Iterator[tuple[str, str, str]]:
    """Iterate over what else differs: sign, what it is, and its values."""
    for change in diff.metadata:
        yield _SIGNS[change.kind], f"metadata {change.pointer}", _values(change)
    if diff.description is not None:
        before, after = diff.description
        yield "~", "description", f"{_short(before)} -> {_short(after)}"
    for sign, tags in (("+", diff.tags_added), ("-", diff.tags_removed)):
        for tag in tags:
            yield sign, "tag", tag


def _entries(diff: Difference, kind: str, limit: int) -> Iterator[str]:
    found = getattr(diff, kind)
    for each in islice(found, limit):
        letter, path, size, what = entry_cells(kind, each)
        yield f" {letter} {path}{f'  {size}' if size else ''}{f'  ({what})' if what else ''}"
    if len(found) > limit:
        yield f" {_LETTERS[kind]} … and {len(found) - limit:,} more"


def _about(diff: Difference) -> Iterator[str]:
    for sign, what, value in about_cells(diff):
        yield f" {sign} {what}: {value}"


def _values(change: MetadataChange) -> str:
    if change.kind == "changed":
        return f"{_short(change.before)} -> {_short(change.after)}"
    return _short(change.after if change.is_in_after else change.before)


def _short(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _visible(text: str) -> str:
    # Paths and values are other people's: they shall neither steer a terminal nor add lines.
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _totals(diff: Difference) -> str:
    if diff.is_empty:
        return f" no differences in {diff.count_after:,} entries, {diff.size_after_bytes:,} B"
    named = {**diff.counts}
    named["not comparable"] = named.pop("incomparable")
    counts = ", ".join(f"{number:,} {kind}" for kind, number in named.items() if number)
    sizes = f"{diff.size_before_bytes:,} B -> {diff.size_after_bytes:,} B"
    return (
        f" {counts or 'no entries differ'}; {diff.count_before:,} -> {diff.count_after:,} entries, "
        f"{sizes} ({diff.size_delta_bytes:+,} B)"
    )
