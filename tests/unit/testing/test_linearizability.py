"""The checker's verdicts on histories of the literature, and of our own models by hand."""

import pytest
from attrs import frozen

from fingerpost.testing.linearizability import (
    Linearizable,
    NotLinearizable,
    OperationHistory,
    check,
)
from fingerpost.testing.linearizable_models import (
    DENIED,
    DONE,
    MOVED,
    AliasPair,
    AliasRegister,
    CompareAndMove,
    Elsewhere,
    Log,
    MemberMove,
    Move,
    Protect,
    ProtectedAlias,
    Read,
    Swap,
    VersionCounter,
)


@frozen
class Enq:
    item: str


@frozen
class Deq:
    pass


@frozen
class Write:
    value: int


class Queue:
    """The FIFO queue of Herlihy and Wing."""

    def init(self):
        return ()

    def step(self, state, call):
        if isinstance(call, Enq):
            return (*state, call.item), "Ok"
        return (state[1:], state[0]) if state else (state, "empty")


class Register:
    """The register of Porcupine's README, 0 at first."""

    def init(self):
        return 0

    def step(self, state, call):
        return (call.value, 0) if isinstance(call, Write) else (state, state)


def history(*events):
    """Make a history of ``(process, call)`` and ``(process, "->", answer)``, in order."""
    made = OperationHistory()
    for process, *event in events:
        if event[0] == "->":
            made.ok(process, event[1])
        elif event[0] == "lost":
            made.unknown(process)
        elif event[0] == "failed":
            made.fail(process)
        else:
            made.invoke(process, event[0])
    return made


X, Y, Z = map(Enq, "xyz")

# Herlihy and Wing, Linearizability: A Correctness Condition for Concurrent Objects, 1990, section
# 1.2: H1 and H3 are acceptable, H2 and H4 are not.
QUEUE_HISTORIES = {
    "H1": (
        [
            ("A", X),
            ("B", Y),
            ("B", "->", "Ok"),
            ("A", "->", "Ok"),
            ("B", Deq()),
            ("B", "->", "x"),
            ("A", Deq()),
            ("A", "->", "y"),
            ("A", Z),
        ],
        True,
    ),
    "H2": (
        [
            ("A", X),
            ("A", "->", "Ok"),
            ("B", Y),
            ("A", Deq()),
            ("B", "->", "Ok"),
            ("A", "->", "y"),
        ],
        False,
    ),
    "H3": ([("A", X), ("B", Deq()), ("B", "->", "x")], True),
    "H4": (
        [
            ("A", X),
            ("B", Y),
            ("A", "->", "Ok"),
            ("B", "->", "Ok"),
            ("A", Deq()),
            ("C", Deq()),
            ("A", "->", "y"),
            ("C", "->", "y"),
        ],
        False,
    ),
}


@pytest.mark.parametrize("name", QUEUE_HISTORIES)
def test_the_queues_of_herlihy_and_wing_are_judged_as_they_judge_them(name):
    events, is_linearizable = QUEUE_HISTORIES[name]
    assert isinstance(check(history(*events), Queue()), Linearizable) is is_linearizable


def test_the_two_histories_of_the_porcupine_readme_are_judged_as_there():
    read = Read()
    good = history(
        ("C0", Write(100)),
        ("C1", read),
        ("C2", read),
        ("C2", "->", 0),
        ("C1", "->", 100),
        ("C0", "->", 0),
    )
    bad = history(
        ("C0", Write(200)),
        ("C1", read),
        ("C1", "->", 200),
        ("C2", read),
        ("C2", "->", 0),
        ("C0", "->", 0),
    )
    found = check(good, Register())
    assert [(each.process, each.answer) for each in found.orders[None]] == [
        ("C2", 0),
        ("C0", 0),
        ("C1", 100),
    ]
    assert isinstance(check(bad, Register()), NotLinearizable)


def test_an_empty_history_is_linearizable():
    assert check(OperationHistory(), Register()) == Linearizable({})


# -- outcomes that nobody knows


def reads(*values):
    return [each for value in values for each in [("reader", Read()), ("reader", "->", value)]]


@pytest.mark.parametrize(
    ("seen", "is_linearizable"),
    [
        ([0, 0], True),  # it never took effect
        ([0, 5], True),  # it did later
        ([5, 5], True),
        ([5, 0], False),  # what took effect does not go away
        ([0, 5, 0], False),
    ],
)
@pytest.mark.parametrize("is_told", [True, False])
def test_an_unknown_outcome_may_take_effect_once_at_any_later_time(seen, is_linearizable, is_told):
    events = [("killed", Write(5)), *([("killed", "lost")] if is_told else []), *reads(*seen)]
    found = check(history(*events), Register())
    assert isinstance(found, Linearizable) is is_linearizable


def test_an_unknown_outcome_takes_no_effect_before_it_was_asked_for():
    events = [*reads(5), ("killed", Write(5)), ("killed", "lost")]
    assert isinstance(check(history(*events), Register()), NotLinearizable)


def test_what_failed_has_had_no_effect():
    events = [("writer", Write(5)), ("writer", "failed"), *reads(5)]
    assert isinstance(check(history(*events), Register()), NotLinearizable)


def test_a_process_that_has_not_ended_does_not_begin_again():
    made = history(("A", X))
    with pytest.raises(ValueError, match="'A' has not ended"):
        made.invoke("A", Y)


def test_things_at_the_same_time_overlap():
    made = OperationHistory()
    made.invoke("A", Write(1), at=0)
    made.ok("A", 0, at=5)
    made.invoke("B", Read(), at=5)
    made.ok("B", 0, at=6)
    assert isinstance(check(made, Register()), Linearizable)


def test_many_unknown_outcomes_do_not_keep_it_from_an_end():
    """Trying every choice of twenty would be a million orders for each answer."""

    class Counting(AliasRegister):
        steps = 0

        def step(self, state, call):
            self.steps += 1
            return super().step(state, call)

    model, made = Counting(), OperationHistory()
    for number in range(20):
        made.invoke(f"killed {number}", Move(f"v{number}"))
        for _ in range(10):
            made.invoke("reader", Read())
            made.ok("reader", f"v{number - number % 2}" if number else "v0")
    assert isinstance(check(made, model), Linearizable)
    assert model.steps < 20_000


# -- subjects


def test_each_subject_is_judged_alone_and_the_wrong_one_named():
    made = OperationHistory()
    for subject, seen in [("good", 1), ("bad", 0)]:
        made.invoke("A", Write(1), subject=subject)
        made.ok("A", 0)
        made.invoke("A", Read(), subject=subject)
        made.ok("A", seen)
    found = check(made, Register())
    assert isinstance(found, NotLinearizable)
    assert found.subject == "bad"
    assert set(check(OperationHistory(made.by_subject()["good"]), Register()).orders) == {"good"}


# -- the counterexample


def test_the_counterexample_names_the_first_answer_that_nothing_explains():
    made = history(
        ("A", Move("v1")),
        ("A", "->", MOVED),
        ("B", Read()),
        ("B", "->", None),
        ("B", Read()),
        ("B", "->", "v7"),
    )
    found = check(made, AliasRegister())
    assert str(found) == (
        "not linearizable: None\n"
        "  1. 'A' asked Move(to='v1'), answered 'moved'\n"
        "  then the state is 'v1', and no order explains that\n"
        "  'B' asked Read(), answered None\n"
        "  (here the answer would be 'v1')"
    )


# -- our own models


def judged(model, *events):
    return isinstance(check(history(*events), model), Linearizable)


def test_two_cannot_both_win_a_compare_and_set():
    swaps = [("A", CompareAndMove(None, "v0")), ("B", CompareAndMove(None, "v1"))]
    won = [*swaps, ("A", "->", MOVED)]
    assert judged(AliasRegister(), *won, ("B", "->", Elsewhere("v0")))
    assert not judged(AliasRegister(), *won, ("B", "->", Elsewhere("v1")))
    assert not judged(AliasRegister(), *won, ("B", "->", MOVED))


def test_version_numbers_follow_each_other_and_are_given_once():
    logs = [("A", Log("a")), ("B", Log("b"))]
    counter = VersionCounter()
    assert judged(counter, *logs, ("A", "->", "v1"), ("B", "->", "v0"))
    assert not judged(counter, *logs, ("A", "->", "v0"), ("B", "->", "v0"))
    assert not judged(counter, *logs, ("A", "->", "v0"), ("B", "->", "v2"))


def test_the_same_content_makes_a_version_again_only_when_it_is_not_the_newest():
    def logged(content, label):
        return [("A", Log(content)), ("A", "->", label)]

    counter = VersionCounter()
    assert judged(counter, *logged("a", "v0"), *logged("b", "v1"), *logged("a", "v2"))
    assert judged(counter, *logged("a", "v0"), *logged("a", "v0"))
    assert not judged(counter, *logged("a", "v0"), *logged("a", "v1"))


def test_a_swap_is_never_seen_halfway():
    pair, swap = AliasPair("v0", "v1"), [("A", Swap()), ("B", Read())]
    assert judged(pair, *swap, ("B", "->", ("v1", "v0")))
    assert not judged(pair, *swap, ("B", "->", ("v1", "v1")))


def test_a_member_does_not_move_what_was_protected_before():
    alias = ProtectedAlias()
    together = [("admin", Protect()), ("bob", MemberMove("v1"))]
    assert judged(alias, *together, ("admin", "->", DONE), ("bob", "->", MOVED))
    assert judged(alias, *together, ("admin", "->", DONE), ("bob", "->", DENIED))
    after = [("admin", Protect()), ("admin", "->", DONE), ("bob", MemberMove("v1"))]
    assert not judged(alias, *after, ("bob", "->", MOVED))
    freed = [*after[:2], ("admin", Protect(is_wanted=False)), ("admin", "->", DONE), after[2]]
    assert judged(alias, *freed, ("bob", "->", MOVED))
