"""Content in Google Cloud Storage: its JSON API, with the session and credentials of gcsfs."""

import base64
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from attrs import define, frozen

from fingerpost.domain.errors import StoreUnavailableError

from ...object_stores.failures import TransientError
from .client import Found, Part

_TIMEOUT_S: Final = 60.0
"""Without a byte from the server."""

_OK: Final = frozenset({200, 201, 204, 206})
_INCOMPLETE, _NOT_FOUND, _NO_RANGE, _CANCELLED = 308, 404, 416, 499
_TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})
_CREDENTIALS: Final = (
    "Set GOOGLE_APPLICATION_CREDENTIALS, or sign in with `gcloud auth application-default login`."
)
_REMEDIES: Final = {
    401: _CREDENTIALS,
    403: "Check the credentials; they need the role Storage Object User on the bucket.",
    404: "Create the bucket, or check its name and the endpoint (STORAGE_EMULATOR_HOST).",
}


@frozen
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> str:
        try:
            error = json.loads(self.body)["error"]
        except (ValueError, KeyError, TypeError):
            return ""
        return str(error.get("message", "") if isinstance(error, dict) else error)

    @property
    def json(self) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = json.loads(self.body)
        except ValueError as error:
            raise TransientError("what answered is not Google's JSON API") from error
        return found


@define
class _Upload:
    """A resumable upload, which goes on where the server says.

    Attributes:
        url: of the session.
        is_doubtful: whether nobody knows how much arrived.
    """

    url: str
    is_doubtful: bool = False


class GCSClient:
    """See :class:`~.client.ObjectClient`.

    Args:
        fs: of gcsfs.
        root: bucket and prefix.

    *Source*: Google's JSON API, Objects; "Perform resumable uploads".
    """

    parts_at_once = 1

    def __init__(self, fs: Any, root: str) -> None:
        self._fs = fs
        self._bucket, _, prefix = root.partition("/")
        self._prefix = prefix.rstrip("/") + "/" if prefix else ""
        self.location = f"gs://{root.rstrip('/')}"
        self._base = f"b/{quote(self._bucket, safe='')}/o"

    @property
    def loop(self) -> Any:
        """The event loop that all requests are made in."""
        return self._fs.loop

    async def find(self, key: str) -> Found | None:
        """Return what there is under a key."""
        answer = await self._ask("GET", self._object(key), {})
        if self._is_absent(answer):
            return None
        return self._found(self._parsed(answer))

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Return a part of an object; shorter where the object ends."""
        span = {"Range": f"bytes={offset}-{offset + length - 1}", "Accept-Encoding": "gzip"}
        answer = await self._ask("GET", self._object(key), {"alt": "media"}, headers=span)
        if answer.status == _NO_RANGE:
            return b""
        if self._is_absent(answer):
            raise FileNotFoundError(key)
        self._require_ok(answer)
        stated = answer.headers.get("Content-Length")
        if stated is not None and len(answer.body) != int(stated):
            raise TransientError(f"{len(answer.body):,} of {int(stated):,} bytes came")
        # A server that ignores ranges sends all of it.
        start = 0 if answer.status == 206 else offset  # noqa: PLR2004 - Partial Content
        return answer.body[start : start + length]

    async def put(self, key: str, data: bytes) -> None:
        """Store an object, and compare the checksum that Google made of it."""
        query = {"uploadType": "media", "name": self._prefix + key}
        answer = await self._ask("POST", self._uploads(), query, data=data)
        found = self._parsed(answer)
        md5 = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        if int(found["size"]) != len(data) or found.get("md5Hash", md5) != md5:
            raise TransientError(f"{key!r} was damaged on its way")

    async def begin(self, key: str, size_bytes: int) -> _Upload:
        """Begin a resumable upload."""
        del size_bytes
        query = {"uploadType": "resumable", "name": self._prefix + key}
        answer = await self._ask("POST", self._uploads(), query)
        self._require_ok(answer)
        return _Upload(answer.headers["Location"])

    async def put_part(self, upload: _Upload, part: Part) -> int:
        """Upload a part: what of it is not there yet."""
        end = part.offset + len(part.data)
        there = await self._persisted(upload, part.total_bytes) if upload.is_doubtful else None
        start = part.offset if there is None else there
        while start < end:
            upload.is_doubtful = True
            start = await self._sent(upload, part, start)
            upload.is_doubtful = False
        return end

    async def _sent(self, upload: _Upload, part: Part, start: int) -> int:
        end = part.offset + len(part.data)
        span = f"bytes {start}-{end - 1}/{part.total_bytes}"
        data = part.data[start - part.offset :]
        answer = await self._ask("PUT", upload.url, None, {"Content-Range": span}, data)
        if answer.status == _INCOMPLETE:
            return _persisted(answer)
        self._require_ok(answer)
        return end

    async def _persisted(self, upload: _Upload, total_bytes: int) -> int:
        span = {"Content-Range": f"bytes */{total_bytes}"}
        answer = await self._ask("PUT", upload.url, None, span, b"")
        upload.is_doubtful = False
        if answer.status == _INCOMPLETE:
            return _persisted(answer)
        self._require_ok(answer)
        return total_bytes

    async def complete(self, upload: _Upload, receipts: Sequence[int]) -> None:
        """Do nothing: the last part made it an object."""

    async def abort(self, upload: _Upload) -> None:
        """Throw away what arrived; Google does so after a week."""
        answer = await self._ask("DELETE", upload.url, None)
        if answer.status not in {_CANCELLED, _NOT_FOUND, 405, 501}:
            self._require_ok(answer)

    async def remove(self, key: str) -> None:
        """Remove an object."""
        answer = await self._ask("DELETE", self._object(key), {})
        if not self._is_absent(answer):
            self._require_ok(answer)

    async def page(self, prefix: str, token: str | None) -> tuple[list[Found], str | None]:
        """Return objects whose keys begin with a prefix, and how to go on."""
        fields = "nextPageToken,items(name,size,updated)"
        query = {"prefix": self._prefix + prefix, "fields": fields}
        if token is not None:
            query["pageToken"] = token
        page = self._parsed(await self._ask("GET", self._base, query))
        return [self._found(item) for item in page.get("items", ())], page.get("nextPageToken")

    def _found(self, item: Mapping[str, Any]) -> Found:
        key = str(item["name"])[len(self._prefix) :]
        return Found(key, int(item["size"]), datetime.fromisoformat(item["updated"]).timestamp())

    def _object(self, key: str) -> str:
        return f"{self._base}/{quote(self._prefix + key, safe='')}"

    def _uploads(self) -> str:
        return f"{self._fs._location}/upload/storage/v1/{self._base}"  # noqa: SLF001 - no other way

    @staticmethod
    def _is_absent(answer: _Answer) -> bool:
        return answer.status == _NOT_FOUND and "bucket" not in answer.message

    def _parsed(self, answer: _Answer) -> Mapping[str, Any]:
        self._require_ok(answer)
        return answer.json

    def _require_ok(self, answer: _Answer) -> None:
        if answer.status not in _OK:
            cause = answer.message.rstrip(".") or "no reason was given"
            remedy = _REMEDIES.get(answer.status, "Check credentials, bucket and endpoint.")
            raise StoreUnavailableError(self.location, f"{answer.status}: {cause}", remedy)

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> _Answer:
        import aiohttp
        from google.auth.exceptions import GoogleAuthError, TransportError

        try:
            answer = await self._fetched(method, path, query, headers, data)
        except (aiohttp.ClientError, TransportError, TimeoutError, ConnectionError) as error:
            raise TransientError(f"{type(error).__name__}: {error}".rstrip(": ")) from error
        except GoogleAuthError as error:
            raise StoreUnavailableError(self.location, str(error), _CREDENTIALS) from error
        if answer.status in _TRANSIENT:
            after = answer.headers.get("Retry-After", "")
            pause_s = float(after) if after.isdigit() else None
            raise TransientError(f"{answer.status} {answer.message}".rstrip(), pause_s)
        return answer

    async def _fetched(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        data: bytes | None,
    ) -> _Answer:
        import aiohttp
        from yarl import URL

        session = await self._fs._set_session()  # noqa: SLF001  # gcsfs offers no other way to it
        url = path if "://" in path else f"{self._fs.base}{path}"
        if query is not None:
            url += "?" + urlencode(self._fs._get_params(dict(query)))  # noqa: SLF001
        async with session.request(
            method,
            URL(url, encoded=True),
            headers=self._fs._get_headers(headers),  # noqa: SLF001
            # aiohttp warns of large bytes, which it would send without a pause.
            data=None if data is None else io.BytesIO(data),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=_TIMEOUT_S, sock_read=_TIMEOUT_S
            ),
            auto_decompress=headers is None,
        ) as response:
            return _Answer(response.status, response.headers, await response.read())


def _persisted(answer: _Answer) -> int:
    _, _, last = answer.headers.get("Range", "").partition("-")
    return int(last) + 1 if last.isdigit() else 0
