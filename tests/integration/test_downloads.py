"""Downloading, verifying and checking out: what is there, what is in the way, what goes wrong."""

import errno
import io
import itertools
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PureWindowsPath

import pytest

import fingerpost
from fingerpost import errors
from fingerpost.adapters.content import InMemoryContentStore
from fingerpost.adapters.downloads.destination import DownloadFolder
from fingerpost.adapters.downloads.download import Downloads
from fingerpost.adapters.downloads.parts import Parts
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.adapters.files.stat_cache import StatCache
from fingerpost.adapters.references import Resolvers
from fingerpost.application.manifests.manifests import PendingManifest, StoredManifest
from fingerpost.application.ports.references import Reference
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.sdk.version_files import VersionFiles

MIB = 1 << 20
LARGE = b"".join(number.to_bytes(4, "big") for number in range(3 * MIB // 4))
FILES = {
    "images/cat.png": b"cat",
    "images/dog.png": b"dog",
    "images2/owl.png": b"owl",
    "large.bin": LARGE,
    "large2.bin": LARGE[::-1],
    "readme": b"",
}

Logged = Callable[[Mapping[str, bytes]], fingerpost.Artifact]


@pytest.fixture
def log(tmp_path: Path) -> Logged:
    """Return a function that logs files."""

    def log(files: Mapping[str, bytes]) -> fingerpost.Artifact:
        artifact = fingerpost.Artifact("photos", "dataset")
        for name, data in files.items():
            with artifact.new_file(name, mode="wb") as file:
                file.write(data)
        with fingerpost.init(entity="team", store=tmp_path / "store") as run:
            return run.log_artifact(artifact)

    return log


@pytest.fixture
def artifact(log: Logged) -> fingerpost.Artifact:
    return log(FILES)


def held(root: str | Path) -> dict[str, bytes]:
    """Return path and content of all files, and of all links as files."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in Path(root).rglob("*")
        if not path.is_dir() or path.is_symlink()
    }


def busy() -> list[str]:
    return [
        each.name for each in threading.enumerate() if each.name.startswith("fingerpost-worker-")
    ]


# What one gets


@pytest.mark.parametrize("multipart", [None, True, False])
def test_every_file_is_there_and_nothing_else(artifact, multipart):
    assert held(artifact.download("out", multipart=multipart)) == FILES
    assert busy() == []


@pytest.mark.parametrize(("multipart", "has_threads"), [(None, True), (False, False)])
def test_without_multipart_everything_is_done_in_the_callers_thread(
    artifact, multipart, has_threads
):
    seen = []
    artifact.download("out", multipart=multipart, progress=lambda _: seen.extend(busy()))
    assert has_threads or seen == []
    assert threading.current_thread().name not in seen


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        # W&B's class reference: "only files with a path that starts with the given prefix".
        ("images/", ["images/cat.png", "images/dog.png"]),
        ("images", ["images/cat.png", "images/dog.png", "images2/owl.png"]),
        ("images/d", ["images/dog.png"]),
        ("large", ["large.bin", "large2.bin"]),
        ("readme", ["readme"]),
        ("readme2", []),
        ("zzz", []),
        ("", sorted(FILES)),
        ("./", sorted(FILES)),
        ("./images/", ["images/cat.png", "images/dog.png"]),
        (Path(), sorted(FILES)),
        (Path("images"), ["images/cat.png", "images/dog.png", "images2/owl.png"]),
        (PureWindowsPath("images\\dog.png"), ["images/dog.png"]),
    ],
)
def test_a_prefix_chooses_the_paths_that_start_with_it(artifact, prefix, expected):
    assert sorted(held(artifact.download("out", path_prefix=prefix))) == expected


@pytest.mark.parametrize("prefix", ["images\\", "/images", b"images", 3])
def test_a_prefix_that_no_path_can_have_is_refused(artifact, prefix):
    with pytest.raises(ValueError, match="'images/'"):
        artifact.download("out", path_prefix=prefix)
    assert not Path("out").exists()


@pytest.mark.parametrize("multipart", [None, False])
def test_progress_adds_up_to_the_size_whatever_is_there_already(artifact, tmp_path, multipart):
    for is_there in ("nothing", "all", "some, and some of it wrong"):
        if is_there.startswith("some"):
            Path("out/images/cat.png").unlink()
            Path("out/large.bin").write_bytes(bytes(len(LARGE)))
        told = []
        artifact.download("out", multipart=multipart, progress=told.append)
        assert sum(told) == artifact.size == sum(map(len, FILES.values()))


def test_a_missing_reference_is_passed_over_when_that_is_allowed_and_counts(tmp_path):
    for name in ("here", "gone", "changed"):
        (tmp_path / name).write_text(name)
    draft = fingerpost.Artifact("references", "dataset")
    for name in ("here", "gone", "changed"):
        draft.add_reference((tmp_path / name).as_uri())
    with fingerpost.init(entity="team", store=tmp_path / "store") as run:
        artifact = run.log_artifact(draft)
    (tmp_path / "gone").unlink()
    with pytest.raises(errors.ReferenceMissingError, match="allow_missing_references"):
        artifact.download("out")
    told = []
    artifact.download("out", allow_missing_references=True, progress=told.append)
    assert held("out") == {"here": b"here", "changed": b"changed"}
    assert sum(told) == artifact.size
    (tmp_path / "changed").write_text("CHANGED")
    with pytest.raises(errors.ReferenceChangedError, match="changed"):
        artifact.download("elsewhere", allow_missing_references=True)


# What is there already


def test_right_files_stay_untouched_and_wrong_ones_are_replaced(artifact):
    artifact.download("out")
    Path("out/mine.txt").write_text("mine")
    Path("out/large.bin").write_bytes(bytes(len(LARGE)))
    kept = Path("out/large2.bin").stat()
    artifact.download("out")
    assert held("out") == {**FILES, "mine.txt": b"mine"}
    after = Path("out/large2.bin").stat()
    assert (after.st_ino, after.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)


def test_a_pipe_in_place_of_a_file_is_replaced_and_not_waited_for(artifact):
    Path("out").mkdir()
    os.mkfifo("out/readme")
    os.mkfifo("out/large.bin")
    with pytest.raises(errors.VerificationError) as caught:
        artifact.verify("out")
    assert list(caught.value.different) == ["large.bin", "readme"]
    artifact.download("out")
    assert held("out") == FILES


def test_a_folder_in_place_of_a_file_is_named(artifact):
    Path("out/large.bin/in the way").mkdir(parents=True)
    with pytest.raises(errors.DestinationError, match=r"'out'.*'large.bin'.*Move that folder away"):
        artifact.download("out")
    assert not list(Path("out").glob(".*"))


def test_a_file_in_place_of_a_folder_is_named(artifact):
    Path("out").mkdir()
    Path("out/images").write_text("in the way")
    with pytest.raises(errors.DestinationError, match=r"'out'.*'images'.*Move that file away"):
        artifact.download("out")
    assert Path("out/images").read_text() == "in the way"


def test_a_folder_behind_a_link_is_downloaded_to_and_checked_out_to(artifact, tmp_path):
    real = tmp_path / "real"
    real.mkdir()
    (real / "old").touch()
    Path("link").symlink_to(real)
    artifact.checkout("link")
    artifact.verify("link")
    assert held(real) == FILES
    assert Path("link").is_symlink()


def test_names_of_255_bytes_and_deep_paths_are_written(log):
    longest, deep = "ä" * 127 + "x", "d/" * 1200 + "file"
    files = {longest: b"long", deep: b"deep"}
    artifact = log(files)
    try:
        artifact.download("out")
        assert Path("out", longest).read_bytes() == b"long"
        assert Path("out", deep).read_bytes() == b"deep"
        artifact.verify("out")
        Path("out", "d", "old").touch()
        artifact.checkout("out")
        assert not Path("out/d/old").exists()
    finally:
        # Deeper than what clears pytest's folders can go.
        Path("out", deep).unlink()
        for level in range(1200, 0, -1):
            Path("out", "d/" * level).rmdir()


def test_a_file_that_was_read_and_has_not_changed_is_not_read_again(tmp_path):
    path = tmp_path / "out" / "file"
    path.parent.mkdir()
    path.write_bytes(b"content")
    entry = Entry(path=EntryPath("file"), digest=hash_bytes(b"content"), size_bytes=7)
    time.sleep(2.1)  # the coarsest time stamps in use are of 2 s
    cache = tmp_path / "stat-cache.sqlite"
    read = []
    for _ in range(2):
        with DownloadFolder(path.parent, StatCache(cache), settled_ns=0) as destination:
            assert destination.has(entry, read.append)
    assert read == [7]
    path.write_bytes(b"CONTENT")
    assert not DownloadFolder(path.parent, StatCache(cache), settled_ns=0).has(entry, read.append)
    assert read == [7, 7]


def test_a_file_that_was_written_a_moment_ago_is_read_again(artifact, monkeypatch):
    artifact.download("out")
    artifact.download("out")  # compares, and must not remember
    path = Path("out/large.bin")
    before = path.stat()
    path.write_bytes(bytes(len(LARGE)))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    artifact.download("out")
    assert held("out") == FILES


# Interrupted and at once


class Endless:
    """References to data on another machine that does not end before years have passed."""

    schemes = frozenset({"endless"})
    is_local = False

    def handles(self, uri):
        return True

    def resolve(self, reference: Reference):
        raise NotImplementedError

    def open(self, entry: Entry):
        return io.BufferedReader(self.Stream(), 16)

    class Stream(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer):
            time.sleep(0.001)
            buffer[:1] = b"0"
            return 1


@pytest.mark.parametrize("is_parallel", [True, False])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_download_stops_at_once_when_progress_raises(tmp_path, is_parallel, error):
    content = InMemoryContentStore()
    digest = str(hash_bytes(b"never"))
    paths = [EntryPath(name) for name in ("a", "b", "c/d")]
    entries = {
        path: Entry(path=path, digest=digest, size_bytes=1 << 40, ref=f"endless://{path}")
        for path in paths
    }
    pending = PendingManifest(entries, hash_bytes)
    with content.writer() as writer:
        pending.write(writer)
        writer.commit()

    def progress(_: int) -> None:
        raise error

    downloads = Downloads(content=content, resolvers=Resolvers([Endless()]))
    manifest = StoredManifest(content, pending.stored_as)
    with DownloadFolder(Path("out")) as destination, pytest.raises(error):
        downloads.all(manifest, destination, is_parallel=is_parallel, progress=progress)
    assert held("out") == {}
    assert busy() == []


INTERRUPTED = """
import os, signal, sys, threading, time
from pathlib import Path
import fingerpost

artifact = fingerpost.Api(sys.argv[1], "alice").artifact("team/uncategorized/photos")
main = threading.get_ident()
# Who starts tests in the background has them ignore Ctrl-C, and so would this process.
signal.signal(signal.SIGINT, signal.default_int_handler)

def interrupt():
    # When an unfinished file is there, Ctrl-C.
    while not list(Path("out").glob(".fingerpost-*.part/0*")):
        time.sleep(0.0005)
    signal.pthread_kill(main, signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
try:
    artifact.download("out", multipart={"None": None, "False": False}[sys.argv[2]])
except KeyboardInterrupt:
    print("interrupted", end=" ")
working = [each for each in threading.enumerate() if each.name.startswith("fingerpost-worker-")]
print(len(working), len(list(Path("out").glob(".*"))))
"""


@pytest.mark.parametrize("multipart", [None, False])
def test_ctrl_c_leaves_no_unfinished_file_and_no_thread(log, tmp_path, multipart):
    # The same content thirty times: soon logged, and long to write.
    files = dict.fromkeys((f"{number:02}.bin" for number in range(30)), bytes(12 * MIB))
    artifact = log(files)
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path / "store"), str(multipart)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout == "interrupted 0 0\n", ran.stderr
    for name, data in held("out").items():
        assert files[name] == data
    assert held(artifact.download("out")) == files


def test_two_downloads_to_one_folder_at_once_both_succeed(artifact, tmp_path):
    start = threading.Barrier(4)

    def download(_: int) -> str:
        own = fingerpost.Api(tmp_path / "store", "alice").artifact("team/uncategorized/photos")
        start.wait()
        return own.download("out")

    for _ in range(5):
        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(download, range(4))) == ["out"] * 4
        assert held("out") == FILES
        assert {path.name for path in Path("out").iterdir()} == {
            name.split("/")[0] for name in FILES
        }
        shutil.rmtree("out")


def leave(root: Path, beginning: bytes) -> int:
    """Leave what a killed download of ``large.bin`` leaves; return the unfinished file's inode."""
    folder = root / ".fingerpost-0123456789abcdef.part"
    folder.mkdir(parents=True)
    (folder / "lock").touch()
    (folder / "7").write_bytes(b"half of something small")
    part = folder / f"3-blake3-{hash_bytes(LARGE).hex}"
    part.write_bytes(beginning)
    return part.stat().st_ino


def download_resuming(artifact: fingerpost.Artifact, root: Path) -> None:
    fetched = artifact._require_logged("download it")
    with DownloadFolder(root, resumed_from_bytes=MIB) as destination:
        VersionFiles(fetched)._downloads().all(fetched.manifest, destination)


def test_a_large_file_is_gone_on_with_where_a_killed_download_was(artifact):
    inode = leave(Path("out"), LARGE[: 2 * MIB])
    download_resuming(artifact, Path("out"))
    assert held("out") == FILES
    assert Path("out/large.bin").stat().st_ino == inode


@pytest.mark.parametrize(
    "beginning",
    [bytes(2 * MIB), LARGE + b"more", LARGE[:-1] + b"x"],
    ids=["zeros, as after a power cut", "too long", "as long"],
)
def test_a_wrong_beginning_is_started_again_and_the_store_is_not_blamed(artifact, beginning):
    leave(Path("out"), beginning)
    download_resuming(artifact, Path("out"))
    assert held("out") == FILES
    content = artifact._require_logged("look").workspace.opened.store.content
    assert content.missing([hash_bytes(LARGE)]) == set()


def test_what_a_killed_download_left_is_extra_until_the_next_one(artifact):
    artifact.download("out")
    leave(Path("out"), LARGE[:100])
    with pytest.raises(errors.VerificationError) as caught:
        artifact.verify("out")
    assert len(caught.value.extra) == 3
    artifact.checkout("out")
    artifact.verify("out")
    for nothing_is_missing in (True, False):
        leave(Path("out"), LARGE[:100])
        if not nothing_is_missing:
            Path("out/readme").unlink()
        artifact.download("out")
        artifact.verify("out")


def test_checking_out_leaves_what_another_download_is_at_work_on(artifact):
    artifact.download("out")
    with Parts(Path("out")) as parts, parts.create() as part:
        artifact.checkout("out")
        assert Path(part.name).exists()


# What goes wrong


def test_a_folder_that_is_mounted_below_is_written_to_by_copying(artifact, monkeypatch):
    replace = Path.replace

    def across(self: Path, target: Path) -> Path:
        if "images" in str(target) and "images" not in str(self):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return replace(self, target)

    # The standard library's: mounting something needs root.
    monkeypatch.setattr(Path, "replace", across)
    artifact.download("out")
    assert held("out") == FILES


LIMITED = """
import resource, sys
import fingerpost

artifact = fingerpost.Api(sys.argv[1], "alice").artifact("team/uncategorized/photos")
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
try:
    artifact.download("out")
except fingerpost.errors.DestinationError as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_is_an_error_and_leaves_nothing_unfinished(artifact, tmp_path):
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "store")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "cannot be written (File too large). Make room" in ran.stdout
    assert held("out").items() <= FILES.items()
    assert "large.bin" not in held("out")
    artifact.download("out")
    assert held("out") == FILES


def test_a_damaged_file_in_the_store_gets_no_name(artifact, tmp_path):
    digest = hash_bytes(LARGE)
    blob = tmp_path / "store/content/blobs" / digest.hex[:2] / f"blake3-{digest.hex}"
    blob.chmod(0o600)
    blob.write_bytes(LARGE[:-1] + b"x")
    with pytest.raises(errors.ContentMismatchError):
        artifact.download("out")
    assert "large.bin" not in held("out")
    assert held("out").items() <= FILES.items()


def test_verifying_names_everything_that_is_not_right(artifact):
    artifact.download("out")
    Path("out/images/cat.png").unlink()
    Path("out/images.extra").touch()
    Path("out/images/extra").touch()
    Path("out/zzz").symlink_to("readme")
    Path("out/large.bin").write_bytes(LARGE[:-1] + b"x")
    Path("out/readme").write_text("longer")
    Path("out/large2.bin").unlink()
    Path("out/large2.bin").symlink_to("large.bin")
    with pytest.raises(errors.VerificationError) as caught:
        artifact.verify("out")
    assert list(caught.value.missing) == ["images/cat.png"]
    assert list(caught.value.extra) == ["images.extra", "images/extra", "zzz"]
    assert list(caught.value.different) == ["large.bin", "large2.bin", "readme"]


def test_of_thousands_of_wrong_files_the_message_names_a_few_and_the_error_all(log):
    names = [f"{number:04d}" for number in range(2000)]
    artifact = log({name: name.encode() for name in names})
    with pytest.raises(errors.VerificationError, match="'0007' and 1992 more") as caught:
        artifact.verify("nothing")
    assert list(caught.value.missing) == names
    assert len(str(caught.value)) < 400


def test_a_file_that_is_replaced_while_it_is_verified_is_right_or_different(artifact):
    artifact.download("out")
    is_done = threading.Event()

    def replace() -> None:
        for data in itertools.cycle([bytes(len(LARGE)), LARGE]):
            Path("new").write_bytes(data)
            Path("new").replace("out/large.bin")
            if is_done.is_set() and data is LARGE:
                return

    replacing = threading.Thread(target=replace)
    replacing.start()
    try:
        found = [wrong(artifact, "out") for _ in range(30)]
    finally:
        is_done.set()
        replacing.join()
    assert [each for each in found if each not in ([], ["different large.bin"])] == []
    artifact.verify("out")


def wrong(artifact: fingerpost.Artifact, root: str) -> list[str]:
    """Return what verifying finds, whatever that is."""
    try:
        artifact.verify(root)
    except errors.VerificationError as error:
        kinds = {"missing": error.missing, "extra": error.extra, "different": error.different}
        return [f"{kind} {path}" for kind, paths in kinds.items() for path in paths]
    return []
