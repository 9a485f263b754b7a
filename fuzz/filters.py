"""Filters, patterns and cursors, from whoever may ask."""

import json
from functools import partial
from uuid import UUID

from fingerpost.application.read_models.cursors import Question
from fingerpost.domain.filters import FIELDS, And, Condition, Kind, Not, Or, parse_filter
from fingerpost.domain.filters.documents import passes
from fingerpost.domain.filters.expression import Expression
from fingerpost.domain.filters.pattern import Pattern

from .target import Target, read_by_one

_DOCUMENT = {"accuracy": 0.9, "tags": ["a", {"b": [1, None]}], "note": "état", "n": {"0": True}}
_QUESTION = Question.of(UUID(int=1), filter="x")


def read_filter(data: bytes) -> None:
    """Understand a filter for each kind of thing, and ask a document."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return
    read_by_one([partial(_understand, kind) for kind in FIELDS], said)


def _understand(kind: Kind, said: object) -> None:
    _ask(parse_filter(kind, said))


def _ask(expression: Expression) -> None:
    match expression:
        case And(of) | Or(of):
            for each in of:
                _ask(each)
        case Not(of):
            _ask(of)
        case Condition(path=path, test=test):
            passes(_DOCUMENT, path, test)


def read_pattern(data: bytes) -> None:
    """Look for a pattern; options and pattern are the first two lines, the text all others."""
    options, _, rest = data.decode("utf-8", "surrogatepass").partition("\n")
    pattern, _, text = rest.partition("\n")
    Pattern(pattern, options).is_in(text)


def _read_pattern(data: bytes) -> None:
    try:
        read_pattern(data)
    except UnicodeDecodeError:
        return


def read_cursor(data: bytes) -> None:
    """Go on with a list."""
    _QUESTION.key(data.decode("utf-8", "surrogateescape"))


def _filters() -> list[bytes]:
    said = [
        {"name": "zoo", "$or": [{"tag": {"$in": ["a", "b"]}}, {"description": {"$regex": "^x"}}]},
        {"metadata.accuracy": {"$gt": 0.5, "$lt": 1}, "alias": {"$all": ["best", "v1"]}},
        {"$not": {"created_at": {"$gte": "2024-01-01"}}, "version": {"$ne": "v3"}, "size": 3},
        {"metadata.tags.1.b": {"$size": 2}, "$nor": [{"tag": {"$exists": False}}, {"type": "x"}]},
        {"metadata.note": {"$regex": "É", "$options": "i"}, "metadata.n": {"0": True}},
        {"visibility": "organization", "artifact_type": {"$contains": "model"}},
    ]
    return [json.dumps(each).encode() for each in said]


def _patterns() -> list[bytes]:
    patterns = [
        "^a+b?$",
        "(a|b)*c{2,5}",
        r"\bx\w+[^a-z]",
        "(?i)É|\\d{3}",
        "((a?){30}a{30})",
        "(a+)+$",
    ]
    return [
        f"{options}\n{each}\n{'aab' * 9}É1".encode() for each in patterns for options in ("", "im")
    ]


def _cursors() -> list[bytes]:
    return [_QUESTION.cursor(("a", 7)).encode()]


FILTERS = Target(read=read_filter, seeds=_filters)
PATTERNS = Target(read=_read_pattern, seeds=_patterns, is_json=False)
CURSORS = Target(read=read_cursor, seeds=_cursors, is_json=False)
