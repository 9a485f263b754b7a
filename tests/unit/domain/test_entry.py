"""What an entry refuses to be."""

import pytest

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath


@pytest.mark.parametrize("size_bytes", [-1, 1 << 63, 1 << 70])
def test_a_size_that_no_manifest_could_be_read_with_is_refused(size_bytes):
    with pytest.raises(InvalidValueError, match="number of bytes"):
        Entry(path=EntryPath("a"), digest="one", size_bytes=size_bytes, ref="x://y")


@pytest.mark.parametrize("size_bytes", [None, 0, (1 << 63) - 1])
def test_other_sizes_are_kept(size_bytes):
    entry = Entry(path=EntryPath("a"), digest="one", size_bytes=size_bytes, ref="x://y")
    assert entry.size_bytes == size_bytes
