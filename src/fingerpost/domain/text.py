"""Rules about characters that names, aliases and tags share.

Invisible characters are refused throughout: two names that look the same on a screen and point at
different bytes are a way to attack a registry.
"""

import unicodedata
from typing import Final

LONGEST_NAME: Final = 128
"""Length limit of names, aliases and tags, in characters after NFC."""

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories: controls, format (bidirectional, zero-width), surrogates, separators."""


def is_unicode(text: str) -> bool:
    """Whether the text can be stored as UTF-8: it holds no lone surrogate."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def has_invisible(text: str) -> bool:
    """Whether the text holds a control, format (bidirectional, zero-width) or similar character."""
    return any(unicodedata.category(char) in _INVISIBLE for char in text)


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
        replacement if char in forbidden or unicodedata.category(char) in _INVISIBLE else char
        for char in text.strip()
    ]
    return "".join(kept)[:LONGEST_NAME].strip() or "name"
