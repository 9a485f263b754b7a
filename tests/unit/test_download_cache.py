"""The download cache: bounded, verified, and never in the way."""

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost import errors
from fingerpost.adapters.downloads.cache import DownloadCache, parse_size
from fingerpost.adapters.files.hashing import hash_bytes

BLOCK = 4096
KEPT = 2 * BLOCK
"""What a content of up to 4 KiB takes: its block, and one for its name."""


def add(cache: DownloadCache, data: bytes) -> None:
    path = cache.folder.with_name("download")
    path.write_bytes(data)
    cache.add(hash_bytes(data), path, lambda _: None)


def get(cache: DownloadCache, data: bytes, beginning: bytes = b"") -> bytes | None:
    """Return what the cache has for the digest of some data."""
    path = cache.folder.with_name("copy")
    path.write_bytes(beginning)
    with io.FileIO(path, "r+") as target:
        is_there = cache.copy_to(hash_bytes(data), target, lambda _: None)
    assert is_there or path.read_bytes() == beginning or path.read_bytes() == b""
    return path.read_bytes() if is_there else None


def files(cache: DownloadCache) -> list[Path]:
    return [path for path in cache.folder.glob("*/*/*") if path.is_file()]


@pytest.fixture
def cache(tmp_path: Path) -> DownloadCache:
    return DownloadCache(tmp_path / "cache", 100 * KEPT)


@pytest.mark.parametrize("size_bytes", [0, 1, 5000, (2 << 20) + 3])
def test_what_was_added_is_there_for_others_too(tmp_path, size_bytes):
    data = os.urandom(size_bytes)
    cache = DownloadCache(tmp_path / "cache", 8 << 20)
    assert get(cache, data) is None
    add(cache, data)
    assert get(cache, data) == data
    assert get(DownloadCache(cache.folder, 8 << 20), data) == data
    assert [path.relative_to(cache.folder).as_posix() for path in files(cache)] == [
        f"blake3/{hash_bytes(data).hex[:2]}/{hash_bytes(data).hex}"
    ]


@pytest.mark.parametrize("damaged", [b"", b"con", b"kontent", b"content and more"])
def test_a_damaged_copy_is_removed_with_a_warning(cache, caplog, damaged):
    add(cache, b"content")
    files(cache)[0].write_bytes(damaged)
    assert get(cache, b"content") is None
    assert "is damaged" in caplog.text
    assert files(cache) == []
    add(cache, b"content")
    assert get(cache, b"content") == b"content"


def test_a_download_goes_on_behind_a_right_beginning_and_starts_again_after_a_wrong_one(cache):
    data = os.urandom(3 << 20)
    cache = DownloadCache(cache.folder, 8 << 20)
    add(cache, data)
    assert get(cache, data, beginning=data[: 1 << 20]) == data
    assert get(cache, data, beginning=b"\0" * (1 << 20)) == data
    assert get(cache, data, beginning=data + b"more") == data


def test_the_least_recently_used_goes_first(tmp_path):
    cache = DownloadCache(tmp_path / "cache", 10 * KEPT)
    contents = [bytes([number]) for number in range(10)]
    for number, data in enumerate(contents):
        add(cache, data)
        path = cache.folder / "blake3" / hash_bytes(data).hex[:2] / hash_bytes(data).hex
        os.utime(path, (number, number))
    assert get(cache, contents[0]) == contents[0]  # used just now
    add(cache, b"one more")
    assert get(cache, b"one more") == b"one more"
    assert get(cache, contents[0]) == contents[0]
    assert get(cache, contents[1]) is None
    assert get(cache, contents[9]) == contents[9]


@given(sizes=st.lists(st.integers(0, 6 * BLOCK), max_size=25), limit=st.integers(0, 20 * BLOCK))
def test_it_never_takes_more_than_it_may(sizes, limit, tmp_path_factory):
    cache = DownloadCache(tmp_path_factory.mktemp("bounded") / "cache", limit)
    for number, size_bytes in enumerate(sizes):
        add(cache, number.to_bytes(4, "big") * (size_bytes // 4))
        blocks = [-(-path.stat().st_size // BLOCK) + 1 for path in files(cache)]
        assert sum(blocks) * BLOCK <= limit
        assert cache.usage().size_bytes == sum(blocks) * BLOCK


def test_what_is_larger_than_all_of_it_pushes_nothing_out(cache):
    add(cache, b"small")
    add(cache, bytes(cache.limit_bytes))
    assert get(cache, b"small") == b"small"
    assert cache.usage().entries == 1


@pytest.mark.parametrize("account", [None, b"", b"rubbish", b"0", b"99999999999"])
def test_an_account_that_a_crash_left_wrong_is_put_right(tmp_path, account):
    cache = DownloadCache(tmp_path / "cache", 10 * KEPT)
    for number in range(8):
        add(cache, bytes([number]))
    used_bytes = cache.folder / "used-bytes"
    used_bytes.unlink() if account is None else used_bytes.write_bytes(account)
    for number in range(8, 30):
        add(cache, bytes([number]))
    assert get(cache, bytes([29])) == bytes([29])
    assert cache.usage().size_bytes <= 10 * KEPT


def test_cleaning_leaves_as_much_as_was_asked_for(cache):
    for number in range(10):
        add(cache, bytes([number]))
    removed = cache.clean(3 * KEPT)
    assert (removed.entries, removed.size_bytes) == (7, 7 * KEPT)
    assert (cache.usage().entries, cache.usage().size_bytes) == (3, 3 * KEPT)
    assert cache.clean().entries == 3
    assert cache.clean().entries == 0


def test_cleaning_removes_what_a_killed_process_left_and_nothing_of_anybody_else(cache):
    add(cache, b"content")
    left = cache.folder / ".fingerpost-0123456789abcdef.part"
    left.mkdir()
    (left / "lock").touch()
    (left / "0").write_bytes(b"half")
    mine = cache.folder / "blake3" / "ab" / "mine"
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("not yours")
    cache.clean()
    assert files(cache) == [mine]
    assert not left.exists()


def test_a_cache_that_cannot_be_used_is_a_warning_and_no_more(tmp_path, caplog):
    (tmp_path / "file").touch()
    cache = DownloadCache(tmp_path / "file" / "cache", 10 * KEPT)
    source = tmp_path / "source"
    source.write_bytes(b"content")
    with io.FileIO(tmp_path / "target", "w+") as target:
        for _ in range(3):
            assert not cache.copy_to(hash_bytes(b"content"), target, lambda _: None)
            cache.add(hash_bytes(b"content"), source, lambda _: None)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "cannot be used" in caplog.text


ADDING = """
import sys
from pathlib import Path
from fingerpost.adapters.downloads.cache import DownloadCache
from fingerpost.adapters.files.hashing import hash_bytes

cache = DownloadCache(Path(sys.argv[1]), int(sys.argv[2]))
source = Path(sys.argv[3])
for number in range(150):
    source.write_bytes(f"{source} {number}".encode() * (number % 40 * 50))
    cache.add(hash_bytes(source.read_bytes()), source, lambda _: None)
"""


def test_processes_that_fill_it_at_once_keep_within_its_limit(tmp_path):
    folder, limit_bytes = tmp_path / "cache", 60 * KEPT
    command = [sys.executable, "-c", ADDING, str(folder), str(limit_bytes)]
    running = [subprocess.Popen([*command, str(tmp_path / name)]) for name in "ab"]
    assert [process.wait() for process in running] == [0, 0]
    cache = DownloadCache(folder, limit_bytes)
    assert 0 < cache.usage().size_bytes <= limit_bytes
    for path in files(cache):
        assert hash_bytes(path.read_bytes()).hex == path.name
    assert sorted(path.name for path in folder.iterdir()) == ["blake3", "used-bytes"]


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("0", 0),
        ("1000", 1000),
        ("20GB", 20_000_000_000),
        ("20 gb", 20_000_000_000),
        ("10GiB", 10_737_418_240),
        ("1.5 MiB", 1_572_864),
        ("500M", 500_000_000),
        ("7kB", 7_000),
        ("2Ti", 2_199_023_255_552),
        ("3B", 3),
    ],
)
def test_a_size_is_read_as_people_write_it(text, size_bytes):
    assert parse_size(text, "size") == size_bytes


@pytest.mark.parametrize("text", ["", "GB", "-1", "lots", "1e9", "5 apples", "1iB", "٣GB", "1_000"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(errors.InvalidValueError, match="20GB") as caught:
        parse_size(text, "FINGERPOST_CACHE_SIZE")
    assert caught.value.value == text
