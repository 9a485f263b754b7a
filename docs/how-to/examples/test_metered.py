"""The metered store keeps the contract of every content store."""

from collections.abc import Iterator

import pytest

from fingerpost.adapters.content import InMemoryContentStore
from fingerpost.testing import ContentStoreConformance

from .metered import MeteredContentStore


class TestMeteredContentStore(ContentStoreConformance):
    """Runs each test of the suite on a new store."""

    why_no_damage = "the store below is tested for it"

    @pytest.fixture
    def content_store(self) -> Iterator[MeteredContentStore]:
        """Return a new and empty store."""
        store = MeteredContentStore(InMemoryContentStore())
        yield store
        store.close()
