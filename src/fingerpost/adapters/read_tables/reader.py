"""Reading rows, each statement in a read transaction of its own or in one that is open."""

from .cursor import Reading, Row


class SqlReader:
    """A database to read from.

    Args:
        reading: opens a read transaction; where one statement needs none, it has a ``statement``
            that opens what does for one.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._statement: Reading = getattr(reading, "statement", reading)

    @property
    def reading(self) -> Reading:
        """Opens a read transaction."""
        return self._reading

    def _all(self, sql: str, *parameters: object) -> list[Row]:
        with self._statement() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def _one(self, sql: str, *parameters: object) -> Row:
        with self._statement() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()

    def _number(self, sql: str, *parameters: object) -> int:
        return int(self._one(sql, *parameters)[0])
