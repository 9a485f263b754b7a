"""Unfinished files, and those that killed processes left behind."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fingerpost.adapters.downloads.parts import Parts, is_in_use
from fingerpost.adapters.files.hashing import hash_bytes

DIGEST = hash_bytes(b"content")

# Makes an unfinished file, and leaves it there as a killed process does.
KILLED = """
import os, sys
from pathlib import Path
from fingerpost.adapters.downloads.parts import Parts
from fingerpost.domain.manifest.digest import Digest

part = Parts(Path(sys.argv[1])).create(Digest(sys.argv[2]))
part.write(b"con")
os._exit(9)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


@pytest.fixture
def left(folder: Path) -> Path:
    """Return a folder with what a killed process left in it."""
    killed = subprocess.run([sys.executable, "-c", KILLED, folder, DIGEST], check=False)
    assert killed.returncode == 9
    assert [path.stat().st_size for path in folder.glob("*/0-*")] == [3]
    return folder


def test_nothing_is_left_when_they_are_discarded(folder):
    with Parts(folder) as parts:
        parts.create().close()
        parts.create(DIGEST).close()
        assert len(list(folder.iterdir())) == 1
    assert list(folder.iterdir()) == []


def test_nothing_is_made_before_the_first_file(folder):
    with Parts(folder):
        assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next_one(left):
    with Parts(left) as parts:
        parts.create().close()
        assert len(list(left.iterdir())) == 1
    assert list(left.iterdir()) == []


def test_a_long_beginning_is_kept_for_the_same_content_and_for_nothing_else(left):
    with Parts(left, resumed_from_bytes=3) as parts:
        with parts.create(hash_bytes(b"other")) as other, parts.create() as unknown:
            assert (other.read(), unknown.read()) == (b"", b"")
        with parts.create(DIGEST) as kept:
            assert kept.read() == b"con"
        with parts.create(DIGEST) as another:
            assert another.read() == b""
    assert list(left.iterdir()) == []


@pytest.mark.parametrize("resumed_from_bytes", [4, None])
def test_a_short_beginning_is_not_kept(left, resumed_from_bytes):
    with Parts(left, resumed_from_bytes) as parts, parts.create(DIGEST) as part:
        assert part.read() == b""


def test_a_link_in_place_of_a_beginning_is_not_followed(left, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"content of somebody else")
    [beginning] = left.glob("*/0-*")
    beginning.unlink()
    beginning.symlink_to(secret)
    with Parts(left, resumed_from_bytes=0) as parts, parts.create(DIGEST) as part:
        assert part.read() == b""
        part.write(b"new")
    assert secret.read_bytes() == b"content of somebody else"


def test_what_another_one_is_at_work_on_stays(folder):
    with Parts(folder) as busy, busy.create(DIGEST) as part:
        part.write(b"con")
        with Parts(folder, resumed_from_bytes=0) as other, other.create(DIGEST) as fresh:
            assert fresh.read() == b""
        part.seek(0)
        assert part.read() == b"con"
        assert Path(part.name).exists()
        assert [is_in_use(path) for path in folder.iterdir()] == [True]


def test_a_folder_without_a_lock_is_removed_only_when_it_is_old(folder):
    young, old = (folder / f".fingerpost-{digit * 16}.part" for digit in "01")
    young.mkdir()
    old.mkdir()
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(old, (two_days_ago, two_days_ago))
    with Parts(folder) as parts:
        parts.create().close()
    assert list(folder.iterdir()) == [young]


def test_folders_of_other_names_are_nobodys_leftovers(folder):
    for name in (".fingerpost-mine.part", "data.part", ".fingerpost"):
        (folder / name).mkdir()
        (folder / name / "lock").touch()
    with Parts(folder) as parts:
        parts.create().close()
    assert len(list(folder.glob("*/lock"))) == 3
    assert not any(map(is_in_use, folder.iterdir()))


def test_those_who_begin_at_once_do_not_clear_each_other_away(folder):
    def work(_: int) -> bool:
        with Parts(folder, resumed_from_bytes=0) as parts:
            found = []
            for _ in range(3):
                with parts.create(DIGEST) as part:
                    part.write(b"x")
                    found.append(Path(part.name).exists())
            return all(found)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(100)))
    assert list(folder.iterdir()) == []
