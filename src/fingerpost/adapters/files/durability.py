"""Making files and folders survive a power cut."""

import errno
import os
from pathlib import Path
from typing import Final

try:
    import fcntl
except ImportError:  # Windows
    _FULL_SYNC = None
else:
    _FULL_SYNC = getattr(fcntl, "F_FULLFSYNC", None)

_NOT_SYNCABLE: Final = {errno.EINVAL, errno.ENOTSUP, errno.EROFS, errno.EACCES}
"""Some file systems cannot fsync a folder, and some folders may be entered but not opened (such
as the one above the store): there is nothing more to do there."""


def sync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can do that."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            _sync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NOT_SYNCABLE:
            raise


def _sync(descriptor: int) -> None:
    if _FULL_SYNC is not None:
        # macOS: fsync alone leaves the bytes in the drive's own cache.
        fcntl.fcntl(descriptor, _FULL_SYNC)
    else:
        os.fsync(descriptor)
