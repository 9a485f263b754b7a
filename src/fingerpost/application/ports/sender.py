"""The port to the receivers of automations."""

from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen


@frozen(kw_only=True)
class OutgoingRequest:
    """A POST, ready to be sent. It may hold secrets, so it is never shown.

    Attributes:
        url: where to.
        headers: all but those that belong to the connection.
        body: exactly the bytes that were signed.
        is_confidential: whether URL, headers or body hold a secret that must not be sent in clear.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    is_confidential: bool


@frozen(kw_only=True)
class SendResult:
    """What came of sending.

    Attributes:
        status: what the receiver answered; ``None`` if it did not.
        problem: why not, in our own words: nothing that the receiver or a library said.
        is_final: whether trying again would not help, where there is no status.
        retry_after_s: for how long the receiver asked to be left alone, if it did.
    """

    status: int | None = None
    problem: str | None = None
    is_final: bool = False
    retry_after_s: float | None = None


class Sender(Protocol):
    """Sends requests over the network, to permitted targets only."""

    async def send(self, request: OutgoingRequest, timeout_s: float) -> SendResult:
        """Send one request, and return what came of it; never raises for what the network does.

        Redirects are not followed, and the answer's body is not kept.
        """
        ...
