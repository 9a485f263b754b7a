"""Files as objects below a prefix: uploaded whole under content-addressed names."""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Collection, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar, cast

from fingerpost.domain.errors import ContentMismatchError
from fingerpost.domain.manifest.digest import Digest

from ...files.hashing import hash_descriptor
from ...files.staging import Staging
from ...object_stores.client import ObjectPage, StoredObject
from ...object_stores.event_loop import awaited, begun
from ...object_stores.prefetch import PrefetchingReader
from ...object_stores.ranged import RangedReader
from ..blobs import blob_digest
from ..packs import pack_digest
from ..volume import NOTE_BYTES, SHARD_LENGTH, Failpoint, Shard, StagedFile
from .connection import Connection
from .prefix import ObjectPrefix
from .uploads import Uploads

T = TypeVar("T")

_FEW: Final = 256
"""Up to so many files are asked for one by one; for more, the listing is cheaper."""

_ASKED_AT_ONCE: Final = 16
_TAIL_BYTES: Final = 64 << 10
"""The end of a pack is fetched at once: footer and, mostly, index."""


class ObjectVolume:
    """A prefix of a bucket or container.

    Every name is that of its content, so that uploading again what is there, or what is damaged
    there, is harmless, whoever does the same at the same time.

    Args:
        connection: to the prefix.
        staging: folder for what waits to be uploaded; ``None`` for the system's temporary folder.
        failpoint: see :data:`~fingerpost.adapters.content.volume.Failpoint`.
    """

    def __init__(self, connection: Connection, staging: Path | None, failpoint: Failpoint) -> None:
        self._connection = connection
        self._staging = staging or Path(tempfile.gettempdir())
        self._failpoint = failpoint

    @property
    def location(self) -> str:
        """Where the files are, for people."""
        return self._connection.location

    def staging(self) -> Staging:
        """Return a new private local folder for one writer."""
        return Staging(self._staging, prefix="fingerpost-staging-")

    def publish(self, files: Collection[StagedFile]) -> None:
        """Upload files; each is visible when it is whole.

        Raises:
            ContentMismatchError: a file is not what its name says; it is not uploaded.
        """
        for file in files:
            _require_named(file)
        self._failpoint("before_rename")
        self._run(self._uploaded(list(files)))
        self._failpoint("after_rename")

    async def _uploaded(self, files: list[StagedFile]) -> None:
        await Uploads(self._prefix).upload(files)

    def open(self, name: str) -> BinaryIO:
        """Open a file for a few small reads anywhere in it."""
        found = self._run(self._found(name))
        tail_at = max(0, found.size_bytes - _TAIL_BYTES)
        tail = b""

        def read_range(offset: int, length: int) -> bytes:
            nonlocal tail
            if offset < tail_at:
                return self.read_range(name, offset, length)
            tail = tail or self.read_range(name, tail_at, _TAIL_BYTES)
            return tail[offset - tail_at : offset - tail_at + length]

        return cast("BinaryIO", RangedReader(found.size_bytes, read_range))

    def stream(self, name: str) -> tuple[BinaryIO, int]:
        """Open a file for reading from start to end; return its size in bytes as well."""
        prefix = self._prefix
        found = self._run(self._found(name))
        reader = PrefetchingReader(
            found.size_bytes,
            lambda offset, length: begun(prefix.loop, prefix.read(name, offset, length)),
        )
        return cast("BinaryIO", reader), found.size_bytes

    def read_range(self, name: str, offset: int, length: int) -> bytes:
        """Read a part of a file; shorter where the file ends."""
        if length == 0:
            return b""
        return self._run(self._prefix.read(name, offset, length))

    def sizes(self, names: Collection[str]) -> dict[str, int]:
        """Return the sizes in bytes of those files that are there, and durable."""
        if len(names) <= _FEW:
            found = self._run(self._asked_for(list(names)))
            return {each.key: each.size_bytes for each in found}
        wanted = set(names)
        folders = {name.partition("/")[0] for name in names}
        listed = (each for folder in folders for each in self._listed(folder))
        return {each.key: each.size_bytes for each in listed if each.key in wanted}

    def names(self, folder: str) -> Iterator[str]:
        """Iterate over all files below a folder of shards; a page of them in memory."""
        for each in self._listed(folder):
            yield each.key

    def changed_shards(self, folder: str, marks: Mapping[str, int]) -> Iterator[Shard]:
        """Iterate over all shards: nothing tells cheaply whether one has changed."""
        shards: dict[str, set[str]] = defaultdict(set)
        for name in marks:
            shards[name] = set()
        for name in self.names(folder):
            shards[name.split("/")[1]].add(name)
        for shard, names in shards.items():
            if len(shard) == SHARD_LENGTH:
                # Never None here: each look is a whole listing, and marks only name the shards.
                yield Shard(shard, 0, frozenset(names))

    def stored_at(self, name: str) -> float:
        """Return when a file was uploaded, in seconds since 1970, by the server's clock.

        Raises:
            FileNotFoundError: it is not there.
        """
        found = self._run(self._found(name))
        if found.stored_at is None:
            raise AssertionError(found)
        return found.stored_at

    def take(self, name: str, target: Path) -> None:
        """Remove a file for good; nothing is left at the target."""
        del target
        self._run(self._prefix.remove(name))

    def read_note(self, name: str) -> bytes | None:
        """Return a small file, ``None`` if there is none."""
        try:
            return self.read_range(name, 0, NOTE_BYTES)
        except FileNotFoundError:
            return None

    def write_note(self, name: str, data: bytes) -> None:
        """Write a small file, over another one should there be one."""
        self._run(self._prefix.put(name, data))

    def _listed(self, folder: str) -> Iterator[StoredObject]:
        prefix, following = self._prefix, None
        while True:
            page: ObjectPage = self._run(prefix.page(f"{folder}/", following))
            yield from page.objects
            following = page.following
            if following is None:
                return

    async def _found(self, name: str) -> StoredObject:
        found = await self._prefix.find(name)
        if found is None:
            raise FileNotFoundError(name)
        return found

    async def _asked_for(self, names: list[str]) -> list[StoredObject]:
        prefix, turns = self._prefix, asyncio.Semaphore(_ASKED_AT_ONCE)

        async def one(name: str) -> StoredObject | None:
            async with turns:
                return await prefix.find(name)

        found = await asyncio.gather(*(one(name) for name in names))
        return [each for each in found if each is not None]

    @property
    def _prefix(self) -> ObjectPrefix:
        return self._connection.prefix

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return awaited(self._prefix.loop, work)


def _require_named(file: StagedFile) -> None:
    """Return if a file's content is what its name says: under that name others will look for it."""
    expected = pack_digest(file.name) or blob_digest(file.name)
    if expected is None:
        raise AssertionError(file.name)
    with file.path.open("rb", buffering=0) as source:
        (actual,), _ = hash_descriptor(source.fileno(), [expected.algorithm], lambda _: None)
    if Digest(actual) != expected:
        where = f"what was prepared for {file.name}"
        raise ContentMismatchError(where, expected, actual, "Log the data again.")
