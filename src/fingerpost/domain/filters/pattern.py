"""Finding a pattern in text, in time that grows with the text and no faster.

Patterns come from whoever may ask, and texts from whoever may log. Python's ``re`` can take years
over forty characters (``(a+)+$``); this takes a step for each character, whatever the pattern: a
nondeterministic automaton whose sets of states are remembered while they are met, so that most
steps are one look into a dictionary.

*Source*: R. Cox, *Regular Expression Matching Can Be Simple And Fast*, 2007.
"""

import re
from functools import lru_cache
from threading import Lock
from typing import Final

from attrs import frozen

from .pattern_syntax import Anchor, At, Choice, Node, One, Repeat, Sequence, invalid, parse

MOST_STATES: Final = 2_000
"""States of an automaton; ``{m,n}`` writes its part out up to ``n`` times."""

_REMEMBERED: Final = 10_000
_WORD: Final = re.compile(r"\w")


@frozen
class _Eats:
    source: str
    then: int


@frozen
class _Asks:
    place: Anchor
    then: int


@frozen
class _Forks:
    then: tuple[int, ...]


_DONE: Final = 0


class _Automaton:
    """States by number; built from the end, so that each knows what follows it."""

    def __init__(self, pattern: str, node: Node) -> None:
        self._pattern = pattern
        self.states: list[_Eats | _Asks | _Forks] = [_Forks(())]
        self.start = self._add(node, _DONE)

    def _state(self, state: _Eats | _Asks | _Forks) -> int:
        if len(self.states) >= MOST_STATES:
            raise invalid(self._pattern, f"it needs more than {MOST_STATES:,} states")
        self.states.append(state)
        return len(self.states) - 1

    def _add(self, node: Node, then: int) -> int:
        match node:
            case One():
                return self._state(_Eats(node.source, then))
            case At():
                return self._state(_Asks(node.place, then))
            case Sequence():
                for part in reversed(node.parts):
                    then = self._add(part, then)
                return then
            case Choice():
                return self._state(_Forks(tuple(self._add(part, then) for part in node.parts)))
            case Repeat():
                return self._repeat(node, then)

    def _repeat(self, node: Repeat, then: int) -> int:
        if node.most is None:
            loop = self._state(_Forks(()))
            self.states[loop] = _Forks((self._add(node.part, loop), then))
            then = loop
        else:
            end = then
            for _ in range(node.most - node.least):
                then = self._state(_Forks((self._add(node.part, then), end)))
        for _ in range(node.least):
            then = self._add(node.part, then)
        return then


class _Memory:
    """Sets of states that were met, and where each character led from them.

    A set is kept with what was before it: nothing, a line end, a word's character, or another.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[frozenset[int], str], int] = {}
        self.sets: list[tuple[frozenset[int], str]] = []
        self.steps: dict[tuple[int, str, bool], int | None] = {}
        self.first = self.number(frozenset(), "")

    def number(self, states: frozenset[int], before: str) -> int:
        number = self._numbers.setdefault((states, before), len(self.sets))
        if number == len(self.sets):
            self.sets.append((states, before))
        return number


class Pattern:
    """A pattern that is looked for anywhere in a text, as MongoDB's ``$regex`` is.

    Args:
        text: the pattern; ``(?i)`` at its beginning is the option ``i``.
        options: letters: ``i`` whatever the letter case, ``m`` ``^`` and ``$`` at each line,
            ``s`` ``.`` for line ends, too.

    Raises:
        InvalidValueError: it is no pattern, is too large, or needs backtracking.
    """

    def __init__(self, text: str, options: str = "") -> None:
        self.text = text
        self.options = options
        node, flags = parse(text, options)
        self._automaton = _Automaton(text, node)
        self._flags = flags & (re.IGNORECASE | re.DOTALL)
        self._atoms: dict[str, re.Pattern[str]] = {}
        self._memory = _Memory()
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"Pattern({self.text!r}, {self.options!r})"

    def is_in(self, text: str) -> bool:
        """Whether the pattern is found in the text."""
        memory = self._memory
        if len(memory.steps) > _REMEMBERED:
            memory = self._memory = _Memory()
        number, last, steps = memory.first, len(text) - 1, memory.steps
        for index, character in enumerate(text):
            key = (number, character, index == last and character == "\n")
            following = steps[key] if key in steps else self._step(memory, key)
            if following is None:
                return True
            number = following
        return self._step(memory, (number, "", True)) is None

    def _step(self, memory: "_Memory", key: tuple[int, str, bool]) -> int | None:
        number, character, is_last = key
        # Patterns are shared by threads; looking up needs no lock, adding does.
        with self._lock:
            states, before = memory.sets[number]
            around = _Around(before, character, is_last=is_last)
            reached = self._reached([*states, self._automaton.start], around)
            following = None
            if _DONE not in reached:
                following = memory.number(*self._eaten(reached, character))
            memory.steps[key] = following
        return following

    def _reached(self, pending: list[int], around: "_Around") -> set[int]:
        reached: set[int] = set()
        while pending:
            number = pending.pop()
            if number in reached:
                continue
            reached.add(number)
            state = self._automaton.states[number]
            if isinstance(state, _Forks):
                pending.extend(state.then)
            elif isinstance(state, _Asks) and around.is_at(state.place):
                pending.append(state.then)
        return reached

    def _eaten(self, reached: set[int], character: str) -> tuple[frozenset[int], str]:
        states = [self._automaton.states[number] for number in reached]
        following = frozenset(
            state.then
            for state in states
            if isinstance(state, _Eats) and self._is_one(state.source, character)
        )
        return following, "\n" if character == "\n" else "w" if _WORD.match(character) else "-"

    def _is_one(self, source: str, character: str) -> bool:
        atom = self._atoms.get(source)
        if atom is None:
            atom = self._atoms[source] = re.compile(source, self._flags)
        return atom.fullmatch(character) is not None


class _Around:
    r"""What is before and behind a place between two characters.

    Args:
        before: ``"\n"``, ``"w"`` for a word's character, ``"-"`` for others, empty at the start.
        behind: the character itself; empty at the end.
        is_last: whether nothing comes after that.
    """

    def __init__(self, before: str, behind: str, *, is_last: bool) -> None:
        self._before = before
        self._behind = behind
        self._is_last = is_last

    def is_at(self, place: Anchor) -> bool:  # noqa: PLR0911 - one for each place
        """Whether this is such a place."""
        match place:
            case Anchor.START:
                return not self._before
            case Anchor.LINE_START:
                return self._before in {"", "\n"}
            case Anchor.END:
                return not self._behind
            case Anchor.LINE_END:
                return self._behind in {"", "\n"}
            case Anchor.LAST_LINE_END:
                return self._is_last and self._behind in {"", "\n"}
            case Anchor.WORD_EDGE:
                return self._is_edge()
            case Anchor.NO_WORD_EDGE:
                return not self._is_edge()

    def _is_edge(self) -> bool:
        is_word = _WORD.match(self._behind) is not None
        return (self._before == "w") != is_word


@lru_cache(maxsize=64)
def compiled(text: str, options: str = "") -> Pattern:
    """Return a pattern, remembered for the next use.

    Raises:
        InvalidValueError: it is no pattern, is too large, or needs backtracking.
    """
    return Pattern(text, options)
