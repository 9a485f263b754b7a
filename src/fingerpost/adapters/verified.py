"""A reader that does not reach the end of wrong bytes."""

import io
from collections.abc import Callable
from typing import BinaryIO, Final

from fingerpost.domain.digest import Digest
from fingerpost.domain.errors import ContentMismatchError

from .hashing import BLOCK_BYTES, new_hasher

_BUFFER_BYTES: Final = BLOCK_BYTES


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

    def _verify(self) -> None:
        actual = Digest.of(self._digest.algorithm, self._hasher.digest())
        if actual != self._digest:
            self._on_damage()
            raise ContentMismatchError(self._where, self._digest, actual)
        self._is_verified = True


def verified(
    source: BinaryIO,
    size_bytes: int,
    digest: Digest,
    where: str,
    on_damage: Callable[[], None] = lambda: None,
) -> BinaryIO:
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
    return io.BufferedReader(raw, _BUFFER_BYTES)
