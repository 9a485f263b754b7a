"""A folder for readers that take files; it goes when the process ends."""

import atexit
import tempfile
from functools import cache
from pathlib import Path


@cache
def scratch() -> Path:
    """Return the folder, made on first use, in memory where there is such a place."""
    memory = Path("/dev/shm")
    folder = tempfile.TemporaryDirectory(
        prefix="fingerpost-fuzz-", dir=memory if memory.is_dir() else None
    )
    atexit.register(folder.cleanup)
    return Path(folder.name)
