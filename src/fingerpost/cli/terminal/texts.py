"""Texts that are handed in and out as files: checkpoints, keys, proofs."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from fingerpost.domain.errors import InvalidValueError, StoreUnavailableError

_MOST_BYTES: Final = 8 << 20
_STANDARD: Final = "-"


def read_text(path: str) -> str:
    """Return the text of a file; ``-`` is standard input.

    Raises:
        InvalidValueError: it is no text, or is too long.
        FileNotFoundError: it is not there.
    """
    if path == _STANDARD:
        data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    else:
        with Path(path).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise InvalidValueError("file", path, "it is UTF-8 text", "Name another file.") from None
    if len(data) > _MOST_BYTES:
        expected = f"it is a text of at most {_MOST_BYTES:,} bytes"
        raise InvalidValueError("file", path, expected, "Name another file.")
    return text


def read_keys(given: Iterable[str]) -> list[str]:
    """Return public keys: each is given itself, or as the name of a file that holds it."""
    return [read_text(key) if Path(key).is_file() else key for key in given]


def write_text(path: str | None, text: str) -> None:
    """Write an answer to a file, whole or not at all; without a path to standard output.

    Raises:
        StoreUnavailableError: it cannot be written.
    """
    if path is None or path == _STANDARD:
        click.echo(text, nl=False)
        return
    target = Path(path)
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as unfinished:
            try:
                unfinished.write(text)
                unfinished.flush()
                os.fsync(unfinished.fileno())
                Path(unfinished.name).chmod(0o644)
                Path(unfinished.name).replace(target)
            except BaseException:
                Path(unfinished.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        problem = f"it cannot be written ({error.strerror})"
        remedy = "Name a file in a folder that you may write to, or - for standard output."
        raise StoreUnavailableError(path, problem, remedy) from error
