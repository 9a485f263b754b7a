"""A prefix of a bucket: short names, retried requests, and errors in the content store's words."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from fingerpost.domain.errors import StoreUnavailableError

from ...object_stores.client import ObjectClient, ObjectPage, Part, StoredObject
from ...object_stores.failures import AttemptsExhaustedError, RefusedError
from ...object_stores.providers import Provider
from ...object_stores.retrying import RetryPolicy

T = TypeVar("T")


class ObjectPrefix:
    """The objects below a prefix of a bucket or container.

    All coroutines run in :attr:`loop`, and retry what is transient.

    Args:
        provider: of the bucket.
        client: of the provider.
        root: bucket or container, and prefix.

    Raises:
        StoreUnavailableError: the provider refuses, or could not be reached.
    """

    def __init__(self, provider: Provider, client: ObjectClient, root: str) -> None:
        self._provider, self._client, self._retry = provider, client, RetryPolicy()
        self._bucket, _, prefix = root.partition("/")
        self._prefix = prefix.rstrip("/") + "/" if prefix else ""
        self.location = f"{provider.scheme}://{root.rstrip('/')}"

    @property
    def loop(self) -> Any:
        """The event loop in which all requests are made."""
        return self._client.loop

    @property
    def parts_at_once(self) -> int:
        """How many parts of one upload may be sent at the same time."""
        return self._client.parts_at_once

    async def find(self, name: str) -> StoredObject | None:
        """Return what is stored under a name, ``None`` if there is nothing."""
        found = await self._ask(lambda: self._client.head(self._bucket, self._prefix + name))
        return None if found is None else self._named(found)

    async def read(self, name: str, offset: int, length: int) -> bytes:
        """Return a range of an object; shorter where the object ends.

        Raises:
            FileNotFoundError: there is no such object.
        """
        key = self._prefix + name
        return await self._ask(lambda: self._client.read(self._bucket, key, offset, length))

    async def page(self, prefix: str, following: Any) -> ObjectPage:
        """Return a page of the objects whose names begin with a prefix.

        Args:
            prefix: ends in a slash.
            following: the token from the last page; ``None`` to begin.
        """
        below = self._prefix + prefix
        page = await self._ask(lambda: self._client.list_page(self._bucket, below, following))
        return page._replace(objects=[self._named(found) for found in page.objects])

    async def put(self, name: str, data: bytes) -> None:
        """Store an object; it is visible, whole, when this returns."""
        await self._ask(lambda: self._client.put(self._bucket, self._prefix + name, data))

    async def begin_upload(self, name: str, size_bytes: int) -> Any:
        """Begin an upload in parts."""
        key = self._prefix + name
        return await self._ask(lambda: self._client.begin_upload(self._bucket, key, size_bytes))

    async def put_part(self, upload: Any, part: Part) -> Any:
        """Upload a part; returns its receipt."""
        return await self._ask(lambda: self._client.put_part(upload, part))

    async def complete(self, upload: Any, receipts: Sequence[Any]) -> None:
        """Make an upload an object."""
        await self._ask(lambda: self._client.complete(upload, receipts))

    async def abort(self, upload: Any) -> None:
        """Remove the parts of an upload."""
        await self._ask(lambda: self._client.abort(upload))

    async def remove(self, name: str) -> None:
        """Remove an object; do nothing if there is none."""
        await self._ask(lambda: self._client.remove(self._bucket, self._prefix + name))

    def _named(self, found: StoredObject) -> StoredObject:
        return found._replace(key=found.key[len(self._prefix) :])

    async def _ask(self, request: Callable[[], Awaitable[T]]) -> T:
        try:
            return await self._retry.run_async(request)
        except AttemptsExhaustedError as error:
            raise StoreUnavailableError(
                self.location,
                f"it cannot be reached: {error.problem} ({error.attempts} attempts)",
                "Nothing half-written is visible. Check network and service, and try again.",
            ) from error
        except RefusedError as error:
            raise refusal(self._provider, self.location, error) from error


def refusal(provider: Provider, location: str, error: RefusedError) -> StoreUnavailableError:
    """Return the content store's error for a refusal of a provider."""
    return StoreUnavailableError(location, error.problem, provider.load().storing.remedy(error))
