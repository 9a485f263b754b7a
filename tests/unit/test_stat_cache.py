"""The stat cache answers only for files that cannot have changed, and never gets in the way."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

import fingerpost
from fingerpost.adapters.files.stat_cache import StatCache
from fingerpost.domain.manifest.digest import Digest

# The tests may run elsewhere than a relative PYTHONPATH means.
CHILD_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(fingerpost.__file__).parents[1])}

DIGEST = Digest("md5:900150983cd24fb0d6963f7d28e17f72")
OTHER = Digest("md5:d41d8cd98f00b204e9800998ecf8427e")
SECOND_NS = 1_000_000_000
OLD_NS = 1_600_000_000 * SECOND_NS


def facts(*, size=3, mtime_ns=OLD_NS, ctime_ns=OLD_NS, ino=7, dev=8):
    """Return a stat result; ctime cannot be set on a real file."""
    floats = (0.0, mtime_ns / SECOND_NS, ctime_ns / SECOND_NS)
    return os.stat_result(
        (0o100644, ino, dev, 1, 0, 0, size, 0, 0, 0, *floats, 0, mtime_ns, ctime_ns)
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "file"


@pytest.fixture
def opened():
    """Open caches that are closed after the test."""
    with ExitStack() as stack:
        yield lambda file: stack.enter_context(closing(StatCache(file)))


@pytest.fixture
def cache(tmp_path, opened):
    return opened(tmp_path / "cache" / "stat.sqlite3")


def remember(cache, path, stat=None, digest=DIGEST):
    cache.remember(path, stat or facts(), digest, looked_at_ns=time.time_ns())


def test_an_unchanged_file_is_known(cache, path):
    remember(cache, path)
    assert cache.lookup(path, facts(), "md5") == DIGEST


def test_a_real_file_is_known_once_it_is_old_enough(cache, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    stat = file.stat()
    cache.remember(file, stat, DIGEST, looked_at_ns=stat.st_ctime_ns + 3 * SECOND_NS)
    assert cache.lookup(file, file.stat(), "md5") is None  # it is not old yet
    time.sleep(2.1)
    assert cache.lookup(file, file.stat(), "md5") == DIGEST
    os.utime(file)
    assert cache.lookup(file, file.stat(), "md5") is None


@pytest.mark.parametrize(
    "change",
    [{"size": 4}, {"mtime_ns": OLD_NS + 1}, {"ctime_ns": OLD_NS + 1}, {"ino": 9}, {"dev": 9}],
)
def test_a_file_that_differs_in_any_fact_is_unknown(cache, path, change):
    remember(cache, path)
    assert cache.lookup(path, facts(**change), "md5") is None


def test_paths_and_algorithms_are_kept_apart(cache, path):
    remember(cache, path)
    assert cache.lookup(path.with_name("other"), facts(), "md5") is None
    assert cache.lookup(path, facts(), "blake3") is None


@pytest.mark.parametrize("field", ["mtime_ns", "ctime_ns"])
@pytest.mark.parametrize("age_s", [-3600, 0, 1.9])
def test_a_file_touched_within_two_seconds_of_the_look_is_not_remembered(cache, path, field, age_s):
    looked_at_ns = OLD_NS + 3600 * SECOND_NS
    stat = facts(**{field: looked_at_ns - int(age_s * SECOND_NS)})
    cache.remember(path, stat, DIGEST, looked_at_ns=looked_at_ns)
    assert cache.lookup(path, stat, "md5") is None


@pytest.mark.parametrize("field", ["mtime_ns", "ctime_ns"])
def test_a_file_touched_within_two_seconds_is_not_trusted(cache, path, field):
    now = time.time_ns()
    stat = facts(**{field: now})
    cache.remember(path, stat, DIGEST, looked_at_ns=now + 10 * SECOND_NS)
    assert cache.lookup(path, stat, "md5") is None


def test_the_latest_digest_counts(cache, path):
    remember(cache, path)
    remember(cache, path, facts(size=9), OTHER)
    assert cache.lookup(path, facts(), "md5") is None
    assert cache.lookup(path, facts(size=9), "md5") == OTHER


def test_what_was_flushed_is_known_to_another_process(cache, path, tmp_path, opened):
    remember(cache, path)
    cache.flush()
    assert opened(tmp_path / "cache" / "stat.sqlite3").lookup(path, facts(), "md5") == DIGEST


def test_closing_writes_what_is_left_and_may_be_repeated(cache, path, tmp_path, opened):
    remember(cache, path)
    cache.close()
    cache.close()
    assert opened(tmp_path / "cache" / "stat.sqlite3").lookup(path, facts(), "md5") == DIGEST


def test_looking_up_makes_no_file(cache, path, tmp_path):
    assert cache.lookup(path, facts(), "md5") is None
    assert not (tmp_path / "cache").exists()


def test_a_file_name_need_not_be_utf8(cache, path):
    odd = path.with_name(os.fsdecode(b"\xff\xfe"))
    remember(cache, odd)
    cache.close()
    assert cache.lookup(odd, facts(), "md5") == DIGEST


def test_inode_numbers_may_have_64_bits(cache, path):
    stat = facts(ino=2**64 - 1, dev=2**64 - 1)
    remember(cache, path, stat)
    cache.close()
    assert cache.lookup(path, stat, "md5") == DIGEST


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_cache_file_is_made_anew(tmp_path, path, content, opened):
    file = tmp_path / "stat.sqlite3"
    file.write_bytes(content)
    cache = opened(file)
    assert cache.lookup(path, facts(), "md5") is None
    remember(cache, path)
    cache.close()
    assert opened(file).lookup(path, facts(), "md5") == DIGEST


def test_a_cache_file_cut_in_the_middle_gives_no_error(tmp_path, path, opened):
    file = tmp_path / "stat.sqlite3"
    cache = opened(file)
    for number in range(2000):
        remember(cache, path.with_name(str(number)))
    cache.close()
    os.truncate(file, file.stat().st_size // 2)
    again = opened(file)
    found = {again.lookup(path.with_name(str(number)), facts(), "md5") for number in range(2000)}
    assert found <= {None, DIGEST}
    again.close()


def test_a_row_whose_digest_was_altered_is_not_believed(cache, path, tmp_path):
    remember(cache, path)
    cache.close()
    with sqlite3.connect(tmp_path / "cache" / "stat.sqlite3") as connection:
        assert connection.execute("UPDATE files SET digest = ?", (OTHER,)).rowcount == 1
    connection.close()
    assert cache.lookup(path, facts(), "md5") is None


def test_a_folder_in_place_of_the_cache_file_is_left_alone(tmp_path, path, opened):
    (tmp_path / "stat.sqlite3").mkdir()
    cache = opened(tmp_path / "stat.sqlite3")
    remember(cache, path)
    cache.flush()
    assert cache.lookup(path, facts(), "md5") == DIGEST
    cache.close()
    assert (tmp_path / "stat.sqlite3").is_dir()


def test_a_database_of_somebody_else_is_left_alone(tmp_path, path, opened):
    file = tmp_path / "ledger.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.executescript("CREATE TABLE events (id); INSERT INTO events VALUES (1);")
        connection.execute("PRAGMA user_version = 5")
    connection.close()
    before = file.read_bytes()
    cache = opened(file)
    remember(cache, path)
    cache.close()
    assert file.read_bytes() == before


def test_a_locked_cache_file_does_not_block_lookups(tmp_path, path, opened):
    file = tmp_path / "stat.sqlite3"
    cache = opened(file)
    remember(cache, path)
    cache.flush()
    blocker = sqlite3.connect(file)
    blocker.execute("BEGIN EXCLUSIVE")
    assert opened(file).lookup(path, facts(), "md5") == DIGEST
    blocker.close()
    cache.close()


def test_several_threads_share_one_cache(cache, path):
    start = threading.Barrier(4)

    def work(number):
        start.wait()
        for i in range(200):
            remember(cache, path.with_name(f"{number}-{i}"))
            cache.flush() if i % 50 == 0 else None
            assert cache.lookup(path.with_name(f"{number}-{i}"), facts(), "md5") == DIGEST

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    cache.close()
    assert cache.lookup(path.with_name("3-199"), facts(), "md5") == DIGEST


def test_several_processes_share_one_cache_file(tmp_path, path, opened):
    script = (
        "import os, sys, time; from pathlib import Path\n"
        "from fingerpost.adapters.files.stat_cache import StatCache\n"
        "from fingerpost.domain.manifest.digest import Digest\n"
        "stat = os.stat(sys.executable)\n"
        "cache = StatCache(Path(sys.argv[1]))\n"
        "for i in range(50):\n"
        "    cache.remember(Path(sys.argv[2]), stat, Digest('md5:' + '1' * 32),\n"
        "        looked_at_ns=time.time_ns()); cache.flush()\n"
        "cache.close()\n"
    )
    file = tmp_path / "stat.sqlite3"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, file, path.with_name(str(n))], env=CHILD_ENVIRONMENT
        )
        for n in range(2)
    ]
    assert [child.wait() for child in children] == [0, 0]
    stat = Path(sys.executable).stat()
    cache = opened(file)
    for number in range(2):
        assert cache.lookup(path.with_name(str(number)), stat, "md5") == "md5:" + "1" * 32
    cache.close()
