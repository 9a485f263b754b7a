"""Whatever somebody else wrote is accepted or refused, and nothing else: see ``python -m fuzz``."""

import json
from random import Random

import pytest
from fuzz.limits import time_limit
from fuzz.mutation import mutated
from fuzz.targets import TARGETS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = 40


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_valid_inputs_are_what_others_are_made_from(name):
    accepted = [TARGETS[name].run(seed) for seed in TARGETS[name].seeds()]
    assert accepted
    assert any(accepted)


@pytest.mark.parametrize("name", sorted(TARGETS))
@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_changed_input_is_accepted_or_refused(name, data):
    target = TARGETS[name]
    seed = data.draw(st.sampled_from(target.seeds()))
    random = data.draw(st.randoms(use_true_random=True))
    with time_limit():
        target.run(mutated(random, seed, is_json=target.is_json))


@pytest.mark.parametrize("name", sorted(TARGETS))
@given(data=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@settings(max_examples=EXAMPLES)
def test_any_bytes_at_all_are_accepted_or_refused(name, data):
    with time_limit():
        TARGETS[name].run(data)


@pytest.mark.parametrize("name", sorted(name for name in TARGETS if TARGETS[name].is_json))
@pytest.mark.parametrize("depth", [500, 990, 1_100, 100_000])
def test_json_that_is_nested_deeply_anywhere_is_accepted_or_refused(name, depth):
    for seed in TARGETS[name].seeds()[:3]:
        for mark in (b"null", b'"alice"', b"1", b"{"):
            with time_limit():
                TARGETS[name].run(seed.replace(mark, b"[" * depth + b"]" * depth + b",", 1))
                TARGETS[name].run(seed.replace(mark, b'{"a":' * depth + b"1" + b"}" * depth, 1))


def test_changes_are_of_values_too_and_not_only_of_bytes():
    whole = [mutated(Random(n), b'{"a":[1,"b"]}', is_json=True) for n in range(200)]
    readable = 0
    for data in whole:
        try:
            readable += isinstance(json.loads(data), dict)
        except (ValueError, RecursionError):
            continue
    assert 50 < readable < 200
