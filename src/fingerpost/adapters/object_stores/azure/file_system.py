"""The file system of adlfs, with the settings that Fingerpost needs."""

import os
from typing import Any, Final

from ..failures import RefusedError

_UNAUTHORIZED: Final = 401


def azure_file_system(account: str) -> Any:
    """Return a new file system; nothing is connected yet.

    Credentials and endpoint are found as adlfs finds them: ``AZURE_STORAGE_CONNECTION_STRING``,
    ``AZURE_STORAGE_ACCOUNT_KEY`` and so on, fsspec's configuration of ``abfs``, or else what
    ``DefaultAzureCredential`` finds.

    Args:
        account: empty for the one in the environment.

    Raises:
        ImportError: adlfs is not installed.
        RefusedError: there are no credentials.
    """
    from adlfs import AzureBlobFileSystem

    options = {"account_name": account} if account else {}
    try:
        return AzureBlobFileSystem(skip_instance_cache=True, use_listings_cache=False, **options)
    except ValueError as error:
        raise RefusedError(str(error).rstrip("!."), status=_UNAUTHORIZED) from error


def configured_endpoint() -> str | None:
    """Return the Blob endpoint of the connection string, without a slash at its end, if it has one.

    Emulators and private domains have one: ``http://127.0.0.1:10000/devstoreaccount1``.
    """
    for part in (_connection_string() or "").split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "blobendpoint":
            return value.strip().rstrip("/") or None
    return None


def _connection_string() -> str | None:
    from fsspec.config import conf

    for protocol in ("abfs", "az"):
        given = conf.get(protocol, {}).get("connection_string")
        if given:
            return str(given)
    return os.environ.get("AZURE_STORAGE_CONNECTION_STRING")
