"""Having the next page while the caller is busy with this one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

_END: Final = object()


def one_ahead(items: Iterator[T]) -> Iterator[T]:
    """Iterate over items; while the caller handles one, the next is made in another thread.

    What making one raises is raised when it is its turn. A caller that stops early waits for the
    one that is under way, and no other is begun.

    Args:
        items: advanced by one thread at a time.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="fingerpost-ahead") as pool:
        item = next(items, _END)
        while item is not _END:
            coming = pool.submit(next, items, _END)
            yield item  # type: ignore[misc]  # it is no end
            item = coming.result()
