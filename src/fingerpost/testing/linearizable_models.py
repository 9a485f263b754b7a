"""What aliases and version numbers do when one client at a time uses them.

Models for :func:`fingerpost.testing.linearizability.check`. Versions are named by their labels
(``v3``), and ``None`` is an alias that nothing holds.
"""

from typing import Final

from attrs import evolve, field, frozen

MOVED: Final = "moved"
DENIED: Final = "denied"
DONE: Final = "done"


@frozen
class Read:
    """Tell what the state is."""


@frozen
class Move:
    """Let the alias point at a version."""

    to: str


@frozen
class CompareAndMove:
    """Let the alias point at a version if it is where it is expected."""

    expected: str | None
    to: str


@frozen
class Elsewhere:
    """The refusal of a compare-and-set: what held the alias."""

    actual: str | None


class AliasRegister:
    """One alias: moved, moved with ``expected=``, and read."""

    def init(self) -> str | None:
        """Return that nothing holds it."""
        return None

    def step(
        self, state: str | None, call: Read | Move | CompareAndMove
    ) -> tuple[str | None, str | Elsewhere | None]:
        """Return what holds the alias, and the answer."""
        if isinstance(call, Read):
            return state, state
        if isinstance(call, CompareAndMove) and call.expected != state:
            return state, Elsewhere(state)
        return call.to, MOVED


@frozen
class Log:
    """Log content."""

    content: str


@frozen
class Numbering:
    """How many versions there are, and what the newest contains."""

    count: int = 0
    newest: str | None = None

    @property
    def latest(self) -> str | None:
        """The label of the newest version."""
        return f"v{self.count - 1}" if self.count else None


class VersionCounter:
    """The versions of a collection: numbers follow each other, and are given once.

    What ``latest`` contains already makes no version; what an older one contains does.
    """

    def init(self) -> Numbering:
        """Return that there is no version."""
        return Numbering()

    def step(self, state: Numbering, call: Log | Read) -> tuple[Numbering, str | None]:
        """Return the numbering, and the label of what was logged or is ``latest``."""
        if isinstance(call, Log) and call.content != state.newest:
            state = Numbering(state.count + 1, call.content)
        return state, state.latest


@frozen
class Swap:
    """Let the two aliases change places."""


class AliasPair:
    """Two aliases of a collection that change places, in one step.

    Args:
        first: what holds the first at the start.
        second: what holds the second.
    """

    def __init__(self, first: str, second: str) -> None:
        self._start = first, second

    def init(self) -> tuple[str, str]:
        """Return what holds each at the start."""
        return self._start

    def step(
        self, state: tuple[str, str], call: Swap | Read
    ) -> tuple[tuple[str, str], tuple[str, str] | str]:
        """Return what holds the two, and the answer."""
        return ((state[1], state[0]), MOVED) if isinstance(call, Swap) else (state, state)


@frozen
class Protect:
    """Let only admins move the alias; ``False`` lets members move it again."""

    is_wanted: bool = True


@frozen
class MemberMove:
    """Move the alias as somebody who is no admin."""

    to: str


@frozen
class Guarded:
    """What holds an alias, and whether it is protected."""

    holder: str | None = None
    is_protected: bool = field(default=False)


class ProtectedAlias:
    """An alias that is protected and freed again while members move it."""

    def init(self) -> Guarded:
        """Return that nothing holds it, and that it is not protected."""
        return Guarded()

    def step(self, state: Guarded, call: Protect | MemberMove | Read) -> tuple[Guarded, str | None]:
        """Return what holds the alias and whether it is protected, and the answer."""
        if isinstance(call, Protect):
            return evolve(state, is_protected=call.is_wanted), DONE
        if isinstance(call, Read):
            return state, state.holder
        if state.is_protected:
            return state, DENIED
        return evolve(state, holder=call.to), MOVED
