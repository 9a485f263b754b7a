"""How what is beside the events is read: statement by statement, or several at one moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..store import UNUSABLE
from .connections import PostgresDatastore
from .cursor import PostgresCursor


class LedgerReading:
    """Opens read transactions.

    Args:
        datastore: lends connections.
        unavailable: makes the error that callers see.
    """

    def __init__(
        self, datastore: PostgresDatastore, unavailable: Callable[[Exception], Exception]
    ) -> None:
        self._datastore = datastore
        self._unavailable = unavailable

    @contextmanager
    def __call__(self) -> Iterator[PostgresCursor]:
        """Lend a cursor to what there is at this moment."""
        try:
            with self._datastore.reading() as cursor:
                yield cursor
        except UNUSABLE as error:
            raise self._unavailable(error) from error

    @contextmanager
    def writing(self) -> Iterator[PostgresCursor]:
        """Lend a cursor, and commit what the block did with it."""
        try:
            with self._datastore.writing() as cursor:
                yield cursor
        except UNUSABLE as error:
            raise self._unavailable(error) from error

    @contextmanager
    def statement(self) -> Iterator[PostgresCursor]:
        """Lend a cursor for one statement: without the two journeys of a transaction."""
        try:
            with self._datastore.statement() as cursor:
                yield cursor
        except UNUSABLE as error:
            raise self._unavailable(error) from error
