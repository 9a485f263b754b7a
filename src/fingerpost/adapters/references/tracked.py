"""References of unknown kinds: tracked by their URIs, and never looked at."""

import logging
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from fingerpost.application.ports.references import Observation, Reference, ReferenceState
from fingerpost.domain.errors import InvalidReferenceError, ReferenceRefusedError
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

from ..files.hashing import hash_bytes
from .http.urls import require_no_login

_LOG: Final = logging.getLogger("fingerpost")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):.", re.ASCII | re.DOTALL)
"""At least two letters: ``C:`` is a drive. *Source*: RFC 3986, section 3.1."""


class TrackedReferences:
    """Records any URI as it is: its digest is that of the URI, so a change is never noticed.

    Args:
        known: the schemes that others know, to warn of what may be a slip.

    *Source*: W&B's class reference, ``add_reference``: "any other scheme".
    """

    schemes: frozenset[str] = frozenset()
    is_local = False

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = sorted(known)

    def handles(self, uri: str) -> bool:
        """Whether something is a URI at all."""
        return _SCHEME.match(uri) is not None

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the one entry; the server, if there is any, is not asked."""
        uri = reference.uri
        require_no_login(uri, is_user_permitted=True)
        if not reference.name:
            raise InvalidReferenceError(
                "reference",
                uri,
                f"{self._unknown(uri)}: it can only be tracked by its URI, under a name",
                "Pass name=, or for a local file write it as file:///….",
            )
        if reference.is_content_hashed:
            raise InvalidReferenceError(
                "reference",
                uri,
                f"{self._unknown(uri)}, so its content cannot be read",
                "Leave out checksum='content', or install a resolver for it.",
            )
        _LOG.warning(
            "reference %r: %s, so only its URI is tracked: a change is not noticed, and it cannot "
            "be downloaded",
            uri,
            self._unknown(uri),
        )
        is_wandb = reference.digest_algorithm is DigestAlgorithm.MD5
        digest = uri if is_wandb else str(hash_bytes(uri.encode(), reference.digest_algorithm))
        if reference.progress is not None:
            reference.progress(1)
        yield Entry(path=EntryPath.clean(reference.name), digest=digest, size_bytes=None, ref=uri)

    def open(self, entry: Entry) -> BinaryIO:
        """Refuse: nobody knows how to fetch it.

        Raises:
            ReferenceRefusedError: always.
        """
        uri = entry.ref or ""
        raise ReferenceRefusedError(
            uri, f"{self._unknown(uri)}, so it cannot be downloaded", "Fetch it yourself."
        )

    def observe(self, entry: Entry) -> Observation:
        """Return that nothing can tell."""
        return Observation(state=ReferenceState.UNVERIFIABLE, recorded=entry.digest)

    def _unknown(self, uri: str) -> str:
        scheme = uri.partition(":")[0].lower()
        near = next((name for name in self._known if _is_slip(scheme, name)), None)
        hint = f" (did you mean {near}:?)" if near else ""
        return f"nothing is known of {scheme}:{hint}"


def _is_slip(typed: str, meant: str) -> bool:
    """Whether one letter was typed wrong, left out, doubled or swapped with its neighbour."""
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    one, other = typed[start:], meant[start:]
    is_swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return one[1:] == other[1:] or one[1:] == other or one == other[1:] or is_swapped
