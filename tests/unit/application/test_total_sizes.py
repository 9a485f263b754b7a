"""How large an artifact can be: what is logged can be read again."""

import pytest

from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.application.manifests.manifests import PendingManifest
from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.manifest.manifest import decode_root


def entries(*sizes):
    paths = [EntryPath(str(number)) for number in range(len(sizes))]
    return {
        path: Entry(path=path, digest="one", size_bytes=size, ref="x://y")
        for path, size in zip(paths, sizes, strict=True)
    }


@pytest.mark.parametrize("sizes", [[2**63 - 1], [2**62, 2**62 - 1], [2**62, None, 2**61]])
def test_a_total_below_the_limit_is_read_again(sizes):
    root = PendingManifest(entries(*sizes), hash_bytes).root
    assert root.size_bytes == sum(size or 0 for size in sizes)
    assert decode_root(root.encode(), "the manifest") == root


@pytest.mark.parametrize("sizes", [[2**62, 2**62], [2**63 - 1, 1], [2**63 - 1] * 3])
def test_a_total_that_no_store_can_keep_is_refused(sizes):
    with pytest.raises(InvalidValueError, match="together"):
        PendingManifest(entries(*sizes), hash_bytes)
