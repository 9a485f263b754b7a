"""What failures of requests to Azure mean: retry, or give up."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from ..failures import RefusedError, TransientError

T = TypeVar("T")

_UNAUTHORIZED, _NOT_FOUND = 401, 404
_TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})
_DAMAGED, _CHANGED = "Md5Mismatch", "ConditionNotMet"


async def translated(request: Callable[[], Awaitable[T]]) -> T:
    """Return what a request returns.

    Raises:
        FileNotFoundError: there is no such blob, or it is not the version that was asked for.
        TransientError: the attempt failed, and may succeed later.
        RefusedError: it will never succeed.
    """
    from azure.core.exceptions import (
        AzureError,
        ClientAuthenticationError,
        DecodeError,
        HttpResponseError,
    )

    try:
        return await request()
    except DecodeError as error:
        # The body was cut off, though it counts as an answer.
        raise TransientError(f"{type(error).__name__}: {error}") from error
    except HttpResponseError as error:
        if isinstance(error, ClientAuthenticationError) and error.status_code is None:
            problem = str(error).splitlines()[0].rstrip(".")
            raise RefusedError(problem, status=_UNAUTHORIZED) from error
        raise _answered(error) from error
    except (AzureError, TimeoutError, ConnectionError) as error:
        raise TransientError(f"{type(error).__name__}: {error}") from error


def _answered(error: Any) -> Exception:
    status, code = error.status_code, getattr(error, "error_code", None) or ""
    code = str(getattr(code, "value", code))
    if status is None:
        # The body broke off, again and again: Azure's own reading continues three times.
        return TransientError(f"{type(error).__name__}: {error}")
    if status in _TRANSIENT or code == _DAMAGED:
        return TransientError(f"{status} {code}".rstrip(), _retry_after_s(error))
    if code == _CHANGED or (status == _NOT_FOUND and not code.startswith("Container")):
        return FileNotFoundError(code)
    return RefusedError(f"{status}: {code or error.reason}", code, status)


def _retry_after_s(error: Any) -> float | None:
    headers = error.response.headers if error.response is not None else {}
    text = str(headers.get("Retry-After", ""))
    return float(text) if text.isdigit() else None
