"""References to Google Cloud Storage: ``gs://`` URIs."""

import re
from collections.abc import Iterator
from typing import Final

from fingerpost.domain.errors import InvalidReferenceError
from fingerpost.domain.metadata.metadata import JsonValue

from .gcs_api import GCSApi, JsonObjectResource, object_path
from .object_client import VERSION, Found, Location
from .objects import ObjectReferences

_URI: Final = re.compile(r"(?is)gs://(?P<bucket>[^/#?]+)(?:/(?P<key>.*?)(?:\#(?P<version>\d+))?)?")
_ENDS_LIKE_A_GENERATION: Final = re.compile(r"(?s).*#\d+")
_FIELDS: Final = "name,generation,size,etag,md5Hash,crc32c"
_PAGE_OBJECTS: Final = 1000


class GCSReferences(ObjectReferences):
    """Resolves ``gs://BUCKET/KEY``, and ``gs://BUCKET/KEY#GENERATION`` for one version of it.

    The key is taken as it is, without percent-encoding, as Google's tools do. Credentials,
    endpoint and options are those of gcsfs: ``GOOGLE_APPLICATION_CREDENTIALS``,
    ``STORAGE_EMULATOR_HOST``, and ``fsspec.config.conf["gs"]``.

    *Source*: W&B's class reference, ``add_reference``; Google's JSON API, Objects.
    """

    schemes = frozenset({"gs"})

    def __init__(self) -> None:
        super().__init__(_GCSClient())

    def handles(self, uri: str) -> bool:
        """Whether it knows a URI: any with its scheme."""
        del uri
        return True


class _GCSClient:
    def __init__(self) -> None:
        self._api = GCSApi()

    def located(self, uri: str) -> Location:
        match = _URI.fullmatch(uri)
        if match is None:
            raise InvalidReferenceError(
                "reference", uri, "it names no bucket", "Write it as 'gs://BUCKET/KEY'."
            )
        bucket = match["bucket"]
        return Location(
            uri=uri,
            base=f"gs://{bucket}/",
            account="",
            bucket=bucket,
            key=match["key"] or "",
            version=match["version"],
        )

    def uri_of(self, location: Location, key: str, version: str | None) -> str:
        uri = f"{location.base}{key}"
        # Otherwise the end of such a key would be read as a generation.
        is_needed = version is not None and _ENDS_LIKE_A_GENERATION.fullmatch(key)
        return f"{uri}#{version}" if is_needed else uri

    def stat(self, location: Location, version: str | None) -> Found | None:
        query = {"fields": _FIELDS}
        if version is not None:
            query["generation"] = version
        path = object_path(location.bucket, location.key)
        resource = self._api.json(location.uri, path, query)
        return None if resource is None else _found(resource)

    def pages(self, location: Location) -> Iterator[list[Found]]:
        query = {"fields": f"items({_FIELDS}),nextPageToken", "maxResults": str(_PAGE_OBJECTS)}
        if location.prefix:
            query["prefix"] = location.prefix
        while True:
            page = self._api.listing(location.uri, location.bucket, query)
            yield [_found(resource) for resource in page.get("items", ())]
            token = page.get("nextPageToken")
            if not token:
                return
            query["pageToken"] = token

    def read(self, location: Location, found: Found, offset: int, length: int) -> bytes | None:
        path = object_path(location.bucket, found.key)
        return self._api.media(location.uri, path, found.version or "", (offset, length))


def _found(resource: JsonObjectResource) -> Found:
    generation, size_bytes = str(resource["generation"]), int(resource["size"])
    more: dict[str, JsonValue] = {
        name: resource[name] for name in ("md5Hash", "crc32c") if resource.get(name)
    }
    checksum = resource.get("etag") or resource.get("md5Hash") or resource.get("crc32c")
    return Found(
        key=resource["name"],
        size_bytes=size_bytes,
        checksum=str(checksum or generation),
        version=generation,
        extra={VERSION: int(generation)},
        more=more,
        is_folder=resource["name"].endswith("/") and not size_bytes,
    )
