"""Packs of blobs. The checksum of the index is made to fit, as whoever forges one would do."""

import io
import struct

from blake3 import blake3

from fingerpost.adapters.content.pack import PackWriter, decode, read_index
from fingerpost.domain.manifest.digest import Digest

from .target import Target

_FOOTER = struct.Struct("<QQ32s8s")
_SHORTEST = 16 + _FOOTER.size


def read(data: bytes) -> None:
    """Read a pack as it is, and with a checksum that fits; then all its blobs."""
    for pack in (_with_checksum(data), data):
        for entry in read_index(io.BytesIO(pack), "pack"):
            stored = pack[entry.offset : entry.offset + entry.stored_length]
            assert len(decode(stored, entry, "pack")) == entry.size_bytes


def _with_checksum(data: bytes) -> bytes:
    if len(data) < _SHORTEST:
        return data
    offset, length, _, magic = _FOOTER.unpack(data[-_FOOTER.size :])
    index = data[offset : offset + length]
    return data[: -_FOOTER.size] + _FOOTER.pack(offset, length, blake3(index).digest(), magic)


def _seeds() -> list[bytes]:
    found = []
    for blobs in ([], [b"abc"], [b"a" * 3_000, b"", bytes(range(256))]):
        file = io.BytesIO()
        writer = PackWriter(file)
        writer.add([(Digest.of("blake3", blake3(each).digest()), each, True) for each in blobs])
        writer.finish()
        found.append(file.getvalue())
    return found


PACKS = Target(read=read, seeds=_seeds, is_json=False)
