"""Three-way merges: what two people changed meets, or clashes."""

from datetime import timedelta

import pytest
from hypothesis import given

from fingerpost.domain.metadata.merge import Change, merged_metadata, merged_value
from fingerpost.domain.versions.ttl import FOR_EVER, INHERITED, TimeToLive
from fingerpost.testing.strategies import metadata


@pytest.mark.parametrize(
    ("before", "mine", "theirs", "expected"),
    [
        ("a", "b", "a", "b"),  # I alone
        ("a", "b", "b", "b"),  # both the same
        (None, "b", None, "b"),
    ],
)
def test_what_one_side_or_both_alike_changed_is_taken(before, mine, theirs, expected):
    assert merged_value("description", Change(before, mine), theirs) == (expected, [])


def test_what_both_changed_differently_is_named_and_left_as_it_is():
    value, (clash,) = merged_value("description", Change(None, "mine"), "theirs")
    assert value == "theirs"
    assert str(clash) == "description was nothing, is now 'theirs', was to be 'mine'"


def test_a_time_to_live_is_named_in_words():
    change = Change(INHERITED, TimeToLive.of(timedelta(days=30)))
    _, (clash,) = merged_value("ttl", change, FOR_EVER)
    assert str(clash) == "ttl was inherited, is now for ever, was to be 30 days, 0:00:00"


def test_keys_are_merged_one_by_one():
    before = {"kept": 1, "mine": 1, "theirs": 1, "dropped": 1}
    after = {"kept": 1, "mine": 2, "theirs": 1, "new": 1}
    current = {"kept": 1, "mine": 1, "theirs": 3, "dropped": 1, "also new": 1}
    expected = {"kept": 1, "mine": 2, "theirs": 3, "new": 1, "also new": 1}
    assert merged_metadata(Change(before, after), current) == (expected, [])


@pytest.mark.parametrize(
    ("before", "mine", "theirs", "said"),
    [
        ({"lr": 1}, {"lr": 2}, {"lr": 3}, "metadata['lr'] was 1, is now 3, was to be 2"),
        ({"lr": 1}, {}, {"lr": 3}, "metadata['lr'] was 1, is now 3, was to be nothing"),
        ({"lr": 1}, {"lr": 2}, {}, "metadata['lr'] was 1, is now nothing, was to be 2"),
        ({}, {"lr": 2}, {"lr": 3}, "metadata['lr'] was nothing, is now 3, was to be 2"),
        # Python takes these for equal; JSON does not.
        (
            {"n": 0},
            {"n": 0.0},
            {"n": False},
            "metadata['n'] was 0, is now False, was to be 0.0",
        ),
        ({}, {"x": None}, {"x": 1}, "metadata['x'] was nothing, is now 1, was to be None"),
    ],
)
def test_a_key_that_both_changed_differently_is_a_clash(before, mine, theirs, said):
    merged, clashes = merged_metadata(Change(before, mine), theirs)
    assert ([str(clash) for clash in clashes], merged) == ([said], theirs)


@given(before=metadata(), mine=metadata())
def test_what_nobody_else_touched_becomes_what_i_made_of_it(before, mine):
    assert merged_metadata(Change(before, mine), before) == (mine, [])


@given(before=metadata(), theirs=metadata())
def test_an_edit_that_changes_nothing_leaves_what_others_made_of_it(before, theirs):
    assert merged_metadata(Change(before, before), theirs) == (theirs, [])


@given(before=metadata(), mine=metadata(), theirs=metadata())
def test_merging_in_either_order_comes_to_the_same_unless_it_clashes(before, mine, theirs):
    one, clashes = merged_metadata(Change(before, mine), theirs)
    other, others = merged_metadata(Change(before, theirs), mine)
    assert [clash.what for clash in clashes] == [clash.what for clash in others]
    if not clashes:
        assert one == other
