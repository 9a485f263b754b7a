"""References to Google Cloud Storage: ``gs://`` URIs."""

import re
from typing import Final

from fingerpost.domain.errors import InvalidReferenceError

from ..object_stores.client import StoredObject
from ..object_stores.providers import GCS
from .object_uris import VERSION, Location, ReferencedObject
from .objects import ObjectReferences

_URI: Final = re.compile(r"(?is)gs://(?P<bucket>[^/#?]+)(?:/(?P<key>.*?)(?:\#(?P<version>\d+))?)?")
_ENDS_LIKE_A_GENERATION: Final = re.compile(r"(?s).*#\d+")


class GCSReferences(ObjectReferences):
    """Resolves ``gs://BUCKET/KEY``, and ``gs://BUCKET/KEY#GENERATION`` for one version of it.

    The key is taken as it is, without percent-encoding, as Google's tools do. Credentials,
    endpoint and options are those of gcsfs: ``GOOGLE_APPLICATION_CREDENTIALS``,
    ``STORAGE_EMULATOR_HOST``, and ``fsspec.config.conf["gs"]``.

    *Source*: W&B's class reference, ``add_reference``; Google's JSON API, Objects.
    """

    schemes = GCS.reference_schemes

    def __init__(self) -> None:
        super().__init__(_GCSUris(), GCS)

    def handles(self, uri: str) -> bool:
        """Whether it knows a URI: any with its scheme."""
        del uri
        return True


class _GCSUris:
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

    def recorded(self, stored: StoredObject) -> ReferencedObject:
        checksums = stored.checksums
        checksum = stored.etag or checksums.get("md5Hash") or checksums.get("crc32c")
        return ReferencedObject(
            stored=stored,
            checksum=checksum or stored.version or "",
            extra={VERSION: int(stored.version or 0)},
            more=dict(checksums),
        )
