"""The file systems of fsspec, opened the way content needs them."""

from typing import Any
from urllib.parse import urlsplit

from ..object_stores.providers import provider_of
from .objects import open_file_system


def file_system(location: str) -> tuple[Any, str]:
    """Return the file system of a place for content, and the path on it.

    Credentials and endpoints are found as each provider's own tools find them, and in fsspec's
    configuration. Nothing is connected to yet.

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
    raise AssertionError(location)


def _without_account(root: str) -> str:
    """Return container and prefix of ``container@account.dfs.core.windows.net/prefix``."""
    place, slash, prefix = root.partition("/")
    return f"{place.partition('@')[0]}{slash}{prefix}"


def _account(location: str) -> str:
    host = urlsplit(location).hostname if "@" in location else None
    return (host or "").partition(".")[0]
