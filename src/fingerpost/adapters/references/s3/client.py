"""Requests to S3, through the client that s3fs makes."""

import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from fingerpost.domain.errors import MissingExtraError

from ...object_stores.retrying import ATTEMPTS, RetryPolicy
from ..attempts import retried
from .failures import translated
from .pages import read_page

_CONNECTIONS: Final = 64
_PAID: Final = {"get_object", "head_object", "list_objects_v2", "list_object_versions"}
_LISTINGS: Final = ("ListObjectsV2", "ListObjectVersions")


class S3Client:
    """One client a process, made by the first request; for all threads of it.

    Credentials, endpoint and region are found as s3fs and botocore find them: ``AWS_…`` in the
    environment, profiles, roles, and fsspec's configuration of ``s3``.

    Args:
        attempts: how often a request is made at most.
        sleep: waits for a number of seconds.
    """

    def __init__(
        self, attempts: int = ATTEMPTS, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._retry = RetryPolicy(attempts=attempts, sleep=sleep)
        self._made: tuple[int, Any] | None = None

    def call(self, uri: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer to a request; a body is read whole, and is under ``Data``.

        Raises:
            S3AnswerError: S3 will not, or cannot be asked at all.
            ReferenceUnavailableError: it could not be reached, again and again.
        """
        given = {name: value for name, value in parameters.items() if value is not None}
        return retried(uri, self._retry, lambda: self._once(operation, given))

    def _once(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        from fsspec.asyn import sync

        filesystem = self._filesystem()
        try:
            answer = sync(filesystem.loop, _asked, filesystem, operation, parameters)
        except Exception as error:
            meaning = translated(error)
            if meaning is error:
                raise
            raise meaning from error
        return answer  # type: ignore[no-any-return]  # fsspec ships no types

    def _filesystem(self) -> Any:
        # A client that was inherited through a fork talks to a thread that is not there.
        # No lock, which could be inherited locked: of two that are made at once, one is used.
        made = self._made
        if made is None or made[0] != os.getpid():
            made = self._made = (os.getpid(), _new_filesystem())
        return made[1]


def _new_filesystem() -> Any:
    try:
        from s3fs import S3FileSystem
    except ImportError as error:
        raise MissingExtraError("s3:// references", "s3", str(error)) from error
    from fsspec.config import conf

    # We try again ourselves, and wait as long as a server asks: botocore does not.
    ours = {"max_pool_connections": _CONNECTIONS, "retries": {"total_max_attempts": 1}}
    theirs = conf.get("s3", {}).get("config_kwargs", {})
    return S3FileSystem(
        use_listings_cache=False, skip_instance_cache=True, config_kwargs=ours | theirs
    )


async def _asked(filesystem: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    await filesystem.set_session()
    client = await filesystem.get_s3(parameters["Bucket"])
    for listing in _LISTINGS:
        name = f"before-parse.s3.{listing}"
        client.meta.events.register_first(name, read_page, unique_id=f"fingerpost-{listing}")
    asked: Callable[..., Awaitable[dict[str, Any]]] = getattr(client, operation)
    payer = filesystem.req_kw if operation in _PAID else {}
    answer = await asked(**parameters, **payer)
    if "Body" in answer:
        async with answer.pop("Body") as body:
            answer["Data"] = await body.read()
    return answer
