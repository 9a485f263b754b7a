"""Asking a provider about the objects that references point at."""

import os
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeAlias, TypeVar

from fingerpost.domain.errors import ReferenceRefusedError

from ..object_stores.client import ObjectClient, ObjectPage, StoredObject
from ..object_stores.event_loop import awaited
from ..object_stores.failures import RefusedError
from ..object_stores.providers import Provider
from ..object_stores.retrying import RetryPolicy
from .attempts import retried
from .object_uris import Location

T = TypeVar("T")

Request: TypeAlias = Callable[[ObjectClient], Coroutine[Any, Any, T]]
"""Makes one attempt of a request."""


class ObjectReader:
    """Reads from a provider; for all threads.

    The provider's library is imported, and a client made, by the first request; in a forked process
    again, because the thread of an inherited client exists only in the parent.

    Args:
        provider: of the objects.
        retry: how requests are retried.

    Raises:
        MissingExtraError: the provider's library is not installed.
        ReferenceRefusedError: the provider refuses.
        ReferenceUnavailableError: the provider could not be reached.
    """

    def __init__(self, provider: Provider, retry: RetryPolicy | None = None) -> None:
        self._provider = provider
        self._retry = retry or RetryPolicy()
        self._clients: dict[tuple[int, str], ObjectClient] = {}

    def head(self, at: Location, version: str | None) -> StoredObject | None:
        """Return what is stored there, ``None`` if nothing is.

        Args:
            at: where to look.
            version: the current one if none is given.
        """
        return self._ask(at, lambda client: client.head(at.bucket, at.key, version))

    def pages(self, at: Location) -> Iterator[list[StoredObject]]:
        """Iterate over the objects below a prefix, page by page, in the order of their keys."""
        following = None
        while True:
            page = self._page(at, following)
            yield page.objects
            following = page.following
            if following is None:
                return

    def _page(self, at: Location, following: object) -> ObjectPage:
        return self._ask(at, lambda client: client.list_page(at.bucket, at.prefix, following))

    def read(self, at: Location, stored: StoredObject, offset: int, length: int) -> bytes:
        """Return a range of exactly that version.

        Raises:
            FileNotFoundError: it is not there any more.
        """
        return self._ask(
            at, lambda client: client.read(at.bucket, stored.key, offset, length, stored)
        )

    def _ask(self, at: Location, request: Request[T]) -> T:
        return self.ask(at.uri, request, at.account)

    def ask(self, uri: str, request: Request[T], account: str = "") -> T:
        """Return what a request returns; retried while its failure is transient.

        Args:
            uri: of the reference, for messages.
            request: makes one attempt.
            account: of the reference; empty where its URI does not name one.
        """
        try:
            client = self._client(account)
            _require_account(account, client)
            return retried(uri, self._retry, lambda: awaited(client.loop, request(client)))
        except RefusedError as error:
            remedy = self._provider.load().reading.remedy(error)
            raise ReferenceRefusedError(uri, error.problem, remedy) from error

    def _client(self, account: str) -> ObjectClient:
        # No lock, which could be inherited locked: if two are made at once, one is used.
        key = (os.getpid(), account)
        if key not in self._clients:
            provider = self._provider
            fs = provider.open_file_system(f"{provider.name} references", account)
            return self._clients.setdefault(key, provider.load().client(fs))
        return self._clients[key]


def _require_account(account: str, client: ObjectClient) -> None:
    if account and client.account and client.account != account:
        problem = f"the connection string is that of the account {client.account!r}"
        raise RefusedError(problem, remedy="Use that of the reference's account.")
