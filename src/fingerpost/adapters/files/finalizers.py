"""Closing database connections that are only forgotten.

Python 3.13 warns of a connection that nobody closed. A ``__del__`` does not do: where its owner is
part of a reference cycle, the connection may be finalized before it.
"""

import os
import weakref
from typing import Protocol


class _Closable(Protocol):
    def close(self) -> None: ...


def close_at_finalization(owner: object, connection: _Closable) -> None:
    """Close a connection when its owner goes away, in the process that opened it.

    A forked child leaves it alone: closing it may damage the file
    (https://sqlite.org/howtocorrupt.html, section 2.6).
    """
    weakref.finalize(owner, _close, connection, os.getpid())


def _close(connection: _Closable, process_id: int) -> None:
    if os.getpid() == process_id:
        connection.close()
