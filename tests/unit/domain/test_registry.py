"""What a registry permits and protects, and who may change that."""

from uuid import UUID

import pytest

from fingerpost.domain.aggregates.aggregate import fold
from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.errors import (
    CorruptLedgerError,
    InvalidAliasError,
    LimitExceededError,
    NoSuchThingError,
    RoleRequiredError,
    TypeNotPermittedError,
)
from fingerpost.domain.events import NameReleased
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import ArtifactTypeName, RegistryName
from fingerpost.domain.registry import MOST_PROTECTED, Registry


@pytest.fixture
def registry(authority):
    def make(*types):
        event = Registry.create(
            UUID(int=1),
            organization_id=UUID(int=2),
            name=RegistryName("Model"),
            artifact_types=[ArtifactTypeName(kind) for kind in types],
            description=None,
            authority=authority(),
        )
        return Registry.begin(event)

    return make


def test_permitted_types_are_stored_sorted_and_once(authority):
    event = Registry.create(
        UUID(int=1),
        organization_id=UUID(int=2),
        name=RegistryName("Mixed"),
        artifact_types=[ArtifactTypeName(kind) for kind in ("model", "dataset", "model")],
        description=None,
        authority=authority(),
    )
    assert event.artifact_types == ("dataset", "model")


def test_a_type_that_is_not_permitted_is_named_beside_those_that_are(registry):
    registry("model").require_permitted("model")
    with pytest.raises(TypeNotPermittedError) as caught:
        registry("model").require_permitted("dataset")
    message = str(caught.value)
    assert "'dataset'" in message
    assert "it permits 'model'" in message
    assert "fingerpost registry permit 'Model' dataset" in message


@pytest.mark.parametrize("type", ["model", "dataset", "anything-at-all"])
def test_a_registry_without_types_permits_every_type(registry, type):
    registry().require_permitted(type)


def test_permitting_one_more_type_lets_it_in(registry, authority):
    head = registry("model")
    events = head.permit(ArtifactTypeName("dataset"), authority())
    assert [(event.wire_name, event.type) for event in events] == [
        ("registry.artifact_type_permitted", "dataset")
    ]
    fold(head, events).require_permitted("dataset")


def test_permitting_what_is_permitted_emits_nothing(registry, authority):
    assert registry("model").permit(ArtifactTypeName("model"), authority()) == []
    # A registry that permits every type would otherwise come to permit one alone.
    assert registry().permit(ArtifactTypeName("model"), authority()) == []


def test_protection_is_a_part_of_the_authority_from_then_on(registry, authority, by):
    head = registry()
    head = fold(head, head.protect(Alias("production"), authority()))
    acting = head.authority(by, Role.MEMBER)
    assert acting.protected == {"production"}
    assert acting.policy_version == 2
    with pytest.raises(RoleRequiredError):
        acting.require_alias("production")


def test_protecting_twice_emits_nothing_and_unprotecting_makes_it_ordinary(registry, authority):
    head = registry()
    head = fold(head, head.protect(Alias("production"), authority()))
    assert head.protect(Alias("production"), authority()) == []
    head = fold(head, head.unprotect(Alias("production"), authority()))
    assert head.protected == frozenset()


@pytest.mark.parametrize("alias", ["latest", "LATEST", "v0", "V01", "\uff56\uff11"])
def test_aliases_that_move_by_themselves_are_not_protected(registry, authority, alias):
    with pytest.raises(InvalidAliasError, match="such as 'production'"):
        registry().protect(Alias(alias), authority())


def test_unprotecting_an_ordinary_alias_names_the_protected_ones(registry, authority):
    head = registry()
    head = fold(head, head.protect(Alias("production"), authority()))
    with pytest.raises(NoSuchThingError, match=r"no protected alias 'prod'.*'production'"):
        head.unprotect(Alias("prod"), authority())


def test_protected_aliases_are_limited(registry, authority):
    head = registry()
    for number in range(MOST_PROTECTED):
        head = fold(head, head.protect(Alias(f"a{number}"), authority()))
    with pytest.raises(LimitExceededError, match="1,001 exceeds the limit of 1,000"):
        head.protect(Alias("one-more"), authority())


@pytest.mark.parametrize("role", [None, Role.RESTRICTED_VIEWER, Role.VIEWER, Role.MEMBER])
def test_only_an_admin_changes_a_registry(registry, authority, role):
    head, acting = registry("model"), authority(role)
    attempts = [
        lambda: head.permit(ArtifactTypeName("dataset"), acting),
        lambda: head.permit(ArtifactTypeName("model"), acting),
        lambda: head.protect(Alias("production"), acting),
        lambda: head.protect(Alias("latest"), acting),
        lambda: head.unprotect(Alias("production"), acting),
        lambda: head.describe("x", None, acting),
    ]
    for attempt in attempts:
        with pytest.raises(RoleRequiredError):
            attempt()


def test_describing_a_registry_as_it_is_emits_nothing(registry, authority):
    assert registry().describe("same", "same", authority()) == []
    (event,) = registry().describe("new", None, authority())
    assert event.description == "new"


def test_an_event_of_another_stream_is_named(registry, by):
    foreign = NameReleased(
        originator_id=UUID(int=1),
        originator_version=2,
        at=by.at,
        actor="alice",
        holder_id=UUID(int=5),
    )
    with pytest.raises(CorruptLedgerError, match=r"name\.released' does not belong"):
        registry().apply(foreign)
