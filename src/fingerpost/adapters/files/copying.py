"""Copying a file and hashing it on the way, without copying where the file system can share."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.manifest.digest import Digest

from .hashing import BLOCK_BYTES, Hashers, hash_descriptor

try:
    import fcntl
except ImportError:  # Windows
    _HAS_CLONING = False
else:
    _HAS_CLONING = True

_FICLONE: Final = 0x40049409
"""``linux/fs.h``: share the blocks of another file (btrfs, XFS, bcachefs)."""


def copy_hashing(
    path: Path,
    target: Path,
    algorithms: Sequence[str],
    progress: BytesWritten | None = None,
) -> tuple[tuple[Digest, ...], int]:
    """Copy a file to a path that is not there yet, and hash what the copy holds.

    What is hashed is what was copied, also when somebody writes to the file meanwhile.

    Returns:
        Digests, in the order of the algorithms, and size in bytes of the copy.
    """
    try:
        with path.open("rb") as source, target.open("x+b") as copy:
            if cloned(source, copy):
                return hash_descriptor(copy.fileno(), algorithms, progress)
            return _hash_while_copying(source, copy, algorithms, progress)
    except BaseException:
        # Half a copy is of no use, and may be what filled the disk.
        target.unlink(missing_ok=True)
        raise


def cloned(source: BinaryIO, copy: BinaryIO) -> bool:
    """Let an empty file share the blocks of another; return whether the file system could."""
    if not _HAS_CLONING:
        return False
    try:
        fcntl.ioctl(copy.fileno(), _FICLONE, source.fileno())
    except OSError:
        return False
    return True


def _hash_while_copying(
    source: BinaryIO, copy: BinaryIO, algorithms: Sequence[str], progress: BytesWritten | None
) -> tuple[tuple[Digest, ...], int]:
    # Not copy_file_range: the bytes have to be read for their digest anyway.
    hashers, size_bytes = Hashers(algorithms), 0
    while block := source.read(BLOCK_BYTES):
        hashers.update(block)
        copy.write(block)
        size_bytes += len(block)
        if progress:
            progress(len(block))
    return hashers.digests(), size_bytes
