"""How requests to a server fail, in words that are the same for every provider.

None of these errors leaves the adapters: references and content each raise their own instead.
"""

from attrs import frozen


@frozen
class TransientError(Exception):
    """A request failed, and may succeed later.

    Attributes:
        problem: what happened, for people.
        retry_after_s: how long the server asked the client to wait, if it did.
    """

    problem: str
    retry_after_s: float | None = None


@frozen
class AttemptsExhaustedError(Exception):
    """A request failed in every attempt.

    Attributes:
        problem: what happened in the last attempt, for people.
        attempts: how many there were.
    """

    problem: str
    attempts: int


@frozen
class RefusedError(Exception):
    """The provider refused a request, or it cannot be made at all; retrying does not help.

    Attributes:
        problem: what was answered, for people.
        code: the provider's word for it, or the name of an error class; a key of
            :class:`~.remedies.Remedies`.
        status: of HTTP; 0 if there was no answer.
        remedy: what to do, where that does not depend on the purpose of the request.
    """

    problem: str
    code: str = ""
    status: int = 0
    remedy: str | None = None
