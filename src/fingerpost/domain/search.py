"""What is searched, and how text is compared: without letter case, accents and compatibility forms.

*Source*: Unicode Standard Annex 15 (NFKC) and section 5.18 of the Unicode Standard (case folding).
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import islice
from typing import Final

from .errors import InvalidValueError, LimitExceededError
from .metadata.metadata import JsonValue
from .names.text import is_unicode

LONGEST_QUERY: Final = 1_000
"""Characters of what is searched for."""

MOST_TERMS: Final = 20
"""Words of what is searched for."""

LONGEST_TEXT: Final = 1 << 16
"""Characters of one text that are searched; what comes after them is not found."""

_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_GAPS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_AROUND: Final = 30


class SearchField(Enum):
    """Where something was found; the order is that of their weight."""

    NAME = "name"
    ALIAS = "alias"
    TAG = "tag"
    DESCRIPTION = "description"
    METADATA = "metadata"


LABELS: Final = (SearchField.NAME, SearchField.ALIAS, SearchField.TAG)
"""What a whole query can be the same as."""


def folded(text: str) -> str:
    """Return text as it is compared: NFKC, without letter case, accents and runs of space."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    return _GAPS.sub(" ", unicodedata.normalize("NFKC", bare)).strip()


def terms_of(query: object) -> tuple[str, ...]:
    """Return the words of a query, folded; each has to be found.

    Raises:
        InvalidValueError: it is no text, or there is nothing in it to search for.
        LimitExceededError: it is longer than any that a person types.
    """
    if not isinstance(query, str) or not is_unicode(query):
        raise InvalidValueError("search text", query, "it is text", "Pass text.")
    if len(query) > LONGEST_QUERY:
        remedy = "Search for a part of it."
        raise LimitExceededError("characters of a search", LONGEST_QUERY, len(query), remedy)
    terms = tuple(dict.fromkeys(folded(query).split()))
    if not terms:
        remedy = "To list everything, use a filter, such as api.registries().versions()."
        raise InvalidValueError("search text", query, "there is a word in it", remedy)
    if len(terms) > MOST_TERMS:
        remedy = "Search for fewer words."
        raise LimitExceededError("words of a search", MOST_TERMS, len(terms), remedy)
    return terms


def metadata_texts(metadata: Mapping[str, JsonValue]) -> dict[str, str]:
    """Return what is searched in metadata: top-level key → paths and values, a line each."""
    return {key: metadata_text(key, value) for key, value in metadata.items()}


def metadata_text(key: str, value: JsonValue) -> str:
    """Return what is searched of one top-level key: ``path: value``, a line each."""
    lines, length = [], 0
    for line in islice(_lines(key, value), LONGEST_TEXT):
        lines.append(line)
        length += len(line) + 1
        if length > LONGEST_TEXT:
            break
    return "\n".join(lines)[:LONGEST_TEXT]


def _lines(path: str, value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _lines(f"{path}.{key}", inner)
    elif isinstance(value, list):
        yield f"{path}: {', '.join(map(_leaf, value))}"
    else:
        yield f"{path}: {_leaf(value)}"


def _leaf(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_found(term: str, text: str) -> bool:
    """Whether a folded term is in a text."""
    return term in folded(text)[:LONGEST_TEXT]


def snippet(text: str, term: str) -> str:
    """Return the part of a text around a folded term, on one line; all of it if it is short."""
    line = " ".join(text[: 2 * LONGEST_TEXT].split())
    start = _position(line, term)
    first, last = max(0, start - _AROUND), start + len(term) + _AROUND
    before, after = "…" if first else "", "…" if last < len(line) else ""
    return f"{before}{line[first:last].strip()}{after}"


def _position(line: str, term: str) -> int:
    # Folding may lengthen or shorten: a character is looked up by where its folded form began.
    starts: list[int] = []
    pieces: list[str] = []
    for number, character in enumerate(line):
        piece = " " if character == " " else folded(character)
        pieces.append(piece)
        starts.extend([number] * len(piece))
    found = "".join(pieces).find(term)
    return starts[found] if found >= 0 else 0
