"""Content in Azure's Blob service, with the credentials and the client of adlfs."""

import hashlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar
from uuid import uuid4

from fingerpost.domain.errors import StoreUnavailableError

from ...object_stores.failures import TransientError
from .client import Found, Part

T = TypeVar("T")

_PAGE: Final = 5_000
_NOT_FOUND: Final = 404
_TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})
_DAMAGED: Final = "Md5Mismatch"
_ONCE: Final[dict[str, Any]] = {"retry_total": 0, "connection_timeout": 20, "read_timeout": 60}
"""Azure's own retries wait 15 seconds before the first."""

CREDENTIALS: Final = (
    "Set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME with "
    "AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN, or sign in for DefaultAzureCredential; "
    "they need the role Storage Blob Data Contributor."
)
_REMEDIES: Final = {
    401: CREDENTIALS,
    403: CREDENTIALS,
    _NOT_FOUND: "Create the container, or check its name and the account.",
}


class _Upload(NamedTuple):
    key: str
    id: str
    size_bytes: int


class _LostBlocksError(Exception):
    """Blocks that were uploaded are not there any more."""


class AzureClient:
    """See :class:`~.client.ObjectClient`.

    Args:
        fs: of adlfs.
        root: container and prefix.
    """

    parts_at_once = 4

    def __init__(self, fs: Any, root: str) -> None:
        self._fs = fs
        self._container, _, prefix = root.partition("/")
        self._prefix = prefix.rstrip("/") + "/" if prefix else ""
        self.location = f"az://{root.rstrip('/')}"

    @property
    def loop(self) -> Any:
        """The event loop that all requests are made in."""
        return self._fs.loop

    async def find(self, key: str) -> Found | None:
        """Return what there is under a key."""
        try:
            properties = await self._ask(lambda: self._blob(key).get_blob_properties(**_ONCE))
        except FileNotFoundError:
            return None
        return Found(key, int(properties.size), properties.last_modified.timestamp())

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Return a part of a blob; shorter where the blob ends."""

        async def ask() -> bytes:
            blob = self._blob(key)
            stream = await blob.download_blob(offset=offset, length=length, **_ONCE)
            data = bytes(await stream.readall())
            if len(data) != stream.size:
                raise TransientError(f"{len(data):,} of {stream.size:,} bytes came")
            return data

        return await self._ask(ask)

    async def put(self, key: str, data: bytes) -> None:
        """Store a blob. As one block, because the client sends other blobs as bytes at once."""
        upload = await self.begin(key, len(data))
        parts = [Part(1, 0, data, len(data))] if data else []
        await self.complete(upload, [await self.put_part(upload, part) for part in parts])

    async def begin(self, key: str, size_bytes: int) -> _Upload:
        """Begin an upload: nothing is sent yet."""
        return _Upload(key, uuid4().hex, size_bytes)

    async def put_part(self, upload: _Upload, part: Part) -> str:
        """Upload a block. Its name is the upload's own: another one's are never mixed in."""
        name = f"{upload.id}-{part.number:06}"
        blob, length = self._blob(upload.key), len(part.data)
        # Azure compares. Not with validate_content, which makes bytes of what is to be streamed.
        md5 = bytearray(hashlib.md5(part.data, usedforsecurity=False).digest())
        await self._ask(
            lambda: blob.stage_block(
                name, io.BytesIO(part.data), length, transactional_content_md5=md5, **_ONCE
            )
        )
        return name

    async def complete(self, upload: _Upload, receipts: Sequence[str]) -> None:
        """Make the blocks a blob. A second time it finds them in the blob that is there."""
        from azure.storage.blob import BlobBlock

        blocks = [BlobBlock(name) for name in receipts]
        try:
            await self._ask(lambda: self._blob(upload.key).commit_block_list(blocks, **_ONCE))
        except _LostBlocksError as error:
            # Whoever uploads the same at the same time and is done first, throws ours away.
            found = await self.find(upload.key)
            if found is None or found.size_bytes != upload.size_bytes:
                raise self._refused(error, "400: InvalidBlockList") from error

    async def abort(self, upload: _Upload) -> None:
        """Do nothing: Azure throws blocks away that nobody committed within a week."""

    async def remove(self, key: str) -> None:
        """Remove a blob."""
        try:
            await self._ask(lambda: self._blob(key).delete_blob(**_ONCE))
        except FileNotFoundError:
            return

    async def page(self, prefix: str, token: str | None) -> tuple[list[Found], str | None]:
        """Return blobs whose names begin with a prefix, and how to go on."""
        container = self._fs.service_client.get_container_client(self._container)

        async def ask() -> tuple[list[Found], str | None]:
            listing = container.list_blobs(
                name_starts_with=self._prefix + prefix, results_per_page=_PAGE, **_ONCE
            ).by_page(continuation_token=token)
            blobs = await _first_page(listing)
            return [self._found(blob) for blob in blobs], listing.continuation_token or None

        try:
            return await self._ask(ask)
        except FileNotFoundError as error:
            problem = "404: there is no such container"
            raise StoreUnavailableError(self.location, problem, _REMEDIES[_NOT_FOUND]) from error

    def _found(self, blob: Any) -> Found:
        key = blob.name[len(self._prefix) :]
        return Found(key, int(blob.size), blob.last_modified.timestamp())

    def _blob(self, key: str) -> Any:
        return self._fs.service_client.get_blob_client(
            container=self._container, blob=self._prefix + key
        )

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T:
        from azure.core.exceptions import (
            AzureError,
            ClientAuthenticationError,
            DecodeError,
            HttpResponseError,
        )

        try:
            return await question()
        except ClientAuthenticationError as error:
            problem = str(error).splitlines()[0].rstrip(".")
            raise StoreUnavailableError(self.location, problem, CREDENTIALS) from error
        except DecodeError as error:
            raise TransientError(f"{type(error).__name__}: {error}") from error
        except HttpResponseError as error:
            raise self._answered(error) from error
        except (AzureError, TimeoutError, ConnectionError) as error:
            raise TransientError(f"{type(error).__name__}: {error}") from error

    def _answered(self, error: Any) -> Exception:
        status, code = error.status_code, getattr(error, "error_code", None) or ""
        code = str(getattr(code, "value", code))
        if status is None or status in _TRANSIENT or code == _DAMAGED:
            return TransientError(
                f"{status or type(error).__name__} {code}".rstrip(), _after(error)
            )
        if status == _NOT_FOUND and not code.startswith("Container"):
            return FileNotFoundError(code)
        if code == "InvalidBlockList":
            return _LostBlocksError()
        return self._refused(error, f"{status}: {code or error.reason}")

    def _refused(self, error: object, problem: str) -> StoreUnavailableError:
        status = getattr(error, "status_code", None)
        remedy = _REMEDIES.get(status or 0, "Check account and container, and try again.")
        return StoreUnavailableError(self.location, problem, remedy)


async def _first_page(pages: AsyncIterator[Any]) -> list[Any]:
    async for page in pages:
        return [blob async for blob in page]
    return []


def _after(error: Any) -> float | None:
    headers = error.response.headers if error.response is not None else {}
    text = str(headers.get("Retry-After", ""))
    return float(text) if text.isdigit() else None
