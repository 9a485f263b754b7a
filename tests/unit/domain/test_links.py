"""Linking and unlinking: the rules of a registry collection."""

from uuid import UUID

import pytest

from fingerpost.domain.aggregates.aggregate import fold
from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.collection import CollectionKind
from fingerpost.domain.errors import (
    InvalidAliasError,
    ProtectedVersionError,
    RoleRequiredError,
    TypeMismatchError,
)
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.versions.version import Version, VersionRef

SOURCE = UUID(int=9)


def source(index):
    return VersionRef(collection_id=SOURCE, index=index)


@pytest.fixture
def portfolio(collection):
    return collection(kind=CollectionKind.REGISTRY, type="model")


@pytest.fixture
def link(authority):
    """Link a source version, and return events and the head after them."""

    def link(head, index, aliases=(), existing=None, role=Role.MEMBER, type="model", protected=()):
        acting = authority(role, protected, policy_version=4)
        events = head.link(
            source(index), type, [Alias(alias) for alias in aliases], acting, existing
        )
        return events, fold(head, events)

    return link


def test_links_are_numbered_in_the_registry_collection_from_v0(portfolio, link):
    head = portfolio
    for index in (7, 3, 5):
        events, head = link(head, index)
        assert (events[0].source_collection_id, events[0].source_index) == (SOURCE, index)
    assert (head.next_index, dict(head.aliases)) == (3, {"latest": 2})


def test_a_link_says_against_which_policy_it_was_decided(portfolio, link):
    events, _ = link(portfolio, 7, aliases=["staging"])
    assert [event.policy_version for event in events] == [4, 4, 4]


def test_linking_again_applies_the_aliases_to_the_link_that_exists(portfolio, link):
    _, head = link(portfolio, 7)
    existing = Version(index=0, digest="A", source=source(7))
    events, _ = link(head, 7, aliases=["latest", "production"], existing=existing)
    assert [(event.wire_name, event.alias, event.to_version) for event in events] == [
        ("collection.alias_moved", "production", 0)
    ]


def test_latest_is_not_moved_back_by_linking_again(portfolio, link):
    _, head = link(portfolio, 7)
    _, head = link(head, 8)
    existing = Version(index=0, digest="A", source=source(7))
    with pytest.raises(InvalidAliasError):
        link(head, 7, aliases=["latest"], existing=existing)


def test_a_registry_collection_keeps_its_type(portfolio, link):
    with pytest.raises(TypeMismatchError, match="'model', not 'dataset'"):
        link(portfolio, 7, type="dataset")


def test_the_first_link_decides_the_type_of_an_empty_collection(collection, link):
    head = collection(kind=CollectionKind.REGISTRY, type="")
    _, head = link(head, 7, type="model")
    assert head.type == "model"


def test_a_member_places_no_protected_alias_by_linking(portfolio, link):
    with pytest.raises(RoleRequiredError, match="protected alias"):
        link(portfolio, 7, aliases=["production"], protected={"production"})


def test_a_viewer_links_nothing(portfolio, link):
    with pytest.raises(RoleRequiredError, match="link artifacts"):
        link(portfolio, 7, role=Role.VIEWER)


def test_unlinking_takes_the_aliases_of_the_link_along(portfolio, link, authority):
    _, head = link(portfolio, 7, aliases=["staging"])
    events = head.unlink(
        Version(index=0, digest="A", source=source(7)), authority(Role.MEMBER, (), 4)
    )
    assert [event.wire_name for event in events] == [
        "collection.alias_removed",
        "collection.alias_removed",
        "collection.unlinked",
    ]
    head = fold(head, events)
    assert (dict(head.aliases), head.next_index) == ({}, 1)


def test_only_an_admin_unlinks_what_holds_a_protected_alias(portfolio, link, authority):
    _, head = link(portfolio, 7, aliases=["production"])
    version = Version(index=0, digest="A", source=source(7))
    with pytest.raises(RoleRequiredError, match="unlink a version that holds a protected alias"):
        head.unlink(version, authority(Role.MEMBER, {"production"}, 4))
    events = head.unlink(version, authority(Role.ADMIN, {"production"}, 4))
    assert events[-1].wire_name == "collection.unlinked"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN])
def test_nobody_deletes_the_source_of_a_link_with_a_protected_alias(
    portfolio, link, authority, role
):
    _, head = link(portfolio, 7, aliases=["production"])
    version = Version(index=0, digest="A", source=source(7))
    with pytest.raises(ProtectedVersionError) as caught:
        head.unlink(version, authority(role, {"production"}, 4), cascade=True)
    assert "'production'" in str(caught.value)
    assert "has to remove or move the alias first" in str(caught.value)
