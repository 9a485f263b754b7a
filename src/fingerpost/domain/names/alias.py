"""Aliases, and the version labels that look like them."""

import re
import unicodedata
from typing import Final, Self

from ..errors import InvalidAliasError
from .text import LONGEST_NAME, is_label, plain, visible

LATEST: Final = "latest"
"""The automatic alias of the newest version."""

_LABEL: Final = re.compile(r"v(0|[1-9][0-9]*)", re.ASCII)
_LABEL_LIKE: Final = re.compile(r"v\d+")
_MOST_DIGITS: Final = 18


class Alias(str):
    """A pointer's name: 1 to 128 characters after NFC, not ``/`` or ``:``, nothing invisible.

    Letter case counts. The automatic ones (``latest``, ``vN``) are aliases too; whether one may be
    *set* is :attr:`is_automatic`'s to say.

    Raises:
        InvalidAliasError: names the value and offers one that would do.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        normal = unicodedata.normalize("NFC", plain(text) or "")
        if not is_label(normal, "/:"):
            raise InvalidAliasError(
                "alias",
                text,
                f"use 1 to {LONGEST_NAME} visible characters without '/', ':' or outer space",
                f"For example {visible(plain(text) or '', '/:')!r}.",
            )
        return super().__new__(cls, normal)

    @property
    def is_automatic(self) -> bool:
        """Whether Fingerpost alone sets it: ``latest`` and ``vN``, however they are spelled.

        Letter case, leading zeros and full-width characters make no difference: an alias ``V1``
        that is not version 1 would deceive its readers.
        """
        plain = unicodedata.normalize("NFKC", self).casefold()
        return plain == LATEST or _LABEL_LIKE.fullmatch(plain) is not None

    def custom(self) -> Self:
        """Return itself if people may set it.

        Raises:
            InvalidAliasError: if it is automatic.
        """
        if self.is_automatic:
            raise InvalidAliasError(
                "alias",
                str(self),
                "'latest' and version numbers are set by logging and linking alone",
                "Choose a name of your own, such as 'best'.",
            )
        return self


def version_label(index: int) -> str:
    """Return ``vN`` for a version's index."""
    return f"v{index}"


def version_index(label: str) -> int | None:
    """Return N for ``vN`` in its one spelling, and ``None`` for anything else."""
    match = _LABEL.fullmatch(label)
    return int(match[1]) if match and len(match[1]) <= _MOST_DIGITS else None
