"""Printing: the answer on standard output, everything else on standard error."""

import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TextIO

import click

_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def emit_json(answer: Mapping[str, object]) -> None:
    """Print the answer as one JSON object, readable under any encoding."""
    click.echo(json.dumps(answer, indent=2, ensure_ascii=not is_unicode(sys.stdout)))


def is_unicode(stream: TextIO) -> bool:
    """Whether a stream can show every character."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def warn_json(kind: str, told: Mapping[str, str]) -> None:
    """Print an error or warning for programs: one line of JSON on standard error."""
    click.echo(json.dumps({kind: told}), err=True)


def line(text: str) -> None:
    """Print a line of the answer."""
    click.echo(visible(text))


def note(text: str) -> None:
    """Print a remark for people."""
    click.echo(visible(text), err=True)


def warn(kind: str, text: str) -> None:
    """Print ``error: …``, ``warning: …`` or ``hint: …``."""
    colour = {"error": "red", "warning": "yellow"}.get(kind, "cyan")
    label = click.style(f"{kind}:", fg=colour, bold=True) if is_rich(sys.stderr) else f"{kind}:"
    click.echo(f"{label} {visible(text)}", err=True)


def is_rich(stream: TextIO) -> bool:
    """Whether a stream is a terminal that understands colours and cursor movements."""
    is_plain = os.environ.get("TERM") == "dumb" or bool(os.environ.get("NO_COLOR"))
    return stream.isatty() and not is_plain


def visible(text: str) -> str:
    """Return text with control characters escaped.

    Names, reasons and descriptions are other people's: they shall not steer the terminal.
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def iso(moment: datetime) -> str:
    """Return a time for programs: ISO 8601, UTC, microseconds."""
    from fingerpost.domain.timestamps import timestamp

    return timestamp(moment)


def clock(moment: datetime) -> str:
    """Return a time for people: UTC, seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def size(size_bytes: float) -> str:
    """Return a size for people."""
    for unit in _UNITS:
        if size_bytes < 1024 or unit == _UNITS[-1]:  # noqa: PLR2004 - a kibibyte
            break
        size_bytes /= 1024
    return f"{size_bytes:.0f} {unit}" if unit == "B" else f"{size_bytes:.1f} {unit}"


def count(number: int, what: str, several: str | None = None) -> str:
    """Return ``1 file`` or ``2 files``."""
    return f"{number:,} {what if number == 1 else several or what + 's'}"
