"""One request to Google's JSON API, with the session and credentials of gcsfs."""

import io
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from attrs import frozen

from ..failures import RefusedError, TransientError

_TIMEOUT_S: Final = 60.0
"""Without a byte from the server."""

_OK: Final = frozenset({200, 201, 204, 206})
_UNAUTHORIZED, _NOT_FOUND = 401, 404
_TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})


@frozen
class GCSAnswer:
    """What the server answered.

    Attributes:
        status: of HTTP.
        headers: looked up without regard to case.
        body: whole.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """Google's message in an error; empty if there is none."""
        try:
            error = json.loads(self.body)["error"]
        except (ValueError, KeyError, TypeError):
            return ""
        return str(error.get("message", "") if isinstance(error, dict) else error)

    @property
    def is_absent(self) -> bool:
        """Whether there is no such object, though there is such a bucket."""
        return self.status == _NOT_FOUND and "bucket" not in self.message

    def require_ok(self) -> "GCSAnswer":
        """Return the answer itself.

        Raises:
            RefusedError: it is not a success.
        """
        if self.status not in _OK:
            cause = self.message.rstrip(".") or "no reason was given"
            raise RefusedError(f"{self.status}: {cause}", status=self.status)
        return self

    def parsed(self) -> Mapping[str, Any]:
        """Return the JSON of a success.

        Raises:
            RefusedError: it is not a success.
            TransientError: it is not JSON.
        """
        self.require_ok()
        try:
            found: Mapping[str, Any] = json.loads(self.body)
        except ValueError as error:
            raise TransientError("what answered is not Google's JSON API") from error
        return found


class GCSRequests:
    """Makes requests with the session, the credentials and the endpoint of a file system.

    gcsfs's own requests are not used: they retry for half a minute, whatever the server says about
    when to return, and a missing bucket and a missing object are the same error.

    Args:
        fs: of gcsfs.
    """

    def __init__(self, fs: Any) -> None:
        self.fs = fs

    def bucket_path(self, bucket: str) -> str:
        """Return the API's path of a bucket's objects."""
        return f"{self.fs.base}b/{quote(bucket, safe='')}/o"

    def object_path(self, bucket: str, key: str) -> str:
        """Return the API's path of an object."""
        return f"{self.bucket_path(bucket)}/{quote(key, safe='')}"

    def upload_path(self, bucket: str) -> str:
        """Return the API's path for uploads to a bucket."""
        endpoint = self.fs.base.removesuffix("storage/v1/")
        return f"{endpoint}upload/storage/v1/b/{quote(bucket, safe='')}/o"

    async def send(
        self,
        method: str,
        url: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> GCSAnswer:
        """Return the answer, also when it is a refusal.

        Args:
            method: of HTTP.
            url: encoded.
            query: parameters; ``None`` to send the URL exactly as it is.
            headers: more than the usual ones; the body then comes as it is stored.
            data: the body.

        Raises:
            TransientError: there is no answer, or the server asks to try again.
            RefusedError: there are no credentials.
        """
        import aiohttp
        from google.auth.exceptions import GoogleAuthError, TransportError

        try:
            answer = await self._answer(method, url, query, headers, data)
        except (aiohttp.ClientError, TransportError, TimeoutError, ConnectionError) as error:
            raise TransientError(f"{type(error).__name__}: {error}".rstrip(": ")) from error
        except GoogleAuthError as error:
            raise RefusedError(str(error), status=_UNAUTHORIZED) from error
        if answer.status in _TRANSIENT:
            after = answer.headers.get("Retry-After", "")
            pause_s = float(after) if after.isdigit() else None
            raise TransientError(f"{answer.status} {answer.message}".rstrip(), pause_s)
        return answer

    async def _answer(
        self,
        method: str,
        url: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        data: bytes | None,
    ) -> GCSAnswer:
        import aiohttp
        from yarl import URL

        session = await self.fs._set_session()  # noqa: SLF001  # gcsfs has no public way to it
        if query is not None:
            url += f"?{urlencode({**query, **self._payer()})}"
        async with session.request(
            method,
            # Encoded already: a key may hold what looks like an escape.
            URL(url, encoded=True),
            headers=self._authorized(headers),
            # aiohttp warns about large bytes, which it would send without a pause.
            data=None if data is None else io.BytesIO(data),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=_TIMEOUT_S, sock_read=_TIMEOUT_S
            ),
            auto_decompress=headers is None,
        ) as response:
            return GCSAnswer(response.status, response.headers, await response.read())

    def _payer(self) -> dict[str, str]:
        payer = self.fs.requester_pays
        if not payer:
            return {}
        return {"userProject": payer if isinstance(payer, str) else self.fs.project}

    def _authorized(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        from gcsfs import __version__

        out = {"User-Agent": f"python-gcsfs/{__version__}", **(headers or {})}
        self.fs.credentials.apply(out)
        return out
