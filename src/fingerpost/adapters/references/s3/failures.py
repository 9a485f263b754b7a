"""What failures of requests to S3 mean: try again, or do not."""

from typing import Any, Final

from attrs import frozen

from fingerpost.domain.errors import ReferenceRefusedError

from ...object_stores.failures import TransientError

_TRANSIENT_STATUSES: Final = {408, 425, 429, 500, 502, 503, 504}
_TRANSIENT_CODES: Final = {
    "InternalError",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
}
_REMEDIES: Final = {
    "NoSuchBucket": "Check the bucket's name, and the endpoint (AWS_ENDPOINT_URL).",
    "PermanentRedirect": "Set AWS_DEFAULT_REGION to the bucket's region.",
    "AuthorizationHeaderMalformed": "Set AWS_DEFAULT_REGION to the bucket's region.",
    "IllegalLocationConstraintException": "Set AWS_DEFAULT_REGION to the bucket's region.",
    "301": "Set AWS_DEFAULT_REGION to the bucket's region.",
    "InvalidObjectState": "It is archived: restore it in S3 first.",
    "NoCredentialsError": (
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for public buckets put "
        "anon=true into fsspec's configuration of s3."
    ),
}
_REMEDY: Final = "Check the credentials, what they may read, the region and the endpoint."


@frozen
class S3AnswerError(Exception):
    """S3 answered that it will not; never leaves the adapters.

    Attributes:
        status: of HTTP; 0 if nothing was even asked.
        code: S3's word for it, or the class of the error.
        message: for people.
    """

    status: int
    code: str
    message: str

    def refused(self, uri: str) -> ReferenceRefusedError:
        """Return the error to raise where this answer is the end of it."""
        parts = [str(self.status or ""), "" if self.code == str(self.status) else self.code]
        cause = " ".join(part for part in parts if part)
        return ReferenceRefusedError(
            uri, f"{cause}: {self.message}".rstrip(". "), _REMEDIES.get(self.code, _REMEDY)
        )


def translated(error: Exception) -> Exception:
    """Return what an error of the client means; itself if it is none of the client's."""
    import aiohttp
    from botocore import exceptions

    if isinstance(error, exceptions.ClientError):
        return _answered(error.response)
    if isinstance(error, exceptions.SSLError):
        return S3AnswerError(0, type(error).__name__, str(error))
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
        # ValueError: the endpoint is no URL.
        return S3AnswerError(0, type(error).__name__, str(error))
    return error


def _answered(response: Any) -> Exception:
    answer, metadata = response.get("Error", {}), response.get("ResponseMetadata", {})
    status, code = int(metadata.get("HTTPStatusCode", 0)), str(answer.get("Code", ""))
    message = str(answer.get("Message", ""))
    if status in _TRANSIENT_STATUSES or code in _TRANSIENT_CODES:
        after = metadata.get("HTTPHeaders", {}).get("retry-after", "")
        pause_s = float(after) if after.isdecimal() else None
        return TransientError(f"{status} {code}: {message}", pause_s)
    return S3AnswerError(status, code, message)
