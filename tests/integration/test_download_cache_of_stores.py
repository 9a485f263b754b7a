"""Which downloads go through the cache: of content and references that are not on this machine."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from attrs import evolve
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

import fingerpost
from fingerpost import OpenStore
from fingerpost.adapters.content import FsspecContentStore, InMemoryContentStore
from fingerpost.adapters.downloads.cache import DownloadCache
from fingerpost.adapters.downloads.destination import DownloadFolder
from fingerpost.adapters.downloads.download import Downloads
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.adapters.references import Resolvers
from fingerpost.adapters.references.file import FileReferences
from fingerpost.application.manifests.manifests import PendingManifest, StoredManifest
from fingerpost.domain.errors import ReferenceMissingError
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

FILES = {"large.bin": b"large" * (1 << 20), "small.txt": b"small", "empty": b""}


class Counted(FsspecContentStore):
    """Knows which contents were asked for."""

    opened: list[Digest]

    def open(self, digest: Digest):
        self.opened.append(digest)
        return super().open(digest)


@pytest.fixture
def cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FINGERPOST_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[OpenStore]:
    """Return a store whose content is on an object store, as far as fsspec's memory is one."""
    root = f"/{uuid.uuid4()}"
    content = Counted(fsspec.filesystem("memory"), root, tmp_path / "catalog.sqlite")
    content.opened = []
    with fingerpost.open_store("memory://") as opened:
        yield OpenStore(evolve(opened.store, content=content), None, None)
    for path in MemoryFileSystem().find(root):
        MemoryFileSystem().rm_file(path)


def logged(store: OpenStore) -> fingerpost.Artifact:
    draft = fingerpost.Artifact("photos", "dataset")
    for name, data in FILES.items():
        with draft.new_file(name, mode="wb") as file:
            file.write(data)
    with fingerpost.init(entity="team", store=store) as run:
        return run.log_artifact(draft)


def fetched(store: OpenStore) -> set[str]:
    """Return which files were fetched from the content store since the last call."""
    opened, store.store.content.opened = store.store.content.opened, []
    return {name for name, data in FILES.items() if hash_bytes(data) in opened}


def held(root: str | Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(root).iterdir()}


def test_a_store_says_whether_its_content_is_on_this_machine(tmp_path):
    folder = FsspecContentStore(LocalFileSystem(), str(tmp_path / "a"), tmp_path / "a.sqlite")
    memory = FsspecContentStore(fsspec.filesystem("memory"), "/b", tmp_path / "b.sqlite")
    assert [each.is_local for each in (folder, memory, InMemoryContentStore())] == [
        True,
        False,
        True,
    ]


def test_what_was_downloaded_once_is_not_fetched_again(remote, cache_folder):
    artifact = logged(remote)
    fetched(remote)
    assert held(artifact.download("first")) == FILES
    assert fetched(remote) == set(FILES)
    assert held(artifact.download("second")) == FILES
    assert fetched(remote) == set()
    assert DownloadCache(cache_folder, 1 << 30).usage().entries == len(FILES)


def test_a_damaged_copy_is_fetched_again_with_a_warning(remote, cache_folder, caplog):
    artifact = logged(remote)
    artifact.download("first")
    fetched(remote)
    for path in cache_folder.glob("blake3/*/*"):
        path.write_bytes(b"x" * path.stat().st_size)
    assert held(artifact.download("second")) == FILES
    assert fetched(remote) == {"large.bin", "small.txt"}  # of nothing there is no damaged copy
    assert caplog.text.count("is damaged") == 2
    artifact.download("third")
    assert fetched(remote) == set()


def test_skipping_the_cache_neither_reads_nor_fills_it(remote, cache_folder):
    artifact = logged(remote)
    artifact.download("first", skip_cache=True)
    assert not cache_folder.exists()
    artifact.download("second")
    fetched(remote)
    assert held(artifact.download("third", skip_cache=True)) == FILES
    assert fetched(remote) == set(FILES)


def test_a_size_of_nought_turns_it_off(remote, cache_folder, monkeypatch):
    monkeypatch.setenv("FINGERPOST_CACHE_SIZE", "0")
    assert held(logged(remote).download("first")) == FILES
    assert not cache_folder.exists()


def test_a_cache_that_cannot_be_made_keeps_nobody_from_downloading(remote, cache_folder, caplog):
    cache_folder.write_text("in the way")
    assert held(logged(remote).download("first")) == FILES
    assert caplog.text.count("cannot be used") == 1


def test_progress_adds_up_with_a_damaged_copy_too(remote, cache_folder):
    artifact = logged(remote)
    artifact.download("first")
    for path in cache_folder.glob("blake3/*/*"):
        path.write_bytes(b"x" * path.stat().st_size)
    for folder in ("fetched again", "from the cache"):
        told = []
        artifact.download(folder, progress=told.append)
        assert sum(told) == artifact.size


def test_a_store_in_a_local_folder_does_without(tmp_path, cache_folder, monkeypatch):
    monkeypatch.setenv("FINGERPOST_CACHE_SIZE", "this is never read")
    with fingerpost.open_store(tmp_path / "store") as store:
        assert held(logged(store).download("first")) == FILES
    assert not cache_folder.exists()


class Elsewhere(FileReferences):
    """References to files on another machine."""

    schemes = frozenset({"elsewhere"})
    is_local = False

    def handles(self, uri):
        return True

    def open(self, entry: Entry):
        return super().open(evolve(entry, ref=entry.ref.replace("elsewhere://", "file://")))


@pytest.mark.parametrize(
    ("scheme", "size_bytes", "is_cached"),
    [("elsewhere", 4, True), ("elsewhere", None, False), ("file", 4, False)],
    ids=["another machine", "another machine, not looked at when logged", "this machine"],
)
def test_references_are_cached_when_elsewhere_and_known_by_their_content(
    tmp_path, scheme, size_bytes, is_cached
):
    data = tmp_path / "data"
    data.write_bytes(b"data")
    entry = Entry(
        path=EntryPath("data"),
        digest=str(hash_bytes(b"data")),
        size_bytes=size_bytes,
        ref=f"{scheme}://{data}",
    )
    content, cache = InMemoryContentStore(), DownloadCache(tmp_path / "cache", 1 << 20)
    pending = PendingManifest({entry.path: entry}, hash_bytes)
    with content.writer() as writer:
        pending.write(writer)
        writer.commit()
    manifest = StoredManifest(content, pending.stored_as)
    downloads = Downloads(
        content=content,
        resolvers=Resolvers([FileReferences(), Elsewhere()]),
        cache=lambda: cache,
    )

    def download(root: str) -> None:
        with DownloadFolder(Path(root)) as destination:
            downloads.all(manifest, destination)

    download("first")
    assert held("first") == {"data": b"data"}
    assert cache.usage().entries == is_cached
    data.unlink()
    if is_cached:
        download("second")
        assert held("second") == {"data": b"data"}
    else:
        with pytest.raises(ReferenceMissingError):
            download("second")
