"""What the answer of a receiver means."""

from http import HTTPStatus
from typing import Final

from ..ports.sender import SendResult

_TRANSIENT: Final = frozenset({408, 425, 429})


def is_delivered(answer: SendResult) -> bool:
    """Whether a receiver took it: any 2xx."""
    return answer.status is not None and 200 <= answer.status < 300  # noqa: PLR2004


def is_final(answer: SendResult) -> bool:
    """Whether trying again would not help: a redirect, or a refusal that is no "later"."""
    if answer.status is None:
        return answer.is_final
    return 300 <= answer.status < 500 and answer.status not in _TRANSIENT  # noqa: PLR2004


def problem_of(answer: SendResult) -> str | None:
    """Return what was wrong with an answer, in our own words; ``None`` for nothing."""
    if answer.problem is not None or answer.status is None:
        return answer.problem
    if is_delivered(answer):
        return None
    try:
        phrase = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        phrase = str(answer.status)
    redirected = " (redirects are not followed: change the URL)" if answer.status < 400 else ""  # noqa: PLR2004
    return f"the receiver answered {phrase}{redirected}"
