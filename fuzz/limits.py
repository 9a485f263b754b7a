"""How long reading one input may take, and how much memory."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

LONGEST_S: Final = 5
MOST_MIB: Final = 512
"""More than the process has when it begins. Inputs are of a megabyte at most."""


class TooSlowError(BaseException):
    """Reading an input took too long; no ``Exception``, so that nobody handles it."""


def limit_memory(mib: int = MOST_MIB) -> None:
    """Have allocations fail that take more memory than now and that much."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    now_bytes = int(pages[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now_bytes + (mib << 20), hard))


@contextmanager
def time_limit(seconds: float = LONGEST_S) -> Iterator[None]:
    """Raise :class:`TooSlowError` in what takes longer."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TooSlowError(f"more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
