"""A local content store keeps what it promised: after kill -9, damage, and loss of its catalog."""

import errno
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem

import fingerpost
from fingerpost.adapters.content import FsspecContentStore
from fingerpost.domain.errors import (
    ContentMismatchError,
    ContentNotFoundError,
    StoreUnavailableError,
)
from fingerpost.domain.manifest.digest import Digest

# The tests may run elsewhere than a relative PYTHONPATH means.
CHILD_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(fingerpost.__file__).parents[1])}

FAILPOINTS = (
    "before_blob_write",
    "after_blob_write",
    "before_fsync",
    "after_fsync",
    "before_rename",
    "after_rename",
    "before_catalog",
    "after_catalog",
)

KILLED_WRITER = textwrap.dedent(
    """
    import io, os, signal, sys
    from pathlib import Path
    from fsspec.implementations.local import LocalFileSystem
    from fingerpost.adapters.content import FsspecContentStore

    root, failpoint = Path(sys.argv[1]), sys.argv[2]
    def kill(name):
        if name == failpoint:
            os.kill(os.getpid(), signal.SIGKILL)
    store = FsspecContentStore(
        LocalFileSystem(), str(root), root / "catalog.sqlite3", failpoint=kill
    )
    with store.writer() as writer:
        for number in range(50):
            writer.add_bytes(b"new %d" % number)
        writer.add_stream(io.BytesIO(b"L" * 3_000_000))
        writer.commit()
    print("committed", flush=True)
    """
)
SMALL = [b"old %d" % number for number in range(50)]
LARGE = b"O" * 2_000_000


def sha256(data):
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())


@pytest.fixture
def opened():
    """Open stores that are closed after the test."""
    with ExitStack() as stack:

        def open_(root, **options):
            catalog = root / "catalog.sqlite3"
            store = FsspecContentStore(LocalFileSystem(), str(root), catalog, **options)
            return stack.enter_context(closing(store))

        yield open_


def add(store, blobs):
    """Add under sha256, so that the expected digests are hashlib's."""
    with store.writer() as writer:
        for data in blobs:
            assert writer.add_stream(io.BytesIO(data), algorithm="sha256")[0] == sha256(data)
        writer.commit()


@pytest.fixture
def root(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def store(root, opened):
    store = opened(root)
    add(store, [*SMALL, LARGE])
    return store


def packs(root):
    return sorted(root.glob("packs/*/*.pack"))


def flip(path, at):
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def run(script, *arguments):
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        check=False,
        env=CHILD_ENVIRONMENT,
    )


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_a_writer_killed_anywhere_leaves_whole_blobs_or_none(store, root, failpoint, opened):
    before = set(store.digests())
    assert run(KILLED_WRITER, root, failpoint).returncode == -signal.SIGKILL
    again = opened(root)
    assert before <= set(again.digests())
    for digest in again.digests():
        assert again.read(digest)
    assert list(again.check()) == []
    is_published = failpoint in {"after_rename", "before_catalog", "after_catalog"}
    assert len(set(again.digests()) - before) == (51 if is_published else 0)
    assert [again.read(sha256(data)) for data in [*SMALL, LARGE]] == [*SMALL, LARGE]
    # The next writer is not disturbed by what was left.
    done = run(KILLED_WRITER, root, "none")
    assert done.stdout == b"committed\n"
    assert len(set(store.digests()) - before) == 51


def test_leftovers_of_a_crashed_writer_are_removed_after_a_day(store, root):
    run(KILLED_WRITER, root, "before_fsync")
    (left,) = (root / "tmp").iterdir()
    add(store, [b"soon after"])
    assert left.exists()
    yesterday = time.time() - 25 * 60 * 60
    os.utime(left, (yesterday, yesterday))
    add(store, [b"a day later"])
    assert not left.exists()


def test_a_writer_that_takes_days_keeps_its_files(store, root):
    with store.writer() as slow:
        slow.add_bytes(b"s" * 2_000_000)
        (folder,) = (root / "tmp").iterdir()
        yesterday = time.time() - 25 * 60 * 60
        os.utime(folder, (yesterday, yesterday))
        add(store, [b"by somebody else"])
        slow.commit()
    assert list(store.check()) == []


def interrupted(store):
    with store.writer() as writer:
        writer.add_bytes(b"x" * 3_000_000)
        raise KeyboardInterrupt


def test_nothing_is_left_in_tmp_by_writers_that_end(store, root):
    with store.writer() as writer:
        writer.add_bytes(b"x" * 3_000_000)
    with pytest.raises(KeyboardInterrupt):
        interrupted(store)
    assert list((root / "tmp").iterdir()) == []


def test_the_folder_is_made_by_the_first_write_only(root, opened):
    store = opened(root)
    assert store.missing([sha256(b"a")]) == {sha256(b"a")}
    assert list(store.digests()) == []
    assert list(store.check()) == []
    with pytest.raises(ContentNotFoundError):
        store.read(sha256(b"a"))
    with store.writer() as writer:
        writer.commit()
    assert not root.exists()
    add(store, [b"a"])
    assert root.is_dir()


def test_small_blobs_share_a_pack_and_large_ones_stand_alone(store, root):
    assert len(packs(root)) == 1
    alone = root / "blobs" / sha256(LARGE).hex[:2] / f"sha256-{sha256(LARGE).hex}"
    assert alone.read_bytes() == LARGE
    data = packs(root)[0].read_bytes()
    assert all(blob in data for blob in SMALL)


def test_a_full_pack_is_followed_by_another(root, opened):
    store = opened(root, pack_bytes=5_000_000)
    add(store, [hashlib.shake_128(b"%d" % n).digest(1_000_000) for n in range(12)])
    assert len(packs(root)) == 3  # of 5, 5 and 2 MB
    assert len(set(store.digests())) == 12


def test_what_is_there_is_not_stored_twice(store, root):
    before = sorted(path for path in root.glob("*/*/*") if path.is_file())
    add(store, [*SMALL, LARGE])
    assert sorted(path for path in root.glob("*/*/*") if path.is_file()) == before


def test_a_damaged_blob_of_a_pack_is_found_by_read_and_by_check(store, root):
    (pack,) = packs(root)
    flip(pack, pack.read_bytes().index(SMALL[7]))
    with pytest.raises(ContentMismatchError) as caught:
        store.read(sha256(SMALL[7]))
    assert caught.value.expected == sha256(SMALL[7])
    assert str(pack) in caught.value.where
    assert store.read(sha256(SMALL[8])) == SMALL[8]
    (problem,) = store.check()
    assert (problem.digest, problem.location) == (sha256(SMALL[7]), str(pack))


def test_a_damaged_large_blob_is_found_by_check(store, root):
    (path,) = root.glob("blobs/*/*")
    flip(path, 1_000_000)
    (problem,) = store.check()
    assert (problem.digest, problem.location) == (sha256(LARGE), str(path))
    assert store.missing([sha256(LARGE)]) == {sha256(LARGE)}


def test_damage_that_concerns_no_blob_is_found_by_check(store, root):
    (pack,) = packs(root)
    flip(pack, 15)  # a reserved byte of the header
    (problem,) = store.check()
    assert (problem.digest, problem.location) == (None, str(pack))


def test_check_reports_progress_over_all_stored_bytes(store, root):
    seen = []
    assert list(store.check(progress=seen.append)) == []
    stored = [path.stat().st_size for path in root.glob("*/*/*") if path.is_file()]
    assert sum(seen) == sum(stored)


def test_a_pack_without_its_end_is_reported_and_counts_as_missing(store, root, opened):
    (pack,) = packs(root)
    pack.chmod(0o644)
    os.truncate(pack, pack.stat().st_size - 20)
    for opened_ in (store, opened(root)):
        digests = [sha256(data) for data in SMALL]
        assert opened_.missing(digests) == set(digests)
        assert opened_.read(sha256(LARGE)) == LARGE
        (problem,) = opened_.check()
        assert (problem.digest, problem.location) == (None, str(pack))
        opened_.close()
    add(store, SMALL)
    assert store.missing(digests) == set()
    assert [store.read(digest) for digest in digests] == SMALL


def test_a_pack_that_was_removed_counts_as_missing(store, root):
    packs(root)[0].unlink()
    assert store.missing([sha256(SMALL[0]), sha256(LARGE)]) == {sha256(SMALL[0])}
    with pytest.raises(ContentNotFoundError):
        store.read(sha256(SMALL[0]))
    add(store, [SMALL[0]])
    assert store.read(sha256(SMALL[0])) == SMALL[0]


def test_a_foreign_file_among_the_packs_and_blobs_is_passed_over(store, root, opened):
    for folder in (packs(root)[0].parent, next(root.glob("blobs/*"))):
        (folder / "README.txt").write_text("hello")
    (root / "packs" / "notes").write_text("hello")
    again = opened(root)
    assert len(set(again.digests())) == len(SMALL) + 1
    assert list(again.check()) == []


def remove(catalog):
    catalog.unlink()


def cut(catalog):
    os.truncate(catalog, catalog.stat().st_size // 2)


def empty(catalog):
    os.truncate(catalog, 0)


def scribble(catalog):
    catalog.write_bytes(os.urandom(20_000))


def make_a_folder(catalog):
    catalog.unlink()
    catalog.mkdir()


@pytest.mark.parametrize("lose", [remove, cut, empty, scribble, make_a_folder])
def test_losing_the_catalog_loses_nothing(store, root, lose, opened):
    store.close()
    lose(root / "catalog.sqlite3")
    again = opened(root)
    assert again.missing(map(sha256, SMALL)) == set()
    assert [again.read(sha256(data)) for data in [*SMALL, LARGE]] == [*SMALL, LARGE]
    add(again, [b"one more"])
    assert again.read(sha256(b"one more")) == b"one more"


def test_a_catalog_that_points_to_the_wrong_place_is_corrected(store, root):
    store.close()
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1])\n"
        "c.execute('UPDATE blobs SET offset = 16'); c.commit(); c.close()"
    )
    assert run(script, root / "catalog.sqlite3").returncode == 0
    assert [store.read(sha256(data)) for data in SMALL] == SMALL


def test_a_catalog_of_an_older_state_of_the_folder_does_no_harm(store, root, tmp_path):
    store.close()
    shutil.copy(root / "catalog.sqlite3", tmp_path / "old")
    add(store, [b"newer"])
    store.close()
    shutil.copy(tmp_path / "old", root / "catalog.sqlite3")
    assert store.read(sha256(b"newer")) == b"newer"
    store.close()
    shutil.rmtree(root / "packs")
    assert store.missing([sha256(b"newer"), sha256(SMALL[0])]) == {
        sha256(b"newer"),
        sha256(SMALL[0]),
    }


READ_ONLY = textwrap.dedent(
    """
    import os, sys
    from pathlib import Path
    from fsspec.implementations.local import LocalFileSystem
    from fingerpost.adapters.content import FsspecContentStore
    from fingerpost.domain.manifest.digest import Digest
    from fingerpost.domain.errors import StoreUnavailableError
    if os.geteuid() == 0:  # root may write anywhere
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    root = Path(sys.argv[1])
    store = FsspecContentStore(LocalFileSystem(), str(root), root / "catalog.sqlite3")
    assert store.read(Digest(sys.argv[2])) == b"old 0"
    assert store.missing([Digest(sys.argv[2])]) == set()
    assert list(store.check()) == []
    try:
        with store.writer() as writer:
            writer.add_bytes(b"new")
            writer.commit()
    except StoreUnavailableError as error:
        assert error.location == str(root), error.location
        assert "Give this user permission" in error.remedy, error.remedy
        raise SystemExit(77)
    """
)


@pytest.fixture
def public():
    """A folder that other users can get to, unlike pytest's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_without_write_permission_is_read_and_says_why_it_is_not_written(
    store, root, public
):
    store.close()
    shutil.copytree(root, public / "store")
    for path in [public / "store", *(public / "store").rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = run(READ_ONLY, public / "store", sha256(SMALL[0]))
    assert (done.returncode, done.stderr.decode()) == (77, "")


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "Free some space"), (errno.EROFS, "mounted read-only"), (errno.EIO, "Check")],
)
def test_errors_of_the_disk_name_the_folder_and_the_remedy(root, number, remedy, opened):
    def fail(name):
        if name == "before_fsync":
            raise OSError(number, os.strerror(number))

    store = opened(root, failpoint=fail)
    with pytest.raises(StoreUnavailableError, match=remedy) as caught:
        add(store, [b"small", LARGE])
    assert caught.value.location == str(root)
    assert os.strerror(number) in caught.value.problem
    assert list(store.digests()) == []
    assert list((root / "tmp").iterdir()) == []


def test_a_failed_fsync_publishes_nothing(root, monkeypatch, opened):
    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    store = opened(root)
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreUnavailableError):
        add(store, [b"small", LARGE])
    monkeypatch.undo()
    assert store.missing([sha256(b"small"), sha256(LARGE)]) == {sha256(b"small"), sha256(LARGE)}
    assert not list(root.glob("packs/*/*")) + list(root.glob("blobs/*/*"))
    add(store, [b"small", LARGE])
    assert store.missing([sha256(b"small"), sha256(LARGE)]) == set()


def test_files_that_a_failed_folder_fsync_left_visible_are_not_relied_on(root, opened):
    def fail(name):
        if name == "after_rename":
            raise OSError(errno.EIO, "Input/output error")

    failing = opened(root, failpoint=fail)
    with pytest.raises(StoreUnavailableError):
        add(failing, [b"small", LARGE])
    failing.close()
    store = opened(root)
    assert store.missing([sha256(b"small"), sha256(LARGE)]) == {sha256(b"small"), sha256(LARGE)}
    add(store, [b"small", LARGE])
    assert store.missing([sha256(b"small"), sha256(LARGE)]) == set()


def test_an_adopted_file_becomes_readable_to_those_the_umask_allows(store, root, tmp_path):
    path = tmp_path / "private"
    path.write_bytes(b"p" * 2_000_000)
    path.chmod(0o600)
    inode = path.stat().st_ino
    with store.writer() as writer:
        writer.adopt(path, sha256(b"p" * 2_000_000), 2_000_000)
        writer.commit()
    digest = sha256(b"p" * 2_000_000)
    stored = root / "blobs" / digest.hex[:2] / f"sha256-{digest.hex}"
    umask = os.umask(0)
    os.umask(umask)
    assert stored.stat().st_mode & 0o777 == 0o444 & ~umask
    assert stored.stat().st_ino == inode  # renamed, not copied


def test_a_file_with_a_second_link_is_copied_and_the_copy_verified(store, root, tmp_path):
    data = b"h" * 2_000_000
    path, link = tmp_path / "mine", tmp_path / "link"
    path.write_bytes(data)
    link.hardlink_to(path)
    with store.writer() as writer:
        with pytest.raises(ContentMismatchError):
            writer.adopt(path, sha256(b"something else"), len(data))
        assert path.exists()
        writer.adopt(path, sha256(data), len(data))
        writer.commit()
    assert not path.exists()
    link.write_bytes(b"changed")
    assert store.read(sha256(data)) == data


def test_a_symbolic_link_is_not_adopted(store, tmp_path):
    (tmp_path / "file").write_bytes(LARGE)
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with store.writer() as writer, pytest.raises(FileNotFoundError, match="no regular file"):
        writer.adopt(tmp_path / "link", sha256(LARGE), (tmp_path / "link").lstat().st_size)


TWO_WRITERS = textwrap.dedent(
    """
    import io, sys
    from pathlib import Path
    from fsspec.implementations.local import LocalFileSystem
    from fingerpost.adapters.content import FsspecContentStore
    root = Path(sys.argv[1])
    store = FsspecContentStore(LocalFileSystem(), str(root), root / "catalog.sqlite3")
    sys.stdin.readline()
    for turn in range(10):
        with store.writer() as writer:
            for number in range(100):
                writer.add_bytes(b"%d of %d" % (number, turn))
            writer.add_stream(io.BytesIO(b"%d" % turn * 1_500_000))
            writer.commit()
    store.close()
    """
)


def test_two_processes_write_the_same_blobs_at_once(root, opened):
    children = [
        subprocess.Popen(
            [sys.executable, "-c", TWO_WRITERS, str(root)],
            stdin=subprocess.PIPE,
            env=CHILD_ENVIRONMENT,
        )
        for _ in range(2)
    ]
    for child in children:
        child.stdin.write(b"go\n")
        child.stdin.close()
    assert [child.wait() for child in children] == [0, 0]
    store = opened(root)
    assert len(list(store.digests())) == 10 * 101
    assert list(store.check()) == []


def test_a_forked_child_goes_on_with_the_store(store):
    child = os.fork()
    if child == 0:
        try:
            add(store, [b"by the child"])
            os._exit(0 if store.read(sha256(SMALL[0])) == SMALL[0] else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.read(sha256(b"by the child")) == b"by the child"
