"""Sending with aiohttp, to nobody but who may be sent to."""

import asyncio
import errno
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from fingerpost.application.ports.sender import OutgoingRequest, SendResult
from fingerpost.domain.errors import MissingExtraError

from ..references.http.facts import retry_after_s
from .addresses import Address, parsed
from .targets import VARIABLE, Targets

if TYPE_CHECKING:
    from aiohttp.abc import ResolveResult

_MOST_READ: Final = 64 * 1024
"""Bytes of an answer that are read so that it counts as complete; they are not kept."""

_BODY_S: Final = 1.0
"""Seconds that the end of an answer is waited for."""

_ERRNOS: Final = {
    errno.ECONNREFUSED: "the connection was refused",
    errno.ECONNRESET: "the connection was reset",
    errno.EHOSTUNREACH: "the host cannot be reached",
    errno.ENETUNREACH: "the network cannot be reached",
    errno.ETIMEDOUT: "the connection timed out",
    errno.EPIPE: "the connection was closed",
}


@frozen
class TargetRefusedError(Exception):
    """A target may not be connected to; never leaves the adapter."""

    problem: str


class Gate:
    """Lets one request connect to the addresses that were checked for it, and to no others.

    A name is looked up once; the addresses that were found are checked, and the connection is made
    to one of exactly these, so that a second look-up cannot lead elsewhere.

    Args:
        targets: who may be sent to.
        only_named: whether being public is not enough, for what must not be read on the way.
    """

    def __init__(self, targets: Targets, *, only_named: bool = False) -> None:
        self._targets = targets
        self._only_named = only_named
        self._checked: set[str] = set()

    def admit_literal(self, host: str) -> None:
        """Check a host that is an address; a name is checked when it is looked up."""
        address = parsed(host.strip("[]"))
        if address is not None:
            self._admit(host, address, is_allowed=False)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> "list[ResolveResult]":
        """Look a name up and check every address that it has.

        Raises:
            TargetRefusedError: one of them is not permitted.
            OSError: it cannot be looked up.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG
        )
        is_allowed = self._targets.is_allowed_name(host)
        results: list[ResolveResult] = []
        for its_family, _, protocol, _, sockaddr in found:
            text = str(sockaddr[0])
            address = parsed(text)
            if address is not None:
                # One bad address among good ones is how rebinding begins: refused as a whole.
                self._admit(host, address, is_allowed=is_allowed)
                results.append(
                    {
                        "hostname": host,
                        "host": text,
                        "port": port,
                        "family": its_family,
                        "proto": protocol,
                        "flags": socket.AI_NUMERICHOST,
                    }
                )
        return results

    def _admit(self, host: str, address: Address, *, is_allowed: bool) -> None:
        is_named = is_allowed or self._targets.is_named(address)
        if not is_allowed and not self._targets.permits(address):
            raise TargetRefusedError(
                f"the target {host!r} leads to {address}, which is private, loopback, link-local "
                f"or reserved; {VARIABLE} can allow it"
            )
        if self._only_named and not is_named:
            problem = "it would carry a secret over http://, which everybody on the way can read"
            raise TargetRefusedError(f"{problem}; use https://, or {VARIABLE}")
        self._checked.add(str(address))

    def connect(self, info: "tuple[Any, ...]") -> socket.socket:
        """Make a socket for an address, if it is one that was checked."""
        family, kind, protocol, _, sockaddr = info
        address = parsed(str(sockaddr[0]))
        if address is None or str(address) not in self._checked:
            raise TargetRefusedError(f"the address {sockaddr[0]!r} was not checked")
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        """Do nothing: there is nothing to release."""


class AiohttpSender:
    """A :class:`~fingerpost.application.ports.sender.Sender`.

    Neither proxies nor logins are taken from the environment, redirects are not followed, cookies
    not kept, and each request has a connection of its own.

    Args:
        targets: who may be sent to.

    Raises:
        MissingExtraError: aiohttp is not installed.
    """

    def __init__(self, targets: Targets) -> None:
        try:
            import aiohttp  # noqa: F401 - told here, and not with the first delivery
        except ImportError as error:
            raise MissingExtraError("webhooks", "automations", str(error)) from error
        self._targets = targets
        self._tls: ssl.SSLContext | None = None

    async def send(self, request: OutgoingRequest, timeout_s: float) -> SendResult:
        """Send one request, and return what came of it."""
        try:
            return await self._send(request, timeout_s)
        except TargetRefusedError as error:
            return SendResult(problem=error.problem, is_final=True)
        except TimeoutError:
            return SendResult(problem=f"no answer within {timeout_s:g} s")
        except Exception as error:  # noqa: BLE001 - whatever a network makes of a request
            return SendResult(problem=_described(error), is_final=_is_final(error))

    async def _send(self, request: OutgoingRequest, timeout_s: float) -> SendResult:
        import aiohttp
        from yarl import URL

        url = URL(request.url)
        # In clear only to where somebody said so.
        only_named = request.is_confidential and url.scheme != "https"
        gate = Gate(self._targets, only_named=only_named)
        # As it is sent, and not as it is shown: a name in another script has two encodings.
        gate.admit_literal(url.raw_host or "")
        connector = aiohttp.TCPConnector(
            resolver=_resolver(gate),
            socket_factory=gate.connect,
            use_dns_cache=False,
            force_close=True,
            ssl=self._tls_context(),
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
            ) as session,
            session.post(
                url, data=request.body, headers=request.headers, allow_redirects=False
            ) as response,
        ):
            with suppress(TimeoutError, aiohttp.ClientError, OSError):
                # Only so that the receiver need not see the connection break: it has answered.
                async with asyncio.timeout(_BODY_S):
                    await response.content.read(_MOST_READ)
            asked_s = retry_after_s(response.headers)
            return SendResult(status=response.status, retry_after_s=asked_s)

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls


def _resolver(gate: Gate) -> Any:
    from aiohttp.abc import AbstractResolver

    class GateResolver(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> "list[ResolveResult]":
            return await gate.resolve(host, port, family)

        async def close(self) -> None:
            await gate.close()

    return GateResolver()


def _described(error: Exception) -> str:
    # Never the error's own text: it may hold the URL, and the URL may be the secret.
    import aiohttp

    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return "its certificate is not trusted, or it does not speak TLS"
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return "its name cannot be looked up"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError():
            return "the connection was closed before the end of the answer"
    if _is_final(error):
        return "its URL cannot be asked for"
    cause: BaseException | None = error
    while cause is not None:
        number = getattr(cause, "errno", None)
        if number in _ERRNOS:
            return _ERRNOS[number]
        cause = cause.__cause__
    return f"the connection failed ({type(error).__name__})"


def _is_final(error: Exception) -> bool:
    # aiohttp's InvalidURL is a ValueError, and so is a certificate that is not trusted, which
    # somebody may renew.
    return isinstance(error, ValueError) and not isinstance(error, OSError)
