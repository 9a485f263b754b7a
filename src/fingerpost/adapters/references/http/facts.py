"""What the headers of an answer say of an object."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Self

from attrs import frozen

_CONTENT_RANGE: Final = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", re.ASCII)


@frozen
class ContentRange:
    """Which part of an object an answer holds. *Source*: RFC 9110, section 14.4.

    Attributes:
        first: offset of its first byte; ``None`` where there is no such part.
        last: offset of its last byte.
        total_bytes: length of the object; ``None`` if not told.
    """

    first: int | None
    last: int | None
    total_bytes: int | None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Self | None:
        """Return what the header says, or ``None`` if it is not there or cannot be read."""
        match = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
        if match is None:
            return None
        first, last, total = (
            int(text) if text and text != "*" else None for text in match.groups()
        )
        return cls(first, last, total)


@frozen
class Facts:
    """What a server says of an object.

    Attributes:
        etag: as it was sent, with its quotes.
        size_bytes: of the object itself; ``None`` if not told, or if it was sent encoded.
    """

    etag: str | None
    size_bytes: int | None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Self:
        """Return what headers of an answer, to HEAD or of a part or all, say."""
        part = ContentRange.of(headers)
        length = headers.get("Content-Length", "")
        size_bytes = int(length) if length.isdecimal() else None
        if part is not None:
            size_bytes = part.total_bytes
        if encoding_of(headers) != "identity":
            size_bytes = None
        return cls(headers.get("ETag") or None, size_bytes)

    @property
    def described(self) -> str:
        """For people."""
        etag = "no ETag" if self.etag is None else f"ETag {self.etag}"
        return etag if self.size_bytes is None else f"{etag}, {self.size_bytes:,} bytes"


def encoding_of(headers: Mapping[str, str]) -> str:
    """Return how the body is encoded: ``identity``, ``gzip``, …."""
    encoding = headers.get("Content-Encoding", "").strip().lower() or "identity"
    return encoding.removeprefix("x-")


def strong(etag: str | None) -> str | None:
    """Return an ETag if it tells one sequence of bytes from every other.

    *Source*: RFC 9110, section 8.8.3.
    """
    is_strong = etag is not None and len(etag) > 1 and etag[0] == etag[-1] == '"'
    return etag if is_strong else None


def opaque(etag: str) -> str:
    """Return an ETag without the mark that says that it is weak."""
    return etag.removeprefix("W/")


def unquoted(etag: str) -> str:
    """Return an ETag as W&B records it: a weak one as it is, with its mark and its quotes."""
    return etag[1:-1] if strong(etag) else etag


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return for how many seconds a server asks to be left alone.

    *Source*: RFC 9110, section 10.2.3: a number of seconds, or a date.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())
