"""References to what web servers have."""

from collections.abc import Iterator
from typing import BinaryIO

from attrs import evolve

from fingerpost.application.ports.references import (
    Observation,
    Reference,
    ReferenceState,
)
from fingerpost.domain.errors import (
    InvalidReferenceError,
    LimitExceededError,
    ReferenceChangedError,
    ReferenceMissingError,
)
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry

from ...files.hashing import hash_bytes
from ...files.verified_reader import verified
from ...object_stores.failures import TransientError
from ..attempts import retried
from ..content_digest import with_content_digest
from ..observing import observed_by_reading
from .body import HttpBody, Recorded
from .client import Answer, HttpClient
from .decoding import decoded
from .facts import ContentRange, Facts, opaque, strong, unquoted
from .limits import HttpLimits
from .urls import name_of, parts_of

_PAUSED = frozenset({429, 503})


class HttpReferences:
    """Resolves ``http://`` and ``https://`` URLs: the digest is the ETag, or else the URL.

    A weak ETag is recorded as it is, ``W/"…"``: it cannot tell whether bytes are the same. Where
    nothing can, and where the bytes were hashed when they were added, what is read is compared with
    that digest alone.

    Args:
        limits: patience with servers.

    *Source*: W&B's class reference, ``add_reference``; RFC 9110; ADR 0018.
    """

    schemes = frozenset({"http", "https"})
    is_local = False

    def __init__(self, limits: HttpLimits | None = None) -> None:
        self._limits = limits or HttpLimits()
        self._client = HttpClient(self._limits)

    def handles(self, uri: str) -> bool:
        """Whether it knows a URI: any with its schemes."""
        del uri
        return True

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the one entry that a URL stands for."""
        uri = reference.uri
        name = name_of(reference, parts_of(uri))
        if reference.max_objects < 1:
            what = f"objects of reference {uri!r}"
            raise LimitExceededError(what, reference.max_objects, 1, "Pass a larger max_objects.")
        entry = Entry(path=name, digest=_digest_of_uri(reference), size_bytes=None, ref=uri)
        try:
            if reference.checksum:
                entry = _looked_at(entry, self._facts(uri))
            if reference.is_content_hashed:
                algorithm = reference.digest_algorithm.storage
                entry = with_content_digest(entry, self.open, algorithm)
        except ReferenceMissingError as error:
            raise InvalidReferenceError(
                "reference", uri, "the server has nothing there", "Check the URL."
            ) from error
        if reference.progress is not None:
            reference.progress(1)
        yield entry

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to, in the version that was recorded.

        It is read over one connection in bounded memory; where that breaks, the rest is asked for
        with the same ETag.
        """
        uri, digest = entry.ref or "", entry.bytes_digest
        recorded = Recorded(
            etag=None if digest is not None else _etag_of(entry),
            size_bytes=entry.size_bytes,
            is_verified=digest is not None,
            described=_described(entry),
        )
        body = HttpBody(self._client, uri, recorded)
        try:
            body.start()
        except BaseException:
            body.close()
            raise
        source = decoded(body, uri, recorded)
        if digest is None or entry.size_bytes is None:
            return source

        def on_damage() -> None:
            raise ReferenceChangedError(uri, f"{digest}", "other content of the same size")

        return verified(source, entry.size_bytes, digest, uri, on_damage)

    def observe(self, entry: Entry) -> Observation:
        """Compare what there is now with what was recorded.

        The bytes are read only where they were hashed and the ETag does not tell.
        """
        try:
            facts = self._facts(entry.ref or "")
        except ReferenceMissingError:
            return Observation(state=ReferenceState.MISSING, recorded=_described(entry))
        state = _compared(entry, facts)
        if state is not ReferenceState.SAME and entry.bytes_digest is not None:
            return observed_by_reading(self, entry)
        return Observation(state=state, recorded=_described(entry), found=facts.described)

    def _facts(self, uri: str) -> Facts:
        limits = self._limits
        return retried(uri, limits.retry, lambda: self._look(uri))

    def _look(self, uri: str) -> Facts:
        told = Facts(None, None)
        head = self._client.ask("HEAD", uri)
        head.close()
        if head.status in _PAUSED:
            head.require_success()
        if head.status == 200:  # noqa: PLR2004
            told = Facts.of(head.headers)
            # Some servers leave out or make up for HEAD what they say for GET.
            if told.etag is not None and told.size_bytes:
                return told
        return self._look_closer(uri, told)

    def _look_closer(self, uri: str, told: Facts) -> Facts:
        answer = self._client.ask("GET", uri, {"Range": "bytes=0-0"})
        answer.close()
        if answer.status == 416:  # noqa: PLR2004  # an empty object has no first byte
            answer = self._client.ask("GET", uri)
            answer.close()
        answer.require_success()
        _require_first_byte(answer)
        found = Facts.of(answer.headers)
        return Facts(found.etag or told.etag, found.size_bytes)


def _require_first_byte(answer: Answer) -> None:
    part = ContentRange.of(answer.headers)
    if answer.status == 206 and (part is None or part.first != 0):  # noqa: PLR2004
        raise TransientError("asked for the first byte, answered with others")


def _digest_of_uri(reference: Reference) -> str:
    algorithm = reference.digest_algorithm
    if reference.checksum or algorithm is DigestAlgorithm.MD5:
        return reference.uri
    return str(hash_bytes(reference.uri.encode(), algorithm))


def _looked_at(entry: Entry, facts: Facts) -> Entry:
    if facts.etag is None:
        return evolve(entry, size_bytes=facts.size_bytes)
    return evolve(
        entry,
        digest=unquoted(facts.etag),
        size_bytes=facts.size_bytes,
        extra={"etag": facts.etag},
    )


def _etag_of(entry: Entry) -> str | None:
    etag = entry.extra.get("etag")
    return etag if isinstance(etag, str) else None


def _described(entry: Entry) -> str:
    return Facts(_etag_of(entry), entry.size_bytes).described


def _compared(entry: Entry, facts: Facts) -> ReferenceState:
    recorded = _etag_of(entry)
    if entry.size_bytes is not None and facts.size_bytes not in {None, entry.size_bytes}:
        return ReferenceState.CHANGED
    if recorded is None or facts.etag is None:
        return ReferenceState.UNVERIFIABLE
    if opaque(recorded) != opaque(facts.etag):
        return ReferenceState.CHANGED
    is_sure = strong(recorded) is not None and strong(facts.etag) is not None
    return ReferenceState.SAME if is_sure else ReferenceState.UNVERIFIABLE
