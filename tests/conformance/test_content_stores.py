"""Our content stores keep the contract that third parties' are held to."""

import uuid
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from fingerpost.adapters.content import FsspecContentStore, InMemoryContentStore
from fingerpost.testing.content_store import ContentStoreConformance


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
        store = FsspecContentStore(
            LocalFileSystem(), str(tmp_path / "store"), tmp_path / "store" / "catalog.sqlite3"
        )
        yield store
        store.close()

    def reopen(self, store):
        root = Path(store.location)
        return FsspecContentStore(LocalFileSystem(), str(root), root / "catalog.sqlite3")

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
        catalog = root.parent / f"{uuid.uuid4()}.sqlite3"
        return FsspecContentStore(LocalFileSystem(), str(root), catalog)


class TestMemoryFileSystem(ContentStoreConformance):
    @pytest.fixture
    def content_store(self, tmp_path):
        self._catalogs = tmp_path
        root = f"/{uuid.uuid4()}"
        store = FsspecContentStore(fsspec.filesystem("memory"), root, tmp_path / "catalog.sqlite3")
        yield store
        store.close()
        for path in MemoryFileSystem().find(root):
            MemoryFileSystem().rm_file(path)

    def reopen(self, store):
        root = store.location.removeprefix("memory://")
        catalog = self._catalogs / f"{uuid.uuid4()}.sqlite3"
        return FsspecContentStore(fsspec.filesystem("memory"), root, catalog)

    def damage(self, store, data):
        fs = fsspec.filesystem("memory")
        for path in fs.find(store.location.removeprefix("memory://")):
            stored = fs.cat_file(path)
            if data in stored:
                fs.pipe_file(path, flipped(stored, data))
