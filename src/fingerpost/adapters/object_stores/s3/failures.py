"""What failures of requests to S3 mean: retry, or give up."""

from typing import Any, Final

from ..failures import RefusedError, TransientError

_TRANSIENT_STATUSES: Final = {408, 425, 429, 500, 502, 503, 504}
_TRANSIENT_CODES: Final = {
    "InternalError",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    # The request was damaged on its way: sending it again helps.
    "BadDigest",
    "IncompleteBody",
}


def refused(status: int, code: str, message: str) -> RefusedError:
    """Return the error for an answer of S3.

    Args:
        status: of HTTP; 0 if there was no answer.
        code: S3's word for it, or the name of an error class.
        message: for people.
    """
    parts = [str(status or ""), "" if code == str(status) else code]
    cause = " ".join(part for part in parts if part)
    return RefusedError(f"{cause}: {message}".strip(": ."), code, status)


def translated(error: Exception) -> Exception:
    """Return what an error of the client means; the error itself if it is not the client's."""
    import aiohttp
    from botocore import exceptions

    if isinstance(error, exceptions.ClientError):
        return _answered(error.response)
    if isinstance(error, exceptions.SSLError):
        return refused(0, type(error).__name__, str(error))
    lost = (
        aiohttp.ClientError,
        exceptions.ConnectionError,
        exceptions.HTTPClientError,
        exceptions.IncompleteReadError,
        ConnectionError,
        TimeoutError,
    )
    if isinstance(error, lost):
        return TransientError(str(error) or type(error).__name__)
    if isinstance(error, exceptions.BotoCoreError | ValueError):
        # ValueError: the endpoint is not a URL.
        return refused(0, type(error).__name__, str(error))
    return error


def _answered(response: Any) -> Exception:
    answer, metadata = response.get("Error", {}), response.get("ResponseMetadata", {})
    status, code = int(metadata.get("HTTPStatusCode", 0)), str(answer.get("Code", ""))
    message = str(answer.get("Message", ""))
    if status in _TRANSIENT_STATUSES or code in _TRANSIENT_CODES:
        after = metadata.get("HTTPHeaders", {}).get("retry-after", "")
        pause_s = float(after) if after.isdecimal() else None
        return TransientError(f"{status} {code}: {message}", pause_s)
    return refused(status, code, message)
