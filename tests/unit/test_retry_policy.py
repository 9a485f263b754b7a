"""How often requests are made, and how long the pauses are."""

import asyncio

import pytest

from fingerpost.adapters.object_stores.failures import AttemptsExhaustedError, TransientError
from fingerpost.adapters.object_stores.retrying import RetryPolicy


class Flaky:
    """Fails some times, then returns a value."""

    def __init__(self, failures, retry_after_s=None):
        self.failures, self.calls, self.retry_after_s = failures, 0, retry_after_s

    def __call__(self):
        self.calls += 1
        if self.calls <= self.failures:
            raise TransientError(f"failure {self.calls}", self.retry_after_s)
        return "value"

    async def later(self):
        return self()


def run(policy, flaky):
    return policy.run(flaky)


def run_async(policy, flaky):
    return asyncio.run(policy.run_async(flaky.later))


@pytest.mark.parametrize("runs", [run, run_async])
def test_what_succeeds_at_last_is_returned(runs):
    policy = RetryPolicy(attempts=3, first_pause_s=0)
    flaky = Flaky(2)
    assert runs(policy, flaky) == "value"
    assert flaky.calls == 3


@pytest.mark.parametrize("runs", [run, run_async])
def test_after_the_last_attempt_the_last_problem_is_raised(runs):
    policy = RetryPolicy(attempts=3, first_pause_s=0)
    flaky = Flaky(9)
    with pytest.raises(AttemptsExhaustedError) as caught:
        runs(policy, flaky)
    assert (caught.value.problem, caught.value.attempts, flaky.calls) == ("failure 3", 3, 3)


@pytest.mark.parametrize("runs", [run, run_async])
def test_other_errors_are_raised_at_once(runs):
    class Broken(Flaky):
        def __call__(self):
            self.calls += 1
            raise FileNotFoundError

    broken = Broken(0)
    with pytest.raises(FileNotFoundError):
        runs(RetryPolicy(), broken)
    assert broken.calls == 1


def test_a_pause_is_as_long_as_the_server_asks_up_to_a_limit():
    pauses = []
    policy = RetryPolicy(longest_pause_s=20, sleep=pauses.append)
    policy.run(Flaky(1, 7.0))
    policy.run(Flaky(1, 3600.0))
    policy.run(Flaky(1, -1.0))
    assert pauses == [7.0, 20.0, 0.0]


def test_other_pauses_are_random_below_a_bound_that_doubles():
    policy = RetryPolicy(first_pause_s=0.2, longest_pause_s=20)
    for number, bound in ((1, 0.4), (2, 0.8), (3, 1.6), (10, 20.0)):
        pauses = [policy.pause_s(number, None) for _ in range(200)]
        assert 0 <= min(pauses) < bound / 4
        assert bound / 4 * 3 < max(pauses) <= bound
