"""Closing database connections that are only forgotten.

Python 3.13 warns of a connection that nobody closed. A ``__del__`` does not do: where its owner is
part of a reference cycle, the connection may be finalized before it.
"""

import os
import sqlite3
import weakref


def close_when_forgotten(owner: object, connection: sqlite3.Connection) -> None:
    """Close a connection when its owner goes away, in the process that opened it.

    A forked child leaves it alone: closing it may damage the file
    (https://sqlite.org/howtocorrupt.html, section 2.6).
    """
    weakref.finalize(owner, _close, connection, os.getpid())


def _close(connection: sqlite3.Connection, process_id: int) -> None:
    if os.getpid() == process_id:
        connection.close()
