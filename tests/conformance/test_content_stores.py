"""Our content stores keep the contract that third parties' are held to."""

import uuid
from contextlib import ExitStack, closing
from pathlib import Path
from typing import ClassVar

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from fingerpost.adapters.content import FsspecContentStore, InMemoryContentStore
from fingerpost.adapters.content.file_systems import file_system
from fingerpost.adapters.content.holds import FolderContentLock
from fingerpost.testing.content_store import ContentStoreConformance
from servers.places import azure_place, gcs_place, s3_place


def flipped(stored: bytes, data: bytes) -> bytes:
    """Flip a bit in the middle of `data` where it occurs in `stored`."""
    at = stored.index(data) + len(data) // 2
    return stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :]


class TestInMemoryContentStore(ContentStoreConformance):
    @pytest.fixture
    def content_store(self):
        return InMemoryContentStore()

    def damage(self, store, data):
        for digest, stored in store._blobs.items():
            if stored == data:
                store._blobs[digest] = flipped(stored, data)


class TestLocalFolder(ContentStoreConformance):
    @pytest.fixture
    def content_store(self, tmp_path):
        with ExitStack() as self._opened:
            root = tmp_path / "store"
            yield self._open(root, root / "catalog.sqlite3")

    def reopen(self, store):
        root = Path(store.location)
        return self._open(root, root / "catalog.sqlite3")

    def _open(self, root, catalog):
        store = FsspecContentStore(LocalFileSystem(), str(root), catalog)
        return self._opened.enter_context(closing(store))

    def damage(self, store, data):
        for path in Path(store.location).glob("*/*/*"):
            stored = path.read_bytes()
            if data in stored:
                path.chmod(0o644)
                path.write_bytes(flipped(stored, data))


class TestSharedFolderWithCatalogsElsewhere(TestLocalFolder):
    """As when two machines mount the same folder."""

    def reopen(self, store):
        root = Path(store.location)
        return self._open(root, root.parent / f"{uuid.uuid4()}.sqlite3")


class TestMemoryFileSystem(ContentStoreConformance):
    @pytest.fixture
    def content_store(self, tmp_path):
        self._catalogs = tmp_path
        root = f"/{uuid.uuid4()}"
        with ExitStack() as self._opened:
            yield self._open(root)
        for path in MemoryFileSystem().find(root):
            MemoryFileSystem().rm_file(path)

    def reopen(self, store):
        return self._open(store.location.removeprefix("memory://"))

    def _open(self, root):
        catalog = self._catalogs / f"{uuid.uuid4()}.sqlite3"
        store = FsspecContentStore(fsspec.filesystem("memory"), root, catalog)
        return self._opened.enter_context(closing(store))

    def damage(self, store, data):
        fs = fsspec.filesystem("memory")
        for path in fs.find(store.location.removeprefix("memory://")):
            stored = fs.cat_file(path)
            if data in stored:
                fs.pipe_file(path, flipped(stored, data))


class OnObjectStorage(ContentStoreConformance):
    """What the providers have in common; the place is theirs."""

    _file_systems: ClassVar[dict] = {}

    @pytest.fixture
    def content_store(self, tmp_path, where):
        self._catalogs, self._where = tmp_path, where
        with ExitStack() as self._opened:
            yield self._open()

    def reopen(self, store):
        return self._open()

    def _open(self):
        # A client of S3 takes a quarter of a second to make, and a server keeps its address.
        if type(self) not in self._file_systems:
            self._file_systems[type(self)], _ = file_system(self._where.location)
        fs, root = self._file_systems[type(self)], self._where.location.partition("://")[2]
        catalog = self._catalogs / f"{uuid.uuid4()}.sqlite3"
        holds = FolderContentLock(self._catalogs / "locks", "here")
        store = FsspecContentStore(fs, root, catalog, holds=holds)
        return self._opened.enter_context(closing(store))

    def damage(self, store, data):
        for key in self._where.names():
            stored = self._where.get(key)
            if data in stored:
                self._where.put(key, flipped(stored, data))


class TestMotoS3(OnObjectStorage):
    @pytest.fixture
    def where(self, moto_s3, monkeypatch):
        return s3_place(moto_s3, monkeypatch)


class TestRcloneS3(OnObjectStorage):
    @pytest.fixture
    def where(self, rclone_s3, monkeypatch):
        return s3_place(rclone_s3, monkeypatch)


class TestAzurite(OnObjectStorage):
    @pytest.fixture
    def where(self, azure_container):
        return azure_place(azure_container)


class TestGoogleEmulator(OnObjectStorage):
    @pytest.fixture
    def where(self, gcs_bucket):
        return gcs_place(gcs_bucket)


class TestSFTP(ContentStoreConformance):
    @pytest.fixture
    def content_store(self, tmp_path, sftp_server):
        self._scratch, self._server, self._name = tmp_path, sftp_server, uuid.uuid4().hex
        with ExitStack() as self._opened:
            yield self._open()

    def reopen(self, store):
        return self._open()

    def _open(self):
        fs, root = file_system(self._server.url(self._name))
        catalog = self._scratch / f"{uuid.uuid4()}.sqlite3"
        holds = FolderContentLock(self._scratch / "locks", "here")
        staging = self._scratch / "staging"
        store = FsspecContentStore(fs, root, catalog, holds=holds, staging=staging)
        return self._opened.enter_context(closing(store))

    def damage(self, store, data):
        for path in (self._server.folder / self._name).glob("*/*/*"):
            stored = path.read_bytes()
            if data in stored:
                path.write_bytes(flipped(stored, data))
