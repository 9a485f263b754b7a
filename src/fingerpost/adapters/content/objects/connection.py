"""The connection to a prefix of a bucket, in each process."""

import os
from typing import Any

from ...object_stores.failures import RefusedError
from ...object_stores.providers import Provider, provider_of_file_system
from .prefix import ObjectPrefix, refusal


def speaks_objects(fs: Any) -> bool:
    """Whether a file system of fsspec is one of the object stores in the table of providers."""
    return provider_of_file_system(fs) is not None


def open_file_system(provider: Provider, location: str, account: str = "") -> Any:
    """Return a file system of fsspec for content; nothing is connected yet.

    Args:
        provider: of the place.
        location: of the content, for messages.
        account: empty for the one in the environment.

    Raises:
        MissingExtraError: the provider's library is not installed.
        StoreUnavailableError: there are no credentials, where that shows at once.
    """
    purpose = f"content stores on {provider.scheme}://"
    try:
        return provider.open_file_system(purpose, account)
    except RefusedError as error:
        raise refusal(provider, location, error) from error


class Connection:
    """The client of a prefix, in whichever process asks for it.

    A file system that was inherited through a fork raises: the thread of its event loop exists
    only in the parent.

    Args:
        fs: of s3fs, gcsfs or adlfs.
        root: bucket or container, and prefix.
    """

    def __init__(self, fs: Any, root: str) -> None:
        provider = provider_of_file_system(fs)
        if provider is None:
            raise AssertionError(fs)
        self._provider = provider
        self._root = root
        self._fs = fs
        self._made: tuple[int, ObjectPrefix] = (os.getpid(), self._connected(fs))

    @property
    def location(self) -> str:
        """URL, for people."""
        return self._made[1].location

    @property
    def prefix(self) -> ObjectPrefix:
        """The prefix, for this process."""
        if self._made[0] != os.getpid():
            # fsspec's cache of instances is emptied by the fork, so this is a new one.
            fs = type(self._fs)(*self._fs.storage_args, **self._fs.storage_options)
            self._made = (os.getpid(), self._connected(fs))
        return self._made[1]

    def _connected(self, fs: Any) -> ObjectPrefix:
        return ObjectPrefix(self._provider, self._provider.load().client(fs), self._root)
