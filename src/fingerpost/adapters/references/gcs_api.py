"""Google's JSON API, with the credentials, the endpoint and the session of gcsfs."""

import asyncio
import json
import os
import threading
from collections.abc import Coroutine, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

from attrs import frozen

from fingerpost.domain.errors import MissingExtraError, ReferenceRefusedError

from ..object_stores.failures import TransientError
from ..object_stores.retrying import RetryPolicy
from .attempts import retried

JsonObjectResource = Mapping[str, Any]
"""An object as Google describes it. *Source*: Google's JSON API, Objects."""

T = TypeVar("T")

_TIMEOUT_S: Final = 60.0
"""Without a byte from the server."""

_OK, _PARTIAL, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 200, 206, 401, 403, 404
_CHANGED: Final = frozenset({304, 412})
_TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})
_REMEDIES: Final = {
    _UNAUTHORIZED: "Check the credentials (GOOGLE_APPLICATION_CREDENTIALS).",
    _FORBIDDEN: "Ask for the role Storage Object Viewer, or check the credentials.",
    _NOT_FOUND: "Check the name of the bucket.",
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


def object_path(bucket: str, key: str) -> str:
    """Return the API's path of an object."""
    return f"b/{quote(bucket, safe='')}/o/{quote(key, safe='')}"


class GCSApi:
    """Reads from Google's JSON API; connects on first use, and again in a forked process.

    gcsfs itself is asked for its session, credentials and endpoint alone: its own requests are
    tried again for half a minute, whatever the server says of when to come back, and a missing
    bucket and a missing object are one error.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._system: Any = None
        self._pid = 0

    def json(self, uri: str, path: str, query: Mapping[str, str]) -> JsonObjectResource | None:
        """Return an object's metadata, ``None`` if it is not there."""
        answer = self._get(uri, path, query)
        if answer.status == _NOT_FOUND and "bucket" not in answer.message:
            return None
        return self._parsed(uri, answer)

    def listing(self, uri: str, bucket: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        """Return one page of a bucket's objects."""
        return self._parsed(uri, self._get(uri, f"b/{quote(bucket, safe='')}/o", query))

    def media(self, uri: str, path: str, generation: str, where: tuple[int, int]) -> bytes | None:
        """Return bytes of one generation, ``None`` if it is not there any more.

        Args:
            uri: for messages.
            path: of the object.
            generation: which one.
            where: offset and length.
        """
        offset, length = where
        # With gzip accepted, objects that are stored compressed come as they are stored.
        headers = {"Range": f"bytes={offset}-{offset + length - 1}", "Accept-Encoding": "gzip"}
        query = {"alt": "media", "generation": generation, "ifGenerationMatch": generation}
        answer = self._get(uri, path, query, headers, expected_bytes=length)
        is_gone = answer.status == _NOT_FOUND or answer.status in _CHANGED
        if is_gone or answer.headers.get("x-goog-generation", generation) != generation:
            return None
        if answer.status not in {_OK, _PARTIAL}:
            raise _refused(uri, answer)
        if answer.status == _OK and offset:
            raise ReferenceRefusedError(
                uri, "the server ignores ranges", "Use an endpoint that serves them."
            )
        return answer.body[:length]

    @staticmethod
    def _parsed(uri: str, answer: _Answer) -> Mapping[str, Any]:
        if answer.status != _OK:
            raise _refused(uri, answer)
        parsed: Mapping[str, Any] = json.loads(answer.body)
        return parsed

    def _get(
        self,
        uri: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        expected_bytes: int | None = None,
    ) -> _Answer:
        return retried(
            uri, RetryPolicy(), lambda: self._once(uri, path, query, headers, expected_bytes)
        )

    def _once(
        self,
        uri: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None,
        expected_bytes: int | None,
    ) -> _Answer:
        answer = self._answer(uri, path, query, headers)
        if answer.status in _TRANSIENT:
            raise TransientError(
                f"{answer.status} {answer.message}".rstrip(),
                _seconds(answer.headers.get("Retry-After")),
            )
        is_short = expected_bytes is not None and len(answer.body) < expected_bytes
        if is_short and answer.status in {_OK, _PARTIAL}:
            raise TransientError(f"{len(answer.body):,} of {expected_bytes:,} bytes came")
        return answer

    def _answer(
        self, uri: str, path: str, query: Mapping[str, str], headers: Mapping[str, str] | None
    ) -> _Answer:
        system = self._connected()
        import aiohttp
        from google.auth.exceptions import GoogleAuthError, TransportError

        try:
            return self._run(system, _fetch(system, path, query, headers))
        except (aiohttp.ClientError, TransportError, TimeoutError, ConnectionError) as error:
            raise TransientError(f"{type(error).__name__}: {error}".rstrip(": ")) from error
        except GoogleAuthError as error:
            raise ReferenceRefusedError(uri, str(error), _REMEDIES[_UNAUTHORIZED]) from error

    @staticmethod
    def _run(system: Any, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, system.loop).result()

    def _connected(self) -> Any:
        with self._lock:
            if self._system is None or self._pid != os.getpid():
                self._system, self._pid = _new_system(), os.getpid()
            return self._system


def _new_system() -> Any:
    try:
        # Not gcsfs.GCSFileSystem: that one asks another service about each bucket first, which
        # stalls for a minute where only the JSON API is (emulators, gcsfs 2026.10). Its switch is
        # an environment variable that is read on import, and would be everybody's.
        from gcsfs.core import GCSFileSystem
    except ImportError as error:
        raise MissingExtraError("gs:// references", "gcs", str(error)) from error
    return GCSFileSystem(skip_instance_cache=True, use_listings_cache=False)


async def _fetch(
    system: Any, path: str, query: Mapping[str, str], headers: Mapping[str, str] | None
) -> _Answer:
    import aiohttp
    from yarl import URL

    session = await system._set_session()  # noqa: SLF001  # gcsfs offers no other way to it
    parameters = urlencode(system._get_params(dict(query)))  # noqa: SLF001
    # Encoded already: a key may hold what looks like an escape.
    url = URL(f"{system.base}{path}?{parameters}", encoded=True)
    async with session.get(
        url,
        headers=system._get_headers(headers),  # noqa: SLF001
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_TIMEOUT_S, sock_read=_TIMEOUT_S),
        auto_decompress=headers is None,
    ) as response:
        return _Answer(response.status, response.headers, await response.read())


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdigit() else None


def _refused(uri: str, answer: _Answer) -> ReferenceRefusedError:
    remedy = _REMEDIES.get(answer.status, "Check the reference.")
    cause = answer.message or "no reason was given"
    return ReferenceRefusedError(uri, f"{answer.status}: {cause.rstrip('.')}", remedy)
