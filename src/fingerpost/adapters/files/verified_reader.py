"""A reader that does not reach the end of wrong bytes."""

import io
import os
from collections.abc import Callable
from typing import BinaryIO, Final

from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.errors import ContentMismatchError, FingerpostError
from fingerpost.domain.manifest.digest import Digest

from .copying import cloned
from .hashing import BLOCK_BYTES, hash_descriptor, new_hasher

_BUFFER_BYTES: Final = BLOCK_BYTES

_CLONED_FROM_BYTES: Final = 1 << 20
"""Less is copied before a file system has been asked whether it can share it."""


class UnreadableSourceError(Exception):
    """What is copied from could not be read; its cause is the error of the operating system.

    Never leaves the adapters: whoever copies knows what the source is called.
    """


class WrongBeginningError(Exception):
    """A copy that was to be gone on with does not begin as what is copied: start it again."""


class _VerifiedRaw(io.RawIOBase):
    """Hashes what it reads, and raises in place of the last bytes if the digest is wrong."""

    def __init__(
        self,
        source: BinaryIO,
        size_bytes: int,
        digest: Digest,
        where: str,
        on_damage: Callable[[], None],
    ) -> None:
        super().__init__()
        self._source = source
        self._left_bytes = size_bytes
        self._digest = digest
        self._where = where
        self._on_damage = on_damage
        self._hasher = new_hasher(digest.algorithm)
        self._is_verified = False
        self._is_resumed = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # Buffer is 3.12
        with memoryview(buffer).cast("B") as view:
            count = self._source.readinto(view[: self._left_bytes]) if self._left_bytes else 0  # type: ignore[attr-defined]  # BinaryIO does not say so
            self._hasher.update(view[:count])
        self._left_bytes -= count
        if not self._is_verified and (count == 0 or self._left_bytes == 0):
            self._verify()
        return int(count)

    def readall(self) -> bytes:
        # The inherited one reads in steps of 8 KiB.
        return b"".join(iter(lambda: self.read(BLOCK_BYTES) or b"", b""))

    def close(self) -> None:
        self._source.close()
        super().close()

    def copy_to(self, target: io.FileIO, progress: BytesWritten) -> None:
        held_bytes = os.fstat(target.fileno()).st_size
        if held_bytes:
            self._go_on_behind(target, held_bytes, progress)
        elif self._shared_with(target):
            (actual,), _ = hash_descriptor(target.fileno(), [self._digest.algorithm], progress)
            self._verify(actual)
            return
        buffer = memoryview(bytearray(min(BLOCK_BYTES, self._left_bytes + 1)))
        while count := self._read_block(buffer):
            write_all(target, buffer[:count])
            progress(count)

    def _shared_with(self, target: io.FileIO) -> bool:
        is_file = isinstance(self._source, io.FileIO | io.BufferedReader)
        return is_file and self._left_bytes >= _CLONED_FROM_BYTES and cloned(self._source, target)

    def _go_on_behind(self, target: io.FileIO, held_bytes: int, progress: BytesWritten) -> None:
        if held_bytes > self._left_bytes or not self._source.seekable():
            raise WrongBeginningError
        self._is_resumed = True
        target.seek(0)
        buffer = memoryview(bytearray(BLOCK_BYTES))
        while count := target.readinto(buffer):
            self._hasher.update(buffer[:count])
            progress(count)
        self._left_bytes -= held_bytes
        self._source.seek(held_bytes)

    def _read_block(self, buffer: memoryview) -> int:
        try:
            return self.readinto(buffer)
        except FingerpostError:
            raise  # what is wrong with the bytes, though it may be an OSError too
        except OSError as error:
            raise UnreadableSourceError from error

    def _verify(self, actual: Digest | None = None) -> None:
        actual = actual or Digest.of(self._digest.algorithm, self._hasher.digest())
        if actual != self._digest:
            if self._is_resumed:
                raise WrongBeginningError
            self._on_damage()
            raise ContentMismatchError(self._where, self._digest, actual)
        self._is_verified = True


class VerifiedReader(io.BufferedReader):
    """What :func:`verified` returns."""

    raw: _VerifiedRaw

    def copy_to(self, target: io.FileIO, progress: BytesWritten = lambda _: None) -> None:
        """Copy all bytes to a file, or let it share them, and verify what the file holds then.

        When this raises, the file holds anything. Only before anything was read.

        Args:
            target: open for reading and writing; what it holds already is taken for the beginning
                and is verified with the rest.
            progress: receives the number of bytes handled since the last call.

        Raises:
            ContentMismatchError: the bytes are not the right ones.
            WrongBeginningError: what the file held is not their beginning.
            UnreadableSourceError: the source cannot be read.
            OSError: the target cannot be written.
        """
        self.raw.copy_to(target, progress)


def empty(target: io.FileIO) -> None:
    """Remove what a file holds, so that it can be written from its start."""
    target.seek(0)
    if os.fstat(target.fileno()).st_size:
        target.truncate()


def write_all(target: io.FileIO, data: bytes | memoryview) -> None:
    """Write all of the bytes: a raw write may take a part of them only."""
    left = memoryview(data)
    while left:
        left = left[target.write(left) :]


def verified(
    source: BinaryIO,
    size_bytes: int,
    digest: Digest,
    where: str,
    on_damage: Callable[[], None] = lambda: None,
) -> VerifiedReader:
    """Wrap a stream so that reading it to the end gives the right bytes or an error.

    The digest is compared before the last block is handed out, so also whoever reads exactly
    ``size_bytes`` and stops has verified bytes. Not seekable. Closing it closes the source.

    Args:
        source: positioned at its start.
        size_bytes: its length; what follows is not read.
        digest: what the bytes should have.
        where: the place, for the error message.
        on_damage: called before the error is raised.
    """
    raw = _VerifiedRaw(source, size_bytes, digest, where, on_damage)
    return VerifiedReader(raw, _BUFFER_BYTES)
