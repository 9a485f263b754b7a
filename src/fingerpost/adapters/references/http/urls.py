"""What URLs must not hold, and the names that they give."""

import os
import re
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from fingerpost.application.ports.references import Reference
from fingerpost.domain.errors import InvalidReferenceError
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry_path import EntryPath

_WITH_LOGIN: Final = "it holds a login, which everybody who sees the artifact would see"


def parts_of(uri: str) -> SplitResult:
    """Return the parts of a URL of a web server.

    Raises:
        InvalidReferenceError: it is none, or holds a login.
    """
    require_no_login(uri)
    try:
        parts = urlsplit(uri)
        is_url = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_url, parts = False, urlsplit("")
    if not is_url or any(ord(character) <= 0x20 for character in uri):  # noqa: PLR2004
        raise InvalidReferenceError(
            "reference", uri, "it is no URL", "Write it as https://host/path, with %20 for a space."
        )
    return parts


def require_no_login(uri: str, *, is_user_permitted: bool = False) -> None:
    """Refuse a URI with ``user:password@``; the message holds neither.

    Raises:
        InvalidReferenceError: it holds a login.
    """
    scheme, separator, rest = uri.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    login, at, _ = authority.rpartition("@")
    if at and not (is_user_permitted and ":" not in login):
        raise InvalidReferenceError(
            "reference",
            f"{scheme}{separator}…{rest[len(login) :]}",
            _WITH_LOGIN,
            "Leave it out, and put it in ~/.netrc.",
        )


def name_of(reference: Reference, parts: SplitResult) -> EntryPath:
    """Return the path of a URL's entry: the name that was given, or the last part of its path.

    With W&B's digests it is what W&B makes of it, with query and escapes.

    Raises:
        InvalidReferenceError: the URL has no last part.
    """
    name = reference.name
    if name is None and reference.digest_algorithm is DigestAlgorithm.MD5:
        name = os.path.basename(reference.uri)  # noqa: PTH119  # a URL is no path, but W&B says so
    elif name is None:
        name = parts.path.rpartition("/")[2]
        decoded = unquote(name)
        name = name if "/" in decoded else decoded
    if not name:
        raise InvalidReferenceError(
            "reference", reference.uri, "its path does not end in a name", "Pass name=."
        )
    return EntryPath.clean(name)
