"""Whether what several clients saw can be explained by one order of what they did.

A history is *linearizable* when every operation can be given one moment between its call and its
answer, so that a sequential model, asked in the order of these moments, gives each of the answers.
The search is that of Wing and Gong with Lowe's memory of configurations that led nowhere, as in
Porcupine and Knossos. Subjects are checked apart, since a history is linearizable if and only if it
is so for each subject alone (Herlihy and Wing, theorem 1).

*Source*: J. Wing and C. Gong, Testing and verifying concurrent objects, 1993; G. Lowe, Testing for
linearizability, 2017; https://github.com/anishathalye/porcupine.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import define, evolve, field, frozen

State = TypeVar("State", bound=Hashable)
Call = TypeVar("Call")
Answer = TypeVar("Answer")
Call_contra = TypeVar("Call_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)

NEVER: Final = float("inf")
"""When an operation ends whose outcome nobody knows."""


class Model(Protocol[State, Call_contra, Answer_co]):
    """What the object would do if there were one client only."""

    def init(self) -> State:
        """Return the state before the first operation. States are immutable, and hashable."""
        ...

    def step(self, state: State, call: Call_contra) -> tuple[State, Answer_co]:
        """Return the state after a call, and the answer; a refusal is an answer too."""
        ...


@frozen
class Operation(Generic[Call, Answer]):
    """What a client asked for, when, and what came of it.

    Attributes:
        process: the client.
        subject: what it was done to; subjects have nothing to do with each other.
        call: what was asked.
        invoked_at: when, on any clock that all clients share.
        ended_at: when the answer came; :data:`NEVER` if none did.
        answer: the answer.
    """

    process: Hashable
    subject: Hashable
    call: Call
    invoked_at: float
    ended_at: float = NEVER
    answer: Answer | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether no answer came: it has taken effect, or will at any later time, or never."""
        return self.ended_at == NEVER

    def __str__(self) -> str:
        told = "nobody knows what came of it" if self.is_unknown else f"answered {self.answer!r}"
        return f"{self.process!r} asked {self.call!r}, {told}"


class OperationHistory(Generic[Call, Answer]):
    """What clients did, as it is recorded.

    Each client does one thing at a time. An operation that is never ended is one whose outcome is
    unknown: its client was killed, or the acknowledgement was lost. Such a client may not go on
    under the same name before that was said with :meth:`unknown`.

    Args:
        operations: those that are over.
    """

    def __init__(self, operations: Iterable[Operation[Call, Answer]] = ()) -> None:
        self._ended = list(operations)
        self._open: dict[Hashable, Operation[Call, Answer]] = {}
        self._clock = 0.0

    @property
    def operations(self) -> list[Operation[Call, Answer]]:
        """All that may have had an effect, in the order of their calls."""
        return sorted([*self._ended, *self._open.values()], key=lambda each: each.invoked_at)

    def invoke(
        self, process: Hashable, call: Call, *, subject: Hashable = None, at: float | None = None
    ) -> None:
        """Note that a client asks for something.

        Args:
            process: the client.
            call: what it asks for.
            subject: what it is to be done to.
            at: when; by default after all that was noted before. Two things at the same time are
                taken to overlap.
        """
        if process in self._open:
            msg = f"{process!r} has not ended {self._open[process].call!r}"
            raise ValueError(msg)
        self._open[process] = Operation(process, subject, call, self._now(at))

    def ok(self, process: Hashable, answer: Answer, *, at: float | None = None) -> None:
        """Note the answer to what a client asked; a refusal that tells something is one."""
        operation = self._open.pop(process)
        self._ended.append(evolve(operation, answer=answer, ended_at=self._now(at)))

    def fail(self, process: Hashable) -> None:
        """Note that what a client asked has had no effect, and told nothing: it is forgotten."""
        del self._open[process]

    def unknown(self, process: Hashable) -> None:
        """Note that nobody knows what came of what a client asked."""
        self._ended.append(self._open.pop(process))

    def _now(self, at: float | None) -> float:
        self._clock = self._clock + 1 if at is None else max(self._clock, at)
        return self._clock if at is None else at

    def by_subject(self) -> dict[Hashable, list[Operation[Call, Answer]]]:
        """Return the operations on each subject, in the order of their calls."""
        found: dict[Hashable, list[Operation[Call, Answer]]] = {}
        for operation in self.operations:
            found.setdefault(operation.subject, []).append(operation)
        return found


@frozen
class Linearizable:
    """There is an order that explains every answer.

    Attributes:
        orders: subject → such an order; of unknown operations, those that must have had effect.
    """

    orders: dict[Hashable, list[Operation[Any, Any]]]


@frozen
class NotLinearizable:
    """No order explains the answers about a subject.

    Attributes:
        subject: the subject.
        unexplained: the earliest answer that nothing explains: without it, what was told until
            then can be explained.
        order: one that explains all answers before it.
        state: the model's state after that order.
        expected: what the model would have answered there.
    """

    subject: Hashable
    unexplained: Operation[Any, Any]
    order: list[Operation[Any, Any]]
    state: Hashable
    expected: object

    def __str__(self) -> str:
        before = "\n".join(f"  {number}. {each}" for number, each in enumerate(self.order, 1))
        return (
            f"not linearizable: {self.subject!r}\n"
            f"{before or '  (nothing)'}\n"
            f"  then the state is {self.state!r}, and no order explains that\n"
            f"  {self.unexplained}\n"
            f"  (here the answer would be {self.expected!r})"
        )


def check(
    history: OperationHistory[Call, Answer], model: Model[State, Call, Answer]
) -> Linearizable | NotLinearizable:
    """Look for an order that explains a history, for each subject alone.

    Args:
        history: what was recorded.
        model: what one subject does when it is asked one thing after the other.

    Returns:
        The orders; or the first subject without one, and the earliest answer that nothing explains.
        The time it takes grows with what overlaps, and doubles with every unknown outcome.
    """
    orders: dict[Hashable, list[Operation[Any, Any]]] = {}
    for subject, operations in history.by_subject().items():
        found = _Search(operations, model)
        if not found.run():
            return _explain(subject, operations, model)
        orders[subject] = found.order
    return Linearizable(orders)


def _explain(
    subject: Hashable,
    operations: list[Operation[Call, Answer]],
    model: Model[State, Call, Answer],
) -> NotLinearizable:
    # What can be explained up to some moment can be explained up to each earlier one: so the first
    # answer too many is found by halving.
    ends = sorted({each.ended_at for each in operations if not each.is_unknown})
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        if _Search(_until(operations, ends[middle]), model).run():
            low = middle + 1
        else:
            high = middle
    unexplained = next(each for each in operations if each.ended_at == ends[low])
    before = _Search(_until(operations, ends[low - 1] if low else -NEVER), model)
    before.run()
    _, expected = model.step(before.state, unexplained.call)
    return NotLinearizable(subject, unexplained, before.order, before.state, expected)


def _until(
    operations: list[Operation[Call, Answer]], moment: float
) -> list[Operation[Call, Answer]]:
    """Return what was known at a moment: what was answered later is unknown."""
    return [
        each if each.ended_at <= moment else evolve(each, ended_at=NEVER, answer=None)
        for each in operations
        if each.invoked_at <= moment
    ]


@define
class _Entry:
    """The call or the answer of an operation, in a list of which both can be taken out."""

    number: int = -1
    is_call: bool = True
    answer: "_Entry | None" = field(default=None, repr=False)
    before: "_Entry" = field(init=False, repr=False)
    after: "_Entry | None" = field(default=None, init=False, repr=False)

    def lift(self) -> None:
        self.before.after = self.after
        if self.after is not None:
            self.after.before = self.before
        if self.answer is not None:
            self.answer.lift()

    def put_back(self) -> None:
        # In the reverse order: each neighbour is where it was when this one was taken out.
        if self.answer is not None:
            self.answer.put_back()
        self.before.after = self
        if self.after is not None:
            self.after.before = self


class _Search(Generic[State, Call, Answer]):
    """The search for one order; ``order`` and ``state`` are there when it was found."""

    def __init__(
        self, operations: list[Operation[Call, Answer]], model: Model[State, Call, Answer]
    ) -> None:
        self._operations = operations
        self._step: Callable[[State, Call], tuple[State, Answer]] = model.step
        self._head = _linked(operations)
        self._missing = sum(not each.is_unknown for each in operations)
        self._taken: list[tuple[_Entry, State]] = []
        self.state: State = model.init()
        self.order: list[Operation[Call, Answer]] = []

    def run(self) -> bool:
        """Return whether there is an order with every operation that was answered."""
        state, placed, entry = self.state, 0, self._head.after
        seen = {_mark(placed, state)}
        # What was answered has to be placed, so it is tried first: what nobody knows the outcome of
        # is placed where nothing else explains an answer. Or there would be no end to trying.
        is_for_unknown = False
        while self._missing:
            if entry is None or not entry.is_call:
                if not is_for_unknown:
                    entry, is_for_unknown = self._head.after, True
                    continue
                # It was answered, and has no place: something before it was placed wrongly.
                if not self._taken:
                    return False
                entry, state = self._taken.pop()
                placed ^= 1 << entry.number
                is_for_unknown = self._operations[entry.number].is_unknown
                self._missing += not is_for_unknown
                entry.put_back()
                entry = entry.after
                continue
            is_unknown = self._operations[entry.number].is_unknown
            follows = self._place(entry, state) if is_unknown is is_for_unknown else None
            taken = placed | 1 << entry.number
            if follows is None or (mark := _mark(taken, follows[0])) in seen:
                entry = entry.after
                continue
            seen.add(mark)
            self._taken.append((entry, state))
            placed, state = taken, follows[0]
            self._missing -= not is_unknown
            entry.lift()
            entry, is_for_unknown = self._head.after, False
        self.order = [self._operations[taken.number] for taken, _ in self._taken]
        self.state = state
        return True

    def _place(self, entry: _Entry, state: State) -> tuple[State] | None:
        operation = self._operations[entry.number]
        follows, answer = self._step(state, operation.call)
        if operation.is_unknown:
            # One without effect need not have taken place.
            return None if follows == state else (follows,)
        return (follows,) if answer == operation.answer else None


def _mark(placed: int, state: Hashable) -> tuple[int, int, Hashable]:
    """Return what stands for operations that are placed, as bits, and the state after them.

    Of a long history nearly all that began before some moment is placed: only how much that is.
    """
    first_missing = (~placed & (placed + 1)).bit_length() - 1
    return first_missing, placed >> first_missing, state


def _linked(operations: list[Operation[Call, Answer]]) -> _Entry:
    """Return the head of a list of all calls and answers in the order of time."""
    head = previous = _Entry()
    for entry in _in_time(operations):
        previous.after, entry.before = entry, previous
        previous = entry
    return head


def _in_time(operations: list[Operation[Call, Answer]]) -> Iterator[_Entry]:
    events: list[tuple[float, bool, int, _Entry]] = []
    for number, operation in enumerate(operations):
        answer = None if operation.is_unknown else _Entry(number, is_call=False)
        events.append((operation.invoked_at, False, number, _Entry(number, answer=answer)))
        if answer is not None:
            events.append((operation.ended_at, True, number, answer))
    # At the same time, calls come before answers: they are taken to overlap.
    return (entry for *_, entry in sorted(events, key=lambda each: each[:3]))
