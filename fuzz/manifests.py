"""Roots and pages of manifests, as whoever can write into the content store may have made them."""

from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.manifest.manifest import ManifestRoot, PageRef, decode_page, decode_root
from fingerpost.domain.manifest.manifest_line import line_of

from .target import Target

_A, _B = Digest(f"blake3:{'a' * 64}"), Digest(f"md5:{'b' * 32}")


def read_root(data: bytes) -> None:
    """Read a root, and use what it says as a manifest that is opened does."""
    root = decode_root(data, "manifest")
    assert 0 <= root.count == sum(page.count for page in root.pages)
    assert root.size_bytes >= 0
    sorted(page.first for page in root.pages)
    root.encode()


def read_page(data: bytes) -> None:
    """Read a page, and use its entries as a download does."""
    for entry in decode_page(data, "page"):
        assert entry.size_bytes is None or entry.size_bytes >= 0
        line_of(entry)
        _ = entry.bytes_digest


def _roots() -> list[bytes]:
    pages = (PageRef("a", 2, _A), PageRef("b/c", 1, _B))
    return [
        ManifestRoot(pages=pages, count=3, size_bytes=12).encode(),
        ManifestRoot(pages=(), count=0, size_bytes=0).encode(),
    ]


def _pages() -> list[bytes]:
    entries = [
        Entry(path=EntryPath("a"), digest=_A, size_bytes=5, content=_A),
        Entry(path=EntryPath("b/c"), digest="etag", size_bytes=None, ref="s3://b/k"),
        Entry(
            path=EntryPath("d"),
            digest="XUFAKrxLKna5cZ2REBfFkg==",
            size_bytes=5,
            content=_B,
            ref="file:///d",
            extra={"etag": "x", "contentDigest": str(_A), "n": [1, {"m": None}]},
        ),
    ]
    return [b"".join(line_of(entry).body for entry in entries), line_of(entries[2]).body, b""]


ROOTS = Target(read=read_root, seeds=_roots)
PAGES = Target(read=read_page, seeds=_pages)
