"""What errors of PostgreSQL mean, and what to do about them."""

from typing import Final

import psycopg
from eventsourcing import persistence
from psycopg import errors

from .address import PostgresAddress

_UNCHANGED: Final = "Nothing was changed."

_BY_STATE: Final = {
    "28P01": "Check the user and the password: in the URL, in PGPASSWORD or in ~/.pgpass.",
    "28000": "Let pg_hba.conf permit this user, this database and this host, or name others.",
    "3D000": "Create it, with an administrator's CREATE DATABASE, or name one that there is.",
    "42501": (
        "Ask the owner: a store needs CREATE on the database once, to make its schema, and whoever "
        "uses it the rights of the schema's owner."
    ),
    "25006": "The server only reads: it is a standby. Name the primary.",
    "53300": "Raise max_connections of the server, close stores that are not used, or pool.",
    "53100": f"The server's disk is full. {_UNCHANGED} Make room and try again.",
    "55P03": f"Another process has been writing to it all the while. {_UNCHANGED} Try again.",
    "57014": f"It took longer than statement_timeout permits. {_UNCHANGED} Try again.",
    "57P03": "The server is starting or stopping: try again in a moment.",
    "3F000": "The schema is gone: restore it from a backup.",
    "42P01": "Tables are missing: restore the schema from a backup.",
}
"""SQLSTATE → what to do."""

# What is wrong before there is a connection comes as text alone.
_BY_TEXT: Final = (
    ("password authentication failed", _BY_STATE["28P01"]),
    ("no password supplied", _BY_STATE["28P01"]),
    ("no pg_hba.conf entry", _BY_STATE["28000"]),
    ("too many", _BY_STATE["53300"]),
    ("remaining connection slots", _BY_STATE["53300"]),
    ("starting up", _BY_STATE["57P03"]),
    ("shutting down", _BY_STATE["57P03"]),
    ("role ", "Create the role, or name another user in the URL."),
    ("database ", _BY_STATE["3D000"]),
    ("translate host", "Check the name of the host in the URL."),
    ("resolve host", "Check the name of the host in the URL."),
    ("certificate", "Check sslmode, sslrootcert and sslcert in the URL."),
    ("ssl", "Check sslmode, sslrootcert and sslcert in the URL."),
)
_STARTING: Final = ("starting up", "shutting down", "not yet accepting", "in recovery mode")
_GONE: Final = ("Connection refused", "No such file", "closed the connection", "Connection reset")
_ELSE_CONNECTING: Final = "Check that the server runs, and its host and port in the URL."
_ELSE: Final = f"{_UNCHANGED} Look into the server's log, and try again."


class PostgresLedgerError(persistence.OperationalError):
    """The ledger cannot be used.

    Attributes:
        problem: what is wrong, with nothing in it that is secret.
        remedy: what to do.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class UnreachableError(PostgresLedgerError):
    """There is no connection to be had just now."""


class ConnectionLostError(PostgresLedgerError):
    """The connection broke before a commit was asked for: nothing was stored."""


class AcknowledgementLostError(PostgresLedgerError):
    """The connection broke between a commit and the answer: nobody knows yet."""


def failed(
    error: psycopg.Error, address: PostgresAddress, *, is_lost: bool = False
) -> persistence.PersistenceError:
    """Return what an error of a statement comes to."""
    if isinstance(error, errors.IntegrityError):
        return persistence.IntegrityError(_said(error, address))
    problem = f"the ledger cannot be used ({_said(error, address)})"
    if is_lost:
        return ConnectionLostError(problem, _ELSE)
    return PostgresLedgerError(problem, _BY_STATE.get(error.sqlstate or "", _ELSE))


def unreachable(error: psycopg.Error, address: PostgresAddress) -> UnreachableError:
    """Return what an error on connecting comes to."""
    said = _said(error, address)
    remedies = (remedy for text, remedy in _BY_TEXT if text in said.lower())
    remedy = _BY_STATE.get(error.sqlstate or "") or next(remedies, _ELSE_CONNECTING)
    return UnreachableError(f"the server cannot be reached ({said})", remedy)


def is_passing(error: psycopg.Error, *, was_there: bool) -> bool:
    """Whether a server that takes no connections is likely to take them in a moment.

    Args:
        error: what trying to connect said.
        was_there: whether it did take them: then it may be starting again.
    """
    said = str(error)
    return any(text in said for text in (*_STARTING, *(_GONE if was_there else ())))


def _said(error: psycopg.Error, address: PostgresAddress) -> str:
    lines = [line.strip() for line in str(error).splitlines()]
    return address.without_secrets("; ".join(line for line in lines if line))
