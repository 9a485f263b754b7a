"""Manifests whose digests fit and that make no sense: whoever can write content can make them."""

import json

import pytest
from blake3 import blake3

from fingerpost.adapters.content.memory import InMemoryContentStore
from fingerpost.application.manifests.manifests import StoredManifest
from fingerpost.domain.errors import CorruptLedgerError
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.manifest import decode_page, decode_root

D = "blake3:" + "0" * 64


def line(path, **more):
    return json.dumps({"digest": D, "path": path, "size": 1, **more}).encode() + b"\n"


def root(pages, count=None, size=0):
    told = [{"first": first, "count": number, "digest": digest} for first, number, digest in pages]
    count = sum(page["count"] for page in told) if count is None else count
    said = {"format": "fingerpost-manifest-1", "count": count, "size": size, "pages": told}
    return json.dumps(said).encode()


def stored(page, first, count):
    content = InMemoryContentStore()
    with content.writer() as writer:
        digest = writer.add_bytes(page, algorithm="blake3", compress=True)
        digest = Digest.of("blake3", blake3(page).digest())
        body = root([(first, count, str(digest))])
        writer.add_bytes(body, algorithm="blake3", compress=True)
        writer.commit()
    return StoredManifest(content, Digest.of("blake3", blake3(body).digest()))


def test_a_manifest_that_makes_sense_is_read():
    manifest = stored(line("a") + line("b"), "a", 2)
    assert [str(entry.path) for entry in manifest.values_in_order()] == ["a", "b"]


@pytest.mark.parametrize(
    ("page", "first", "count"),
    [
        (line("a") + line("b"), "a", 1),
        (line("a") + line("b"), "a", 3),
        (line("a") + line("b"), "0", 2),
        (line("b") + line("a"), "b", 2),
        (line("a") + line("a"), "a", 2),
        (b"", "a", 1),
    ],
    ids=["more", "fewer", "another first", "out of order", "twice", "none"],
)
def test_a_page_that_the_root_does_not_describe_is_refused(page, first, count):
    with pytest.raises(CorruptLedgerError, match=r"manifest page blake3:.*"):
        list(stored(page, first, count).values_in_order())


@pytest.mark.parametrize(
    "body",
    [
        root([("a", 1, D)], count=2),
        root([("a", 1, D)], count=-1),
        root([("a", 1, D)], count=True),
        root([("a", 1, D)], count="1"),
        root([("a", 0, D)]),
        root([("a", -1, D)]),
        root([("a", 16_385, D)]),
        root([("a", 1.0, D)]),
        root([(1, 1, D)]),
        root([("../a", 1, D)]),
        root([("a", 1, None)]),
        root([("b", 1, D), ("a", 1, D)]),
        root([("a", 1, D), ("a", 1, D)]),
        root([("a", 1, D)], size=-1),
        root([("a", 1, D)], size=2**63),
        root([("a", 1, D)], size=None),
        b"[" * 100_000,
        b"[]",
        b"null",
    ],
    ids=lambda body: repr(body[:90]),
)
def test_a_root_that_makes_no_sense_is_refused(body):
    with pytest.raises(CorruptLedgerError, match="the manifest"):
        decode_root(body, "the manifest")


@pytest.mark.parametrize(
    "body",
    [
        line("a", size=-1),
        line("a", size=True),
        line("a", size=2**63),
        line("a", size=1.5),
        line("a", ref="s3://b/\ud800"),
        line("a", extra={"\ud800": 1}),
        line("a", extra=[1]),
        line("../a"),
        line("a/\ud800"),
        b"[" * 100_000,
        b"null\n",
    ],
    ids=lambda body: repr(body[-60:]),
)
def test_an_entry_that_could_not_be_written_is_not_read(body):
    with pytest.raises(CorruptLedgerError, match="the page"):
        decode_page(body, "the page")
