"""Metadata as it is written on a command line."""

import json
from collections.abc import Sequence
from typing import Any


def parse_metadata(given: Sequence[str]) -> dict[str, Any]:
    """Return metadata from JSON objects and ``key=value`` pairs; later keys win.

    Raises:
        InvalidMetadataError: a text is neither.
    """
    metadata: dict[str, Any] = {}
    for text in given:
        metadata.update(_object(text) if text.lstrip().startswith("{") else _pair(text))
    return metadata


def _object(text: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise _invalid(text, f"it is no JSON ({error})") from error
    return parsed


def _pair(text: str) -> dict[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise _invalid(text, "it is a JSON object, or KEY=VALUE")
    try:
        return {key: json.loads(value)}
    except ValueError:
        return {key: value}


def _invalid(text: str, expected: str) -> Exception:
    from fingerpost.domain.errors import InvalidMetadataError

    return InvalidMetadataError(
        "metadata", text, expected, """Write --metadata rows=150, or --metadata '{"rows": 150}'."""
    )
