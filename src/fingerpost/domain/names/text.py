"""Rules about characters that names, aliases and tags share.

Invisible characters are refused throughout: two names that look the same on a screen and point at
different bytes are a way to attack a registry.
"""

import re
import unicodedata
from typing import Final

LONGEST_NAME: Final = 128
"""Length limit of names, aliases and tags, in characters after NFC."""

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories: controls, format (bidirectional, zero-width), unassigned, private use,
surrogates, separators."""

_IGNORABLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point: what fonts show as nothing, whatever its category. *Source*:
Unicode Character Database, DerivedCoreProperties.txt. Emoji with a variation selector are among
the casualties."""


def plain(value: object) -> str | None:
    """Return text as a ``str`` and nothing more, or ``None`` for what is no text.

    A subclass (a ``str`` enum, say) may call itself something else than what it holds.
    """
    return str.__str__(value) if isinstance(value, str) else None


def is_unicode(text: str) -> bool:
    """Whether the text can be stored as UTF-8: it holds no lone surrogate."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def has_invisible(text: str) -> bool:
    """Whether the text holds a control, format (bidirectional, zero-width) or similar character."""
    return any(map(_is_invisible, text))


def _is_invisible(char: str) -> bool:
    category = unicodedata.category(char)
    is_odd_space = category == "Zs" and char != " "
    return category in _INVISIBLE or is_odd_space or _IGNORABLE.match(char) is not None


def is_label(text: str, forbidden: str, longest: int = LONGEST_NAME) -> bool:
    """Whether the text is 1 to ``longest`` visible characters, trimmed, none of them forbidden."""
    return (
        0 < len(text) <= longest
        and text == text.strip()
        and not has_invisible(text)
        and not any(char in forbidden for char in text)
    )


def visible(text: str, forbidden: str, replacement: str = "-") -> str:
    """Return a suggestion: the text with what is forbidden or invisible replaced."""
    kept = [
        replacement if char in forbidden or _is_invisible(char) else char
        for char in text.strip()[: 2 * LONGEST_NAME]
    ]
    return "".join(kept)[:LONGEST_NAME].strip() or "name"
