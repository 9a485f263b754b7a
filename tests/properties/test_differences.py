"""Differences of any two sets of entries: they lead from one to the other, and back."""

from zlib import crc32

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.adapters.comparison.differences import Differences
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.application.manifests.entry_pages import differing
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.manifest.manifest import PageRef
from fingerpost.domain.manifest.manifest_line import line_of
from fingerpost.testing.strategies import entries

DIGESTS = [Digest(f"{name}:{digit * 64}") for name in ("blake3", "sha256") for digit in "ab"]
# The last two: by UTF-16 they would be the other way round.
PATHS = [f"{folder}{name}" for folder in ("", "a/", "b/") for name in "xyz"]
PATHS += ["\uff5e", "\U00010400"]


def few(path):
    """Give entries that are often the same as others."""
    digests, sizes = st.sampled_from(DIGESTS), st.sampled_from([0, 3])
    stored = st.builds(
        lambda digest, size: Entry(path=path, digest=digest, size_bytes=size, content=digest),
        digests,
        sizes,
    )
    tracked = st.builds(
        lambda etag, size, ref: Entry(
            path=path, digest=etag, size_bytes=size, ref=f"s3://bucket/{ref}", extra={"etag": etag}
        ),
        st.sampled_from("ef"),
        st.none() | sizes,
        st.sampled_from("rs"),
    )
    return stored | tracked | entries(st.just(path)).map(lambda e: evolve(e, path=path))


@st.composite
def manifests(draw):
    paths = draw(st.sets(st.sampled_from(PATHS)))
    return {path: draw(few(EntryPath(path))) for path in sorted(paths)}


@st.composite
def pairs(draw):
    before = draw(manifests())
    after = draw(manifests())
    kept = draw(st.sets(st.sampled_from(PATHS)))
    return before, after | {path: entry for path, entry in before.items() if path in kept}


@frozen
class Cut:
    """Entries in small pages whose boundaries depend on paths, as those of manifests do."""

    entries: dict[str, Entry]

    def _cut(self):
        page = []
        for path in sorted(self.entries):
            page.append(self.entries[path])
            if crc32(path.encode()) % 3 == 0:
                yield page
                page = []
        if page:
            yield page

    def _ref(self, page):
        body = b"".join(line_of(entry).body for entry in page)
        return PageRef(str(page[0].path), len(page), hash_bytes(body, "blake3"))

    @property
    def pages(self):
        return [self._ref(page) for page in self._cut()]

    def lines(self, wanted):
        (page,) = (page for page in self._cut() if self._ref(page) == wanted)
        return [line_of(entry).body.rstrip() for entry in page]


def difference(before, after):
    return Differences(differing(Cut(before), Cut(after)))


def both(found):
    return [*found.changed, *found.incomparable, *found.renamed]


@given(pairs())
def test_the_difference_makes_one_of_the_other(pair):
    before, after = pair
    found = difference(before, after)
    result = dict(before)
    for entry in found.removed:
        assert result.pop(str(entry.path)) == entry
    for change in both(found):
        assert result.pop(change.old_path) == change.before
    for new in [*found.added, *(change.after for change in both(found))]:
        assert str(new.path) not in result
        result[str(new.path)] = new
    assert result == after


@settings(max_examples=30)
@given(manifests())
def test_nothing_differs_from_itself(entries):
    found = difference(entries, dict(entries))
    assert not [*found.added, *found.removed, *both(found)]


@given(pairs())
def test_seen_from_the_other_side_it_is_the_mirror_image(pair):
    there, back = difference(*pair), difference(*reversed(pair))
    assert list(there.added) == list(back.removed)
    assert list(there.removed) == list(back.added)
    for kind in ("changed", "incomparable", "renamed"):
        forth = {(c.old_path, c.path, c.what) for c in getattr(there, kind)}
        assert forth == {(c.path, c.old_path, c.what) for c in getattr(back, kind)}


@settings(max_examples=30)
@given(pairs())
def test_every_change_says_what_changed(pair):
    found = difference(*pair)
    assert all(change.what for change in [*found.changed, *found.incomparable])
    assert all(change.path != change.old_path for change in found.renamed)


@settings(max_examples=30)
@given(pairs())
def test_the_lists_are_sorted_and_as_long_as_they_say(pair):
    found = difference(*pair)
    for kind in ("added", "removed", "changed", "incomparable", "renamed"):
        listed = getattr(found, kind)
        assert [str(each.path) for each in listed] == sorted(str(each.path) for each in listed)
        assert len(listed) == len(list(listed))
        assert listed[:] == list(listed)
