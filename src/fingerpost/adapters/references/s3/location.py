"""What an ``s3://`` URI says."""

import re
from typing import Final, Self

from attrs import frozen

from fingerpost.domain.errors import InvalidReferenceError

_FORM: Final = re.compile(
    r"s3://(?P<bucket>arn:[^/]*:accesspoint[/:][^/]+|[^/]+)(?:/(?P<key>.*))?",
    re.DOTALL | re.IGNORECASE,
)
_PIN: Final = "?versionId="


@frozen(kw_only=True)
class S3Location:
    """A bucket, and an object or a prefix in it.

    The key is everything behind the bucket, as it is: nothing is decoded, and ``?``, ``#``, ``%``,
    ``//`` and ``..`` are a part of it. Only the last ``?versionId=`` is not: what follows it names
    a version, and when nothing does, it merely ends the key.

    Attributes:
        bucket: name, or ARN of an access point.
        key: empty for the whole bucket.
        version_id: pins a version.
    """

    bucket: str
    key: str
    version_id: str | None = None

    @classmethod
    def parse(cls, uri: str) -> Self:
        """Return what a URI says.

        Raises:
            InvalidReferenceError: it names no bucket, or is no text that could be sent.
        """
        match = _FORM.fullmatch(uri)
        if match is None or not _is_text(uri):
            raise InvalidReferenceError(
                "reference",
                uri,
                "it has the form s3://BUCKET/KEY, s3://BUCKET/PREFIX/ or s3://BUCKET",
                "Name the bucket.",
            )
        key, pin, version_id = (match["key"] or "").rpartition(_PIN)
        if not pin:
            key, version_id = version_id, ""
        return cls(bucket=match["bucket"], key=key, version_id=version_id or None)

    @property
    def uri(self) -> str:
        """The URI without the version; it leads back to the same key."""
        return self.uri_of(self.key)

    def uri_of(self, key: str) -> str:
        """Return the URI of another key of the same bucket."""
        end = _PIN if _PIN in key else ""
        return f"s3://{self.bucket}/{key}{end}"

    @property
    def is_prefix(self) -> bool:
        """Whether it can only be a prefix: the whole bucket, or what ends in ``/``."""
        return not self.key or self.key.endswith("/")

    @property
    def prefix(self) -> str:
        """What the keys below it begin with."""
        return self.key if self.is_prefix else f"{self.key}/"

    @property
    def base_name(self) -> str:
        """The part behind the last ``/``; the bucket's name for all of it."""
        return self.key.rstrip("/").rpartition("/")[2] or self.bucket

    def below(self, key: str) -> "S3Location":
        """Return the location of another key of the same bucket."""
        return S3Location(bucket=self.bucket, key=key)


def _is_text(uri: str) -> bool:
    try:
        uri.encode()
    except UnicodeEncodeError:
        return False
    return True
