"""What differs in metadata."""

from hypothesis import given

from fingerpost.domain.metadata.change import metadata_changes
from fingerpost.domain.metadata.metadata import is_same
from fingerpost.testing.strategies import metadata


def said(before, after):
    return [(change.kind, change.pointer) for change in metadata_changes(before, after)]


def test_keys_are_compared_down_to_the_innermost_objects():
    before = {"fit": {"rate": 0.1, "seed": 7}, "rows": [1, 2], "old": None}
    after = {"fit": {"rate": 0.2, "seed": 7, "more": {"a": 1}}, "rows": [2, 1], "new": None}
    assert said(before, after) == [
        ("added", "/fit/more"),
        ("changed", "/fit/rate"),
        ("added", "/new"),
        ("removed", "/old"),
        ("changed", "/rows"),
    ]


def test_values_are_compared_as_json_has_them():
    assert said({"a": 1, "b": True, "c": None}, {"a": 1.0, "b": 1, "c": None}) == [
        ("changed", "/a"),
        ("changed", "/b"),
    ]


def test_an_object_that_became_something_else_changed_as_a_whole():
    assert said({"a": {"b": 1}}, {"a": None}) == [("changed", "/a")]


def test_a_pointer_is_as_in_rfc_6901():
    # The RFC's own examples.
    assert said({}, {"a/b": 1, "m~n": 8, "": 0, " ": 7}) == [
        ("added", "/"),
        ("added", "/ "),
        ("added", "/a~1b"),
        ("added", "/m~0n"),
    ]


@given(metadata(), metadata())
def test_the_changes_make_one_of_the_other(before, after):
    changed = before
    for change in metadata_changes(before, after):
        changed = put(changed, change.keys, change)
    assert is_same(changed, after)


@given(metadata(), metadata())
def test_changes_are_mirrored_and_nothing_differs_from_itself(before, after):
    mirror = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [(mirror[kind], at) for kind, at in said(before, after)] == said(after, before)
    assert said(before, before) == []


def put(value, keys, change):
    copied = dict(value)
    if len(keys) > 1:
        copied[keys[0]] = put(copied[keys[0]], keys[1:], change)
    elif change.is_in_after:
        copied[keys[0]] = change.after
    else:
        del copied[keys[0]]
    return copied
