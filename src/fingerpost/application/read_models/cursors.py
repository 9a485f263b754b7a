"""Cursors: where a list goes on, and which list it was.

A cursor is opaque text. It holds the sort key of the last row that was handed out, and a keyed
hash over that and the question, so that it goes on with the question that it came from, in the
store that it came from, and with no other. It gives no access: whoever uses it sees what they may.
"""

import base64
import binascii
import json
from hashlib import blake2b
from typing import Final, TypeAlias
from uuid import UUID

from attrs import frozen

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.metadata.metadata import LARGEST_INTEGER

SortKey: TypeAlias = tuple[str | int, ...]
"""What a row is ordered by; no two rows of a list have the same."""

_HASH_BYTES: Final = 9
_LONGEST: Final = 10_000


@frozen
class Question:
    """What a list answers; a cursor belongs to one.

    Attributes:
        store_id: the store.
        said: all that decides what is in the list and in which order, as JSON.
    """

    store_id: UUID
    said: str

    @classmethod
    def of(cls, store_id: UUID, **said: object) -> "Question":
        """Return the question that consists of these facts."""
        return cls(store_id, json.dumps(said, sort_keys=True, default=str))

    def cursor(self, key: SortKey) -> str:
        """Return the cursor behind the row with this key."""
        body = json.dumps(key, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._hash(body) + body).decode().rstrip("=")

    def key(self, cursor: str) -> SortKey:
        """Return the key in a cursor.

        Raises:
            InvalidValueError: it is none, or that of another list or store.
        """
        raw = _decoded(cursor)
        found, body = raw[:_HASH_BYTES], raw[_HASH_BYTES:]
        if not body or found != self._hash(body):
            raise _invalid(cursor)
        key = json.loads(body)
        if not isinstance(key, list) or not all(_is_part(part) for part in key):
            raise _invalid(cursor)
        return tuple(key)

    def _hash(self, body: bytes) -> bytes:
        asked = self.said.encode("utf-8", "surrogatepass")
        hashed = blake2b(asked, digest_size=_HASH_BYTES, key=self.store_id.bytes)
        hashed.update(b"\0" + body)
        return hashed.digest()


def _decoded(cursor: str) -> bytes:
    if not isinstance(cursor, str) or len(cursor) > _LONGEST:
        raise _invalid(cursor)
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise _invalid(cursor) from None


def _is_part(part: object) -> bool:
    if isinstance(part, int) and not isinstance(part, bool):
        return abs(part) < LARGEST_INTEGER
    return isinstance(part, str)


def _invalid(cursor: object) -> InvalidValueError:
    shown = f"{cursor[:40]}…" if isinstance(cursor, str) and len(cursor) > 200 else cursor  # noqa: PLR2004 - what fits on a screen
    return InvalidValueError(
        "cursor",
        shown,
        "it is the .cursor of a list with the same query, filters, order and store",
        "Leave it out to begin.",
    )
