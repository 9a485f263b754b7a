"""Google Cloud Storage: its JSON API."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import define

from ..client import ObjectPage, Part, StoredObject
from ..failures import RefusedError, TransientError
from .requests import GCSAnswer, GCSRequests

_PARTIAL, _INCOMPLETE, _NOT_FOUND, _NO_RANGE, _CANCELLED = 206, 308, 404, 416, 499
_NOT_THAT_VERSION: Final = frozenset({304, _NOT_FOUND, 412})
_FIELDS: Final = "name,generation,size,etag,md5Hash,crc32c,updated"
_PAGE_OBJECTS: Final = 1000


@define
class _ResumableUpload:
    """A resumable upload, which continues where the server says.

    Attributes:
        url: of the session.
        is_doubtful: whether it is unknown how much arrived.
    """

    url: str
    is_doubtful: bool = False


class GCSClient:
    """See :class:`~fingerpost.adapters.object_stores.client.ObjectClient`.

    Args:
        fs: of gcsfs.

    *Source*: Google's JSON API, Objects; "Perform resumable uploads".
    """

    parts_at_once = 1
    account = ""

    def __init__(self, fs: Any) -> None:
        self._requests = GCSRequests(fs)

    @property
    def loop(self) -> Any:
        """The event loop in which all requests are made."""
        return self._requests.fs.loop

    async def head(self, bucket: str, key: str, version: str | None = None) -> StoredObject | None:
        """Return what is stored under a key."""
        query = {"fields": _FIELDS}
        if version is not None:
            query["generation"] = version
        path = self._requests.object_path(bucket, key)
        answer = await self._requests.send("GET", path, query)
        return None if answer.is_absent else _found(answer.parsed())

    async def read(
        self,
        bucket: str,
        key: str,
        offset: int,
        length: int,
        pinned: StoredObject | None = None,
    ) -> bytes:
        """Return a range of an object; shorter where the object ends."""
        query = {"alt": "media"}
        if pinned is not None:
            generation = pinned.version or ""
            query |= {"generation": generation, "ifGenerationMatch": generation}
        # With gzip accepted, objects that are stored compressed come as they are stored.
        headers = {"Range": f"bytes={offset}-{offset + length - 1}", "Accept-Encoding": "gzip"}
        path = self._requests.object_path(bucket, key)
        answer = await self._requests.send("GET", path, query, headers)
        if pinned is not None:
            return _exactly(answer, offset, length, pinned)
        if answer.status == _NO_RANGE:
            return b""
        if answer.is_absent:
            raise FileNotFoundError(key)
        stated = answer.require_ok().headers.get("Content-Length")
        if stated is not None and len(answer.body) != int(stated):
            raise TransientError(f"{len(answer.body):,} of {int(stated):,} bytes came")
        # A server that ignores ranges sends the whole object.
        start = 0 if answer.status == _PARTIAL else offset
        return answer.body[start : start + length]

    async def list_page(
        self, bucket: str, prefix: str, following: Any = None, *, with_versions: bool = False
    ) -> ObjectPage:
        """Return a page of the objects whose keys begin with a prefix."""
        del with_versions  # always included
        query = {"fields": f"items({_FIELDS}),nextPageToken", "maxResults": str(_PAGE_OBJECTS)}
        if prefix:
            query["prefix"] = prefix
        if following is not None:
            query["pageToken"] = following
        answer = await self._requests.send("GET", self._requests.bucket_path(bucket), query)
        page = answer.parsed()
        objects = [_found(resource) for resource in page.get("items", ())]
        return ObjectPage(objects, page.get("nextPageToken") or None)

    async def has_versions(self, bucket: str) -> bool | None:
        """Return ``False``: every listing includes generations."""
        del bucket
        return False

    async def require_bucket(self, bucket: str) -> None:
        """Do nothing: every request raises if there is no such bucket."""

    async def put(self, bucket: str, key: str, data: bytes) -> None:
        """Store an object, and compare the checksum that Google made of it."""
        query = {"uploadType": "media", "name": key}
        path = self._requests.upload_path(bucket)
        found = (await self._requests.send("POST", path, query, data=data)).parsed()
        md5 = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        if int(found["size"]) != len(data) or found.get("md5Hash", md5) != md5:
            raise TransientError(f"{key!r} was damaged on its way")

    async def begin_upload(self, bucket: str, key: str, size_bytes: int) -> _ResumableUpload:
        """Begin a resumable upload."""
        del size_bytes
        query = {"uploadType": "resumable", "name": key}
        answer = await self._requests.send("POST", self._requests.upload_path(bucket), query)
        return _ResumableUpload(answer.require_ok().headers["Location"])

    async def put_part(self, upload: _ResumableUpload, part: Part) -> int:
        """Upload what is missing of a part."""
        end = part.offset + len(part.data)
        there = await self._persisted(upload, part.total_bytes) if upload.is_doubtful else None
        start = part.offset if there is None else there
        while start < end:
            upload.is_doubtful = True
            start = await self._sent(upload, part, start)
            upload.is_doubtful = False
        return end

    async def _sent(self, upload: _ResumableUpload, part: Part, start: int) -> int:
        end = part.offset + len(part.data)
        span = f"bytes {start}-{end - 1}/{part.total_bytes}"
        data = part.data[start - part.offset :]
        headers = {"Content-Range": span}
        answer = await self._requests.send("PUT", upload.url, None, headers, data)
        if answer.status == _INCOMPLETE:
            return _persisted(answer)
        answer.require_ok()
        return end

    async def _persisted(self, upload: _ResumableUpload, total_bytes: int) -> int:
        span = {"Content-Range": f"bytes */{total_bytes}"}
        answer = await self._requests.send("PUT", upload.url, None, span, b"")
        upload.is_doubtful = False
        if answer.status == _INCOMPLETE:
            return _persisted(answer)
        answer.require_ok()
        return total_bytes

    async def complete(self, upload: _ResumableUpload, receipts: Sequence[int]) -> None:
        """Do nothing: the last part made it an object."""

    async def abort(self, upload: _ResumableUpload) -> None:
        """Remove what arrived; Google does so after a week."""
        answer = await self._requests.send("DELETE", upload.url)
        if answer.status not in {_CANCELLED, _NOT_FOUND, 405, 501}:
            answer.require_ok()

    async def remove(self, bucket: str, key: str) -> None:
        """Remove an object."""
        path = self._requests.object_path(bucket, key)
        answer = await self._requests.send("DELETE", path, {})
        if not answer.is_absent:
            answer.require_ok()


def _found(resource: Mapping[str, Any]) -> StoredObject:
    size_bytes, updated = int(resource["size"]), resource.get("updated")
    return StoredObject(
        resource["name"],
        size_bytes,
        str(resource.get("etag") or ""),
        str(resource["generation"]),
        None if updated is None else datetime.fromisoformat(updated).timestamp(),
        is_folder=resource["name"].endswith("/") and not size_bytes,
        checksums={name: resource[name] for name in ("md5Hash", "crc32c") if resource.get(name)},
    )


def _exactly(answer: GCSAnswer, offset: int, length: int, pinned: StoredObject) -> bytes:
    is_gone = answer.status in _NOT_THAT_VERSION
    if is_gone or answer.headers.get("x-goog-generation", pinned.version) != pinned.version:
        raise FileNotFoundError(pinned.key)
    answer.require_ok()
    if len(answer.body) < length:
        raise TransientError(f"{len(answer.body):,} of {length:,} bytes came")
    if answer.status != _PARTIAL and offset:
        remedy = "Use an endpoint that serves them."
        raise RefusedError("the server ignores ranges", remedy=remedy)
    return answer.body[:length]


def _persisted(answer: GCSAnswer) -> int:
    _, _, last = answer.headers.get("Range", "").partition("-")
    return int(last) + 1 if last.isdigit() else 0
