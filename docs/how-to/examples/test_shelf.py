"""The shelf keeps the contract of every resolver of single objects."""

import pytest

from fingerpost.testing import ReferenceResolverConformance

from .shelf import ShelfReferences, uri_of


class TestShelfReferences(ReferenceResolverConformance):
    """Runs each test of the suite on an empty shelf."""

    @pytest.fixture
    def resolver(self) -> ShelfReferences:
        """Return a new resolver, and remember it for the methods below."""
        self._shelf = ShelfReferences({})
        return self._shelf

    def uri(self, key: str) -> str:
        """Return the URI of a key."""
        return uri_of(key)

    def put(self, key: str, data: bytes) -> None:
        """Put an object there, or replace it."""
        self._shelf.objects[key] = data

    def delete(self, key: str) -> None:
        """Remove an object."""
        del self._shelf.objects[key]
