"""The contract of :class:`~fingerpost.application.ports.content_store.ContentStore`, as tests."""

import hashlib
import io
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, ClassVar, Final, cast

import pytest

from fingerpost.application.ports.content_store import ContentStore
from fingerpost.application.ports.content_sweep import SweepTally
from fingerpost.domain.errors import (
    ConflictError,
    ContentMismatchError,
    ContentNotFoundError,
    InvalidValueError,
    StoreUnavailableError,
)
from fingerpost.domain.manifest.digest import Digest

_MIB: Final = 1 << 20

EMPTY: Final = Digest("blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")
"""*Source*: the BLAKE3 project's ``test_vectors.json``, input_len 0."""

ONE_BYTE: Final = Digest("blake3:2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213")
"""*Source*: the same, input_len 1: the byte 0."""

ABC_SHA256: Final = Digest(
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
)
"""*Source*: NIST, SHA-256 example values, one-block message ``abc``."""

ABSENT: Final = Digest("blake3:" + "0" * 64)

SIZES_BYTES: Final = (0, 1, 2, 4095, 4096, 65_537, _MIB - 1, _MIB, _MIB + 1, 5 * _MIB + 3)
"""Around the page size, and around 1 MiB, where stores may begin to treat a blob as large."""


def content(size_bytes: int, seed: str = "") -> bytes:
    """Return reproducible bytes that do not compress."""
    return hashlib.shake_128(f"{seed}/{size_bytes}".encode()).digest(size_bytes)


class ContentStoreConformance:
    """What every content store has to do. Inherit it, in a class whose name begins with ``Test``.

    One fixture is required, a new and empty store for each test::

        class TestMyContentStore(ContentStoreConformance):
            @pytest.fixture
            def content_store(self, tmp_path):
                store = MyContentStore(tmp_path)
                yield store
                store.close()

    Two hooks are optional. Override :meth:`reopen` if the bytes outlive the object, and
    :meth:`damage` if bytes can be changed behind the store's back; else say in
    :attr:`why_no_damage` why not, and the tests of damage are skipped with that reason.
    """

    why_no_damage: ClassVar[str] = "damage() is not overridden"

    @pytest.fixture
    def content_store(self) -> Iterator[ContentStore]:
        """Return a new and empty store."""
        raise NotImplementedError("override the fixture content_store")

    def reopen(self, store: ContentStore) -> ContentStore:
        """Return a second store on the same bytes, as another process would open it."""
        return store

    def damage(self, store: ContentStore, data: bytes) -> None:  # noqa: ARG002 - for overriding
        """Change at least one stored byte of the blob ``data``, leaving its length."""
        pytest.skip(self.why_no_damage)

    # Round trips

    @pytest.mark.parametrize("size_bytes", SIZES_BYTES)
    def test_bytes_come_back_as_they_were_added(
        self, content_store: ContentStore, size_bytes: int
    ) -> None:
        data = content(size_bytes)
        digest = add(content_store, data)
        assert content_store.read(digest) == data
        assert content_store.size_bytes(digest) == size_bytes

    @pytest.mark.parametrize("size_bytes", SIZES_BYTES)
    def test_a_stream_comes_back_as_it_was_added(
        self, content_store: ContentStore, size_bytes: int
    ) -> None:
        data = content(size_bytes)
        with content_store.writer() as writer:
            digest, added_bytes = writer.add_stream(io.BytesIO(data))
            writer.commit()
        assert added_bytes == size_bytes
        with content_store.open(digest) as reader:
            assert reader.read() == data

    def test_a_stream_that_gives_a_little_at_a_time_is_added_whole(
        self, content_store: ContentStore
    ) -> None:
        data = content(_MIB + 77)
        with content_store.writer() as writer:
            digest, added_bytes = writer.add_stream(cast("BinaryIO", _Dribble(data)))
            writer.commit()
        assert added_bytes == len(data)
        assert content_store.read(digest) == data

    def test_digests_are_those_of_the_published_vectors(self, content_store: ContentStore) -> None:
        with content_store.writer() as writer:
            assert writer.add_bytes(b"") == EMPTY
            assert writer.add_bytes(b"\0") == ONE_BYTE
            assert writer.add_bytes(b"abc", algorithm="sha256") == ABC_SHA256
            assert writer.add_stream(io.BytesIO(b"abc"), algorithm="sha256") == (ABC_SHA256, 3)

    def test_blobs_of_other_algorithms_come_back(self, content_store: ContentStore) -> None:
        with content_store.writer() as writer:
            small, _ = writer.add_stream(io.BytesIO(b"abc"), algorithm="sha256")
            large, _ = writer.add_stream(io.BytesIO(content(2 * _MIB)), algorithm="md5")
            packed = writer.add_bytes(b"abcd" * 10_000, algorithm="sha256", compress=True)
            alone = writer.add_bytes(content(2 * _MIB), algorithm="sha256")
            writer.commit()
        assert content_store.read(small) == b"abc"
        assert content_store.read(large) == content(2 * _MIB)
        assert content_store.read(packed) == b"abcd" * 10_000
        assert content_store.read(alone) == content(2 * _MIB)

    def test_an_unknown_algorithm_is_refused(self, content_store: ContentStore) -> None:
        with content_store.writer() as writer, pytest.raises(InvalidValueError) as caught:
            writer.add_stream(io.BytesIO(b"abc"), algorithm="crc32")
        assert caught.value.value == "crc32"
        with content_store.writer() as writer, pytest.raises(InvalidValueError):
            writer.add_bytes(b"abc", algorithm="crc32")

    @pytest.mark.parametrize("data", [b"", b"a" * 50_000, content(50_000), b"b" * 2 * _MIB])
    def test_compression_changes_neither_bytes_nor_digest_nor_size(
        self, content_store: ContentStore, data: bytes
    ) -> None:
        with content_store.writer() as writer:
            plain = writer.add_bytes(data)
        with content_store.writer() as writer:
            digest = writer.add_bytes(data, compress=True)
            writer.commit()
        assert digest == plain
        assert content_store.read(digest) == data
        assert content_store.size_bytes(digest) == len(data)

    def test_a_blob_is_read_piece_by_piece(self, content_store: ContentStore) -> None:
        data = content(3 * _MIB + 5)
        digest = add(content_store, data)
        with content_store.open(digest) as reader:
            pieces = list(iter(lambda: reader.read(100_000), b""))
        assert b"".join(pieces) == data

    def test_progress_adds_up_to_the_size(self, content_store: ContentStore) -> None:
        for size_bytes in (10, 3 * _MIB + 1):
            seen: list[int] = []
            with content_store.writer() as writer:
                writer.add_stream(io.BytesIO(content(size_bytes)), progress=seen.append)
            assert sum(seen) == size_bytes

    # Adoption

    @pytest.mark.parametrize("size_bytes", SIZES_BYTES)
    def test_an_adopted_file_is_gone_and_its_bytes_are_stored(
        self, content_store: ContentStore, tmp_path: Path, size_bytes: int
    ) -> None:
        data = content(size_bytes)
        path = tmp_path / "mine"
        path.write_bytes(data)
        with content_store.writer() as writer:
            writer.adopt(path, digest_of(content_store, data), size_bytes)
            writer.commit()
        assert not path.exists()
        assert content_store.read(digest_of(content_store, data)) == data

    def test_a_file_of_another_size_is_not_adopted(
        self, content_store: ContentStore, tmp_path: Path
    ) -> None:
        path = tmp_path / "mine"
        path.write_bytes(content(2 * _MIB))
        digest = digest_of(content_store, content(2 * _MIB))
        with content_store.writer() as writer, pytest.raises(ContentMismatchError):
            writer.adopt(path, digest, 2 * _MIB - 1)
        assert path.exists()

    # Visibility

    @pytest.mark.parametrize("size_bytes", [3, 2 * _MIB])
    def test_nothing_is_visible_before_commit(
        self, content_store: ContentStore, size_bytes: int
    ) -> None:
        with content_store.writer() as writer:
            digest = writer.add_bytes(content(size_bytes))
            for store in (content_store, self.reopen(content_store)):
                assert store.missing([digest]) == {digest}
                assert list(store.digests()) == []
                with pytest.raises(ContentNotFoundError):
                    store.read(digest)
            writer.commit()
            assert content_store.missing([digest]) == set()

    @pytest.mark.parametrize("size_bytes", [3, 2 * _MIB])
    def test_leaving_without_commit_discards(
        self, content_store: ContentStore, size_bytes: int
    ) -> None:
        with content_store.writer() as writer:
            digest = writer.add_bytes(content(size_bytes))
        for store in (content_store, self.reopen(content_store)):
            assert store.missing([digest]) == {digest}
            assert list(store.digests()) == []

    def test_an_error_discards_what_was_added(self, content_store: ContentStore) -> None:
        digest = digest_of(content_store, b"lost")
        with pytest.raises(KeyboardInterrupt):
            _interrupted(content_store, b"lost")
        assert content_store.missing([digest]) == {digest}

    def test_what_was_committed_is_there_when_reopened(self, content_store: ContentStore) -> None:
        blobs = [content(size) for size in SIZES_BYTES]
        digests = add_all(content_store, blobs)
        again = self.reopen(content_store)
        assert again.missing(digests) == set()
        assert [again.read(digest) for digest in digests] == blobs

    def test_a_store_that_is_open_sees_what_another_one_commits(
        self, content_store: ContentStore
    ) -> None:
        other = self.reopen(content_store)
        assert other.missing([EMPTY]) == {EMPTY}
        for data in (b"first", b"second", content(2 * _MIB)):
            digest = add(content_store, data)
            assert other.read(digest) == data
            assert other.size_bytes(digest) == len(data)
            assert other.missing([digest]) == set()

    def test_a_commit_of_nothing_is_permitted(self, content_store: ContentStore) -> None:
        with content_store.writer() as writer:
            writer.commit()
        assert list(content_store.digests()) == []

    def test_a_writer_is_used_up_by_its_commit(self, content_store: ContentStore) -> None:
        with content_store.writer() as writer:
            writer.add_bytes(b"a")
            writer.commit()
            with pytest.raises(ConflictError):
                writer.commit()
            with pytest.raises(ConflictError):
                writer.add_bytes(b"b")
            with pytest.raises(ConflictError):
                writer.add_stream(io.BytesIO(b"b"))

    def test_a_writer_is_used_up_by_leaving_it(self, content_store: ContentStore) -> None:
        with content_store.writer() as writer:
            pass
        with pytest.raises(ConflictError):
            writer.commit()

    # Deduplication

    @pytest.mark.parametrize("size_bytes", [3, 2 * _MIB])
    def test_adding_again_is_permitted_and_shows_one_blob(
        self, content_store: ContentStore, size_bytes: int
    ) -> None:
        data = content(size_bytes)
        with content_store.writer() as writer:
            digests = {writer.add_bytes(data), writer.add_bytes(data)}
            digests.add(writer.add_stream(io.BytesIO(data))[0])
            writer.commit()
        digests.add(add(content_store, data))
        assert list(content_store.digests()) == list(digests)
        assert content_store.read(digests.pop()) == data

    def test_missing_names_just_what_is_not_there(self, content_store: ContentStore) -> None:
        small, large = add_all(content_store, [b"small", content(2 * _MIB)])
        assert content_store.missing(iter([small, ABSENT, large, ABSENT])) == {ABSENT}
        assert content_store.missing([]) == set()

    def test_digests_are_each_listed_once(self, content_store: ContentStore) -> None:
        expected = add_all(content_store, [content(size) for size in SIZES_BYTES])
        add_all(content_store, [content(size) for size in SIZES_BYTES[:3]])
        assert sorted(content_store.digests()) == sorted(expected)

    # Errors

    def test_an_unknown_digest_is_named_by_the_error(self, content_store: ContentStore) -> None:
        add(content_store, b"something else")
        for ask in (content_store.read, content_store.open, content_store.size_bytes):
            with pytest.raises(ContentNotFoundError) as caught:
                ask(ABSENT)
            assert caught.value.digest == ABSENT
            assert caught.value.location == content_store.location

    @pytest.mark.parametrize("size_bytes", [10, 2 * _MIB])
    def test_a_stream_that_raises_adds_nothing_and_passes_its_error_on(
        self, content_store: ContentStore, size_bytes: int
    ) -> None:
        before, after = b"before", b"after"
        with content_store.writer() as writer:
            digests = [writer.add_bytes(before)]
            with pytest.raises(OSError, match="unplugged"):
                writer.add_stream(cast("BinaryIO", _Dribble(content(size_bytes), fails=True)))
            digests.append(writer.add_bytes(after))
            writer.commit()
        assert sorted(content_store.digests()) == sorted(digests)

    @pytest.mark.parametrize("size_bytes", [1, 4096, 2 * _MIB])
    def test_damage_is_found_by_read(self, content_store: ContentStore, size_bytes: int) -> None:
        data = content(size_bytes)
        digest = add(content_store, data)
        self.damage(content_store, data)
        with pytest.raises(ContentMismatchError) as caught:
            content_store.read(digest)
        assert caught.value.expected == digest

    @pytest.mark.parametrize("size_bytes", [4096, 2 * _MIB])
    def test_damage_is_found_before_the_end_is_reached(
        self, content_store: ContentStore, size_bytes: int
    ) -> None:
        data = content(size_bytes)
        digest = add(content_store, data)
        self.damage(content_store, data)
        pieces: list[bytes] = []
        with pytest.raises(ContentMismatchError):
            _read_to_size(content_store, digest, size_bytes, pieces)
        assert sum(map(len, pieces)) < size_bytes

    @pytest.mark.parametrize("size_bytes", [4096, 2 * _MIB])
    def test_adding_it_again_heals_damage_that_was_found(
        self, content_store: ContentStore, size_bytes: int
    ) -> None:
        data = content(size_bytes)
        digest = add(content_store, data)
        self.damage(content_store, data)
        with pytest.raises(ContentMismatchError):
            content_store.read(digest)
        assert content_store.missing([digest]) == {digest}
        add(content_store, data)
        assert content_store.missing([digest]) == set()
        assert content_store.read(digest) == data

    # Concurrency

    def test_threads_write_the_same_and_other_blobs_at_once(
        self, content_store: ContentStore
    ) -> None:
        shared = [content(size, "shared") for size in (10, 5000, 2 * _MIB)]
        start = threading.Barrier(4)

        def work(number: int) -> list[Digest]:
            start.wait()
            return add_all(content_store, [*shared, content(1000, str(number))])

        with ThreadPoolExecutor(4) as threads:
            results = list(threads.map(work, range(4)))
        assert sorted(content_store.digests()) == sorted({d for some in results for d in some})
        assert [content_store.read(digest) for digest in results[0][:3]] == shared

    def test_threads_read_while_another_one_writes(self, content_store: ContentStore) -> None:
        blobs = [content(1000 + number) for number in range(40)]
        digests = add_all(content_store, blobs)

        def write() -> None:
            for number in range(20):
                add(content_store, content(500, str(number)))

        with ThreadPoolExecutor(4) as threads:
            writing = threads.submit(write)
            assert list(threads.map(content_store.read, digests)) == blobs
            writing.result()

    # Garbage collection

    def test_what_is_kept_stays_and_the_rest_goes(self, content_store: ContentStore) -> None:
        blobs = [content(size) for size in SIZES_BYTES]
        digests = add_all(content_store, blobs)
        kept = set(digests[::2])
        swept = sweep(content_store, kept)
        if not self.is_swept(content_store, swept):
            return
        assert swept is not None
        for store in (content_store, self.reopen(content_store)):
            there = set(store.digests())
            assert kept <= there
            assert len(there - kept) == swept.waiting.contents
            assert store.missing(digests) == set(digests) - there
            for digest, data in zip(digests, blobs, strict=True):
                if digest in there:
                    assert store.read(digest) == data
                else:
                    with pytest.raises(ContentNotFoundError):
                        store.read(digest)

    def test_a_tally_says_whose_it_was_and_how_much(self, content_store: ContentStore) -> None:
        sizes = (10, 2 * _MIB, 300, 40)
        digests = add_all(content_store, [content(size) for size in sizes])
        owned = {7: digests[:2], 3: [digests[1], digests[2]]}
        for dry_run in (True, False):
            swept = sweep(content_store, [], owned, dry_run=dry_run)
            if not self.is_swept(content_store, swept):
                return
            assert swept is not None
            # What was charged to 7 is not charged to 3 again.
            contents = {owner: amount.contents for owner, amount in swept.charged.items()}
            size_bytes = {owner: amount.size_bytes for owner, amount in swept.charged.items()}
            assert contents == {7: 2, 3: 1}
            assert size_bytes == {7: 10 + 2 * _MIB, 3: 300}
            assert (swept.unnamed.contents, swept.unnamed.size_bytes) == (1, 40)
            assert swept.freed_bytes >= sum(sizes)

    def test_a_dry_run_changes_nothing(self, content_store: ContentStore) -> None:
        digests = add_all(content_store, [content(size) for size in SIZES_BYTES])
        self.is_swept(content_store, sweep(content_store, [], dry_run=True))
        assert content_store.missing(digests) == set()
        assert sorted(content_store.digests()) == sorted(digests)

    def test_what_was_stored_after_the_given_moment_stays(
        self, content_store: ContentStore
    ) -> None:
        digests = add_all(content_store, [b"small", content(2 * _MIB)])
        yesterday = datetime.now(UTC) - timedelta(days=1)
        swept = sweep(content_store, [], older_than=yesterday)
        if self.is_swept(content_store, swept):
            assert swept is not None
            assert (swept.young.contents, swept.files, swept.freed_bytes) == (2, 0, 0)
        assert content_store.missing(digests) == set()

    def test_what_is_named_while_it_is_swept_stays(self, content_store: ContentStore) -> None:
        small, large, other = add_all(content_store, [b"small", content(2 * _MIB), b"other"])
        swept = sweep(content_store, [other], late=[small, large])
        if self.is_swept(content_store, swept):
            assert swept is not None
            assert swept.freed_bytes == 0
        assert content_store.missing([small, large, other]) == set()

    def test_what_was_swept_can_be_stored_again(self, content_store: ContentStore) -> None:
        blobs = [b"small", content(2 * _MIB)]
        digests = add_all(content_store, blobs)
        self.is_swept(content_store, sweep(content_store, []))
        assert add_all(content_store, blobs) == digests
        assert [content_store.read(digest) for digest in digests] == blobs

    def test_keeping_tells_what_is_new(self, content_store: ContentStore) -> None:
        if not content_store.can_sweep:
            self.is_swept(content_store, sweep(content_store, []))
            return
        with content_store.sweep(dry_run=True) as begun:
            assert begun.keep([EMPTY, ABSENT, EMPTY]) == {EMPTY, ABSENT}
            assert begun.keep(iter([ONE_BYTE, ABSENT])) == {ONE_BYTE}

    def test_only_one_sweeps_at_a_time(self, content_store: ContentStore) -> None:
        if not content_store.can_sweep:
            self.is_swept(content_store, sweep(content_store, []))
            return
        other = self.reopen(content_store)
        refused = pytest.raises(StoreUnavailableError, match="another")
        with content_store.sweep(dry_run=False), refused, other.sweep(dry_run=False):
            pass
        sweep(other, [])

    def test_nothing_is_removed_while_somebody_holds_the_store(
        self, content_store: ContentStore
    ) -> None:
        if not content_store.can_sweep:
            self.is_swept(content_store, sweep(content_store, []))
            return
        digests = add_all(content_store, [b"small", content(2 * _MIB)])
        other = self.reopen(content_store)
        with ThreadPoolExecutor(1) as thread:
            with other.hold(), content_store.hold():
                sweeping = thread.submit(sweep, content_store, [])
                # Waiting for the sweep would be waiting for oneself: it is given a while.
                wait([sweeping], timeout=0.3)
                assert other.missing(digests) == set()
                assert [len(other.read(digest)) for digest in digests] == [5, 2 * _MIB]
            sweeping.result()
        assert other.missing(digests) == set(digests)

    def test_threads_that_log_and_hold_lose_nothing_to_a_sweep(
        self, content_store: ContentStore
    ) -> None:
        """Each thread finds what is there already, and names it while it holds the store."""
        if not content_store.can_sweep:
            self.is_swept(content_store, sweep(content_store, []))
            return
        named: list[Digest] = []
        blobs = [content(1000, str(number)) for number in range(10)]
        stop = threading.Event()

        def log(number: int) -> None:
            for turn in range(30):
                data = blobs[(number + turn) % len(blobs)]
                with content_store.hold():
                    digest = digest_of(content_store, data)
                    if content_store.missing([digest]):
                        add(content_store, data)
                    named.append(digest)

        def collect() -> None:
            while not stop.is_set():
                sweep(content_store, list(named), late=named)

        with ThreadPoolExecutor(4) as threads:
            collecting = threads.submit(collect)
            logging = [threads.submit(log, number) for number in range(3)]
            wait(logging)
            stop.set()
            for each in (collecting, *logging):
                each.result()
        assert [content_store.read(digest) for digest in set(named)]
        assert content_store.missing(named) == set()

    def is_swept(self, store: ContentStore, swept: SweepTally | None) -> bool:
        """Whether a sweep did happen; a store that cannot sweep has to have refused it."""
        assert (swept is not None) == store.can_sweep
        return store.can_sweep

    # Facts

    def test_it_says_whether_its_bytes_are_on_this_machine(
        self, content_store: ContentStore
    ) -> None:
        assert content_store.is_local in {True, False}
        assert self.reopen(content_store).is_local == content_store.is_local

    def test_close_is_idempotent(self, content_store: ContentStore) -> None:
        add(content_store, b"a")
        content_store.close()
        content_store.close()


def add(store: ContentStore, data: bytes) -> Digest:
    """Add one blob and commit."""
    return add_all(store, [data])[0]


def add_all(store: ContentStore, blobs: list[bytes]) -> list[Digest]:
    """Add blobs in one commit; return their digests in the same order."""
    with store.writer() as writer:
        digests = [writer.add_bytes(data) for data in blobs]
        writer.commit()
    return digests


def sweep(
    store: ContentStore,
    kept: Iterable[Digest],
    owned: Mapping[int, Iterable[Digest]] | None = None,
    *,
    late: Iterable[Digest] = (),
    older_than: datetime | None = None,
    dry_run: bool = False,
) -> SweepTally | None:
    """Collect garbage, or return ``None`` where that is refused.

    Args:
        store: the store.
        kept: what stays.
        owned: whose what is that goes.
        late: what stays too, and is only named while things are removed.
        older_than: by default now.
        dry_run: whether to remove nothing.
    """
    if not store.can_sweep:
        with pytest.raises(StoreUnavailableError), store.sweep(dry_run=dry_run):
            pass
        return None
    moment = older_than or datetime.now(UTC)

    def catch_up() -> None:
        begun.keep(late)

    with store.sweep(dry_run=dry_run) as begun:
        begun.keep(kept)
        begun.assess(moment)
        for owner, digests in (owned or {}).items():
            begun.charge(owner, digests)
        if not dry_run:
            begun.remove(catch_up)
        return begun.tally()


def digest_of(store: ContentStore, data: bytes) -> Digest:
    """Return the digest that the store gives to bytes, without storing them."""
    with store.writer() as writer:
        return writer.add_bytes(data)


def _interrupted(store: ContentStore, data: bytes) -> None:
    with store.writer() as writer:
        writer.add_bytes(data)
        raise KeyboardInterrupt


def _read_to_size(
    store: ContentStore, digest: Digest, size_bytes: int, pieces: list[bytes]
) -> None:
    """Read just as many bytes as the blob has, and not on to the end of the stream."""
    with store.open(digest) as reader:
        while sum(map(len, pieces)) < size_bytes:
            pieces.append(reader.read(1000))


class _Dribble:
    """A stream that returns less than it is asked for, and may fail at its end."""

    def __init__(self, data: bytes, *, fails: bool = False) -> None:
        self._source = io.BytesIO(data)
        self._fails = fails

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(min(size, 99_991) if size >= 0 else 99_991)
        if not data and self._fails:
            raise OSError("unplugged")
        return data
