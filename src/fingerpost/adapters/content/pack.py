r"""The pack: many small blobs in one file that ends in its own index.

All numbers are little-endian and unsigned::

    header   8 bytes  magic b"\x89FPpack\n"
             2 bytes  format version, 1
             6 bytes  zero
    blobs    one after the other, as they are or as one zstd frame each
    index    58 bytes for each blob, in the order of the blobs:
             1 algorithm (1 blake3, 2 sha256, 3 md5), 1 encoding (0 raw, 1 zstd),
             32 digest (zero-padded), 8 offset in the file, 8 stored length, 8 size_bytes
    footer   8 bytes  offset of the index
             8 bytes  length of the index
             32 bytes blake3 of the index
             8 bytes  magic b"\nFPindex"

A pack is named by the blake3 of all its bytes, and never changes. Nothing in it is believed:
reading checks every length against the file before anything is allocated.
"""

import os
import struct
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import BinaryIO, Final, NamedTuple

import zstandard
from blake3 import blake3

from fingerpost.domain.errors import DamagedPackError
from fingerpost.domain.manifest.digest import DIGEST_SIZES_BYTES, Digest

VERSION: Final = 1
MAX_BLOB_BYTES: Final = 64 << 20
"""A larger blob stands alone; a pack that says otherwise is refused."""

MAX_ENTRIES: Final = 1 << 16
"""At which number of blobs a writer ends the pack, so that an index stays small."""

_MAGIC: Final = b"\x89FPpack\n"
_END_MAGIC: Final = b"\nFPindex"
_HEADER: Final = struct.Struct("<8sH6x")
_ENTRY: Final = struct.Struct("<BB32sQQQ")
_FOOTER: Final = struct.Struct("<QQ32s8s")
_CODES: Final = {"blake3": 1, "sha256": 2, "md5": 3}
_ALGORITHMS: Final = {code: algorithm for algorithm, code in _CODES.items()}
_ZSTD_LEVEL: Final = 1


class Encoding(IntEnum):
    """How the bytes of a blob are stored."""

    RAW = 0
    ZSTD = 1


class PackEntry(NamedTuple):
    """Where one blob lies in a pack; a tuple because there are millions.

    Attributes:
        digest: of the blob's own bytes.
        offset: of the stored bytes, from the start of the file.
        stored_length: number of stored bytes.
        size_bytes: number of bytes of the blob itself.
        encoding: what turns the stored bytes into the blob.
    """

    digest: Digest
    offset: int
    stored_length: int
    size_bytes: int
    encoding: Encoding


def encode(data: bytes, *, compress: bool) -> tuple[bytes, Encoding]:
    """Return the bytes to store: a zstd frame if that was asked for and saves a tenth."""
    if compress:
        frame = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(data)
        if len(frame) < len(data) - len(data) // 10:
            return frame, Encoding.ZSTD
    return data, Encoding.RAW


def decode(stored: bytes, entry: PackEntry, pack: str) -> bytes:
    """Return the blob for its stored bytes; not yet compared with the digest.

    Never allocates more than ``entry.size_bytes``.

    Raises:
        DamagedPackError: if the bytes do not have the length or form that the entry gives.
    """
    if len(stored) != entry.stored_length:
        raise DamagedPackError(pack, f"it ends inside the blob {entry.digest}")
    if entry.encoding is Encoding.RAW:
        return stored
    try:
        # max_output_size alone is no bound: zstandard ignores it if the frame states a size.
        if zstandard.get_frame_parameters(stored).content_size == entry.size_bytes:
            return zstandard.ZstdDecompressor().decompress(stored, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise DamagedPackError(pack, f"the blob {entry.digest} is no zstd frame: {error}") from None
    raise DamagedPackError(pack, f"the blob {entry.digest} does not state the size in the index")


class PackWriter:
    """Writes one pack to a file that is open for writing and empty.

    Not thread-safe. Nothing is durable or visible before the caller makes it so.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hasher = blake3()
        self._offset = 0
        self.entries: list[PackEntry] = []
        self._write(_HEADER.pack(_MAGIC, VERSION))

    @property
    def length(self) -> int:
        """Number of bytes written so far."""
        return self._offset

    def add(self, blobs: Sequence[tuple[Digest, bytes, bool]]) -> None:
        """Append blobs: digest, bytes, and whether to try compressing them."""
        chunks = []
        offset = self._offset
        for digest, data, compress in blobs:
            stored, encoding = encode(data, compress=compress)
            self.entries.append(PackEntry(digest, offset, len(stored), len(data), encoding))
            chunks.append(stored)
            offset += len(stored)
        self._write(b"".join(chunks))

    def finish(self) -> str:
        """Write the index and the footer.

        Returns:
            The pack's name: the hexadecimal blake3 of all its bytes.
        """
        index = b"".join(_pack_entry(entry) for entry in self.entries)
        checksum = blake3(index).digest()
        self._write(index + _FOOTER.pack(self._offset, len(index), checksum, _END_MAGIC))
        self._file.flush()
        return self._hasher.hexdigest()

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._hasher.update(data)
        self._offset += len(data)


def read_index(file: BinaryIO, pack: str) -> list[PackEntry]:
    """Return the entries of a pack, in the order of their blobs.

    Args:
        file: the pack, readable and seekable. Three small reads are made, of header, footer and
            index.
        pack: its name, for error messages.

    Raises:
        DamagedPackError: if the file is no whole pack of a known version, or if its index is
            damaged or points outside the file.
    """
    file_bytes = file.seek(0, os.SEEK_END)
    if file_bytes < _HEADER.size + _FOOTER.size:
        raise DamagedPackError(pack, f"it has only {file_bytes} bytes")
    _check_header(_read_at(file, 0, _HEADER.size), pack)
    index_end = file_bytes - _FOOTER.size
    offset, length, checksum, magic = _FOOTER.unpack(_read_at(file, index_end, _FOOTER.size))
    if magic != _END_MAGIC:
        raise DamagedPackError(pack, "it does not end in a footer; it was cut or overwritten")
    if offset < _HEADER.size or offset + length != index_end or length % _ENTRY.size:
        raise DamagedPackError(pack, "its footer points outside the file")
    index = _read_at(file, offset, length)
    if blake3(index).digest() != checksum:
        raise DamagedPackError(pack, "its index does not have the checksum in the footer")
    return list(_entries(index, offset, pack))


def _check_header(header: bytes, pack: str) -> None:
    magic, version = _HEADER.unpack(header)
    if magic != _MAGIC:
        raise DamagedPackError(pack, f"it starts with {magic!r}, not {_MAGIC!r}")
    if version != VERSION:
        raise DamagedPackError(
            pack, f"it has format version {version}; this Fingerpost reads {VERSION}"
        )


def _entries(index: bytes, blobs_end: int, pack: str) -> Iterator[PackEntry]:
    for fields in _ENTRY.iter_unpack(index):
        entry = _unpack_entry(fields, pack)
        if entry.offset < _HEADER.size or entry.offset + entry.stored_length > blobs_end:
            raise DamagedPackError(pack, f"its index puts {entry.digest} outside the file")
        if entry.size_bytes > MAX_BLOB_BYTES:
            raise DamagedPackError(pack, f"its index gives {entry.digest} {entry.size_bytes} bytes")
        is_raw = entry.encoding is Encoding.RAW
        if entry.stored_length > entry.size_bytes or (
            is_raw and entry.stored_length < entry.size_bytes
        ):
            raise DamagedPackError(pack, f"its index gives {entry.digest} impossible sizes")
        yield entry


def _pack_entry(entry: PackEntry) -> bytes:
    code = _CODES[entry.digest.algorithm]
    raw = bytes.fromhex(entry.digest.hex)
    return _ENTRY.pack(
        code, entry.encoding, raw, entry.offset, entry.stored_length, entry.size_bytes
    )


def _unpack_entry(fields: tuple[int, int, bytes, int, int, int], pack: str) -> PackEntry:
    code, encoding, raw, offset, stored_length, size_bytes = fields
    algorithm = _ALGORITHMS.get(code)
    if algorithm is None or encoding not in Encoding.__members__.values():
        raise DamagedPackError(pack, f"its index has the codes {code} and {encoding}")
    digest = Digest.of(algorithm, raw[: DIGEST_SIZES_BYTES[algorithm]])
    return PackEntry(digest, offset, stored_length, size_bytes, Encoding(encoding))


def _read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)
