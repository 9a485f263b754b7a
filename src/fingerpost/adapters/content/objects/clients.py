"""Which file systems are object stores, and their clients."""

import os
from collections.abc import Callable
from typing import Any, Final

from .client import ObjectClient


def _s3(fs: Any, root: str) -> ObjectClient:
    from .s3 import S3Client

    return S3Client(fs, root)


def _gcs(fs: Any, root: str) -> ObjectClient:
    from .gcs import GCSClient

    return GCSClient(fs, root)


def _azure(fs: Any, root: str) -> ObjectClient:
    from .azure import AzureClient

    return AzureClient(fs, root)


_CLIENTS: Final[dict[str, Callable[[Any, str], ObjectClient]]] = {
    "s3": _s3,
    "s3a": _s3,
    "gs": _gcs,
    "gcs": _gcs,
    "az": _azure,
    "abfs": _azure,
    "abfss": _azure,
}


def _protocols(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def speaks_objects(fs: Any) -> bool:
    """Whether a file system of fsspec is one of the object stores that are known here."""
    return any(protocol in _CLIENTS for protocol in _protocols(fs))


class Connection:
    """The client of a prefix, in whichever process it is asked for.

    A file system that was inherited through a fork raises: its event loop's thread stayed behind.

    Args:
        fs: of s3fs, gcsfs or adlfs.
        root: bucket or container, and prefix.
    """

    def __init__(self, fs: Any, root: str) -> None:
        protocol = next(each for each in _protocols(fs) if each in _CLIENTS)
        self._connect = _CLIENTS[protocol]
        self._root = root
        self._fs = fs
        self._made: tuple[int, ObjectClient] = (os.getpid(), self._connect(fs, root))

    @property
    def location(self) -> str:
        """URL, for people."""
        return self._made[1].location

    @property
    def client(self) -> ObjectClient:
        """The client for this process."""
        if self._made[0] != os.getpid():
            # fsspec's cache of instances is emptied by the fork, so this is a new one.
            fs = type(self._fs)(*self._fs.storage_args, **self._fs.storage_options)
            self._made = (os.getpid(), self._connect(fs, self._root))
        return self._made[1]
