"""Patterns find what Python's ``re`` finds, and take no longer than the text is long."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.filters.pattern import Pattern

ATOMS = (
    *("a", "b", "A", "é", "-", "\n", ".", "[ab]", "[^a]", "[a-c]", "[A-C]", r"[\w-]", "[]a]"),
    *(r"\w", r"\W", r"\d", r"\s", r"\.", r"\x61", r"\u00e9", r"\n", "^", "$", r"\b", r"\A", r"\Z"),
)
COUNTS = ("", "", "*", "+", "?", "*?", "{2}", "{1,2}", "{0,}", "{,2}")

patterns = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.builds("({}|{})".format, inner, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(COUNTS)),
        st.builds("({}){}".format, inner, st.sampled_from(COUNTS)),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=10,
)
texts = st.text("abcABé1 \n-.", max_size=10)


def flags_of(options):
    flags = re.RegexFlag(0)
    for letter in options:
        flags |= re.RegexFlag[letter.upper()]
    return flags


@given(patterns, st.sampled_from(["", "i", "m", "s", "ims"]), st.lists(texts, max_size=8))
def test_a_pattern_is_found_where_python_finds_it(source, options, several):
    expected = re.compile(source, flags_of(options))
    pattern = Pattern(source, options)
    for text in several:
        assert pattern.is_in(text) == (expected.search(text) is not None), text


@pytest.mark.parametrize(
    "source",
    ["(a+)+$", "^(a|a)*$", "(a|aa)+$", "(.*)*x", ".*.*.*.*=", "(a?){30}a{30}$", "a*a*a*b"],
)
def test_a_pattern_that_takes_years_elsewhere_is_decided_in_a_moment(source):
    # Of the processor, and not of the clock on the wall: the machine may do other things too.
    began = time.process_time()
    assert not Pattern(source).is_in("a" * 20 + "-" + "a" * 20_000 + "!")
    assert time.process_time() - began < 60


@pytest.mark.parametrize(
    "source",
    [
        *("(a", "a)", "[a", "*a", "a**", "a{2}{3}", "a{3,2}", "{2}", "^*", "[b-a]", "a\\"),
        *("(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?>a)", r"(a)\1", "(?P=x)", "(?(1)a|b)", "a*+"),
        *(r"\p{L}", r"\q", "a{1001}", "(?x)a", "(" * 60 + ")" * 60, "a" * 1_001),
        *("((a{100}){100}){100}", r"\Uffffffff"),
    ],
)
def test_what_is_no_pattern_or_needs_backtracking_is_refused(source):
    with pytest.raises(InvalidValueError, match=r"pattern .* is not valid"):
        Pattern(source)


def test_an_option_stands_beside_the_pattern_or_at_its_beginning():
    assert Pattern("ZOO", "i").is_in("the zoo")
    assert Pattern("(?i)ZOO").is_in("the zoo")
    assert not Pattern("ZOO").is_in("the zoo")
    with pytest.raises(InvalidValueError, match="no option 'x'"):
        Pattern("zoo", "x")


def test_a_pattern_remembers_within_limits_and_stays_right():
    pattern = Pattern("b$")
    for number in range(200):
        text = "".join(chr(0x4E00 + number * 100 + at) for at in range(100))
        assert pattern.is_in(f"{text}b")
        assert not pattern.is_in(f"b{text}")
