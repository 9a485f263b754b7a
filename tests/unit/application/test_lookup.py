"""What is not there is an error that helps: it names what is near, and how to go on."""

import pytest

from fingerpost.application.access.lookup import (
    NameScope,
    collection_at,
    find_collection,
    organization_named,
    registry_named,
    version_at,
)
from fingerpost.application.collections import edits
from fingerpost.application.registries import links, registries
from fingerpost.domain.errors import (
    AliasNotFoundError,
    CollectionNotFoundError,
    OrganizationNotFoundError,
    RegistryNotFoundError,
    VersionNotFoundError,
)
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import EntityName, ProjectName, RegistryName
from fingerpost.domain.names.paths import parse_collection_path, parse_target_path

HERE = NameScope(EntityName("team"), ProjectName("p"))


def test_a_misspelled_collection_is_answered_with_the_nearest_names(store, logged):
    for name in ("bike-dataset", "bike-model", "zebra"):
        logged(name)
    with pytest.raises(CollectionNotFoundError) as caught:
        collection_at(store.queries, parse_collection_path("bike-dataste"), HERE)
    assert caught.value.available[0] == "bike-dataset"
    assert "zebra" not in caught.value.available
    assert "team/p/bike-dataste" in str(caught.value)
    assert "check entity, project and name" in str(caught.value)


def test_where_nothing_is_near_everything_in_the_project_is_named(store, logged):
    logged("alpha")
    logged("beta")
    logged("elsewhere", project="q")
    with pytest.raises(CollectionNotFoundError) as caught:
        collection_at(store.queries, parse_collection_path("0000"), HERE)
    assert list(caught.value.available) == ["alpha", "beta"]


def test_an_unknown_entity_is_a_collection_that_is_not_there(store):
    path = parse_collection_path("nobody/p/data")
    assert find_collection(store.queries, path, HERE) is None
    with pytest.raises(CollectionNotFoundError, match="nobody/p/data"):
        collection_at(store.queries, path, HERE)


def test_a_misspelled_registry_is_answered_with_the_nearest_and_how_to_make_one(store):
    with pytest.raises(RegistryNotFoundError) as caught:
        registry_named(store.queries, RegistryName("Modle"), None)
    assert "'Model'" in str(caught.value)
    assert "fingerpost registry create 'Modle'" in str(caught.value)
    assert "create_registry('Modle')" in str(caught.value)


def test_a_registry_is_found_whatever_the_letter_case(store):
    assert registry_named(store.queries, RegistryName("mODEL"), None).name == "Model"


def test_a_misspelled_registry_collection_is_answered_with_the_nearest(store, session, logged):
    ref = logged("data")
    links.link(session(), ref, parse_target_path("wandb-registry-dataset/raw images"), [])
    with pytest.raises(CollectionNotFoundError, match="'raw images'"):
        collection_at(
            store.queries, parse_collection_path("wandb-registry-dataset/raw image"), HERE
        )


def test_an_unknown_organization_is_answered_with_those_there_are(store):
    with pytest.raises(OrganizationNotFoundError, match="'default'"):
        organization_named(store.queries, "defautl")


def test_no_organization_means_the_first(store):
    assert organization_named(store.queries, None).name == "default"


def test_a_misspelled_alias_is_answered_with_the_nearest(store, session, logged):
    ref = logged("data")
    edit = edits.Edit(add_aliases=[Alias("production"), Alias("staging")])
    edits.edit(session(), ref, edit)
    row = store.queries.collection(ref.collection_id)
    with pytest.raises(AliasNotFoundError) as caught:
        version_at(store.queries, row, Alias("prodution"))
    assert list(caught.value.available) == ["production"]
    assert "fingerpost versions 'team/p/data'" in str(caught.value)


def test_a_removed_latest_is_explained(store, session, logged):
    ref = logged("data")
    edits.edit(session(), ref, edits.Edit(remove_aliases=[Alias("latest")]))
    row = store.queries.collection(ref.collection_id)
    with pytest.raises(AliasNotFoundError, match="it comes back with the next version"):
        version_at(store.queries, row, Alias("latest"))


@pytest.mark.parametrize("label", ["v1", "v99", "v999999999999999999"])
def test_a_version_that_is_not_there_is_no_alias_that_is_not_there(store, logged, label):
    row = store.queries.collection(logged("data").collection_id)
    with pytest.raises(VersionNotFoundError, match=f"team/p/data:{label}.*never logged"):
        version_at(store.queries, row, Alias(label))


@pytest.mark.parametrize("label", ["V0", "v00", "\uff56\uff10", "v9999999999999999999"])
def test_another_spelling_of_a_version_number_finds_nothing(store, logged, label):
    row = store.queries.collection(logged("data").collection_id)
    with pytest.raises(AliasNotFoundError):
        version_at(store.queries, row, Alias(label))


def test_registries_of_other_organizations_are_not_suggested(store, session):
    registries.create(session(), RegistryName("Golden Datasets"), [], None, None)
    with pytest.raises(RegistryNotFoundError, match="'Golden Datasets'"):
        registry_named(store.queries, RegistryName("Golden Dataset"), "default")
