"""Arguments of the methods that add to a draft, checked."""

import codecs
from typing import TYPE_CHECKING, Final, Literal

from fingerpost import application
from fingerpost.domain.errors import InvalidReferenceError, InvalidValueError
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm

from .arguments import StrPath
from .draft_entries import as_text

if TYPE_CHECKING:
    from fingerpost.application.ports.references import ObjectsFound, Reference


DEFAULT_MAX_OBJECTS: Final = 10_000_000
"""*Source*: W&B's class reference, ``max_objects``."""


def checked_mode(mode: str) -> str:
    """Return how a new file is opened.

    Raises:
        InvalidValueError: it is neither ``x`` nor ``w``, with ``b`` or ``t``.
    """
    if mode not in ("x", "w", "xb", "wb", "xt", "wt"):
        raise InvalidValueError("mode", mode, "it is 'x' or 'w', with 'b' for bytes", "Use 'x'.")
    return mode


def checked_encoding(encoding: str | None) -> str:
    """Return the name of an encoding of text; UTF-8 by default.

    Raises:
        InvalidValueError: Python does not know it.
    """
    try:
        return codecs.lookup(encoding or "utf-8").name
    except (LookupError, TypeError):
        raise InvalidValueError(
            "encoding", encoding, "it is one that Python knows", "Leave it out for UTF-8."
        ) from None


def checked_reference(
    uri: object,
    name: StrPath | None,
    checksum: bool | Literal["content"],
    max_objects: int | None,
    digest_algorithm: DigestAlgorithm,
    progress: "ObjectsFound | None",
) -> "Reference":
    """Return what is to be tracked.

    Raises:
        InvalidValueError: ``max_objects`` or ``checksum`` is not valid.
        InvalidReferenceError: the URI is no text.
    """
    if max_objects is not None and type(max_objects) is not int:
        raise InvalidValueError(
            "max_objects", max_objects, "it is a whole number", "Leave it out for 10,000,000."
        )
    if not isinstance(checksum, bool) and checksum != "content":
        raise InvalidValueError(
            "checksum", checksum, "it is True, False or 'content'", "Leave it out for True."
        )
    if not isinstance(uri, str):
        raise InvalidReferenceError(
            "reference",
            uri,
            "it is a URI, or an entry of a logged artifact",
            "Pass text such as 'file:///data/train.csv'.",
        )
    return application.ports.references.Reference(
        uri=uri,
        name=None if name is None else as_text(name),
        checksum=bool(checksum),
        max_objects=DEFAULT_MAX_OBJECTS if max_objects is None else max_objects,
        digest_algorithm=digest_algorithm,
        is_content_hashed=checksum == "content",
        progress=progress,
    )
