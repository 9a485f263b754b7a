"""What a changed entry says of itself."""

import pytest

from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_change import EntryChange, has_same_content, rename_key
from fingerpost.domain.manifest.entry_path import EntryPath

# The digests of "hello\n" as b3sum, sha256sum and md5sum print them.
BLAKE3 = Digest("blake3:8e4c7c1b99dbfd50e7a95185fead5ee1448fa904a2fdd778eaf5f2dbfd629a99")
SHA256 = Digest("sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")
MD5 = Digest("md5:b1946ac92492d2347c6235b4d2611184")
OTHER = Digest("blake3:" + "ab" * 32)
BUCKET = "s3://bucket/hello.txt"


def stored(digest, size=6, content=None, **more):
    return Entry(
        path=EntryPath("hello.txt"),
        digest=str(digest),
        size_bytes=size,
        content=content or digest,
        **more,
    )


def tracked(digest, size=6, ref=BUCKET, **extra):
    return Entry(path=EntryPath("hello.txt"), digest=digest, size_bytes=size, ref=ref, extra=extra)


CASES = {
    "other bytes": (stored(BLAKE3), stored(OTHER), False, "content"),
    "other bytes and size": (stored(BLAKE3), stored(OTHER, 7), False, "content size"),
    "algorithms that cannot be compared": (stored(BLAKE3), stored(SHA256), None, "checksum"),
    "algorithms, but another size": (
        stored(BLAKE3),
        stored(SHA256, 7),
        False,
        "content size checksum",
    ),
    "W&B's digest beside our own": (
        stored(BLAKE3),
        stored(MD5.base64, content=BLAKE3),
        True,
        "checksum",
    ),
    "an object that changed": (
        tracked("e1", etag="e1"),
        tracked("e2", etag="e2"),
        False,
        "content",
    ),
    "the same object as another version": (
        tracked("e1", etag="e1", versionID="1"),
        tracked("e1", etag="e1", versionID="2"),
        True,
        "reference",
    ),
    "a reference that moved": (
        tracked("e1", etag="e1"),
        tracked("e2", ref="s3://other/hello.txt", etag="e2"),
        None,
        "reference",
    ),
    "a reference that moved, with a digest": (
        tracked("e1", etag="e1", contentDigest=str(BLAKE3)),
        tracked("e2", ref="s3://other/hello.txt", etag="e2", contentDigest=str(BLAKE3)),
        True,
        "reference",
    ),
    "a reference that became a file": (
        tracked("e1", etag="e1", contentDigest=str(BLAKE3)),
        stored(BLAKE3),
        True,
        "reference checksum",
    ),
    "a reference of which nothing was recorded at first": (
        tracked(str(OTHER), size=None),
        tracked("e1", etag="e1"),
        None,
        "size checksum",
    ),
    "references of which nothing was ever recorded": (
        tracked(str(OTHER), size=None),
        tracked(str(SHA256), size=None, ref="s3://other/hello.txt"),
        None,
        "reference",
    ),
    "a file that became one of another artifact": (
        stored(BLAKE3),
        stored(BLAKE3, ref="fingerpost-artifact://" + "ab" * 16 + "/v0/hello.txt"),
        True,
        "reference",
    ),
}


@pytest.mark.parametrize(("before", "after", "is_same", "what"), CASES.values(), ids=CASES)
def test_a_change_says_what_changed_and_claims_nothing_that_nobody_knows(
    before, after, is_same, what
):
    assert has_same_content(before, after) is is_same
    assert " ".join(EntryChange(before=before, after=after).what) == what


@pytest.mark.parametrize(("before", "after", "is_same", "what"), CASES.values(), ids=CASES)
def test_seen_from_the_other_side_the_same_differs(before, after, is_same, what):
    assert has_same_content(after, before) is is_same
    assert " ".join(EntryChange(before=after, after=before).what) == what


def test_an_entry_is_what_its_bytes_are_or_else_what_it_refers_to():
    assert rename_key(stored(BLAKE3)) == rename_key(stored(MD5.base64, content=BLAKE3))
    assert rename_key(tracked("e1", etag="e1")) == rename_key(tracked("e1", etag="e1"))
    assert rename_key(tracked("e1", etag="e1")) != rename_key(
        tracked("e1", ref="s3://other/a", etag="e1")
    )
    assert rename_key(stored(BLAKE3, 0)) is None
