"""Manifests on their way into a content store, and read back from it page by page."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Final

from fingerpost.domain.digest import Digest
from fingerpost.domain.digest_algorithm import DigestAlgorithm
from fingerpost.domain.entry import Entry
from fingerpost.domain.manifest import (
    ManifestRoot,
    PageRef,
    checked,
    decode_page,
    decode_root,
    pages,
)
from fingerpost.domain.wandb_manifest import manifest_digest

from .ports.content_store import ContentStore, ContentWriter

CACHED_PAGES: Final = 16
"""Pages held by one open manifest: some 4,096 entries each."""


class PendingManifest:
    """Entries of an artifact that is about to be logged, and the digest that follows from them.

    The pages' bytes are made twice, for the digest and for storing, so that a manifest of millions
    of entries need not be held in memory as bytes too.

    Attributes:
        root: what is stored of it apart from the pages.
        stored_as: the root's own digest, under which it is stored.
        digest: the artifact's: that of the root, or W&B's.

    Args:
        entries: by path.
        hash_bytes: see :class:`~fingerpost.application.store.Store`.
        algorithm: what the artifact's digests are made with.

    Raises:
        InvalidPathError: a path is a file and also a folder.
    """

    def __init__(
        self,
        entries: Mapping[str, Entry],
        hash_bytes: Callable[[bytes, str], Digest],
        algorithm: DigestAlgorithm = DigestAlgorithm.BLAKE3,
    ) -> None:
        self._entries = checked(entries)
        self._hash_bytes = hash_bytes
        self._storage = algorithm.storage
        self.root = ManifestRoot(
            pages=tuple(self._page_refs()),
            count=len(self._entries),
            size_bytes=sum(entry.size_bytes or 0 for entry in self._entries),
        )
        self.stored_as = hash_bytes(self.root.encode(), self._storage)
        is_wandb = algorithm is DigestAlgorithm.MD5
        self.digest = manifest_digest(self._entries) if is_wandb else str(self.stored_as)

    def _page_refs(self) -> Iterator[PageRef]:
        for held, body in pages(self._entries):
            yield PageRef(str(held[0].path), len(held), self._hash_bytes(body, self._storage))

    def write(self, writer: ContentWriter) -> None:
        """Add pages and root to a writer; what the store has already is not stored twice."""
        for _, body in pages(self._entries):
            writer.add_bytes(body, algorithm=self._storage, compress=True)
        writer.add_bytes(self.root.encode(), algorithm=self._storage, compress=True)

    def digests(self) -> Iterator[Digest]:
        """Iterate over the digests under which the manifest itself is stored."""
        yield from (page.digest for page in self.root.pages)
        yield self.stored_as

    def contents(self) -> Iterator[tuple[Digest, int]]:
        """Iterate over digest and size of the stored contents that the entries name."""
        for entry in self._entries:
            if entry.content is not None:
                yield entry.content, entry.size_bytes or 0


class StoredManifest(Mapping[str, Entry]):
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

    def __iter__(self) -> Iterator[str]:
        for entry in self.values_in_order():
            yield str(entry.path)

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

    def _read(self, ref: PageRef) -> Sequence[Entry]:
        return decode_page(self._content.read(ref.digest), f"manifest page {ref.digest}")
