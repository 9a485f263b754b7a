"""Long lists, fetched a page at a time."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar, overload

from fingerpost.domain.errors import InvalidValueError

T = TypeVar("T")
K = TypeVar("K")

Page = Sequence[tuple[int, T | None]]
"""Keys and items in the order of the list. A key without an item stands for one that is gone."""


class Pages(Generic[K, T]):
    """A list that is read from the store while one iterates over it, a page at a time.

    Each page goes on behind the last item, by a key that belongs to the item for good. So whatever
    comes or goes meanwhile, no item that stays is missed or comes twice; what comes in front of
    the page in hand is not in it, and what is gone by then is not either.

    Iterating again begins again. ``len`` and indexing ask the store anew each time.

    Attributes:
        per_page: items fetched at once.
    """

    def __init__(
        self,
        fetch: Callable[[K | None, int], Sequence[tuple[K, T | None]]],
        count: Callable[[], int],
        per_page: int,
        start: str | None,
        *,
        read: Callable[[str], K],
        write: Callable[[K], str],
    ) -> None:
        if type(per_page) is not int or per_page < 1:
            raise InvalidValueError(
                "per_page", per_page, "it is a whole number, 1 or more", "Leave it out."
            )
        self.per_page = per_page
        self._fetch = fetch
        self._count = count
        self._write = write
        self._start = None if start is None else read(start)
        self._cursor = self._start
        self._in_hand: Iterator[T] | None = None

    @property
    def cursor(self) -> str | None:
        """Where the list goes on behind the last item that was handed out.

        Pass it as ``start=`` to go on from there, in another process too; ``None`` at the
        beginning.
        """
        return None if self._cursor is None else self._write(self._cursor)

    def __iter__(self) -> Iterator[T]:
        for key, item in self._walk():
            self._cursor = key
            if item is not None:
                yield item

    def __next__(self) -> T:
        if self._in_hand is None:
            self._in_hand = iter(self)
        return next(self._in_hand)

    def _walk(self) -> Iterator[tuple[K, T | None]]:
        key = self._start
        while page := self._fetch(key, self.per_page):
            yield from page
            key = page[-1][0]

    def __len__(self) -> int:
        """Return how many there are in the store now, from the beginning."""
        return self._count()

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        items = (item for _, item in self._walk() if item is not None)
        if isinstance(index, slice):
            bounds = (index.start, index.stop, index.step)
            if any(bound is not None and bound < 0 for bound in bounds):
                return list(items)[index]
            return list(islice(items, *bounds))
        if index < 0:
            return list(items)[index]
        for item in islice(items, index, None):
            return item
        raise IndexError(index)


class Paged(Pages[int, T]):
    """A list whose keys are numbers, and whose cursors are those."""

    def __init__(
        self,
        fetch: Callable[[int | None, int], Page[T]],
        count: Callable[[], int],
        per_page: int,
        start: str | None = None,
    ) -> None:
        super().__init__(fetch, count, per_page, start, read=_key, write=str)


def _key(start: str) -> int:
    if not isinstance(start, str) or not (start.isascii() and start.isdecimal()):
        raise InvalidValueError(
            "start", start, "it is the .cursor of such a list", "Leave it out to begin."
        )
    return int(start)
