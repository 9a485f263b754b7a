"""Manifests on their way into a content store, and read back from it page by page."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from threading import Lock
from typing import Final

from fingerpost.domain.errors import CorruptLedgerError
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.manifest import (
    ManifestRoot,
    PageRef,
    decode_page,
    decode_root,
    pages,
)
from fingerpost.domain.manifest.manifest_line import without_clashes
from fingerpost.domain.manifest.wandb_manifest import manifest_digest

from ..ports.content_store import ContentStore, ContentWriter
from .ordered_entries import OrderedEntries, ordered

CACHED_PAGES: Final = 4
"""Pages held by one open manifest: some 4,096 entries each, which take 5 MB."""


class PendingManifest:
    """Entries of an artifact that is about to be logged, and the digest that follows from them.

    Entries are gone through in order, once for the digest and once for storing, so that a manifest
    of millions of entries need not be held in memory.

    Attributes:
        root: what is stored of it apart from the pages.
        stored_as: the root's own digest, under which it is stored.
        digest: the artifact's: that of the root, or W&B's.

    Args:
        entries: by path; not to be changed any more.
        hash_bytes: see :class:`~fingerpost.application.store.Store`.
        algorithm: what the artifact's digests are made with.

    Raises:
        InvalidPathError: a path is a file and also a folder.
        InvalidValueError: the entries' sizes add up to 2**63 bytes or more.
    """

    def __init__(
        self,
        entries: Mapping[str, Entry],
        hash_bytes: Callable[[bytes, str], Digest],
        algorithm: DigestAlgorithm = DigestAlgorithm.BLAKE3,
    ) -> None:
        self._entries = ordered(entries)
        self._hash_bytes = hash_bytes
        self._storage = algorithm.storage
        self.root = self._root()
        self.stored_as = hash_bytes(self.root.encode(), self._storage)
        is_wandb = algorithm is DigestAlgorithm.MD5
        self.digest = manifest_digest(self._entries.lines()) if is_wandb else str(self.stored_as)

    def _root(self) -> ManifestRoot:
        refs, size_bytes = [], 0
        for held, body in pages(without_clashes(self._entries.lines())):
            refs.append(PageRef(held[0].path, len(held), self._hash_bytes(body, self._storage)))
            size_bytes += sum(line.size_bytes or 0 for line in held)
        count = sum(ref.count for ref in refs)
        return ManifestRoot(pages=tuple(refs), count=count, size_bytes=size_bytes)

    def write(self, writer: ContentWriter) -> None:
        """Add pages and root to a writer; what the store has already is not stored twice."""
        for _, body in pages(self._entries.lines()):
            writer.add_bytes(body, algorithm=self._storage, compress=True)
        writer.add_bytes(self.root.encode(), algorithm=self._storage, compress=True)

    def digests(self) -> Iterator[Digest]:
        """Iterate over the digests under which the manifest itself is stored."""
        yield from (page.digest for page in self.root.pages)
        yield self.stored_as

    def contents(self) -> Iterable[tuple[Digest, int]]:
        """Iterate over digest and size of the stored contents that the entries name, each once."""
        return self._entries.contents()


class StoredManifest(OrderedEntries):
    """The entries of a logged artifact by path, in order; pages are read when they are needed.

    Safe to use from several threads.
    """

    def __init__(self, content: ContentStore, digest: Digest) -> None:
        self._content = content
        self.digest = digest
        self.root = decode_root(content.read(digest), f"manifest {digest}")
        self._firsts = [page.first for page in self.root.pages]
        self._cache: OrderedDict[int, dict[str, Entry]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return self.root.count

    def __getitem__(self, path: str) -> Entry:
        number = bisect_right(self._firsts, path) - 1
        if number < 0:
            raise KeyError(path)
        return self._page(number)[path]

    def values_in_order(self, after: str | None = None) -> Iterator[Entry]:
        """Iterate over entries sorted by path, optionally those after a path."""
        first = 0 if after is None else max(0, bisect_right(self._firsts, after) - 1)
        for number in range(first, len(self._firsts)):
            for path, entry in self._page(number).items():
                if after is None or path > after:
                    yield entry

    def _page(self, number: int) -> dict[str, Entry]:
        with self._lock:
            held = self._cache.get(number)
            if held is not None:
                self._cache.move_to_end(number)
                return held
        page = {str(entry.path): entry for entry in self._read(self.root.pages[number])}
        with self._lock:
            self._cache[number] = page
            while len(self._cache) > CACHED_PAGES:
                self._cache.popitem(last=False)
        return page

    def body(self, ref: PageRef) -> bytes:
        """Return one of its pages, read anew."""
        return self._content.read(ref.digest)

    def _read(self, ref: PageRef) -> Sequence[Entry]:
        where = f"manifest page {ref.digest}"
        entries = decode_page(self.body(ref), where)
        # Digests say that these are the bytes that somebody wrote, not that they make sense.
        if len(entries) != ref.count or entries[0].path != ref.first:
            raise CorruptLedgerError(where, "is not the page that the manifest's root describes")
        if any(entry.path >= following.path for entry, following in pairwise(entries)):
            raise CorruptLedgerError(where, "does not have its entries in order, each once")
        return entries
