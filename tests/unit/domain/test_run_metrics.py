"""Steps of a run's metrics: where they go, and that they never go back."""

import pytest

from fingerpost.domain import errors
from fingerpost.domain.aggregates.aggregate import fold
from fingerpost.domain.events import MetricsLogged


@pytest.fixture
def run(by):
    from uuid import UUID

    from fingerpost.domain.names.names import ProjectName
    from fingerpost.domain.run import Run

    event = Run.start(
        UUID(int=1), entity_id=UUID(int=2), project=ProjectName("p"), name="r", job_type=None, by=by
    )
    return Run.begin(event)


@pytest.fixture
def steps(run, by):
    """Log metrics call by call, as (step, commit), and return the steps that they went to."""

    def steps(*calls):
        head, gone_to = run, []
        for step, commit in calls:
            events = head.log_metrics({"m": 1}, by, step=step, commit=commit)
            head = fold(head, events)
            gone_to += [event.step for event in events]
        return gone_to

    return steps


def test_each_call_goes_to_the_next_step_from_0(steps):
    assert steps((None, True), (None, True), (None, True)) == [0, 1, 2]


def test_what_is_not_committed_and_what_comes_next_share_a_step(steps):
    assert steps((None, False), (None, True), (None, False), (None, True)) == [0, 0, 1, 1]


def test_a_step_may_be_named_and_steps_may_be_left_out(steps):
    assert steps((5, True), (None, True), (40, True)) == [5, 6, 40]


def test_a_named_step_takes_more_until_it_is_committed_or_passed(steps):
    assert steps((5, False), (5, False), (None, True), (None, True)) == [5, 5, 5, 6]


def test_the_last_step_takes_more_even_when_it_is_complete(steps):
    assert steps((None, True), (0, True), (None, True)) == [0, 0, 1]


@pytest.mark.parametrize("step", [4, -1, 1.0, True, "5", 2**63])
def test_a_step_that_goes_back_or_is_none_is_refused_and_says_the_lowest(run, by, step):
    head = fold(run, run.log_metrics({"m": 1}, by, step=5, commit=True))
    with pytest.raises(errors.InvalidValueError, match=r"whole number, 5 or more"):
        head.log_metrics({"m": 1}, by, step=step, commit=True)


def test_no_metrics_complete_an_open_step_and_otherwise_say_nothing(run, by):
    assert run.log_metrics({}, by, step=None, commit=True) == []
    head = fold(run, run.log_metrics({"m": 1}, by, step=3, commit=False))
    assert head.log_metrics({}, by, step=None, commit=False) == []
    (event,) = head.log_metrics({}, by, step=None, commit=True)
    assert (type(event), event.step, event.is_complete) == (MetricsLogged, 3, True)
    assert fold(head, [event]).next_step == 4


def test_a_finished_run_takes_no_metrics(run, by):
    head = fold(run, run.finish(0, by))
    with pytest.raises(errors.RunFinishedError):
        head.log_metrics({"m": 1}, by, step=None, commit=True)


def test_an_artifact_is_logged_with_the_last_step_that_has_metrics(run, by):
    from uuid import UUID

    from fingerpost.domain.versions.version import VersionRef

    ref = VersionRef(collection_id=UUID(int=3), index=0)
    (before,) = run.log(ref, by, is_logged=False)
    head = fold(run, run.log_metrics({"m": 1}, by, step=7, commit=False))
    (after,) = head.log(ref, by, is_logged=False)
    assert (before.step, after.step) == (None, 7)
