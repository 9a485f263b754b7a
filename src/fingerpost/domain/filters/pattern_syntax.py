r"""The syntax of ``$regex``: that of Python's ``re`` without what needs backtracking.

Supported: literals and escapes, ``.``, classes, ``\d \w \s`` and their opposites, ``^ $ \A \Z
\b \B``, groups, ``|``, and ``* + ? {m,n}``, greedy or lazy, which is the same for finding. Not
supported, because no pattern with them is sure to end in time: backreferences, lookaround,
conditional, atomic and possessive parts.
"""

import re
from enum import Enum, auto
from typing import Final, TypeAlias, Union

from attrs import frozen

from ..errors import InvalidValueError

LONGEST_PATTERN: Final = 1_000
"""Characters of a pattern."""

MOST_REPEATS: Final = 1_000
"""The largest number in ``{m,n}``."""

_DEEPEST: Final = 50
_OPTIONS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_GLOBAL_OPTIONS: Final = re.compile(r"\(\?([a-zA-Z]+)\)")
_COUNTS: Final = re.compile(r"\{(\d*)(,?)(\d*)\}")
_NAME: Final = re.compile(r"\?P<[^\W\d]\w*>")
_CODE_POINT: Final = re.compile(r"x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}")
_CONTROLS: Final = frozenset("abfnrtv")
_SETS: Final = frozenset("dDwWsS")
_LOOKS_BACK: Final = "look-around, backreferences, atomic and possessive parts are not supported"


class Anchor(Enum):
    """Where a pattern may ask to be, between two characters."""

    START = auto()
    LINE_START = auto()
    END = auto()
    LINE_END = auto()
    LAST_LINE_END = auto()
    WORD_EDGE = auto()
    NO_WORD_EDGE = auto()


@frozen
class One:
    """One character: an expression that ``re`` can decide a single character with."""

    source: str


@frozen
class At:
    """A place between two characters."""

    place: Anchor


@frozen
class Sequence:
    """One after the other."""

    parts: "tuple[Node, ...]"


@frozen
class Choice:
    """One of several."""

    parts: "tuple[Node, ...]"


@frozen
class Repeat:
    """The same, from ``least`` to ``most`` times; ``None`` is any number."""

    part: "Node"
    least: int
    most: int | None


Node: TypeAlias = Union[One, At, Sequence, Choice, Repeat]  # noqa: UP007 - recursive


def options_of(text: str, pattern: str) -> re.RegexFlag:
    """Return the flags that letters stand for.

    Raises:
        InvalidValueError: there is no such option.
    """
    flags = re.RegexFlag(0)
    for letter in text:
        if letter not in _OPTIONS:
            raise invalid(pattern, f"there is no option {letter!r}, only 'i', 'm' and 's'")
        flags |= _OPTIONS[letter]
    return flags


def invalid(pattern: str, problem: str) -> InvalidValueError:
    """Return the error for a pattern."""
    shown = pattern if len(pattern) <= LONGEST_PATTERN else f"{pattern[:40]}…"
    remedy = "See the reference page of filters for what a pattern may hold."
    return InvalidValueError("pattern", shown, problem, remedy)


def parse(pattern: str, options: str) -> tuple[Node, re.RegexFlag]:
    """Return what a pattern says, and its flags.

    Raises:
        InvalidValueError: it is no pattern, is too long, or needs backtracking.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise invalid(pattern, f"a pattern has at most {LONGEST_PATTERN:,} characters")
    leading = _GLOBAL_OPTIONS.match(pattern)
    letters = options + (leading.group(1) if leading else "")
    reader = _Reader(pattern, options_of(letters, pattern), leading.end() if leading else 0)
    return reader.whole(), reader.flags


class _Reader:
    def __init__(self, pattern: str, flags: re.RegexFlag, start: int) -> None:
        self.flags = flags
        self._pattern = pattern
        self._at = start
        self._depth = 0

    def whole(self) -> Node:
        node = self._choice()
        if self._at < len(self._pattern):
            raise invalid(self._pattern, "a ')' has no '('")
        return node

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1]

    def _choice(self) -> Node:
        parts = [self._sequence()]
        while self._next() == "|":
            self._take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return Sequence(tuple(parts))

    def _repeated(self, node: Node) -> Node:
        counts = self._counts()
        if counts is None:
            return node
        if isinstance(node, At):
            raise invalid(self._pattern, "a place such as '^' cannot be repeated")
        if self._next() == "+":
            raise invalid(self._pattern, _LOOKS_BACK)
        if self._next() == "?":
            self._take()
        if self._counts() is not None:
            raise invalid(self._pattern, "what is repeated already cannot be repeated again")
        return Repeat(node, *counts)

    def _counts(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self._next() in simple:
            return simple[self._take()]
        found = _COUNTS.match(self._pattern, self._at)
        if found is None or found.group() in {"{}", "{,}"}:
            return None
        self._at = found.end()
        least = int(found.group(1) or 0)
        most = (int(found.group(3)) if found.group(3) else None) if found.group(2) else least
        if max(least, most or 0) > MOST_REPEATS:
            raise invalid(self._pattern, f"something repeats at most {MOST_REPEATS:,} times")
        if most is not None and most < least:
            raise invalid(self._pattern, f"{found.group()} ends before it begins")
        return least, most

    def _atom(self) -> Node:  # noqa: PLR0911 - one for each beginning
        character = self._take()
        match character:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escaped()
            case "^":
                is_line = self.flags & re.MULTILINE
                return At(Anchor.LINE_START if is_line else Anchor.START)
            case "$":
                is_line = self.flags & re.MULTILINE
                return At(Anchor.LINE_END if is_line else Anchor.LAST_LINE_END)
            case "*" | "+" | "?":
                raise invalid(self._pattern, f"{character!r} has nothing to repeat")
            case ".":
                return One(".")
            case _:
                self._at -= 1
                if self._counts() is not None:
                    raise invalid(self._pattern, "'{' has nothing to repeat")
                return One(re.escape(self._take()))

    def _group(self) -> Node:
        if self._next() == "?":
            named = _NAME.match(self._pattern, self._at)
            if named is None and not self._pattern.startswith("?:", self._at):
                raise invalid(self._pattern, f"'(?' begins something else: {_LOOKS_BACK}")
            self._at = named.end() if named else self._at + 2
        self._depth += 1
        if self._depth > _DEEPEST:
            raise invalid(self._pattern, f"groups nest at most {_DEEPEST} levels")
        node = self._choice()
        if self._next() != ")":
            raise invalid(self._pattern, "a '(' has no ')'")
        self._take()
        self._depth -= 1
        return Sequence((node,))

    def _escaped(self) -> Node:
        places = {
            "A": Anchor.START,
            "Z": Anchor.END,
            "b": Anchor.WORD_EDGE,
            "B": Anchor.NO_WORD_EDGE,
        }
        if self._next() in places:
            return At(places[self._take()])
        return One(self._escape())

    def _escape(self) -> str:
        letter = self._next()
        if not letter:
            raise invalid(self._pattern, "it ends in a '\\'")
        code = _CODE_POINT.match(self._pattern, self._at)
        if code is not None:
            self._at = code.end()
            return self._code_point(code.group())
        self._take()
        if letter in _SETS or letter in _CONTROLS:
            return f"\\{letter}"
        if letter.isascii() and letter.isalnum():
            raise invalid(self._pattern, f"'\\{letter}' is no escape: {_LOOKS_BACK}")
        return re.escape(letter)

    def _code_point(self, text: str) -> str:
        number = int(text[1:], 16)
        if number > 0x10FFFF:  # noqa: PLR2004 - the last code point
            raise invalid(self._pattern, f"'\\{text}' is no character")
        return f"\\U{number:08x}"

    def _class(self) -> Node:
        parts = ["["]
        if self._next() == "^":
            parts.append(self._take())
        is_first = True
        while self._next() != "]" or is_first:
            is_first = False
            parts.append(self._member())
        self._take()
        source = "".join([*parts, "]"])
        try:
            re.compile(source)
        except re.error as error:
            raise invalid(self._pattern, str(error)) from None
        return One(source)

    def _member(self) -> str:
        character = self._next()
        if not character:
            raise invalid(self._pattern, "a '[' has no ']'")
        self._take()
        if character == "\\":
            return self._escape()
        # All but the range's dash: a class in a class means something else to `re` one day.
        return character if character == "-" else re.escape(character)
