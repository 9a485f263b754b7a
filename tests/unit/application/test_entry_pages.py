"""How much of two manifests is read to compare them."""

import tracemalloc
from collections.abc import Iterator

import pytest

from fingerpost.adapters.comparison.differences import Differences
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.application.manifests.entry_pages import DraftPages, StoredPages, differing
from fingerpost.application.manifests.manifests import PendingManifest, StoredManifest
from fingerpost.application.manifests.ordered_entries import OrderedEntries
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.manifest.manifest import ManifestRoot, PageRef, pages
from fingerpost.domain.manifest.manifest_line import ManifestLine, line_of

MILLION = 1_000_000
DIGEST, OTHER = "blake3:" + "ab" * 32, "blake3:" + "cd" * 32


class Contents:
    """Contents by digest, and how often one was read."""

    def __init__(self) -> None:
        self.bodies = {}
        self.reads = 0

    def add(self, body):
        digest = hash_bytes(body, "blake3")
        self.bodies[digest] = body
        return digest

    def read(self, digest):
        self.reads += 1
        return self.bodies[digest]


def line(number: int, digest: str = DIGEST) -> ManifestLine:
    # Written out: the real encoder takes half a minute for two million.
    path = f"images/{number:07}.jpg"
    body = f'{{"digest":"{digest}","path":"{path}","size":7}}\n'.encode()
    return ManifestLine(path, body, digest, 7, None)


def stored(contents: Contents, lines: Iterator[ManifestLine]) -> StoredManifest:
    refs = tuple(
        PageRef(held[0].path, len(held), contents.add(body)) for held, body in pages(lines)
    )
    count = sum(ref.count for ref in refs)
    root = ManifestRoot(pages=refs, count=count, size_bytes=count * 7)
    return StoredManifest(contents, contents.add(root.encode()))


def test_the_lines_of_these_tests_are_those_of_manifests():
    entry = Entry(path=EntryPath("images/0000001.jpg"), digest=DIGEST, size_bytes=7, content=DIGEST)
    assert line_of(entry).body == line(1).body


@pytest.mark.patient
def test_one_change_among_a_million_entries_reads_a_handful_of_pages():
    number = 654_321
    contents = Contents()
    before = stored(contents, map(line, range(MILLION)))
    after = stored(contents, (line(n, OTHER if n == number else DIGEST) for n in range(MILLION)))
    contents.reads = 0
    found = Differences(differing(StoredPages(before), StoredPages(after)))
    assert [change.path for change in found.changed] == [f"images/{number:07}.jpg"]
    assert not [*found.added, *found.removed, *found.renamed]
    # The page that it is in, of each: some 250 there are.
    assert contents.reads == 2
    assert len(before.root.pages) > 200


def test_one_entry_more_reads_no_page_but_those_around_it():
    contents = Contents()
    before = stored(contents, (line(n) for n in range(60_000) if n != 30_000))
    after = stored(contents, map(line, range(60_000)))
    contents.reads = 0
    found = Differences(differing(StoredPages(before), StoredPages(after)))
    assert [str(entry.path) for entry in found.added] == ["images/0030000.jpg"]
    assert len(before.root.pages) > 10
    assert contents.reads <= 4


def test_what_is_the_same_is_not_read_at_all():
    contents = Contents()
    one, other = (stored(contents, map(line, range(20_000))) for _ in range(2))
    contents.reads = 0
    assert list(differing(StoredPages(one), StoredPages(other))) == []
    assert contents.reads == 0


def test_a_draft_is_compared_with_a_version_by_its_pages_too():
    contents = Contents()
    before = stored(contents, map(line, range(60_000)))
    draft = Drafted({n: (OTHER if n == 30_000 else DIGEST) for n in range(60_000)})
    contents.reads = 0
    pending = PendingManifest(draft, hash_bytes)
    found = list(differing(StoredPages(before), DraftPages(draft, pending)))
    assert [str(after.path) for _, after in found] == ["images/0030000.jpg"]
    assert contents.reads == 1


def test_a_large_difference_takes_flat_memory():
    def pairs():
        for number in range(40_000):
            path = EntryPath(f"{number:06}")
            yield None, Entry(path=path, digest=DIGEST, size_bytes=number, content=DIGEST)

    tracemalloc.start()
    found = Differences(pairs())
    last = max(str(entry.path) for entry in found.added)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(found.added), last) == (40_000, "039999")
    # Entries take some 900 bytes each: 34 MiB.
    assert peak < 8 << 20


class Drafted(OrderedEntries):
    """The entries of a draft, made as they are asked for."""

    def __init__(self, digests):
        self._digests = digests

    def __len__(self):
        return len(self._digests)

    def __getitem__(self, path):
        return self._entry(int(path[7:14]))

    def values_in_order(self, after=None):
        first = 0 if after is None else int(after[7:14]) + 1
        return map(self._entry, range(first, len(self._digests)))

    def _entry(self, number):
        path, digest = EntryPath(f"images/{number:07}.jpg"), self._digests[number]
        return Entry(path=path, digest=digest, size_bytes=7, content=digest)

    def lines(self):
        return (line(number, digest) for number, digest in self._digests.items())
