"""Drafts with so many entries that they are in a file: where it is, when it goes, what is read."""

import gc
import os
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from pathlib import Path

import pytest

import fingerpost
from fingerpost import Artifact, errors
from fingerpost.adapters.drafts.entries import CHUNK, MOST_IN_MEMORY
from fingerpost.adapters.drafts.staging_area import StagingArea
from fingerpost.adapters.references import Resolvers
from fingerpost.application.ports.references import Observation, Reference, ReferenceState
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.sdk import draft_entries as draft_module
from fingerpost.sdk.draft_entries import DraftEntries

MANY = 2 * CHUNK + 5


def entry(number, uri="many://"):
    name = f"{number // 100:04}/{number:06}.jpeg"
    return Entry(
        path=EntryPath(name), digest=f"{number:032x}", size_bytes=number, ref=f"{uri}{name}"
    )


class Many:
    """Lists as many objects as the URI says, and fails after them if it is told to."""

    schemes = frozenset({"many"})
    is_local = True
    failure: BaseException | None = None

    def handles(self, uri):
        return True

    def resolve(self, reference):
        yield from map(entry, range(int(reference.uri.removeprefix("many://"))))
        if self.failure is not None:
            raise self.failure

    def open(self, entry):
        raise NotImplementedError

    def observe(self, entry):
        return Observation(state=ReferenceState.SAME, recorded=entry.digest)


@pytest.fixture
def many():
    return Many()


@pytest.fixture
def run(tmp_path, many, monkeypatch):
    monkeypatch.setattr(DraftEntries, "most_in_memory", CHUNK)
    with (
        fingerpost.open_store(tmp_path / "store", actor="a", resolvers=[many]) as store,
        fingerpost.init("team", "p", store=store, actor="a") as run,
    ):
        yield run


def files(tmp_path):
    folder = tmp_path / "store" / "staging"
    return sorted(path.name for path in folder.rglob("*") if path.name != "lock" and path.is_file())


def test_what_is_added_can_be_read_before_and_after_it_is_logged(run, tmp_path):
    draft = Artifact("images", "dataset")
    added = draft.add_reference(f"many://{MANY}")
    before = draft.manifest
    assert len(files(tmp_path)) >= 1
    assert (draft.file_count, draft.size) == (MANY, sum(range(MANY)))
    run.log_artifact(draft)
    assert files(tmp_path) == []
    expected = [str(entry(number).path) for number in range(MANY)]
    assert [each.path for each in added] == expected
    assert (len(added), added[-1].path, added[1].ref()) == (
        MANY,
        expected[-1],
        f"many://{expected[1]}",
    )
    assert [each.path for each in added[CHUNK - 2 : CHUNK + 2]] == expected[CHUNK - 2 : CHUNK + 2]
    with pytest.raises(IndexError):
        added[MANY]
    assert list(before.entries) == expected
    assert list(draft.manifest.entries) == expected
    assert (draft.file_count, draft.size) == (MANY, sum(range(MANY)))
    fetched = fingerpost.Api(store=run.store, actor="a").artifact("team/p/images:latest")
    assert fetched.digest == draft.digest
    assert [each.path for each in fetched.files()] == expected
    assert fetched.verify_references().same == MANY


def test_the_digest_is_that_of_the_same_entries_in_memory(run, monkeypatch):
    on_disk = Artifact("images", "dataset")
    on_disk.add_reference(f"many://{MANY}")
    monkeypatch.setattr(DraftEntries, "most_in_memory", MOST_IN_MEMORY)
    in_memory = Artifact("images", "dataset")
    in_memory.add_reference(f"many://{MANY}")
    assert on_disk.digest == in_memory.digest
    assert on_disk.manifest.to_manifest_json() == in_memory.manifest.to_manifest_json()


def test_a_new_draft_of_many_is_on_disk_and_what_is_changed_in_it_is_logged(run, tmp_path):
    first = Artifact("images", "dataset")
    first.add_reference(f"many://{MANY}")
    run.log_artifact(first)
    second = first.new_draft()
    assert len(files(tmp_path)) >= 1
    second.remove("0001")
    assert second.file_count == MANY - 100
    with pytest.raises(errors.ItemNotFoundError, match=r"'0000/000000.jpeg'.*first of 1,905"):
        second.remove("0001")
    with second.new_file("labels.txt") as file:
        file.write("owl")
    run.log_artifact(second)
    assert (second.version, second.file_count) == ("v1", MANY - 99)
    assert second.base_artifact.version == "v0"
    assert files(tmp_path) == []


def test_content_of_many_files_is_stored_once_each(run, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(CHUNK + 10):
        (folder / f"{number:04}").write_text(f"{number % 7}")
    draft = Artifact("files", "dataset")
    draft.add_dir(folder)
    progressed = []
    run.log_artifact(draft, progress=progressed.append)
    # Ten digits that differ, of one byte each, whatever the number of files.
    assert sum(progressed) == 7
    root = Path(draft.download(tmp_path / "copy"))
    assert (root / "1009").read_text() == "1"
    draft.verify(root)


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), errors.LimitExceededError("x", 1, 2, "")])
@pytest.mark.parametrize("already", [0, 1, CHUNK + 1])
def test_a_call_that_fails_half_way_leaves_the_draft_as_it_was(
    run, many, tmp_path, failure, already
):
    draft = Artifact("images", "dataset")
    if already:
        draft.add_reference(f"many://{already}")
    before = (draft.digest, draft.size, draft.file_count, list(draft.manifest.entries))
    there = files(tmp_path)
    many.failure = failure
    with pytest.raises(type(failure)):
        draft.add_reference(f"many://{MANY}")
    assert (draft.digest, draft.size, draft.file_count, list(draft.manifest.entries)) == before
    assert files(tmp_path) == there
    many.failure = None
    draft.add_reference(f"many://{MANY}")
    run.log_artifact(draft)
    assert draft.file_count == MANY


def test_what_is_taken_by_something_else_refuses_all_of_it(run, tmp_path):
    draft = Artifact("images", "dataset")
    with draft.new_file("0020/002003.jpeg") as file:
        file.write("something else")
    with pytest.raises(errors.EntryExistsError, match=r"0020/002003\.jpeg"):
        draft.add_reference(f"many://{MANY}")
    assert list(draft.manifest.entries) == ["0020/002003.jpeg"]


def interrupted_at(number, action):
    """Do something, and press Ctrl-C at the so many-th line of the code that keeps drafts."""
    folder, module = str(Path("adapters", "draft_entries")), draft_module.__file__
    left = [number]

    def trace(frame, event, _):
        name = frame.f_code.co_filename
        if folder not in name and name != module:
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(None)
    return left[0] > 0


# A file that was opened in this moment is closed by nobody but the garbage collection.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("already", [0, 2, 5])
def test_ctrl_c_at_any_line_leaves_all_of_it_or_nothing(tmp_path, monkeypatch, already):
    monkeypatch.setattr(DraftEntries, "most_in_memory", 3)
    everything = {entry(number).path for number in range(6)}
    reference = Reference(uri="many://6", name=None, checksum=True, max_objects=9)
    number, is_done, undone = 0, False, 0
    folder = tmp_path / "drafts"
    while not is_done:
        number += 1
        draft = DraftEntries(lambda: StagingArea(folder), Resolvers([Many()]))
        for each in range(already):
            draft.put(entry(each), None, overwrite=False)
        before = set(draft.entries)
        try:
            is_done = interrupted_at(number, lambda: draft.add_reference(reference))  # noqa: B023
        except KeyboardInterrupt:
            undone += set(draft.entries) == before
        assert set(draft.entries) in (before, everything)
        assert len(draft.entries) == len(set(draft.entries))
        draft.add_reference(reference)
        assert set(draft.entries) == everything
        draft.close()
        assert list(folder.iterdir()) == []
    assert undone > 20
    gc.collect()  # what was left open here is not to be found by another test


def test_the_file_goes_with_the_draft(run, tmp_path):
    draft = Artifact("images", "dataset")
    added = draft.add_reference(f"many://{MANY}")
    assert len(files(tmp_path)) >= 1
    del draft, added
    gc.collect()
    assert list((tmp_path / "store" / "staging").iterdir()) == []


def test_of_a_failed_attempt_to_log_the_draft_can_be_logged_again(run, tmp_path):
    draft = Artifact("images", "dataset")
    draft.add_reference(f"many://{MANY}")
    with draft.new_file("0001") as file:
        file.write("a file where a folder is")
    with pytest.raises(errors.InvalidPathError, match=r"'0001' is a file in it"):
        run.log_artifact(draft)
    draft.remove("0001")
    draft.add_reference(f"many://{MANY}")
    run.log_artifact(draft)
    assert draft.file_count == MANY


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_is_told_that_the_entries_are_its_parents(run, tmp_path):
    draft = Artifact("images", "dataset")
    draft.add_reference(f"many://{MANY}")
    child = os.fork()
    if child == 0:
        # No pytest in here: whatever happens, the child ends at once and says how.
        try:
            draft.remove("0001")
        except errors.StoreUnavailableError as error:
            draft._draft.close()
            os._exit(0 if "forked" in str(error) else 2)
        except BaseException:  # noqa: BLE001
            os._exit(1)
        os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    run.log_artifact(draft)
    assert draft.file_count == MANY


@contextmanager
def no_file_larger_than(size_bytes):
    import resource  # only POSIX has it

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(sys.platform != "linux", reason="it limits the size of files as Linux does")
@pytest.mark.parametrize("already", [1, CHUNK + 1])
@pytest.mark.parametrize("size_bytes", [0, 20_000, 200_000])
def test_a_full_disk_is_an_error_that_says_so_and_the_draft_is_as_it_was(run, already, size_bytes):
    draft = Artifact("images", "dataset")
    added = draft.add_reference(f"many://{already}")
    before = (draft.digest, draft.file_count)
    with (
        no_file_larger_than(size_bytes),
        pytest.raises(errors.StoreUnavailableError, match=r"staging.* cannot be kept.* Make room"),
    ):
        draft.add_reference(f"many://{MANY}")
    assert (draft.digest, draft.file_count) == before
    assert len(list(added)) == already
    draft.add_reference(f"many://{MANY}")
    run.log_artifact(draft)
    assert draft.file_count == MANY


def test_a_folder_that_cannot_be_written_is_an_error_that_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(DraftEntries, "most_in_memory", 3)
    (tmp_path / "staging").write_text("a file")
    draft = DraftEntries(lambda: StagingArea(tmp_path / "staging"), Resolvers([Many()]))
    draft.put(entry(0), None, overwrite=False)
    many = Reference(uri="many://9", name=None, checksum=True, max_objects=1)
    with pytest.raises(errors.StoreUnavailableError, match=r"staging.* cannot be kept"):
        draft.add_reference(many)
    assert list(draft.entries) == [entry(0).path]


MEASURED = """
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.adapters.drafts.staging_area import StagingArea
from fingerpost.adapters.references import Resolvers
from fingerpost.sdk.draft_entries import DraftEntries
from fingerpost.application.manifests.manifests import PendingManifest
from fingerpost.application.ports.references import Reference
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

class Listing:
    schemes, is_local = frozenset({"many"}), True
    def handles(self, uri):
        return True
    def resolve(self, reference):
        for number in range(int(sys.argv[1])):
            path = EntryPath(f"{number // 1000:06}/image-{number:012}.jpeg")
            yield Entry(path=path, digest=f"{number:032x}", size_bytes=1, ref=f"many://{path}",
                        extra={"etag": f"{number:032x}"})

class Few(DraftEntries):
    most_in_memory = 2_000

with TemporaryDirectory() as folder:
    draft = Few(lambda: StagingArea(Path(folder)), Resolvers([Listing()]))
    added = draft.add_reference(Reference(uri="many://", name=None, checksum=True, max_objects=1))
    pending = PendingManifest(draft.entries, hash_bytes)
    assert pending.root.count == len(added) == sum(1 for _ in added) == int(sys.argv[1])
    draft.close()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


@pytest.mark.patient
@pytest.mark.skipif(sys.platform != "linux", reason="Linux counts in KiB")
def test_memory_does_not_grow_with_the_number_of_references():
    # Both fill SQLite's cache. In a dictionary 80,000 more entries take some 70 MiB.
    fewer, more = (
        int(subprocess.check_output([sys.executable, "-c", MEASURED, str(count)]))
        for count in (60_000, 140_000)
    )
    assert more - fewer < 15


LEFT = """
import os, signal, sys
import fingerpost
from fingerpost.sdk.draft_entries import DraftEntries

DraftEntries.most_in_memory = 10
ending = sys.argv[2]
with fingerpost.init("team", "p", store=sys.argv[1], actor="a") as run:
    draft = fingerpost.Artifact("x", "y")
    added = draft.add_reference(sys.argv[3])
    print("ready", flush=True)
    if ending == "exception":
        raise ValueError
    if ending == "interrupt":
        signal.raise_signal(signal.SIGINT)
    if ending == "kill":
        signal.raise_signal(signal.SIGKILL)
"""


def left_behind(tmp_path, ending):
    data = tmp_path / "data"
    data.mkdir()
    for number in range(20):
        (data / f"{number}").write_text("x")
    command = [
        sys.executable,
        "-c",
        textwrap.dedent(LEFT),
        tmp_path / "store",
        ending,
        data.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "ready\n"
    assert (done.returncode == 0) == (ending == "exit")
    return list((tmp_path / "store" / "staging").iterdir())


@pytest.mark.parametrize("ending", ["exit", "exception", "interrupt"])
def test_a_process_that_ends_leaves_nothing_behind(tmp_path, ending):
    assert left_behind(tmp_path, ending) == []


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_what_a_killed_process_leaves_is_removed_a_day_later(tmp_path):
    (folder,) = left_behind(tmp_path, "kill")
    assert len(list(folder.iterdir())) >= 2
    a_day_ago = folder.stat().st_mtime - 25 * 60 * 60
    os.utime(folder, (a_day_ago, a_day_ago))
    with fingerpost.init("team", "p", store=tmp_path / "store", actor="a"):
        draft = Artifact("x", "y")
        with draft.new_file("z") as file:
            file.write("z")
        assert not folder.exists()
