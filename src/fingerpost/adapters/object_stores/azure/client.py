"""Azure's Blob service."""

import hashlib
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, NamedTuple
from uuid import uuid4

from ..client import ObjectPage, Part, StoredObject
from ..failures import RefusedError, TransientError
from .failures import translated

_PAGE_BLOBS: Final = 5_000
_NOT_FOUND: Final = 404
_ONCE: Final[dict[str, Any]] = {"retry_total": 0, "connection_timeout": 20, "read_timeout": 60}
"""Azure's own retries wait 15 seconds before the first."""


class _BlockUpload(NamedTuple):
    bucket: str
    key: str
    id: str
    size_bytes: int


class AzureClient:
    """See :class:`~fingerpost.adapters.object_stores.client.ObjectClient`.

    adlfs finds endpoint and credentials, and its client of the Blob service is asked directly:
    adlfs itself does not stream listings.

    Args:
        fs: of adlfs.
    """

    parts_at_once = 4

    def __init__(self, fs: Any) -> None:
        self._fs = fs

    @property
    def account(self) -> str:
        """The account that the containers belong to."""
        return self._fs.service_client.account_name or ""

    @property
    def loop(self) -> Any:
        """The event loop in which all requests are made."""
        return self._fs.loop

    async def head(self, bucket: str, key: str, version: str | None = None) -> StoredObject | None:
        """Return what is stored under a key."""
        pin = {} if version is None else {"version_id": version}
        blob = self._blob(bucket, key)
        try:
            return _found(await translated(lambda: blob.get_blob_properties(**pin, **_ONCE)))
        except FileNotFoundError:
            return None

    async def read(
        self,
        bucket: str,
        key: str,
        offset: int,
        length: int,
        pinned: StoredObject | None = None,
    ) -> bytes:
        """Return a range of a blob; shorter where the blob ends."""
        blob, pin = self._blob(bucket, key), _pin(pinned)

        async def request() -> bytes:
            stream = await blob.download_blob(offset=offset, length=length, **pin, **_ONCE)
            data = bytes(await stream.readall())
            expected = stream.size if pinned is None else length
            if len(data) != expected:
                raise TransientError(f"{len(data):,} of {expected:,} bytes came")
            return data

        return await translated(request)

    async def list_page(
        self, bucket: str, prefix: str, following: Any = None, *, with_versions: bool = False
    ) -> ObjectPage:
        """Return a page of the blobs whose names begin with a prefix."""
        del with_versions  # included where the account has them
        container = self._fs.service_client.get_container_client(bucket)

        async def request() -> ObjectPage:
            pages = container.list_blobs(
                name_starts_with=prefix or None,
                include=["metadata"],
                results_per_page=_PAGE_BLOBS,
                **_ONCE,
            ).by_page(continuation_token=following)
            blobs = await _first_page(pages)
            return ObjectPage([_found(blob) for blob in blobs], pages.continuation_token or None)

        try:
            return await translated(request)
        except FileNotFoundError as error:
            problem = f"{_NOT_FOUND}: there is no such container"
            raise RefusedError(problem, status=_NOT_FOUND) from error

    async def has_versions(self, bucket: str) -> bool | None:
        """Return ``False``: there is no other way to list."""
        del bucket
        return False

    async def require_bucket(self, bucket: str) -> None:
        """Do nothing: every request raises if there is no such container."""

    async def put(self, bucket: str, key: str, data: bytes) -> None:
        """Store a blob. As one block, because the client sends other blobs as bytes at once."""
        upload = await self.begin_upload(bucket, key, len(data))
        parts = [Part(1, 0, data, len(data))] if data else []
        await self.complete(upload, [await self.put_part(upload, part) for part in parts])

    async def begin_upload(self, bucket: str, key: str, size_bytes: int) -> _BlockUpload:
        """Begin an upload: nothing is sent yet."""
        return _BlockUpload(bucket, key, uuid4().hex, size_bytes)

    async def put_part(self, upload: _BlockUpload, part: Part) -> str:
        """Upload a block. Its name is unique to the upload: blocks of others are never mixed in."""
        name = f"{upload.id}-{part.number:06}"
        blob, length = self._blob(upload.bucket, upload.key), len(part.data)
        # Azure compares. Not with validate_content, which makes bytes of what is to be streamed.
        md5 = bytearray(hashlib.md5(part.data, usedforsecurity=False).digest())
        await translated(
            lambda: blob.stage_block(
                name, io.BytesIO(part.data), length, transactional_content_md5=md5, **_ONCE
            )
        )
        return name

    async def complete(self, upload: _BlockUpload, receipts: Sequence[str]) -> None:
        """Make the blocks a blob. A second time it finds them in the blob that is there."""
        from azure.storage.blob import BlobBlock

        blob, blocks = self._blob(upload.bucket, upload.key), [BlobBlock(name) for name in receipts]
        try:
            await translated(lambda: blob.commit_block_list(blocks, **_ONCE))
        except RefusedError as error:
            if error.code != "InvalidBlockList":
                raise
            # Another upload of the same blob that finished first has removed these blocks.
            found = await self.head(upload.bucket, upload.key)
            if found is None or found.size_bytes != upload.size_bytes:
                raise

    async def abort(self, upload: _BlockUpload) -> None:
        """Do nothing: Azure removes blocks that were not committed within a week."""

    async def remove(self, bucket: str, key: str) -> None:
        """Remove a blob."""
        blob = self._blob(bucket, key)
        try:
            await translated(lambda: blob.delete_blob(**_ONCE))
        except FileNotFoundError:
            return

    def _blob(self, bucket: str, key: str) -> Any:
        return self._fs.service_client.get_blob_client(container=bucket, blob=key)


def _found(properties: Any) -> StoredObject:
    metadata = {name.lower(): value for name, value in (properties.metadata or {}).items()}
    is_stub = metadata.get("hdi_isfolder", "").lower() == "true"
    is_marker = properties.name.endswith("/") and not properties.size
    stored_at = properties.last_modified
    return StoredObject(
        properties.name,
        int(properties.size),
        str(properties.etag).strip('"'),
        properties.version_id or None,
        None if stored_at is None else stored_at.timestamp(),
        is_folder=is_stub or is_marker,
    )


def _pin(pinned: StoredObject | None) -> dict[str, Any]:
    from azure.core import MatchConditions

    if pinned is None:
        return {}
    if pinned.version is not None:
        return {"version_id": pinned.version}
    return {"etag": f'"{pinned.etag}"', "match_condition": MatchConditions.IfNotModified}


async def _first_page(pages: AsyncIterator[Any]) -> list[Any]:
    async for page in pages:
        return [blob async for blob in page]
    return []
