"""What becomes of metadata that Python has and JSON has not."""

import json
import math
from collections import OrderedDict
from datetime import UTC, datetime

import pytest

from fingerpost.domain.errors import InvalidMetadataError, LimitExceededError
from fingerpost.domain.metadata.metadata import is_same, normalized


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, {}),
        ({}, {}),
        (OrderedDict(a=1), {"a": 1}),
        ({"a": [1, 2.5, "x", True, None]}, {"a": [1, 2.5, "x", True, None]}),
        ({"a": math.nan}, {"a": None}),
        ({"a": [math.nan]}, {"a": [None]}),
        ({"a": (1, (2, 3))}, {"a": [1, [2, 3]]}),
        ({"a": {3, 1, 2}}, {"a": [1, 2, 3]}),
        ({"a": frozenset({"b", "a"})}, {"a": ["a", "b"]}),
        ({"a": b"text"}, {"a": "text"}),
        ({"a": "größe".encode()}, {"a": "größe"}),
        ({1: "one", -2: "two"}, {"1": "one", "-2": "two"}),
        ({"a": {1: {2: 3}}}, {"a": {"1": {"2": 3}}}),
        ({"": ""}, {"": ""}),
        ({"a": -0.0}, {"a": -0.0}),
        ({"a": 2**63 - 1, "b": -(2**63 - 1)}, {"a": 2**63 - 1, "b": -(2**63 - 1)}),
        ({"a\nb": "\0"}, {"a\nb": "\0"}),
    ],
)
def test_values_become_plain_json(given, expected):
    found = normalized(given)
    assert found == expected
    assert json.loads(json.dumps(found, allow_nan=False)) == expected


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (math.inf, "metadata['k']"),
        (-math.inf, "metadata['k']"),
        ([1, {"x": math.inf}], "metadata['k'][1]['x']"),
        (2**63, "metadata['k']"),
        (-(2**63), "metadata['k']"),
        (10**400, "metadata['k']"),
        (b"\xff", "metadata['k']"),
        ("\ud800", "metadata['k']"),
        (..., "metadata['k']"),
        (datetime(2026, 3, 3, tzinfo=UTC), "metadata['k']"),
        (1j, "metadata['k']"),
        ({"x": len}, "metadata['k']['x']"),
        ({None: 1}, "metadata['k']"),
        ({1.5: 1}, "metadata['k']"),
        ({True: 1}, "metadata['k']"),
        ({(1, 2): 1}, "metadata['k']"),
        ({"\ud800": 1}, "metadata['k']"),
        ({1: "a", "1": "b"}, "metadata['k']"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_values_that_are_no_json_are_refused_and_the_place_is_named(value, where):
    with pytest.raises(InvalidMetadataError) as caught:
        normalized({"k": value})
    assert str(caught.value).startswith(f"{where} ")
    assert "Convert the value before you set it." in str(caught.value)


@pytest.mark.parametrize("value", ["text", 7, [("a", 1)], {"a"}], ids=repr)
def test_metadata_is_a_dictionary(value):
    with pytest.raises(InvalidMetadataError, match="dictionary"):
        normalized(value)


def test_a_hundred_keys_are_let_in_and_one_more_is_not():
    assert len(normalized({f"k{n}": n for n in range(100)})) == 100
    with pytest.raises(LimitExceededError, match=r"101 exceeds the limit of 100.*Nest them"):
        normalized({f"k{n}": n for n in range(101)})


def test_keys_further_down_are_not_counted():
    assert len(normalized({"k": {str(n): n for n in range(1_000)}})["k"]) == 1_000


def nested(levels):
    value = {}
    for _ in range(levels - 1):
        value = {"k": value}
    return value


@pytest.mark.parametrize("levels", [1, 2, 64])
def test_nesting_to_64_levels_is_let_in(levels):
    assert normalized(nested(levels)) == nested(levels)


@pytest.mark.parametrize("levels", [65, 66, 10_000])
def test_deeper_nesting_is_refused(levels):
    with pytest.raises(InvalidMetadataError, match="64 levels"):
        normalized(nested(levels))


def test_a_value_that_holds_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(InvalidMetadataError, match="64 levels"):
        normalized({"loop": loop})


def test_the_result_shares_nothing_with_what_was_given():
    given = {"a": [1]}
    found = normalized(given)
    given["a"].append(2)
    assert found == {"a": [1]}


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        (1, 1, True),
        (1, 1.0, False),
        (1, True, False),
        (0, False, False),
        ([1], [True], False),
        ("1", 1, False),
        (None, None, True),
    ],
)
def test_sameness_is_that_of_json_and_not_of_python(left, right, same):
    assert is_same(left, right) is same
