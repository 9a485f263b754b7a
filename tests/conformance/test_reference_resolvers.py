"""Our resolvers keep the contract that third parties' are held to."""

import pytest

from fingerpost.adapters.references import FileReferences
from fingerpost.testing.reference_resolver import FolderResolverConformance


class TestFiles(FolderResolverConformance):
    @pytest.fixture
    def resolver(self, tmp_path):
        self._root = tmp_path / "data"
        return FileReferences()

    def uri(self, key):
        slash = "/" if key.endswith("/") else ""
        return (self._root / key).as_uri() + slash

    def put(self, key, data):
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def delete(self, key):
        (self._root / key).unlink()
