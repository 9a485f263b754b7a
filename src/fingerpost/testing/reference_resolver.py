"""The contract of :class:`~fingerpost.application.ports.references.ReferenceResolver`, as tests."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, Final

import pytest
from attrs import evolve

from fingerpost.adapters.references import Resolvers
from fingerpost.adapters.references.plugins import checked
from fingerpost.application.ports.references import (
    Reference,
    ReferenceResolver,
    ReferenceState,
)
from fingerpost.domain.errors import (
    InvalidReferenceError,
    LimitExceededError,
    ReferenceChangedError,
    ReferenceMissingError,
    SourceFileError,
)
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry

TRICKY_KEYS: Final = (
    "plain.txt",
    "below/two/folders.txt",
    "with space.txt",
    "question?versionId=1.txt",
    "hash#1.txt",
    "percent%2Fencoded%20.txt",
    "plus+and&is=.txt",
    "quotes'\".txt",
    "brackets[1]{2}*.txt",
    "caf\N{LATIN SMALL LETTER E WITH ACUTE}-\N{OWL}.txt",
    "decomposed-e\N{COMBINING ACUTE ACCENT}.txt",
)
"""Keys that URIs, globs and encodings get wrong."""

_LARGE_BYTES: Final = 3 * (1 << 20) + 7
_THREADS: Final = 8

NOT_FOUND: Final = (InvalidReferenceError, SourceFileError)


class ReferenceResolverConformance:
    """What every resolver of references has to do, for single objects.

    Inherit it, in a class whose name begins with ``Test``; where a URI can stand for many objects
    inherit :class:`FolderResolverConformance` instead, and for an object store
    :class:`BucketResolverConformance`. Give it a fixture and three methods::

        class TestMyResolver(BucketResolverConformance):
            @pytest.fixture
            def resolver(self, my_server):
                self._bucket = my_server.new_bucket()
                return MyResolver(my_server.endpoint)

            def uri(self, key):
                return f"my://{self._bucket.name}/{quote(key)}"

            def put(self, key, data):
                self._bucket.put(key, data)

            def delete(self, key):
                self._bucket.delete(key)

    Each test has an instance of the class of its own, and uses the methods after the fixture.

    Attributes:
        keys: tried one by one; extend or cut them to what can be stored.
        keeps_versions: whether the recorded version can still be read when the object was replaced.
    """

    keys: ClassVar[Sequence[str]] = TRICKY_KEYS
    keeps_versions: ClassVar[bool] = False

    @pytest.fixture
    def resolver(self) -> ReferenceResolver:
        """Return a resolver, and prepare an empty place for objects."""
        raise NotImplementedError("override the fixture resolver")

    def uri(self, key: str) -> str:
        """Return the URI of an object; if the key ends in ``/``, of what is below it."""
        raise NotImplementedError("override uri")

    def put(self, key: str, data: bytes) -> None:
        """Store an object, or replace it."""
        raise NotImplementedError("override put")

    def delete(self, key: str) -> None:
        """Remove an object, and everything that could still be read of it."""
        raise NotImplementedError("override delete")

    def reference(self, key: str) -> Reference:
        """Return what asks for a key, with the arguments left at their defaults."""
        return Reference(uri=self.uri(key), name=None, checksum=True, max_objects=10_000_000)

    def only(self, resolver: ReferenceResolver, reference: Reference) -> Entry:
        """Return the one entry that a reference stands for."""
        [entry] = Resolvers([resolver]).resolve(reference)
        return entry

    # What it is

    def test_it_has_what_a_resolver_has(self, resolver: ReferenceResolver) -> None:
        assert checked(resolver) is resolver

    def test_it_knows_its_own_uris(self, resolver: ReferenceResolver) -> None:
        assert resolver.handles(self.uri("a.txt"))
        assert self.uri("a.txt").partition(":")[0].lower() in resolver.schemes

    # Objects

    def test_every_key_is_found_and_gives_its_bytes(self, resolver: ReferenceResolver) -> None:
        for number, key in enumerate(self.keys):
            self.put(key, f"data of {number}".encode())
        for number, key in enumerate(self.keys):
            data = f"data of {number}".encode()
            entry = self.only(resolver, self.reference(key))
            assert entry.size_bytes == len(data)
            assert entry.content is None
            assert _read(resolver, entry) == data, key
            assert resolver.observe(entry).state is ReferenceState.SAME, key

    def test_what_is_recorded_as_uri_leads_back(self, resolver: ReferenceResolver) -> None:
        for key in self.keys:
            self.put(key, key.encode())
            entry = self.only(resolver, self.reference(key))
            assert entry.ref is not None
            again = self.only(resolver, evolve(self.reference(key), uri=entry.ref))
            assert (again.digest, again.size_bytes) == (entry.digest, entry.size_bytes), key

    def test_the_name_is_the_last_part_of_the_key(self, resolver: ReferenceResolver) -> None:
        self.put("below/two/folders.txt", b"x")
        assert self.only(resolver, self.reference("below/two/folders.txt")).path == "folders.txt"

    def test_a_name_that_is_given_is_the_path(self, resolver: ReferenceResolver) -> None:
        self.put("a.txt", b"x")
        named = evolve(self.reference("a.txt"), name="./other//name.txt")
        assert self.only(resolver, named).path == "other/name.txt"

    def test_an_object_of_no_bytes_is_an_object(self, resolver: ReferenceResolver) -> None:
        self.put("empty", b"")
        entry = self.only(resolver, self.reference("empty"))
        assert entry.size_bytes == 0
        assert _read(resolver, entry) == b""
        assert resolver.observe(entry).state is ReferenceState.SAME

    def test_a_large_object_comes_back_whole(self, resolver: ReferenceResolver) -> None:
        data = hashlib.shake_128(b"large").digest(_LARGE_BYTES)
        self.put("large.bin", data)
        assert _read(resolver, self.only(resolver, self.reference("large.bin"))) == data

    def test_an_object_that_is_not_there_is_refused(self, resolver: ReferenceResolver) -> None:
        self.put("here.txt", b"x")
        with pytest.raises(NOT_FOUND) as caught:
            list(resolver.resolve(self.reference("not-here.txt")))
        assert "not-here.txt" in str(caught.value)

    def test_finding_is_told(self, resolver: ReferenceResolver) -> None:
        self.put("a.txt", b"x")
        told: list[int] = []
        self.only(resolver, evolve(self.reference("a.txt"), progress=told.append))
        assert sum(told) == 1

    def test_other_content_has_another_digest(self, resolver: ReferenceResolver) -> None:
        self.put("a.txt", b"one")
        before = self.only(resolver, self.reference("a.txt"))
        self.put("a.txt", b"two")
        assert self.only(resolver, self.reference("a.txt")).digest != before.digest

    # Without looking

    def test_without_a_checksum_the_digest_is_of_the_uri_alone(
        self, resolver: ReferenceResolver
    ) -> None:
        blind = evolve(self.reference("a.txt"), checksum=False)
        before = self.only(resolver, blind)
        self.put("a.txt", b"data")
        after = self.only(resolver, blind)
        assert before == after
        assert after.size_bytes is None
        other = evolve(self.reference("b.txt"), checksum=False)
        assert self.only(resolver, other).digest != after.digest

    def test_without_a_checksum_it_can_be_read_and_not_verified(
        self, resolver: ReferenceResolver
    ) -> None:
        self.put("a.txt", b"data")
        entry = self.only(resolver, evolve(self.reference("a.txt"), checksum=False))
        assert _read(resolver, entry) == b"data"
        assert resolver.observe(entry).state is ReferenceState.UNVERIFIABLE

    def test_without_a_checksum_what_is_gone_is_missing(self, resolver: ReferenceResolver) -> None:
        self.put("a.txt", b"data")
        entry = self.only(resolver, evolve(self.reference("a.txt"), checksum=False))
        self.delete("a.txt")
        assert resolver.observe(entry).state is ReferenceState.MISSING
        with pytest.raises(ReferenceMissingError):
            _read(resolver, entry)

    # With a digest of the content

    def test_a_digest_of_the_content_is_of_its_bytes(self, resolver: ReferenceResolver) -> None:
        self.put("a.txt", b"data")
        entry = self.only(resolver, self._hashed("a.txt"))
        assert entry.bytes_digest == Digest(f"sha256:{hashlib.sha256(b'data').hexdigest()}")
        assert entry.size_bytes == 4
        assert Resolvers([resolver]).observe(entry).state is ReferenceState.SAME
        assert _read(resolver, entry) == b"data"

    def test_bytes_that_are_not_those_of_the_digest_are_refused(
        self, resolver: ReferenceResolver
    ) -> None:
        self.put("a.txt", b"data")
        entry = self.only(resolver, self._hashed("a.txt"))
        wrong = f"sha256:{hashlib.sha256(b'DATA').hexdigest()}"
        # Where the provider's checksum proves nothing it stays, and the digest tells.
        key = "contentDigest"
        forged = (
            evolve(entry, extra={**entry.extra, key: wrong})
            if key in entry.extra
            else evolve(entry, digest=wrong)
        )
        assert Resolvers([resolver]).observe(forged).state is ReferenceState.CHANGED
        with pytest.raises(ReferenceChangedError):
            _read(resolver, forged)

    def _hashed(self, key: str) -> Reference:
        sha256 = DigestAlgorithm.SHA256
        return evolve(self.reference(key), is_content_hashed=True, digest_algorithm=sha256)

    # Drift

    @pytest.mark.parametrize("other", [b"DATA", b"longer data", b""])
    def test_a_change_is_found_and_told_when_it_is_looked_at(
        self, resolver: ReferenceResolver, other: bytes
    ) -> None:
        self.put("a.txt", b"data")
        entry = self.only(resolver, self.reference("a.txt"))
        self.put("a.txt", other)
        observed = resolver.observe(entry)
        if not self.keeps_versions:
            assert observed.state is ReferenceState.CHANGED
        assert observed.state is not ReferenceState.MISSING
        if observed.state is ReferenceState.CHANGED:
            assert observed.recorded
            assert observed.found
            assert observed.found != observed.recorded

    @pytest.mark.parametrize("other", [b"DATA", b"longer data", b""])
    def test_a_change_is_found_and_told_when_it_is_read(
        self, resolver: ReferenceResolver, other: bytes
    ) -> None:
        self.put("a.txt", b"data")
        entry = self.only(resolver, self.reference("a.txt"))
        self.put("a.txt", other)
        if self.keeps_versions:
            assert _read(resolver, entry) == b"data"
            return
        with pytest.raises(ReferenceChangedError) as caught:
            _read(resolver, entry)
        assert caught.value.expected != caught.value.actual
        for told in (entry.ref or "", caught.value.expected, caught.value.actual):
            assert told
            assert told in str(caught.value)

    def test_what_is_gone_is_missing_when_it_is_looked_at(
        self, resolver: ReferenceResolver
    ) -> None:
        self.put("a.txt", b"data")
        entry = self.only(resolver, self.reference("a.txt"))
        self.delete("a.txt")
        observed = resolver.observe(entry)
        assert observed.state is ReferenceState.MISSING
        assert observed.found is None
        assert observed.recorded

    def test_what_is_gone_is_missing_when_it_is_read_and_what_was_recorded_is_told(
        self, resolver: ReferenceResolver
    ) -> None:
        self.put("a.txt", b"data")
        entry = self.only(resolver, self.reference("a.txt"))
        self.delete("a.txt")
        with pytest.raises(ReferenceMissingError) as caught:
            _read(resolver, entry)
        assert caught.value.recorded
        assert caught.value.recorded in str(caught.value)

    # Threads

    def test_threads_do_not_disturb_each_other(self, resolver: ReferenceResolver) -> None:
        data = {f"t{number}.txt": f"{number}".encode() * 1_000 for number in range(_THREADS * 3)}
        for key, each in data.items():
            self.put(key, each)

        def work(key: str) -> tuple[bytes, ReferenceState]:
            entry = self.only(resolver, self.reference(key))
            return _read(resolver, entry), resolver.observe(entry).state

        with ThreadPoolExecutor(_THREADS) as pool:
            found = dict(zip(data, pool.map(work, data), strict=True))
        assert found == {key: (each, ReferenceState.SAME) for key, each in data.items()}


class FolderResolverConformance(ReferenceResolverConformance):
    """Beside single objects: URIs that stand for all objects below them, and end in ``/``.

    Attributes:
        more_than_a_page: a number of objects that the provider does not list in one answer.
    """

    more_than_a_page: ClassVar[int] = 20

    def all(self, resolver: ReferenceResolver, reference: Reference) -> dict[str, Entry]:
        """Return the entries that a reference stands for, by path."""
        entries = list(Resolvers([resolver]).resolve(reference))
        by_path = {str(entry.path): entry for entry in entries}
        assert len(by_path) == len(entries)
        return by_path

    def test_a_prefix_stands_for_what_is_below_it(self, resolver: ReferenceResolver) -> None:
        for key in ("p/a.txt", "p/q/b.txt", "p2/c.txt", "d.txt"):
            self.put(key, key.encode())
        found = self.all(resolver, self.reference("p/"))
        assert set(found) == {"a.txt", "q/b.txt"}
        assert _read(resolver, found["q/b.txt"]) == b"p/q/b.txt"

    def test_keys_below_a_prefix_are_found_and_lead_back(self, resolver: ReferenceResolver) -> None:
        for key in self.keys:
            self.put(f"p/{key}", key.encode())
        found = self.all(resolver, self.reference("p/"))
        assert len(found) == len(self.keys)
        for entry in found.values():
            data = _read(resolver, entry)
            assert data.decode().endswith(entry.path.rpartition("/")[2])
            assert resolver.observe(entry).state is ReferenceState.SAME

    def test_a_name_that_is_given_is_put_before_the_paths(
        self, resolver: ReferenceResolver
    ) -> None:
        self.put("p/a.txt", b"a")
        self.put("p/q/b.txt", b"b")
        named = evolve(self.reference("p/"), name="in/here")
        assert set(self.all(resolver, named)) == {"in/here/a.txt", "in/here/q/b.txt"}

    def test_objects_of_no_bytes_are_below_a_prefix_too(self, resolver: ReferenceResolver) -> None:
        self.put("p/empty", b"")
        self.put("p/full", b"x")
        sizes = {
            path: it.size_bytes for path, it in self.all(resolver, self.reference("p/")).items()
        }
        assert sizes == {"empty": 0, "full": 1}

    def test_a_prefix_with_nothing_below_it_is_refused(self, resolver: ReferenceResolver) -> None:
        self.put("p2/a.txt", b"a")
        with pytest.raises(NOT_FOUND):
            list(resolver.resolve(self.reference("p/")))

    def test_more_objects_than_allowed_are_refused_and_counted(
        self, resolver: ReferenceResolver
    ) -> None:
        for number in range(3):
            self.put(f"p/{number}", b"x")
        assert len(self.all(resolver, evolve(self.reference("p/"), max_objects=3))) == 3
        with pytest.raises(LimitExceededError) as caught:
            list(resolver.resolve(evolve(self.reference("p/"), max_objects=2)))
        assert (caught.value.limit, caught.value.found) == (2, 3)

    def test_without_a_checksum_nothing_is_listed(self, resolver: ReferenceResolver) -> None:
        self.put("p/a.txt", b"a")
        self.put("p/b.txt", b"b")
        entry = self.only(resolver, evolve(self.reference("p/"), checksum=False))
        assert (entry.path, entry.size_bytes) == ("p", None)

    def test_every_content_below_a_prefix_is_hashed_where_that_is_asked(
        self, resolver: ReferenceResolver
    ) -> None:
        self.put("p/a.txt", b"a")
        self.put("p/b.txt", b"b")
        found = self.all(resolver, self._hashed("p/"))
        digests = {path: it.bytes_digest for path, it in found.items()}
        assert digests == {
            path: f"sha256:{hashlib.sha256(data).hexdigest()}"
            for path, data in (("a.txt", b"a"), ("b.txt", b"b"))
        }

    def test_the_first_objects_come_before_the_last_are_listed(
        self, resolver: ReferenceResolver
    ) -> None:
        for number in range(self.more_than_a_page):
            self.put(f"p/{number:06}", b"x")
        told: list[int] = []
        found = resolver.resolve(evolve(self.reference("p/"), progress=told.append))
        assert isinstance(found, Iterator)
        next(found)
        assert 0 <= sum(told) < self.more_than_a_page
        assert 1 + sum(1 for _ in found) == sum(told) == self.more_than_a_page


class BucketResolverConformance(FolderResolverConformance):
    """Beside folders: what the keys of an object store can be and files cannot."""

    def test_a_key_that_is_also_a_prefix_is_an_object(self, resolver: ReferenceResolver) -> None:
        self.put("k", b"object")
        self.put("k/below", b"below")
        assert _read(resolver, self.only(resolver, self.reference("k"))) == b"object"
        assert set(self.all(resolver, self.reference("k/"))) == {"below"}

    def test_a_marker_of_a_folder_is_no_object_of_it(self, resolver: ReferenceResolver) -> None:
        self.put("m/", b"")
        self.put("m/a.txt", b"a")
        assert set(self.all(resolver, self.reference("m/"))) == {"a.txt"}


def _read(resolver: ReferenceResolver, entry: Entry) -> bytes:
    with Resolvers([resolver]).open(entry) as source:
        return source.read()
