"""Reading the body of one version of an object, going on where a connection broke."""

import io
from collections.abc import Callable
from typing import Final, TypeVar

from attrs import frozen

from fingerpost.domain.errors import ReferenceChangedError, ReferenceUnavailableError

from ...object_stores.failures import TransientError
from ..attempts import retried
from .client import Answer, HttpClient
from .facts import ContentRange, Facts, encoding_of, opaque, strong

T = TypeVar("T")

_ENOUGH_BYTES: Final = 8 << 20
"""After so many bytes a connection that breaks is counted from the start again."""


@frozen(kw_only=True)
class Recorded:
    """What the bytes have to be.

    Attributes:
        etag: as it was sent then; ``None`` if there was none, or it is of no concern.
        size_bytes: ``None`` if not known.
        is_verified: whether somebody compares a digest of the bytes, so that pieces of different
            versions are noticed.
        described: for people.
    """

    etag: str | None
    size_bytes: int | None
    is_verified: bool
    described: str


class HttpBody(io.RawIOBase):
    """A body as it is sent; the end is reached only when all of what was recorded was read.

    A connection that breaks is opened again from there, if the server has a strong ETag to ask for
    the same version, or somebody compares a digest.

    Args:
        client: asks.
        uri: what for.
        recorded: what it has to be.
    """

    def __init__(self, client: HttpClient, uri: str, recorded: Recorded) -> None:
        super().__init__()
        self._client = client
        self._uri = uri
        self._recorded = recorded
        self._pin = strong(recorded.etag)
        self._answer: Answer | None = None
        self._position = 0
        self._is_ended = False
        self._breaks = 0
        self._since_break_bytes = 0
        self._is_ranged = False
        self._total_bytes: int | None = None
        self.encoding = "identity"

    def start(self) -> None:
        """Open it, so that what is missing or has changed is known now.

        Raises:
            ReferenceMissingError: it is gone.
            ReferenceChangedError: it is not what was recorded.
            ReferenceRefusedError: the server refuses it for good.
            ReferenceUnavailableError: the server could not be reached.
        """
        self._retrying(self._require_open)

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return whether the server sends parts of this very version."""
        return self._is_ranged and (self._pin is not None or self._recorded.is_verified)

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Set the position, and return it; only what :meth:`seekable` permits.

        Raises:
            io.UnsupportedOperation: there is no going there.
        """
        position = offset + (self._position if whence == io.SEEK_CUR else 0)
        if position == self._position:
            return position
        if whence == io.SEEK_END or position < 0 or not self.seekable():
            raise io.UnsupportedOperation
        self._drop()
        self._position, self._is_ended = position, False
        return position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # Buffer is 3.12
        """Read the next bytes."""
        if not len(buffer):
            return 0
        data = self._retrying(lambda: self._next(len(buffer)))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Let go of the connection."""
        self._drop()
        super().close()

    def _retrying(self, attempt: Callable[[], T]) -> T:
        limits = self._client.limits
        return retried(self._uri, limits.retry, attempt)

    def _next(self, most_bytes: int) -> bytes:
        if self._is_ended:
            return b""
        answer = self._require_open()
        if answer is None:
            return b""
        try:
            data = answer.read(most_bytes)
            if not data:
                self._require_all()
        except TransientError:
            self._broke()
            raise
        self._position += len(data)
        self._since_break_bytes += len(data)
        self._is_ended = not data
        self._require_no_more(answer)
        return data

    def _require_all(self) -> None:
        expected = self._expected_bytes
        if expected is None or self._position >= expected:
            return
        if self._pin is None:
            raise self._changed(f"{self._position:,} bytes")
        raise TransientError(f"the body ended after {self._position:,} of {expected:,} bytes")

    def _require_no_more(self, answer: Answer) -> None:
        expected = self._expected_bytes
        if expected is None or self._total_bytes is not None or self._position < expected:
            return
        # Nothing told the length before: whoever reads exactly as much would not see the rest.
        try:
            is_more = self._position > expected or bool(answer.read(1))
        except TransientError:
            is_more = False
        if is_more:
            raise self._changed(f"more than {expected:,} bytes")
        self._is_ended = True

    def _broke(self) -> None:
        self._drop()
        if self._since_break_bytes >= _ENOUGH_BYTES:
            self._breaks = 0
        self._breaks += 1
        self._since_break_bytes = 0
        if self._breaks > self._client.limits.attempts:
            problem = "the connection breaks again and again"
            raise ReferenceUnavailableError(self._uri, problem, self._breaks)

    def _require_open(self) -> Answer | None:
        if self._answer is None and not self._is_ended:
            self._answer = self._opened()
        return self._answer

    def _opened(self) -> Answer | None:
        headers = {}
        if self._position:
            self._require_can_go_on()
            headers["Range"] = f"bytes={self._position}-"
        if self._pin is not None:
            headers["If-Match"] = self._pin
        answer = self._client.ask("GET", self._uri, headers)
        try:
            is_more = self._check(answer)
        except BaseException:
            answer.close()
            raise
        if not is_more:
            answer.close()
            self._is_ended = True
            return None
        return answer

    def _require_can_go_on(self) -> None:
        if self._pin is None and not self._recorded.is_verified:
            raise self._unavailable("there is no strong ETag to ask for the rest of the same bytes")

    def _check(self, answer: Answer) -> bool:
        """Return whether there is something to read."""
        part = ContentRange.of(answer.headers)
        if answer.status == 412:  # noqa: PLR2004  # Precondition Failed: If-Match
            raise self._changed(f"another version ({answer.described})")
        if answer.status == 416 and self._position and part is not None:  # noqa: PLR2004
            return self._is_beyond(part)
        answer.require_success()
        facts = Facts.of(answer.headers)
        self._require_same(facts)
        self._require_here(answer, part)
        if self._position:
            if encoding_of(answer.headers) != self.encoding:
                raise TransientError("the rest was sent in another encoding")
        else:
            self._learn(answer, facts)
        return True

    def _is_beyond(self, part: ContentRange) -> bool:
        if part.total_bytes != self._position or self._expected_bytes not in {None, self._position}:
            raise self._changed(f"{part.total_bytes} bytes")
        return False

    def _require_same(self, facts: Facts) -> None:
        if self._recorded.etag is not None and not self._is_etag_recorded(facts.etag):
            raise self._changed(facts.described)
        if self._position and self._pin is not None and facts.etag != self._pin:
            # Whoever hands out another version between two answers may do so once more.
            raise self._changed(facts.described)
        expected = self._recorded.size_bytes
        if expected is not None and facts.size_bytes not in {None, expected}:
            raise self._changed(facts.described)
        if self._position and facts.size_bytes != self._total_bytes:
            raise self._changed(facts.described)

    def _is_etag_recorded(self, etag: str | None) -> bool:
        if strong(self._recorded.etag) is not None:
            return etag == self._recorded.etag
        return etag is not None and opaque(etag) == opaque(self._recorded.etag or "")

    def _require_here(self, answer: Answer, part: ContentRange | None) -> None:
        if answer.status == 200:  # noqa: PLR2004
            if self._position:
                raise self._unavailable("the server sends all of it or nothing, and no parts")
            return
        if not _is_rest(part, self._position):
            raise TransientError(
                f"asked for bytes {self._position}-, answered "
                f"{answer.headers.get('Content-Range', 'without Content-Range')!r}"
            )

    def _learn(self, answer: Answer, facts: Facts) -> None:
        self._pin = strong(facts.etag)
        self._total_bytes = facts.size_bytes
        self.encoding = encoding_of(answer.headers)
        is_told = answer.headers.get("Accept-Ranges", "").strip().lower() == "bytes"
        self._is_ranged = is_told and self.encoding == "identity"

    @property
    def _expected_bytes(self) -> int | None:
        return self._recorded.size_bytes if self.encoding == "identity" else None

    def _drop(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            answer.close()

    def _changed(self, found: str) -> ReferenceChangedError:
        return ReferenceChangedError(self._uri, self._recorded.described, found)

    def _unavailable(self, why: str) -> ReferenceUnavailableError:
        problem = f"the connection broke after {self._position:,} bytes, and {why}"
        return ReferenceUnavailableError(self._uri, problem, 1)


def _is_rest(part: ContentRange | None, position: int) -> bool:
    if part is None or part.first != position or part.last is None:
        return False
    return part.total_bytes is None or part.last == part.total_bytes - 1
