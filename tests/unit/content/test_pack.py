"""The pack format, against packs that are built here by hand from its description."""

import io
import struct

import pytest
import zstandard
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.adapters.content.pack import (
    Encoding,
    PackEntry,
    PackWriter,
    decode,
    encode,
    read_index,
)
from fingerpost.domain.errors import DamagedPackError
from fingerpost.domain.manifest.digest import Digest

# Source: NIST, SHA-256 example "abc"; RFC 1321 A.5, MD5 ("a").
ABC = Digest("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
A = Digest("md5:0cc175b9c0f1b6a831c399e269772661")

HEADER = b"\x89FPpack\n" + b"\x01\x00" + bytes(6)


def entry_bytes(digest=ABC, code=2, encoding=0, offset=16, stored=3, size=3):
    raw = bytes.fromhex(digest.hex).ljust(32, b"\0")
    return struct.pack("<BB32sQQQ", code, encoding, raw, offset, stored, size)


def footer(blobs_end, index, checksum=None, magic=b"\nFPindex"):
    checksum = blake3(index).digest() if checksum is None else checksum
    return struct.pack("<QQ", blobs_end, len(index)) + checksum + magic


def pack_bytes(blobs=b"abc", index=None, header=HEADER):
    index = entry_bytes() if index is None else index
    return header + blobs + index + footer(len(header + blobs), index)


def written(*blobs):
    file = io.BytesIO()
    writer = PackWriter(file)
    writer.add(blobs)
    return writer.finish(), file.getvalue()


def test_a_pack_is_written_as_described():
    index = entry_bytes() + entry_bytes(A, code=3, offset=19, stored=1, size=1)
    expected = HEADER + b"abc" + b"a" + index + footer(20, index)
    name, data = written((ABC, b"abc", False), (A, b"a", False))
    assert data == expected
    assert name == blake3(expected).hexdigest()


def test_an_index_is_read_as_described():
    index = entry_bytes() + entry_bytes(A, code=3, offset=19, stored=1, size=1)
    assert read_index(io.BytesIO(pack_bytes(b"abca", index)), "p") == [
        PackEntry(ABC, 16, 3, 3, Encoding.RAW),
        PackEntry(A, 19, 1, 1, Encoding.RAW),
    ]


def test_an_empty_pack_has_no_entries():
    assert read_index(io.BytesIO(pack_bytes(b"", b"")), "p") == []
    assert written() == (blake3(pack_bytes(b"", b"")).hexdigest(), pack_bytes(b"", b""))


@given(st.lists(st.tuples(st.binary(max_size=5000), st.booleans())))
def test_every_blob_of_a_pack_comes_back(blobs):
    digests = [Digest(f"blake3:{blake3(data).hexdigest()}") for data, _ in blobs]
    _, pack = written(*((d, data, c) for d, (data, c) in zip(digests, blobs, strict=True)))
    entries = read_index(io.BytesIO(pack), "p")
    assert [entry.digest for entry in entries] == digests
    for entry, (data, _) in zip(entries, blobs, strict=True):
        stored = pack[entry.offset : entry.offset + entry.stored_length]
        assert decode(stored, entry, "p") == data


def test_compression_is_kept_only_if_it_saves_a_tenth():
    assert encode(b"a" * 1000, compress=True)[1] is Encoding.ZSTD
    assert encode(b"a" * 1000, compress=False) == (b"a" * 1000, Encoding.RAW)
    noise = blake3(b"seed").digest(1000)
    assert encode(noise, compress=True) == (noise, Encoding.RAW)


@pytest.mark.parametrize(
    ("damaged", "problem"),
    [
        (b"", "only 0 bytes"),
        (HEADER, "only 16 bytes"),
        (b"PK" + pack_bytes()[2:], "starts with"),
        (pack_bytes(header=b"\x89FPpack\n\x02\x00" + bytes(6)), "format version 2"),
        (pack_bytes()[:-1], "does not end in a footer"),
        (pack_bytes() + b"\n", "does not end in a footer"),
        (HEADER + b"abc" + entry_bytes() + footer(1, entry_bytes()), "footer points outside"),
        (HEADER + b"abc" + entry_bytes() + footer(2**63, entry_bytes()), "footer points outside"),
        (HEADER + b"abc" + entry_bytes() + footer(19, entry_bytes(), bytes(32)), "checksum"),
        (pack_bytes(index=entry_bytes(offset=15)), "outside the file"),
        (pack_bytes(index=entry_bytes(offset=17)), "outside the file"),
        (pack_bytes(index=entry_bytes(offset=2**64 - 1)), "outside the file"),
        (pack_bytes(index=entry_bytes(stored=2**64 - 1, size=2**64 - 1)), "outside the file"),
        (pack_bytes(index=entry_bytes(encoding=1, size=2**40)), "gives .* 1099511627776 bytes"),
        (pack_bytes(index=entry_bytes(size=2)), "impossible sizes"),
        (pack_bytes(index=entry_bytes(size=4)), "impossible sizes"),
        (pack_bytes(index=entry_bytes(encoding=1, size=2)), "impossible sizes"),
        (pack_bytes(index=entry_bytes(code=9)), "codes 9 and 0"),
        (pack_bytes(index=entry_bytes(encoding=7)), "codes 2 and 7"),
        (pack_bytes(index=entry_bytes() + b"\0"), "footer points outside"),
    ],
)
def test_a_damaged_pack_is_refused_by_name(damaged, problem):
    with pytest.raises(DamagedPackError, match=problem) as caught:
        read_index(io.BytesIO(damaged), "packs/ab/cd.pack")
    assert caught.value.pack == "packs/ab/cd.pack"
    assert "packs/ab/cd.pack" in str(caught.value)


@given(st.integers(min_value=0, max_value=len(pack_bytes()) - 1))
def test_a_pack_cut_anywhere_is_refused(length):
    with pytest.raises(DamagedPackError):
        read_index(io.BytesIO(pack_bytes()[:length]), "p")


@given(st.binary(max_size=300))
def test_garbage_is_refused(garbage):
    with pytest.raises(DamagedPackError):
        read_index(io.BytesIO(garbage), "p")


def zstd_entry(stored, size):
    return PackEntry(ABC, 16, len(stored), size, Encoding.ZSTD)


def test_a_frame_that_states_more_than_the_index_is_not_decompressed():
    bomb = zstandard.ZstdCompressor().compress(bytes(1 << 30))
    with pytest.raises(DamagedPackError, match="does not state the size"):
        decode(bomb, zstd_entry(bomb, 1000), "p")


def test_a_frame_that_states_no_size_is_not_decompressed():
    compressor = zstandard.ZstdCompressor(write_content_size=False)
    frame = compressor.compress(bytes(1000))
    with pytest.raises(DamagedPackError, match="does not state the size"):
        decode(frame, zstd_entry(frame, 1000), "p")


def test_a_frame_that_holds_more_than_it_states_is_refused():
    frame = bytearray(zstandard.ZstdCompressor(level=1).compress(b"ab" * 200))
    honest = bytes(frame)
    # RFC 8878, 3.1.1: magic (4), descriptor (1); a single-segment frame has its 2-byte content size
    # next, stored less 256.
    assert struct.unpack_from("<H", frame, 5)[0] == 400 - 256
    struct.pack_into("<H", frame, 5, 300 - 256)
    assert decode(honest, zstd_entry(honest, 400), "p") == b"ab" * 200
    with pytest.raises(DamagedPackError, match="no zstd frame"):
        decode(bytes(frame), zstd_entry(bytes(frame), 300), "p")


@pytest.mark.parametrize("stored", [b"", b"\x28\xb5\x2f\xfd", b"not a frame"])
def test_bytes_that_are_no_frame_are_refused(stored):
    with pytest.raises(DamagedPackError, match="no zstd frame"):
        decode(stored, zstd_entry(stored, 100), "p")


def test_a_blob_that_the_file_cuts_off_is_refused():
    entry = PackEntry(ABC, 16, 3, 3, Encoding.RAW)
    with pytest.raises(DamagedPackError, match=f"ends inside the blob {ABC}"):
        decode(b"ab", entry, "p")
