"""The file systems of fsspec, opened the way content needs them."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from fingerpost.domain.errors import MissingExtraError

from ..object_stores.providers import provider_of
from .objects import open_file_system
from .remote_connection import RemoteConnection

_EXTRAS: Final = {"sftp": "sftp"}
"""By protocol, the extra that brings its driver's library."""


def file_system(location: str) -> tuple[Any, str]:
    """Return the file system of a place for content, and the path on it.

    Credentials and endpoints are found as each provider's own tools find them, and in fsspec's
    configuration. Nothing is connected to yet: where a file system connects as soon as it is made,
    a :class:`RemoteConnection` is returned in its place.

    Args:
        location: in its normal form: an absolute path, or a URL.

    Raises:
        MissingExtraError: the library for it is not installed.
        StoreUnavailableError: there are no credentials, where that shows at once.
    """
    import fsspec

    protocol, separator, root = location.partition("://")
    if not separator:
        return fsspec.filesystem("file", skip_instance_cache=True), location
    if protocol == "memory":
        return fsspec.filesystem("memory"), f"/{root}"
    provider = provider_of(protocol)
    if provider is not None:
        return open_file_system(provider, location, _account(location)), _without_account(root)
    return _other(protocol, location)


def _other(protocol: str, location: str) -> tuple[RemoteConnection, str]:
    kind = _driver(protocol)

    def connect() -> Any:
        options = kind._get_kwargs_from_urls(location)  # noqa: SLF001 - what drivers override
        if protocol == "sftp":
            from .sftp_host_keys import connected

            return connected(kind, options)
        return kind(**options, skip_instance_cache=True)

    path: str = kind._strip_protocol(location)  # noqa: SLF001 - likewise
    return RemoteConnection(location, connect), path


def _driver(protocol: str) -> Any:
    """Return fsspec's class for a protocol.

    Raises:
        MissingExtraError: a library that it needs is not installed; names it.
    """
    from fsspec import get_filesystem_class

    try:
        return get_filesystem_class(protocol)
    except ImportError as error:
        what = f"content stores on {protocol}://"
        extra = _EXTRAS.get(protocol, "")
        package = _package(protocol, error)
        raise MissingExtraError(what, extra, str(error).rstrip("."), package) from error


def _package(protocol: str, error: ImportError) -> str:
    """Return the package that brings a driver, or the library that it needs."""
    from fsspec.registry import known_implementations

    said = known_implementations.get(protocol, {})
    driver = str(said.get("class", "")).partition(".")[0]
    if driver not in {"", "fsspec"}:
        return driver.replace("_", "-")
    quoted = re.search('"([^"]+)"', str(said.get("err", "")))
    missing = getattr(error.__cause__, "name", None)
    return quoted[1] if quoted else str(missing or protocol)


def _without_account(root: str) -> str:
    """Return container and prefix of ``container@account.dfs.core.windows.net/prefix``."""
    place, slash, prefix = root.partition("/")
    return f"{place.partition('@')[0]}{slash}{prefix}"


def _account(location: str) -> str:
    host = urlsplit(location).hostname if "@" in location else None
    return (host or "").partition(".")[0]
