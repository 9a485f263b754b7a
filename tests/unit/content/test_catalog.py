"""The catalog remembers what lies where, and may be lost at any time."""

import os
import sqlite3

import pytest

from fingerpost.adapters.content.catalog import Catalog, KnownPack, PackLocation
from fingerpost.adapters.content.pack import Encoding, PackEntry
from fingerpost.domain.manifest.digest import Digest

FIRST = "packs/ab/first.pack"
SECOND = "packs/cd/second.pack"
SMALL = Digest("md5:" + "1" * 32)
LARGE = Digest("blake3:" + "2" * 64)
TWIN = Digest("sha256:" + "2" * 64)
ABSENT = Digest("sha256:" + "3" * 64)

SMALL_ENTRY = PackEntry(SMALL, 16, 10, 10, Encoding.RAW)
LARGE_ENTRY = PackEntry(LARGE, 26, 30, 100, Encoding.ZSTD)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "made" / "catalog.sqlite3"


@pytest.fixture
def catalog(path):
    catalog = Catalog(path)
    yield catalog
    catalog.close()


def test_recorded_blobs_are_found(catalog):
    catalog.record([KnownPack(FIRST, 500, [SMALL_ENTRY, LARGE_ENTRY])])
    assert catalog.find([SMALL, ABSENT, LARGE]) == {
        SMALL: [PackLocation(FIRST, 500, SMALL_ENTRY)],
        LARGE: [PackLocation(FIRST, 500, LARGE_ENTRY)],
    }


def test_a_blob_may_lie_in_two_packs(catalog):
    catalog.record([KnownPack(FIRST, 5, [SMALL_ENTRY]), KnownPack(SECOND, 6, [SMALL_ENTRY])])
    packs = {location.pack for location in catalog.find([SMALL])[SMALL]}
    assert packs == {FIRST, SECOND}
    assert list(catalog.digests()) == [SMALL]


def test_a_blob_may_lie_twice_in_one_pack(catalog):
    catalog.record([KnownPack(FIRST, 5, [SMALL_ENTRY, SMALL_ENTRY._replace(offset=90)])])
    assert len(catalog.find([SMALL])[SMALL]) == 1


def test_digests_of_different_algorithms_are_different(catalog):
    catalog.record([KnownPack(FIRST, 500, [LARGE_ENTRY])])
    assert catalog.find([TWIN]) == {}


def test_more_digests_than_one_statement_takes_are_found(catalog):
    entries = [SMALL_ENTRY._replace(digest=Digest(f"md5:{n:032x}")) for n in range(2500)]
    catalog.record([KnownPack(FIRST, 500, entries)])
    digests = [entry.digest for entry in entries]
    assert catalog.find([*digests, ABSENT]).keys() == set(digests)


def test_all_digests_are_listed_across_pages(catalog):
    digests = [Digest(f"md5:{n:032x}") for n in range(25_000)]
    catalog.record([KnownPack(FIRST, 5, [SMALL_ENTRY._replace(digest=d) for d in digests])])
    assert sorted(catalog.digests()) == digests


def test_recording_a_pack_again_replaces_it(catalog):
    catalog.record([KnownPack(FIRST, 500, [SMALL_ENTRY])])
    catalog.record([KnownPack(FIRST, 600, [LARGE_ENTRY])])
    assert catalog.find([SMALL, LARGE]) == {LARGE: [PackLocation(FIRST, 600, LARGE_ENTRY)]}


def test_a_pack_that_is_gone_is_forgotten_with_its_blobs(catalog):
    catalog.record([KnownPack(FIRST, 5, [SMALL_ENTRY]), KnownPack(SECOND, 6, [LARGE_ENTRY])])
    catalog.record([], gone=[FIRST])
    assert catalog.find([SMALL, LARGE]).keys() == {LARGE}
    assert catalog.packs("ab") == set()
    assert catalog.packs("cd") == {SECOND}


def test_marks_of_shards_are_kept_until_they_are_taken_back(catalog):
    catalog.record([], marks=[("ab", 5), ("cd", 6)])
    catalog.record([], marks=[("ab", None), ("cd", 7)])
    assert catalog.marks() == {"cd": 7}


def test_distrust_lasts_until_the_file_is_stored_anew(catalog):
    catalog.distrust(FIRST, [SMALL])
    catalog.distrust(SECOND)
    assert catalog.distrusted() == {(FIRST, SMALL), (SECOND, None)}
    catalog.trust([FIRST])
    assert catalog.distrusted() == {(SECOND, None)}


def test_asking_makes_no_folder(catalog, path):
    assert catalog.find([SMALL]) == {}
    assert not path.parent.exists()


def test_what_was_recorded_is_there_when_reopened(catalog, path):
    catalog.record([KnownPack(FIRST, 500, [SMALL_ENTRY])])
    again = Catalog(path)
    assert again.find([SMALL]) == {SMALL: [PackLocation(FIRST, 500, SMALL_ENTRY)]}
    again.close()


def test_a_forked_child_and_its_parent_both_go_on(catalog):
    catalog.record([KnownPack(FIRST, 500, [SMALL_ENTRY])])
    child = os.fork()
    if child == 0:
        try:
            catalog.record([KnownPack(SECOND, 600, [LARGE_ENTRY])])
            os._exit(0 if catalog.find([SMALL]) else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert catalog.find([SMALL, LARGE]).keys() == {SMALL, LARGE}


@pytest.mark.parametrize("content", [b"", b"x", b"garbage" * 999, b"SQLite format 3\0" + bytes(99)])
def test_a_damaged_file_is_an_empty_catalog_that_works(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    catalog = Catalog(path)
    assert catalog.find([SMALL]) == {}
    catalog.record([KnownPack(FIRST, 500, [SMALL_ENTRY])])
    catalog.close()
    assert catalog.find([SMALL]).keys() == {SMALL}
    catalog.close()


def test_a_file_of_another_schema_version_is_made_anew(catalog, path):
    catalog.record([KnownPack(FIRST, 500, [SMALL_ENTRY])])
    catalog.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert catalog.find([SMALL]) == {}


def test_losing_the_file_changes_the_generation(catalog, path):
    catalog.record([KnownPack(FIRST, 500, [SMALL_ENTRY])])
    before = catalog.generation
    assert catalog.find([SMALL])
    assert catalog.generation == before
    catalog.close()
    path.write_bytes(b"garbage" * 999)
    assert catalog.find([SMALL]) == {}
    assert catalog.generation != before
