"""Pauses between attempts."""

import pytest

from fingerpost.application.automations.response_classification import (
    is_delivered,
    is_final,
    problem_of,
)
from fingerpost.application.ports.sender import SendResult
from fingerpost.automations import Patience


@pytest.mark.parametrize(
    ("tries", "least", "most"), [(1, 2.5, 5), (2, 5, 10), (5, 40, 80), (60, 10_800, 21_600)]
)
def test_pauses_double_with_jitter_up_to_a_limit(tries, least, most):
    pauses = [Patience().pause_s(tries, None) for _ in range(200)]
    assert least <= min(pauses) < max(pauses) <= most
    assert len(set(pauses)) > 100


def test_a_receiver_is_left_alone_as_long_as_it_asks_but_no_longer_than_a_day():
    assert Patience().pause_s(1, 600) == 600
    assert Patience().pause_s(1, 10**9) == 86_400
    assert Patience().pause_s(1, 0) >= 2.5


def test_all_attempts_together_take_eight_to_seventeen_hours():
    # Sum of the pauses of at least half their length: 5 s doubled 13 times, cut at 6 hours.
    longest = sum(min(21_600, 5 * 2**n) for n in range(14))
    assert 8 < longest / 2 / 3_600 < longest / 3_600 < 18


def test_a_lease_is_longer_than_an_attempt_can_take():
    for timeout_s in (0.1, 30, 600):
        patience = Patience(timeout_s=timeout_s)
        assert timeout_s < patience.guard_s < patience.lease_s


@pytest.mark.parametrize(
    ("status", "delivered", "final"),
    [
        *((code, True, False) for code in (200, 201, 202, 204, 299)),
        *((code, False, True) for code in (300, 301, 304, 308, 400, 401, 404, 409, 410, 451)),
        *((code, False, False) for code in (408, 425, 429, 500, 501, 502, 503, 504, 599)),
    ],
)
def test_what_a_status_means(status, delivered, final):
    answer = SendResult(status=status)
    assert (is_delivered(answer), is_final(answer)) == (delivered, final)
    assert (problem_of(answer) is None) == delivered
    if not delivered:
        assert str(status) in problem_of(answer)
