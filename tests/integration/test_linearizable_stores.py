"""Eight processes use one store at once; one order explains all that they were told.

The same with stores that break a promise each: then none does, or the check would show nothing.
"""

from pathlib import Path

import pytest

from fingerpost.testing.linearizability import Linearizable
from soak.broken import BROKEN
from soak.races import PROCESSES, Race, judge, run_races

# One worker runs all of these: each other one would have to race again.
pytestmark = pytest.mark.xdist_group("linearizable stores")

SOUND, BROKEN_ONES = 60, 30
"""Operations of each process."""

CAUGHT_BY = {
    "lost update": {"alias", "versions", "pair", "protected"},
    "stale read": {"alias", "pair", "versions", "protected"},
    "two transactions": {"pair", "versions"},
}
"""What may show that a promise is broken: at least one of these does."""


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    """Run all races with the same processes: to start eight takes longer than to race."""
    folder = tmp_path_factory.mktemp("races")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[1])
        faults = [None, *BROKEN]
        races = [
            Race(
                location=str(folder / f"store {fault}"),
                journals=str(folder / f"journals {fault}"),
                operations=BROKEN_ONES if fault else SOUND,
                fault=fault,
            )
            for fault in faults
        ]
        return dict(zip(faults, run_races(races), strict=True))


def test_one_order_explains_all_that_eight_processes_were_told(histories):
    history = histories[None]
    assert {operation.process for operation in history.operations} == set(range(PROCESSES))
    wrong = {kind: each for kind, each in judge(history).items() if type(each) is not Linearizable}
    assert wrong == {}, "\n".join(map(str, wrong.values()))
    assert {subject for subject, _ in history.by_subject()} == {
        "alias",
        "pair",
        "protected",
        "versions",
    }


@pytest.mark.parametrize("fault", BROKEN)
def test_a_store_that_breaks_a_promise_is_caught(histories, fault):
    verdicts = judge(histories[fault])
    caught = {kind for kind, each in verdicts.items() if type(each) is not Linearizable}
    assert caught & CAUGHT_BY[fault]
    assert caught <= CAUGHT_BY[fault]
