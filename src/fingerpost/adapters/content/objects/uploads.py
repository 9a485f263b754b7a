"""Uploading files: whole or in parts, a bounded number at a time, in bounded memory."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ...object_stores.client import Part
from ..volume import StagedFile
from .prefix import ObjectPrefix

PART_BYTES: Final = 8 << 20
"""Size of a part; a smaller file is uploaded whole."""

_GRAIN_BYTES: Final = 1 << 20
_MOST_PARTS: Final = 9_000
"""S3 takes 10,000 of them, Azure 50,000."""

_FILES_AT_ONCE: Final = 8
_BODIES_AT_ONCE: Final = 6
"""So many parts or small files are in memory at a time."""


class Uploads:
    """The uploads of one commit.

    Args:
        prefix: where they go.
        part_bytes: see :data:`PART_BYTES`.
    """

    def __init__(self, prefix: ObjectPrefix, part_bytes: int = PART_BYTES) -> None:
        self._prefix = prefix
        self._part_bytes = part_bytes
        self._bodies = asyncio.Semaphore(_BODIES_AT_ONCE)
        self._files = asyncio.Semaphore(_FILES_AT_ONCE)

    async def upload(self, files: Sequence[StagedFile]) -> None:
        """Upload files. When one fails, the others are given up, and no parts are left."""
        tasks = [asyncio.ensure_future(self._upload(file)) for file in files]
        try:
            await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            # Each takes its parts back before it ends.
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def _upload(self, file: StagedFile) -> None:
        async with self._files:
            size_bytes = file.path.stat().st_size
            if size_bytes <= self._part_bytes:
                async with self._bodies:
                    data = file.path.read_bytes()
                    await self._prefix.put(file.name, data)
            else:
                await self._in_parts(file, size_bytes)

    async def _in_parts(self, file: StagedFile, size_bytes: int) -> None:
        upload = await self._prefix.begin_upload(file.name, size_bytes)
        try:
            receipts = await self._parts(upload, file.path, size_bytes)
            await self._prefix.complete(upload, receipts)
        except BaseException:
            await self._prefix.abort(upload)
            raise

    async def _parts(self, upload: Any, path: Path, size_bytes: int) -> list[Any]:
        length = _part_length(size_bytes, self._part_bytes)
        own = asyncio.Semaphore(self._prefix.parts_at_once)

        async def one(number: int, offset: int) -> Any:
            async with own, self._bodies:
                part = Part(number, offset, _read(path, offset, length), size_bytes)
                return await self._prefix.put_part(upload, part)

        offsets = enumerate(range(0, size_bytes, length), start=1)
        tasks = [asyncio.ensure_future(one(number, offset)) for number, offset in offsets]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException:
            for task in tasks:
                task.cancel()
            # A part that arrives after its upload was thrown away would stay, and be paid for.
            await asyncio.gather(*tasks, return_exceptions=True)
            raise


def _part_length(size_bytes: int, part_bytes: int) -> int:
    least = -(-size_bytes // _MOST_PARTS)
    if least <= part_bytes:
        return part_bytes
    return -(-least // _GRAIN_BYTES) * _GRAIN_BYTES


def _read(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        data = b""
        while len(data) < length and (more := file.read(length - len(data))):
            data = data + more if data else more
        return data
