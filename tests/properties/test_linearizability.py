"""The checker against one that tries every order."""

from itertools import chain, combinations, permutations

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from fingerpost.testing.linearizability import (
    NEVER,
    Linearizable,
    Operation,
    OperationHistory,
    check,
)
from fingerpost.testing.linearizable_models import (
    MOVED,
    AliasRegister,
    CompareAndMove,
    Elsewhere,
    Move,
    Read,
)

MODEL = AliasRegister()
LABELS = st.sampled_from(["v0", "v1"])
HOLDERS = st.none() | LABELS
CALLS = st.just(Read()) | st.builds(Move, LABELS) | st.builds(CompareAndMove, HOLDERS, LABELS)


@st.composite
def histories(draw, most=5):
    """Draw operations, some of an outcome that nobody knows.

    The answers are those of some order, or of none: each has its place at a moment of its own, and
    may be told wrongly.
    """
    count = draw(st.integers(0, most))
    spans = [sorted(draw(st.tuples(*[st.integers(0, 12)] * 3))) for _ in range(count)]
    calls = [draw(CALLS) for _ in range(count)]
    state, operations = MODEL.init(), []
    for process in sorted(range(count), key=lambda each: spans[each][1]):
        start, _, end = spans[process]
        outcome = draw(st.sampled_from(["ok", "ok", "wrong", "lost", "without effect"]))
        if outcome == "without effect":
            operations.append(Operation(process, None, calls[process], start))
            continue
        state, answer = MODEL.step(state, calls[process])
        if outcome == "wrong":
            wrong = (
                HOLDERS
                if isinstance(calls[process], Read)
                else (st.just(MOVED) | st.builds(Elsewhere, HOLDERS))
            )
            answer = draw(wrong)
        lost = outcome == "lost"
        operations.append(
            Operation(process, None, calls[process], start, NEVER if lost else end, answer)
        )
    return operations


def is_explained(operations):
    """Try all orders of all operations that were answered, and some of the others."""
    answered = [each for each in operations if not each.is_unknown]
    others = [each for each in operations if each.is_unknown]
    some = chain.from_iterable(combinations(others, size) for size in range(len(others) + 1))
    return any(
        in_time(order) and answers_match(order)
        for chosen in some
        for order in permutations([*answered, *chosen])
    )


def in_time(order):
    return not any(
        later.ended_at < earlier.invoked_at
        for place, later in enumerate(order)
        for earlier in order[:place]
    )


def answers_match(order):
    state = MODEL.init()
    for operation in order:
        state, answer = MODEL.step(state, operation.call)
        if not operation.is_unknown and answer != operation.answer:
            return False
    return True


@example([])
@given(histories())
def test_the_verdict_is_that_of_trying_every_order(operations):
    found = check(OperationHistory(operations), MODEL)
    assert isinstance(found, Linearizable) is is_explained(operations)


@given(histories())
def test_the_order_that_is_found_explains_the_history(operations):
    found = check(OperationHistory(operations), MODEL)
    for order in found.orders.values() if isinstance(found, Linearizable) else ():
        assert in_time(order)
        assert answers_match(order)
        assert {each for each in operations if not each.is_unknown} <= set(order)


@given(histories())
def test_without_the_answer_that_a_counterexample_names_all_before_it_is_explained(operations):
    found = check(OperationHistory(operations), MODEL)
    if not isinstance(found, Linearizable):
        moment = found.unexplained.ended_at
        until = [each for each in operations if each.invoked_at < moment]
        known = [each for each in until if each.ended_at < moment]
        later = [evolve(each, ended_at=NEVER) for each in until if each not in known]
        assert is_explained(known + later)
        assert set(known) <= set(found.order)
