"""Organizations whose names collide with teams, and names that only one thing may have."""

import re

import pytest

from fingerpost.application.access.lookup import organization_named, registry_named
from fingerpost.application.organizations.entities import entity_in
from fingerpost.application.organizations.organizations import create_organization, found
from fingerpost.application.registries.links import link
from fingerpost.application.registries.registries import create
from fingerpost.application.transactions.command_subjects import Subject
from fingerpost.domain.errors import (
    AlreadyExistsError,
    AmbiguousOrganizationError,
    EntityNotFoundError,
    ForeignTeamError,
    RoleRequiredError,
)
from fingerpost.domain.names.names import (
    ArtifactTypeName,
    EntityName,
    OrganizationName,
    RegistryName,
)
from fingerpost.domain.names.paths import parse_target_path
from fingerpost.domain.organization.entity import EntityKind


def entity_of(session, name):
    chosen = None if name is None else EntityName(name)
    return session.transact(lambda each: entity_in(each, chosen), subject=Subject.TEAMS)


def test_an_organization_with_a_free_name_is_called_by_it(session, store):
    row = create_organization(session(), OrganizationName("acme"))
    assert (row.name, row.entity_name) == ("acme", "acme")
    assert organization_named(store.queries, "acme") == row


def test_an_organization_with_the_name_of_a_team_gets_a_suffix(session, store):
    entity_of(session(), "reviewco")
    row = create_organization(session(), OrganizationName("reviewco"))
    assert row.name == "reviewco"
    # The linking document's example: reviewco_XYZ123456.
    assert re.fullmatch(r"reviewco_[A-Z0-9]{9}", row.entity_name)
    assert organization_named(store.queries, row.entity_name) == row


def test_the_plain_name_is_ambiguous_then_and_the_error_gives_the_identifier(session, store):
    entity_of(session(), "reviewco")
    row = create_organization(session(), OrganizationName("reviewco"))
    with pytest.raises(AmbiguousOrganizationError) as caught:
        registry_named(store.queries, RegistryName("model"), "reviewco")
    assert repr(row.entity_name) in str(caught.value)
    assert registry_named(store.queries, RegistryName("model"), row.entity_name).name == "Model"


def test_an_organization_keeps_the_plain_name_when_the_team_comes_later(session, store):
    row = create_organization(session(), OrganizationName("acme"))
    with pytest.raises(AlreadyExistsError, match="entity 'acme' exists already"):
        entity_of(session(), "acme")
    assert organization_named(store.queries, "acme") == row


def test_two_organizations_do_not_share_a_name(session):
    create_organization(session(), OrganizationName("acme"))
    with pytest.raises(AlreadyExistsError, match="organization 'acme'"):
        create_organization(session(), OrganizationName("acme"))


def test_every_organization_starts_with_registries_for_models_and_datasets(session, store):
    row = create_organization(session(), OrganizationName("acme"))
    found_types = {r.name: r.artifact_types for r in store.queries.registries(row.id)}
    assert found_types == {"Model": ("model",), "Dataset": ("dataset",)}


def test_a_store_is_founded_once(session, store, ledger):
    before = ledger()
    found(session("mallory"), OrganizationName("other"))
    assert ledger() == before
    assert [row.name for row in store.queries.organizations()] == ["default"]


def test_who_has_no_role_in_another_organization_administers_nothing_there(session):
    create_organization(session(), OrganizationName("acme"))
    with pytest.raises(RoleRequiredError, match="has no role"):
        create(session("bob"), RegistryName("mine"), [], None, "acme")


@pytest.mark.parametrize("name", ["model", "MODEL", "Model"])
def test_two_registries_of_an_organization_do_not_differ_in_letter_case_alone(session, name):
    with pytest.raises(AlreadyExistsError):
        create(session(), RegistryName(name), [], None, None)


def test_registries_of_two_organizations_may_have_one_name(session, store):
    create_organization(session(), OrganizationName("acme"))
    create(session(), RegistryName("R"), [ArtifactTypeName("model")], None, "acme")
    create(session(), RegistryName("R"), [ArtifactTypeName("dataset")], None, None)
    assert registry_named(store.queries, RegistryName("r"), "acme").artifact_types == ("model",)
    assert registry_named(store.queries, RegistryName("r"), None).artifact_types == ("dataset",)


def test_a_version_of_another_organizations_team_is_not_linked(session, logged):
    ref = logged("data")
    create_organization(session(), OrganizationName("acme"))
    with pytest.raises(ForeignTeamError, match="'team', which is no team of the organization"):
        link(session(), ref, parse_target_path("acme/wandb-registry-dataset/raw"), [])


def test_no_name_and_the_own_name_mean_the_personal_entity(session):
    mine = entity_of(session("bob"), None)
    assert (mine.kind, mine.name, mine.owner) == (EntityKind.PERSONAL, "bob", "bob")
    assert entity_of(session("bob"), "bob").id == mine.id


def test_an_admin_who_names_a_new_entity_makes_a_team(session):
    team = entity_of(session(), "team-awesome")
    assert team.kind is EntityKind.TEAM
    assert entity_of(session("bob"), "team-awesome").id == team.id


def test_a_member_makes_no_team(session):
    with pytest.raises(RoleRequiredError, match="have 'alice' make 'team-awesome'"):
        entity_of(session("bob"), "team-awesome")


def test_an_actor_whose_name_cannot_name_an_entity_is_told_to_name_a_team(session):
    with pytest.raises(EntityNotFoundError, match="pass entity="):
        entity_of(session("system:serviceaccount:ml:trainer"), None)
