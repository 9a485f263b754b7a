"""Values to and from PostgreSQL, where they are not what SQLite takes and gives.

PostgreSQL refuses texts with a NUL, which descriptions and metadata keys may have. They are stored
with an escape that keeps what is asked of texts: which is smaller, which is in which, and which
begins with which. The first four characters become three: 1 begins each, 2 and 3 are its digits.
"""

import re
from typing import Any, Final

from psycopg import Connection
from psycopg.adapt import Buffer, Dumper, Loader

_ESCAPES: Final = {0: "\1\2\2", 1: "\1\2\3", 2: "\1\3\2", 3: "\1\3\3"}
_UNESCAPES: Final = {escape: chr(code) for code, escape in _ESCAPES.items()}
_SPECIAL: Final = re.compile("[\0-\3]")
_ESCAPE: Final = re.compile("\1[\2\3]{2}")


def escaped(text: str) -> str:
    """Return a text as it is stored."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def unescaped(stored: str) -> str:
    """Return the text that is stored so."""
    if "\1" not in stored:
        return stored
    return _ESCAPE.sub(lambda found: _UNESCAPES[found[0]], stored)


class _TextDumper(Dumper):
    # Without a type, so that the server takes it for what it stands beside.

    def dump(self, obj: str) -> bytes:
        return escaped(obj).encode()


class _TextLoader(Loader):
    def load(self, data: Buffer) -> str:
        return unescaped(str(data, "utf-8"))


class _TruthDumper(Dumper):
    # The read tables have 0 and 1.
    oid = 20

    def dump(self, obj: bool) -> bytes:  # noqa: FBT001 - the library's signature
        return b"1" if obj else b"0"


class _TruthLoader(Loader):
    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


def adapt(connection: Connection[Any]) -> None:
    """Let a connection take and give what SQLite does."""
    adapters = connection.adapters
    adapters.register_dumper(str, _TextDumper)
    adapters.register_dumper(bool, _TruthDumper)
    adapters.register_loader("text", _TextLoader)
    adapters.register_loader("bool", _TruthLoader)
