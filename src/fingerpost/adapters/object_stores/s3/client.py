"""S3, and every server with the same protocol."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ..client import ObjectPage, Part, StoredObject
from ..failures import RefusedError, TransientError
from .failures import refused
from .pages import PAGE, unquoted, version_of
from .requests import S3Requests

_GONE: Final = {404, 405}
"""405 is the answer for a version that is a delete marker."""

_NO_KEY: Final = {"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed", "405"}
_NOT_FOUND, _CHANGED, _NO_RANGE, _NOT_IMPLEMENTED = 404, 412, 416, 501


class _MultipartUpload(NamedTuple):
    bucket: str
    key: str
    id: str
    size_bytes: int

    @property
    def name(self) -> dict[str, str]:
        return {"bucket": self.bucket, "Key": self.key, "UploadId": self.id}


class S3Client:
    """See :class:`~fingerpost.adapters.object_stores.client.ObjectClient`.

    What is sent carries its MD5, which the server compares: ETags and newer checksums are not the
    same everywhere.

    Args:
        fs: of s3fs.
    """

    parts_at_once = 4
    account = ""

    def __init__(self, fs: Any) -> None:
        self._requests = S3Requests(fs)

    @property
    def loop(self) -> Any:
        """The event loop in which all requests are made."""
        return self._requests.fs.loop

    async def head(self, bucket: str, key: str, version: str | None = None) -> StoredObject | None:
        """Return what is stored under a key."""
        try:
            answer = await self._send("head_object", bucket, Key=key, VersionId=version)
        except RefusedError as error:
            if error.status in _GONE:
                return None
            explained = await self._explained(bucket, key, version, error)
            if explained.status in _GONE:
                return None
            raise explained from error
        return _found(key, answer)

    async def _explained(
        self, bucket: str, key: str, version: str | None, error: RefusedError
    ) -> RefusedError:
        # An answer to HEAD has no body with the reason; one to GET has.
        try:
            await self._send("get_object", bucket, Key=key, VersionId=version, Range="bytes=0-0")
        except RefusedError as explained:
            return explained
        return error

    async def read(
        self,
        bucket: str,
        key: str,
        offset: int,
        length: int,
        pinned: StoredObject | None = None,
    ) -> bytes:
        """Return a range of an object; shorter where the object ends."""
        span = f"bytes={offset}-{offset + length - 1}"
        try:
            answer = await self._send("get_object", bucket, Key=key, Range=span, **_pin(pinned))
        except RefusedError as error:
            if error.status == _NO_RANGE and pinned is None:
                return b""
            if error.status in {_CHANGED, _NO_RANGE} or error.code in _NO_KEY:
                raise FileNotFoundError(key) from error
            raise
        data: bytes = answer["Data"]
        if len(data) != int(answer["ContentLength"]):
            raise TransientError(f"{len(data):,} of {answer['ContentLength']:,} bytes came")
        if pinned is not None:
            return _exactly(answer, offset, length, pinned)
        # A server that ignores ranges sends the whole object.
        start = 0 if "ContentRange" in answer else offset
        return data[start : start + length]

    async def list_page(
        self, bucket: str, prefix: str, following: Any = None, *, with_versions: bool = False
    ) -> ObjectPage:
        """Return a page of the objects whose keys begin with a prefix."""
        operation = "list_object_versions" if with_versions else "list_objects_v2"
        # Encoded, because keys may hold characters that XML does not.
        answer = await self._send(
            operation, bucket, Prefix=prefix, EncodingType="url", **(following or {})
        )
        if PAGE not in answer:
            raise refused(200, "no listing", "what answered does not speak S3's protocol")
        page: ObjectPage = answer[PAGE]
        return page

    async def has_versions(self, bucket: str) -> bool | None:
        """Whether a bucket has versions; ``None`` if it may not be asked."""
        try:
            answer = await self._send("get_bucket_versioning", bucket)
        except RefusedError as error:
            return False if error.status == _NOT_IMPLEMENTED else None
        return bool(answer.get("Status"))

    async def require_bucket(self, bucket: str) -> None:
        """Raise if there is no such bucket; HEAD of an object gives the same answer for both."""
        try:
            await self._send("head_bucket", bucket)
        except RefusedError as error:
            if error.status in _GONE:
                absent = refused(_NOT_FOUND, "NoSuchBucket", "there is no such bucket")
                raise absent from error

    async def put(self, bucket: str, key: str, data: bytes) -> None:
        """Store an object."""
        await self._send("put_object", bucket, Key=key, Body=data, ContentMD5=_md5(data))

    async def begin_upload(self, bucket: str, key: str, size_bytes: int) -> _MultipartUpload:
        """Begin a multipart upload."""
        answer = await self._send("create_multipart_upload", bucket, Key=key)
        return _MultipartUpload(bucket, key, answer["UploadId"], size_bytes)

    async def put_part(self, upload: _MultipartUpload, part: Part) -> dict[str, Any]:
        """Upload a part; one of the same number replaces it."""
        answer = await self._send(
            "upload_part",
            **upload.name,
            PartNumber=part.number,
            Body=part.data,
            ContentMD5=_md5(part.data),
        )
        return {"PartNumber": part.number, "ETag": answer["ETag"]}

    async def complete(self, upload: _MultipartUpload, receipts: Sequence[dict[str, Any]]) -> None:
        """Make the parts an object."""
        parts = {"Parts": list(receipts)}
        try:
            await self._send("complete_multipart_upload", **upload.name, MultipartUpload=parts)
        except RefusedError as error:
            if error.code != "NoSuchUpload":
                raise
            # An attempt whose answer was lost may have completed it.
            found = await self.head(upload.bucket, upload.key)
            if found is None or found.size_bytes != upload.size_bytes:
                raise

    async def abort(self, upload: _MultipartUpload) -> None:
        """Remove the parts."""
        try:
            await self._send("abort_multipart_upload", **upload.name)
        except RefusedError as error:
            if error.status != _NOT_FOUND:
                raise

    async def remove(self, bucket: str, key: str) -> None:
        """Remove an object."""
        await self._send("delete_object", bucket, Key=key)

    async def _send(self, operation: str, bucket: str, **parameters: Any) -> dict[str, Any]:
        return await self._requests.send(operation, bucket, **parameters)


def _found(key: str, answer: Mapping[str, Any]) -> StoredObject:
    size_bytes = int(answer["ContentLength"])
    return StoredObject(
        key,
        size_bytes,
        unquoted(answer["ETag"]),
        version_of(answer.get("VersionId")),
        answer["LastModified"].timestamp(),
        is_folder=size_bytes == 0 and "x-directory" in answer.get("ContentType", ""),
    )


def _pin(pinned: StoredObject | None) -> dict[str, str | None]:
    if pinned is None:
        return {}
    return {"IfMatch": f'"{pinned.etag}"', "VersionId": pinned.version}


def _exactly(answer: Mapping[str, Any], offset: int, length: int, pinned: StoredObject) -> bytes:
    # Not every server respects If-Match, nor Range.
    span, _, total = answer.get("ContentRange", "").partition("/")
    total_bytes = int(total) if total.isdecimal() else int(answer["ContentLength"])
    if (unquoted(answer["ETag"]), total_bytes) != (pinned.etag, pinned.size_bytes):
        raise FileNotFoundError(pinned.key)
    data: bytes = answer["Data"]
    is_span = span == f"bytes {offset}-{offset + length - 1}"
    is_whole = not span and length == total_bytes
    if not (is_span or is_whole) or len(data) != length:
        asked = f"{length:,} bytes from {offset:,} on were asked for"
        raise refused(200, "another range", f"{asked}, and {len(data):,} came")
    return data


def _md5(data: bytes) -> str:
    # Against accidents on the way, not against attackers: the digest is what counts in the end.
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
