"""A disk that is full, read-only or dying: what was acknowledged stays, what was not is told."""

import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import textwrap
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import fingerpost
from contestants import team_store
from fingerpost.errors import StoreUnavailableError
from waiting import LIMIT_S

PATH = "wandb-registry-Model/0"
HERE = Path(__file__).parents[1]


def run_python(program, *arguments):
    paths = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )


@contextmanager
def no_file_above(size_bytes):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_told_and_the_store_goes_on_when_there_is_room(tmp_path):
    with team_store(tmp_path / "store", 1) as store:
        collection = fingerpost.Api(store, "alice").collection(PATH)
        log = tmp_path / "store" / "ledger.sqlite-wal"
        acknowledged = 0
        with no_file_above(log.stat().st_size + 100_000):
            with suppress(StoreUnavailableError):
                while acknowledged < 1000:
                    collection.set_alias(f"a{acknowledged}", "v0")
                    acknowledged += 1
            with pytest.raises(StoreUnavailableError, match="ledger cannot be used"):
                collection.set_alias(f"a{acknowledged}", "v0")
            assert len(collection.aliases) == acknowledged + 1  # and latest
        assert 0 < acknowledged < 1000
        collection.set_alias("with room", "v1")
        assert store.verify().problems == ()
    with fingerpost.Api(tmp_path / "store", "alice") as api:
        aliases = api.collection(PATH).aliases
    expected = {f"a{number}": "v0" for number in range(acknowledged)}
    assert aliases == expected | {"with room": "v1", "latest": "v1"}


DYING = """
    import os, sys
    import fingerpost
    from failing_fsync import fail_every_fsync
    from fingerpost.errors import OutcomeUnknownError

    api = fingerpost.Api(sys.argv[1], "alice")
    collection = api.collection(sys.argv[2])
    fail_every_fsync()
    for attempt in range(2):
        try:
            with fingerpost.once("swap"):
                collection.move_aliases({"blue": "green", "green": "blue"})
        except OutcomeUnknownError as error:
            print("not known whether" in str(error))
    print(collection.aliases["blue"], flush=True)
    os._exit(0)  # as a killed process would
"""


@pytest.mark.skipif(platform.system() != "Linux", reason="seccomp is Linux's")
def test_what_could_not_be_synced_is_not_acknowledged_and_is_not_done_twice(tmp_path):
    """It may turn up all the same, since the log may be whole: given again, it is there once."""
    with team_store(tmp_path / "store", 1) as store:
        collection = fingerpost.Api(store, "alice").collection(PATH)
        collection.move_aliases({"blue": "v0", "green": "v1"})
    dying = run_python(DYING, tmp_path / "store", PATH)
    assert dying.stdout.split() == ["True", "True", "v0"], dying.stderr
    with fingerpost.open_store(tmp_path / "store", create=False) as store:
        collection = fingerpost.Api(store, "alice").collection(PATH)
        for _ in range(2):
            with fingerpost.once("swap"):
                collection.move_aliases({"blue": "green", "green": "blue"})
        assert (collection.aliases["blue"], collection.aliases["green"]) == ("v1", "v0")
        assert len(collection.alias_history("blue")) == 2
        assert store.verify().problems == ()


READ_ONLY = """
    import os, sys
    import fingerpost
    from contestants import team_store
    from fingerpost.errors import StoreUnavailableError

    team_store(sys.argv[3], 1).close()  # imports what that user may not read
    if os.geteuid() == 0:  # root may write anywhere
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
    try:
        fingerpost.Api(sys.argv[1], "alice").collection(sys.argv[2]).set_alias("new", "v0")
    except StoreUnavailableError as error:
        print(error)
"""


@pytest.fixture
def public():
    """A folder that other users can get to, unlike pytest's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_is_told_and_nothing_is_changed(public, tmp_path):
    with team_store(public / "store", 1):
        pass
    for path in [public, *public.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = (public / "store" / "ledger.sqlite").read_bytes()
    told = run_python(READ_ONLY, public / "store", PATH, tmp_path / "warm")
    assert "permit it" in told.stdout, told.stderr
    assert (public / "store" / "ledger.sqlite").read_bytes() == before
