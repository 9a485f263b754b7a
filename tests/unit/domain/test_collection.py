"""Logging, aliases, deletion and annotation: the rules of a source collection."""

from types import MappingProxyType

import attrs
import pytest
from attrs import evolve

from fingerpost.domain.aggregates.aggregate import fold
from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.collection import MOST_ALIASES
from fingerpost.domain.errors import (
    AliasExpectationError,
    AliasNotFoundError,
    InvalidAliasError,
    InvalidValueError,
    LimitExceededError,
    RoleRequiredError,
    TypeMismatchError,
    VersionHasAliasesError,
)
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import Tag
from fingerpost.domain.versions.version import NewVersion, Version


def content(digest="A", type="dataset"):
    return NewVersion(type=type, digest=digest, manifest=digest, size_bytes=3, file_count=1)


def outline(events):
    """Each event as its wire name and the fields that tell it apart."""
    shown = ("index", "alias", "from_version", "to_version", "tag", "description", "exit_code")
    return [
        (event.wire_name, *(getattr(event, name) for name in shown if hasattr(event, name)))
        for event in events
    ]


@pytest.fixture
def log(authority):
    """Log content to a head, and return events and the head after them."""

    def log(head, digest, aliases=(), tags=(), role=Role.MEMBER, type="dataset"):
        latest = head.aliases.get("latest")
        row = None
        if latest is not None:
            row = Version(index=latest, digest=head.latest_digest)
        events = head.log_version(
            content(digest, type),
            [Alias(alias) for alias in aliases],
            [Tag(tag) for tag in tags],
            authority(role),
            row,
        )
        return events, fold(head, events)

    return log


def test_the_first_version_is_v0_and_takes_latest(collection, log):
    events, head = log(collection(), "A")
    assert outline(events) == [
        ("collection.version_logged", 0, None),
        ("collection.alias_moved", "latest", None, 0),
    ]
    assert [event.originator_version for event in events] == [2, 3]
    assert dict(head.aliases) == {"latest": 0}


def test_going_back_to_earlier_content_makes_a_version(collection, log):
    head = collection()
    for digest in "ABA":
        _, head = log(head, digest)
    assert (head.next_index, dict(head.aliases)) == (3, {"latest": 2})


def test_the_content_of_latest_makes_no_version(collection, log):
    _, head = log(collection(), "A")
    events, _ = log(head, "A")
    assert events == []


@pytest.mark.parametrize("changed", ["digest", "manifest"])
def test_another_digest_or_another_manifest_makes_a_version(collection, log, authority, changed):
    # W&B's digest does not tell where references point; a manifest not how it was hashed.
    _, head = log(collection(), "A")
    new = attrs.evolve(content("A"), **{changed: "B"})
    events = head.log_version(new, [], [], authority(Role.MEMBER), Version(index=0, digest="A"))
    assert outline(events)[0] == ("collection.version_logged", 1, None)
    head = fold(head, events)
    assert head.is_latest(new.digest, new.manifest)
    assert not head.is_latest("A", "A")


def test_nothing_is_unchanged_after_latest_was_removed(collection, log, authority):
    _, head = log(collection(), "A")
    head = fold(head, head.remove_alias(Alias("latest"), authority(Role.MEMBER)))
    assert not head.is_latest("A", "A")


def test_aliases_and_tags_still_apply_when_no_version_is_made(collection, log):
    _, head = log(collection(), "A")
    events, _ = log(head, "A", aliases=["latest", "best"], tags=["b", "a"])
    assert outline(events) == [
        ("collection.alias_moved", "best", None, 0),
        ("collection.version_tagged", 0, "a"),
        ("collection.version_tagged", 0, "b"),
    ]


def test_an_alias_moves_from_the_version_that_had_it(collection, log):
    _, head = log(collection(), "A", aliases=["best"])
    events, head = log(head, "B", aliases=["best"])
    assert outline(events)[1:] == [
        ("collection.alias_moved", "latest", 0, 1),
        ("collection.alias_moved", "best", 0, 1),
    ]
    assert dict(head.aliases) == {"latest": 1, "best": 1}


@pytest.mark.parametrize("alias", ["v0", "v7", "V1", "Latest", "\uff561"])
def test_logging_refuses_version_numbers_as_aliases(collection, log, alias):
    with pytest.raises(InvalidAliasError):
        log(collection(), "A", aliases=[alias])


def test_a_name_keeps_its_type(collection, log):
    with pytest.raises(TypeMismatchError, match="Use type='dataset', or another name"):
        log(collection(), "A", type="model")


def test_numbers_are_not_used_again_after_a_deletion(collection, log, authority):
    _, head = log(collection(), "A")
    _, head = log(head, "B")
    gone = head.delete_version(Version(index=1, digest="B"), authority(), delete_aliases=True)
    head = fold(head, gone)
    events, _ = log(head, "B")
    assert outline(events)[0] == ("collection.version_logged", 2, None)
    assert outline(events)[1] == ("collection.alias_moved", "latest", None, 2)


def test_deleting_a_version_with_aliases_has_to_be_asked_for(collection, log, authority):
    _, head = log(collection(), "A", aliases=["b", "a"])
    version = Version(index=0, digest="A")
    with pytest.raises(VersionHasAliasesError) as caught:
        head.delete_version(version, authority(), delete_aliases=False)
    assert "'latest', 'a', 'b'" in str(caught.value)
    assert "delete_aliases=True" in str(caught.value)
    events = head.delete_version(version, authority(), delete_aliases=True)
    assert outline(events) == [
        ("collection.alias_removed", "latest", 0),
        ("collection.alias_removed", "a", 0),
        ("collection.alias_removed", "b", 0),
        ("collection.version_deleted", 0),
    ]


def test_removing_latest_leaves_nothing_latest_until_the_next_version(collection, log, authority):
    _, head = log(collection(), "A")
    head = fold(head, head.remove_alias(Alias("latest"), authority()))
    assert (dict(head.aliases), head.latest_digest) == ({}, None)
    events, _ = log(head, "A")
    assert outline(events)[0] == ("collection.version_logged", 1, None)


def test_placing_an_alias_where_it_is_emits_nothing(collection, log, authority):
    _, head = log(collection(), "A", aliases=["best"])
    assert head.move_alias(Alias("best"), Version(index=0, digest="A"), authority()) == []


@pytest.mark.parametrize("alias", ["latest", "v0", "V1", "v01"])
def test_an_automatic_alias_is_not_moved_by_hand(collection, log, authority, alias):
    _, head = log(collection(), "A")
    with pytest.raises(InvalidAliasError):
        head.move_alias(Alias(alias), Version(index=0, digest="A"), authority())


def test_a_version_number_is_not_removed(collection, log, authority):
    _, head = log(collection(), "A")
    with pytest.raises(InvalidAliasError):
        head.remove_alias(Alias("v0"), authority())


def test_removing_what_is_not_there_names_the_aliases_that_are(collection, log, authority):
    _, head = log(collection(), "A", aliases=["best"])
    with pytest.raises(AliasNotFoundError, match="'best', 'latest'"):
        head.remove_alias(Alias("bets"), authority())


@pytest.mark.parametrize(("expected", "actual"), [("v1", "v0"), (None, "v0"), ("v10", "v0")])
def test_a_lost_race_names_the_current_holder(collection, log, authority, expected, actual):
    _, head = log(collection(), "A", aliases=["best"])
    to = Version(index=0, digest="A")
    for attempt in (
        lambda: head.move_alias(Alias("best"), to, authority(), expected),
        lambda: head.remove_alias(Alias("best"), authority(), expected),
    ):
        with pytest.raises(AliasExpectationError) as caught:
            attempt()
        assert caught.value.actual == actual
        assert f"is at {actual}" in str(caught.value)
        assert f"now expecting {actual!r}" in str(caught.value)


@pytest.mark.parametrize("expected", ["latest", "v00", "V0", "0", "", "v0\n"])
def test_an_expectation_that_is_no_version_is_a_slip_and_no_lost_race(
    collection, log, authority, expected
):
    _, head = log(collection(), "A", aliases=["best"])
    with pytest.raises(InvalidValueError, match="For example 'v0'"):
        head.remove_alias(Alias("best"), authority(), expected)


def test_an_expectation_that_holds_lets_the_move_through(collection, log, authority):
    _, head = log(collection(), "A")
    to = Version(index=0, digest="A")
    head = fold(head, head.move_alias(Alias("best"), to, authority(), None))
    assert outline(head.remove_alias(Alias("best"), authority(), "v0")) == [
        ("collection.alias_removed", "best", 0)
    ]


def test_only_differences_of_an_annotation_become_events(collection, authority):
    version = Version(
        index=0,
        digest="A",
        description="old",
        metadata={"same": 1, "one": 1, "gone": 0},
        tags=frozenset({"kept", "off"}),
    )
    events = collection().annotate(
        version,
        authority(),
        description="old",
        metadata={"same": 1, "one": True, "new": None},
        add_tags=[Tag("kept"), Tag("on")],
        remove_tags=[Tag("off"), Tag("never")],
    )
    assert [event.wire_name for event in events] == [
        "collection.metadata_changed",
        "collection.version_untagged",
        "collection.version_tagged",
    ]
    assert events[0].changed == {"one": True, "new": None}
    assert events[0].removed == ("gone",)
    assert (events[1].tag, events[2].tag) == ("off", "on")


def test_a_description_can_be_taken_away(collection, authority):
    events = collection().annotate(
        Version(index=0, digest="A", description="old"), authority(), description=None
    )
    assert outline(events) == [("collection.version_described", 0, None)]


def test_describing_a_collection_as_it_is_emits_nothing(collection, authority):
    head = collection()
    assert head.describe("same", "same", authority()) == []
    assert outline(head.describe("new", "same", authority())) == [("collection.described", "new")]


def test_tags_of_a_collection_that_are_as_asked_emit_nothing(collection, authority):
    head, held = collection(), frozenset({"a", "b"})
    assert head.retag([Tag("a")], [Tag("c")], held, authority()) == []
    both = head.retag([Tag("c"), Tag("b")], [Tag("a"), Tag("b")], held, authority())
    assert outline(both) == [("collection.untagged", "a"), ("collection.tagged", "c")]


@pytest.mark.parametrize("role", [None, Role.RESTRICTED_VIEWER, Role.VIEWER])
def test_who_is_no_member_changes_nothing(collection, log, authority, role):
    _, head = log(collection(), "A")
    version, acting = Version(index=0, digest="A"), authority(role)
    attempts = [
        lambda: log(head, "B", role=role),
        lambda: head.delete_version(version, acting, delete_aliases=True),
        lambda: head.move_alias(Alias("x"), version, acting),
        lambda: head.remove_alias(Alias("latest"), acting),
        lambda: head.remove_alias(Alias("not-there"), acting),
        lambda: head.annotate(version, acting, description="x"),
        lambda: head.describe("x", None, acting),
        lambda: head.retag([Tag("x")], [], frozenset(), acting),
    ]
    for attempt in attempts:
        with pytest.raises(RoleRequiredError):
            attempt()


def test_aliases_are_limited_and_the_error_says_what_to_use_instead(collection, log, authority):
    # Placing them one by one takes seconds, since each placing copies the map.
    _, head = log(collection(), "A")
    aliases = {f"a{number}": 0 for number in range(MOST_ALIASES - 1)}
    head = evolve(head, aliases=MappingProxyType({**head.aliases, **aliases}))
    version = Version(index=0, digest="A")
    with pytest.raises(LimitExceededError, match=r"10,001 exceeds the limit of 10,000.*tags"):
        head.move_alias(Alias("one-more"), version, authority())
    events, _ = log(head, "B", aliases=["a0"])
    assert outline(events)[1:] == [
        ("collection.alias_moved", "latest", 0, 1),
        ("collection.alias_moved", "a0", 0, 1),
    ]
