"""References to Azure Blob Storage: ``https://ACCOUNT.blob.core.windows.net``, ``az://``, ``abfs://``."""

import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from fingerpost.domain.errors import InvalidReferenceError
from fingerpost.domain.metadata.metadata import JsonValue

from ..object_stores.azure.file_system import configured_endpoint
from ..object_stores.client import StoredObject
from ..object_stores.providers import AZURE
from .object_uris import VERSION, Location, ReferencedObject
from .objects import ObjectReferences

_HOST: Final = ".blob.core.windows.net"
_PLAIN: Final = re.compile(
    r"(?is)(?P<base>(?:az|abfs)://(?P<container>[^/?#@]+)(?:@(?P<account>[^./]+)[^/]*)?)"
    r"(?:/(?P<key>.*?)(?:\?versionid=(?P<version>[^?&]+))?)?"
)
_QUERY: Final = re.compile(r"(?i)versionid=(?P<version>[^&]+)")
_KEPT: Final = "/~!$&'()*+,;=:@"
"""What a path in a URL may hold as it is. *Source*: RFC 3986, 3.3."""


class AzureReferences(ObjectReferences):
    """Resolves blobs and prefixes of Azure Blob Storage; ``?versionId=`` pins a version.

    URLs are percent-encoded, as they are everywhere; ``az://`` and ``abfs://`` are not, as in
    adlfs. Credentials and endpoints are those of adlfs: ``AZURE_STORAGE_CONNECTION_STRING``,
    ``AZURE_STORAGE_ACCOUNT_KEY`` and so on, ``fsspec.config.conf["abfs"]``, or else what
    ``DefaultAzureCredential`` finds.

    *Source*: W&B's class reference, ``add_reference``.
    """

    schemes = AZURE.reference_schemes

    def __init__(self) -> None:
        super().__init__(_AzureUris(), AZURE)

    def handles(self, uri: str) -> bool:
        """Whether it knows a URI: Azure's own hosts, and the endpoint that is configured."""
        parts = urlsplit(uri)
        if parts.scheme.lower() in {"az", "abfs"}:
            return True
        if parts.scheme.lower() == "https" and (parts.hostname or "").endswith(_HOST):
            return True
        endpoint = configured_endpoint()
        return endpoint is not None and uri.startswith(f"{endpoint}/")


class _AzureUris:
    def located(self, uri: str) -> Location:
        location = _of_plain(uri) if _PLAIN.fullmatch(uri) else _of_url(uri)
        if location is None:
            raise InvalidReferenceError(
                "reference",
                uri.partition("?")[0],
                "it names no container, or has another query than 'versionId'",
                "Write it as 'https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME'; a shared "
                "access signature belongs in AZURE_STORAGE_SAS_TOKEN.",
            )
        return location

    def uri_of(self, location: Location, key: str, version: str | None) -> str:
        del version
        is_url = location.base.lower().startswith("http")
        # Encoded only where the URI would mean another blob: W&B records names as they are.
        return location.base + (re.sub(r"[%?#]", _escaped, key) if is_url else key)

    def recorded(self, stored: StoredObject) -> ReferencedObject:
        extra: dict[str, JsonValue] = {"etag": stored.etag}
        if stored.version is not None:
            extra[VERSION] = stored.version
        return ReferencedObject(stored=stored, checksum=stored.etag, extra=extra)


def _escaped(match: re.Match[str]) -> str:
    return quote(match[0], safe="")


def _of_plain(uri: str) -> Location | None:
    match = _PLAIN.fullmatch(uri)
    return match and Location(
        uri=uri,
        base=f"{match['base']}/",
        account=match["account"] or "",
        bucket=match["container"],
        key=match["key"] or "",
        version=match["version"],
    )


def _of_url(uri: str) -> Location | None:
    endpoint = configured_endpoint()
    rest, _, query = uri.partition("#")[0].partition("?")
    pinned = _QUERY.fullmatch(query)
    if query and pinned is None:
        return None
    if endpoint is not None and rest.startswith(f"{endpoint}/"):
        account, path = "", rest[len(endpoint) + 1 :]
    else:
        parts = urlsplit(rest)
        account, endpoint = (parts.hostname or "").partition(".")[0], f"https://{parts.netloc}"
        path = parts.path.lstrip("/")
    container, _, key = path.partition("/")
    return (
        Location(
            uri=uri,
            base=f"{endpoint}/{container}/",
            account=account,
            bucket=container,
            key=unquote(key),
            version=None if pinned is None else unquote(pinned["version"]),
        )
        if container
        else None
    )
