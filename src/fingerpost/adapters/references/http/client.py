"""Requests, and the errors that their answers stand for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NoReturn

from fingerpost.domain.errors import (
    MissingExtraError,
    ReferenceMissingError,
    ReferenceRefusedError,
)

from ...object_stores.failures import TransientError
from .background import Background, shared
from .facts import retry_after_s
from .failures import told
from .limits import MOST_REDIRECTS, HttpLimits

if TYPE_CHECKING:
    import aiohttp

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_TRANSIENT: Final = frozenset({408, 425, 429})
_NEVER: Final = frozenset({501, 505})
"""5xx that stay what they are: the server does not know the method, or the protocol."""

_REMEDIES: Final = {
    401: "Put the login for this host in ~/.netrc, or ask for access.",
    403: "Ask for access, or sign the URL anew if it has expired.",
    407: "Name the proxy with its login in HTTP_PROXY or HTTPS_PROXY.",
}


class Answer:
    """An answer whose headers have been read, and its body not yet. Has to be closed.

    Attributes:
        status: such as 200.
        headers: case does not matter.
    """

    def __init__(
        self,
        uri: str,
        response: "aiohttp.ClientResponse",
        background: Background,
        limits: HttpLimits,
    ) -> None:
        self._uri = uri
        self._response = response
        self._background = background
        self._limits = limits
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers

    @property
    def described(self) -> str:
        """Status and reason, such as ``403 Forbidden``."""
        return f"{self.status} {self._response.reason or ''}".strip()

    def read(self, most_bytes: int) -> bytes:
        """Return the next bytes of the body as they were sent; none at its end.

        Raises:
            TransientError: the body broke off.
        """
        response = self._response

        async def read(_: object) -> bytes:
            return await response.content.read(most_bytes)

        with told(self._uri):
            return self._background.run(read, until_s=self._limits.read_timeout_s * 2)

    def close(self) -> None:
        """Give the connection back, or close it where not all of the body has been read."""
        self._background.call(self._response.close)

    def require_success(self) -> None:
        """Raise what a status that is not 200 or 206 stands for.

        Raises:
            ReferenceMissingError: 404, 410.
            ReferenceRefusedError: what will be answered again.
            TransientError: what may be answered differently later.
        """
        if self.status in {200, 206}:
            return
        if self.status in _GONE:
            raise ReferenceMissingError(self._uri)
        if self.is_transient:
            raise TransientError(self.described, retry_after_s(self.headers))
        remedy = _REMEDIES.get(self.status, "Check the URL.")
        raise ReferenceRefusedError(self._uri, self.described, remedy)

    @property
    def is_transient(self) -> bool:
        """Whether another answer can be hoped for later."""
        is_server_error = self.status >= 500 and self.status not in _NEVER  # noqa: PLR2004
        return is_server_error or self.status in _TRANSIENT


class HttpClient:
    """Asks servers, following redirects. Safe to use from several threads.

    Proxies come from the environment (``HTTP_PROXY``, ``HTTPS_PROXY``, ``NO_PROXY``), logins from
    ``~/.netrc`` or ``NETRC``, certificates from the system or ``SSL_CERT_FILE``.
    """

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits

    def ask(self, method: str, uri: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request, and return the answer, whatever its status.

        Raises:
            MissingExtraError: aiohttp is not installed.
            InvalidReferenceError: the URL cannot be asked for.
            ReferenceRefusedError: a certificate is not trusted; a redirect leads away from HTTP,
                from HTTPS to HTTP, or in circles.
            TransientError: no connection, or no answer.
        """
        try:
            import aiohttp
            from yarl import URL
        except ImportError as error:
            what = "http:// and https:// references"
            raise MissingExtraError(what, "http", str(error)) from error
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_connect=self.limits.connect_timeout_s,
            sock_read=self.limits.read_timeout_s,
        )
        url = URL(uri, encoded=_is_encoded(uri))

        async def send(session: "aiohttp.ClientSession") -> "aiohttp.ClientResponse":
            target = url
            for _ in range(MOST_REDIRECTS + 1):
                response = await session.request(
                    method, target, headers=headers, timeout=timeout, allow_redirects=False
                )
                location = response.headers.get("Location")
                if response.status not in _REDIRECTS or location is None:
                    return response
                response.release()
                try:
                    following = target.join(URL(location, encoded=_is_encoded(location)))
                except ValueError:
                    _refuse_redirect(uri, f"to {location!r}, which is no URL")
                _require_web(uri, target.scheme, following.scheme)
                target = following
            _refuse_redirect(uri, f"more than {MOST_REDIRECTS} times")

        background = shared()
        patience_s = self.limits.connect_timeout_s + self.limits.read_timeout_s
        with told(uri):
            response = background.run(send, until_s=patience_s * (MOST_REDIRECTS + 1))
        return Answer(uri, response, background, self.limits)


def _require_web(uri: str, before: str, after: str) -> None:
    if after not in {"http", "https"}:
        _refuse_redirect(uri, f"to {after}://")
    if (before, after) == ("https", "http"):
        _refuse_redirect(uri, "from https:// to http://, where anybody can change what is sent")


def _refuse_redirect(uri: str, how: str) -> NoReturn:
    raise ReferenceRefusedError(uri, f"it is redirected {how}", "Refer to where the data is.")


def _is_encoded(text: str) -> bool:
    # Signed URLs have to be sent as they are; what no URL can hold is encoded first.
    return text.isascii() and not any(character in text for character in ' "<>\\^`{|}')
