"""Azure's Blob service, with the credentials and the client of adlfs."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Final, TypeVar

from fingerpost.domain.errors import (
    MissingExtraError,
    ReferenceRefusedError,
)

from ..object_stores.failures import TransientError
from ..object_stores.retrying import RetryPolicy
from .attempts import retried
from .object_client import Found, Location

T = TypeVar("T")

_PAGE_BLOBS: Final = 5000
_NOT_FOUND, _CHANGED = 404, 412
_TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})
_ONCE: Final[dict[str, Any]] = {"retry_total": 0, "connection_timeout": 20, "read_timeout": 60}
"""Azure's own retries wait 15 seconds before the first."""

_CREDENTIALS: Final = (
    "Set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME with "
    "AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN, or sign in for DefaultAzureCredential."
)


def _connection_string() -> str | None:
    from fsspec.config import conf

    for protocol in ("abfs", "az"):
        given = conf.get(protocol, {}).get("connection_string")
        if given:
            return str(given)
    return os.environ.get("AZURE_STORAGE_CONNECTION_STRING")


def configured_endpoint() -> str | None:
    """Return the Blob endpoint of the connection string, without a slash at its end, if it has one.

    Emulators and private domains have one: ``http://127.0.0.1:10000/devstoreaccount1``.
    """
    for part in (_connection_string() or "").split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "blobendpoint":
            return value.strip().rstrip("/") or None
    return None


class AzureApi:
    """Reads from the Blob service; connects on first use, and again in a forked process.

    adlfs finds endpoint and credentials, and its client of the Blob service is asked directly:
    adlfs itself does not stream listings.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._systems: dict[tuple[int, str], Any] = {}

    def properties(self, location: Location, version: str | None) -> Any:
        """Return a blob's properties, ``None`` if it is not there."""
        blob = self._blob(location, location.key)
        options = _ONCE if version is None else {**_ONCE, "version_id": version}
        return self._ask(location, lambda: blob.get_blob_properties(**options))

    def pages(self, location: Location) -> Iterator[list[Any]]:
        """Iterate over the pages of the blobs below a prefix."""
        container = self._system(location).service_client.get_container_client(location.bucket)
        token: str | None = None
        while True:
            pages = container.list_blobs(
                name_starts_with=location.prefix or None,
                include=["metadata"],
                results_per_page=_PAGE_BLOBS,
                **_ONCE,
            )

            def ask(pages: Any = pages, token: str | None = token) -> Any:
                return _page(pages.by_page(continuation_token=token))

            page = self._ask(location, ask)
            if page is None:
                raise ReferenceRefusedError(
                    location.uri, "404: not found", "Check account and container."
                )
            blobs, token = page
            yield blobs
            if not token:
                return

    def read(self, location: Location, found: Found, offset: int, length: int) -> bytes | None:
        """Return bytes of exactly that version, ``None`` if it is not there any more."""
        from azure.core import MatchConditions

        blob = self._blob(location, found.key)
        pin: dict[str, Any] = {
            "etag": f'"{found.checksum}"',
            "match_condition": MatchConditions.IfNotModified,
        }
        if found.version is not None:
            pin = {"version_id": found.version}

        async def ask() -> bytes:
            stream = await blob.download_blob(offset=offset, length=length, **pin, **_ONCE)
            data = bytes(await stream.readall())
            if len(data) != length:
                raise TransientError(f"{len(data):,} of {length:,} bytes came")
            return data

        return self._ask(location, ask)

    def _blob(self, location: Location, key: str) -> Any:
        service = self._system(location).service_client
        return service.get_blob_client(container=location.bucket, blob=key)

    def _ask(self, location: Location, question: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        system = self._system(location)

        def once() -> T | None:
            from azure.core.exceptions import AzureError, DecodeError, HttpResponseError

            try:
                return asyncio.run_coroutine_threadsafe(question(), system.loop).result()
            except DecodeError as error:
                # What came was cut off, though it counts as an answer.
                raise TransientError(f"{type(error).__name__}: {error}") from error
            except HttpResponseError as error:
                _require_absent(location.uri, error)
                return None
            except (TimeoutError, ConnectionError) as error:
                raise TransientError(f"{type(error).__name__}: {error}") from error
            except AzureError as error:
                raise _unanswered(location.uri, error) from error

        return retried(location.uri, RetryPolicy(), once)

    def _system(self, location: Location) -> Any:
        key = (os.getpid(), location.account)
        with self._lock:
            if key not in self._systems:
                self._systems[key] = _new_system(location)
            return self._systems[key]


def _new_system(location: Location) -> Any:
    try:
        from adlfs import AzureBlobFileSystem
    except ImportError as error:
        raise MissingExtraError("Azure references", "azure", str(error)) from error
    options = {"account_name": location.account} if location.account else {}
    try:
        system = AzureBlobFileSystem(skip_instance_cache=True, use_listings_cache=False, **options)
    except ValueError as error:
        raise ReferenceRefusedError(location.uri, str(error).rstrip("."), _CREDENTIALS) from error
    account = system.service_client.account_name
    if location.account and account and account != location.account:
        problem = f"the connection string is that of the account {account!r}"
        raise ReferenceRefusedError(location.uri, problem, "Use that of the reference's account.")
    return system


async def _page(pages: AsyncIterator[Any]) -> tuple[list[Any], str | None]:
    blobs: list[Any] = []
    async for page in pages:
        blobs = [blob async for blob in page]
        break
    token: str | None = getattr(pages, "continuation_token", None)
    return blobs, token


def _require_absent(uri: str, error: Any) -> None:
    status, code = error.status_code, getattr(error, "error_code", None) or ""
    code = str(getattr(code, "value", code))
    if status is None:
        # The body broke off, again and again: Azure's own reading goes on three times.
        raise TransientError(f"{type(error).__name__}: {error}") from error
    if status in _TRANSIENT:
        raise TransientError(f"{status} {code}".rstrip(), _seconds(error)) from error
    if status == _CHANGED or (status == _NOT_FOUND and not code.startswith("Container")):
        return
    cause = f"{status}: {code or error.reason}"
    remedy = "Check account and container." if status == _NOT_FOUND else _CREDENTIALS
    raise ReferenceRefusedError(uri, cause, remedy) from error


def _seconds(error: Any) -> float | None:
    headers = error.response.headers if error.response is not None else {}
    text = str(headers.get("Retry-After", ""))
    return float(text) if text.isdigit() else None


def _unanswered(uri: str, error: Exception) -> Exception:
    from azure.core.exceptions import ClientAuthenticationError

    if isinstance(error, ClientAuthenticationError):
        return ReferenceRefusedError(uri, str(error).splitlines()[0], _CREDENTIALS)
    return TransientError(f"{type(error).__name__}: {error}")
