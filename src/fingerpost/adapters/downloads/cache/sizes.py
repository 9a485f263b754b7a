"""Sizes as people write them."""

import re
from typing import Final

from fingerpost.domain.errors import InvalidValueError

_FORM: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGTP]?)(I?)B?", re.IGNORECASE)
_POWERS: Final = " KMGTP"


def parse_size(text: str, what: str) -> int:
    """Return the bytes that ``20GB``, ``1.5 GiB``, ``500M`` or ``1000`` stand for.

    ``k``, ``M``, ``G``, ``T`` and ``P`` count in thousands, ``Ki``, ``Mi``, … in 1,024s. Case does
    not matter.

    Args:
        text: the size.
        what: is being said, for the error message.

    Raises:
        InvalidValueError: it is no size.

    *Source*: IEC 80000-13.
    """
    match = _FORM.fullmatch(text.strip()) if text.isascii() else None
    if match is None or (match[3] and not match[2]):
        raise InvalidValueError(
            what, text, "it is a number of bytes, perhaps with a unit", "Write '20GB', say."
        )
    base = 1024 if match[3] else 1000
    return int(float(match[1]) * base ** _POWERS.index(match[2].upper() or " "))
