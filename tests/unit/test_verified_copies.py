"""Copying what is verified: with and without a file system that shares blocks."""

import fcntl
import io
import os
from pathlib import Path

import pytest

from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.adapters.files.verified_reader import UnreadableSourceError, verified
from fingerpost.errors import ContentMismatchError

FICLONE = 0x40049409
"""``linux/fs.h``: ``_IOW(0x94, 9, int)``."""

DATA = os.urandom((2 << 20) + 17)


@pytest.fixture(params=[True, False], ids=["shared blocks", "copied"])
def shared(request, monkeypatch) -> list[int]:
    """Emulate what the kernel does on btrfs and XFS; return the requests to it."""
    requests = []

    def ioctl(target: int, request_code: int, source: int) -> int:
        requests.append(request_code)
        if not request.param:
            raise OSError(95, "Operation not supported")
        os.pwrite(target, os.pread(source, 1 << 30, 0), 0)
        return 0

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    return requests


def copy(source: Path, target: Path) -> None:
    with (
        verified(source.open("rb", buffering=0), len(DATA), hash_bytes(DATA), "it") as reader,
        io.FileIO(target, "w+") as copied,
    ):
        reader.copy_to(copied)


def test_the_copy_is_whole(shared, tmp_path):
    (tmp_path / "source").write_bytes(DATA)
    copy(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == DATA
    assert shared == [FICLONE]


@pytest.mark.parametrize("wrong", [DATA[:-1] + b"?", DATA[:-1]], ids=["other", "shorter"])
def test_a_wrong_source_is_an_error(shared, tmp_path, wrong):
    (tmp_path / "source").write_bytes(wrong)
    with pytest.raises(ContentMismatchError):
        copy(tmp_path / "source", tmp_path / "target")


def test_a_source_that_fails_is_told_from_a_target_that_does(tmp_path):
    class Unplugged(io.RawIOBase):
        def readinto(self, buffer) -> int:
            raise OSError("unplugged")

    with (
        io.FileIO(tmp_path / "target", "w+") as target,
        verified(Unplugged(), 10, hash_bytes(b""), "it") as reader,
        pytest.raises(UnreadableSourceError) as caught,
    ):
        reader.copy_to(target)
    assert str(caught.value.__cause__) == "unplugged"
    (tmp_path / "source").write_bytes(DATA)
    with (
        io.FileIO("/dev/full", "r+") as full,
        verified((tmp_path / "source").open("rb"), len(DATA), hash_bytes(DATA), "it") as reader,
        pytest.raises(OSError, match="No space left"),
    ):
        reader.copy_to(full)
