"""Renaming and deleting collections."""

import pytest

import fingerpost
from fingerpost import Api, errors
from stores import on_sqlite, open_store


@pytest.fixture
def store(place):
    with open_store(place) as opened:
        yield opened


@pytest.fixture
def api(store):
    return Api(store, entity="team", project="p")


@pytest.fixture
def log(store):
    def make(name="bikes", text="1", **options):
        artifact = fingerpost.Artifact(name, "model")
        with artifact.new_file("x") as file:
            file.write(text)
        with fingerpost.init("team", "p", store=store) as run:
            return run.log_artifact(artifact, **options)

    return make


def test_a_renamed_collection_keeps_versions_aliases_and_history(log, api):
    log(aliases=["best"])
    log(text="2")
    collection = api.collection("bikes")
    history = collection.alias_history()
    collection.rename("bicycles", reason="the word that people use")
    assert (collection.name, collection.path) == ("bicycles", "team/p/bicycles")
    again = api.collection("bicycles")
    assert again.alias_history() == history
    assert again.aliases == {"best": "v0", "latest": "v1"}
    artifact = api.artifact("bicycles:best")
    assert (artifact.name, artifact.qualified_name) == ("bicycles:v0", "team/p/bicycles:v0")


def test_the_old_name_is_free_and_starts_anew(log, api):
    log()
    api.collection("bikes").rename("bicycles")
    with pytest.raises(errors.CollectionNotFoundError, match="'team/p/bikes'"):
        api.artifact("bikes")
    assert log(text="other").qualified_name == "team/p/bikes:v0"
    assert api.artifact("bicycles:v0").digest != api.artifact("bikes:v0").digest
    with pytest.raises(errors.AlreadyExistsError, match="'bikes'"):
        api.collection("bicycles").rename("bikes")
    api.collection("bikes").delete()
    api.collection("bicycles").rename("bikes")
    assert [each.name for each in api.collection("bikes").versions()] == ["bikes:v0"]


def test_setting_the_name_renames_and_the_same_name_changes_nothing(log, api, store):
    log()
    collection = api.collection("bikes")
    before = len(store.store.events.events(limit=10_000))
    collection.rename("bikes")
    assert len(store.store.events.events(limit=10_000)) == before
    collection.name = "bicycles"
    assert api.collection("bicycles").name == "bicycles"


@on_sqlite
@pytest.mark.parametrize("name", ["two words", "", "a/b", "x" * 129])
def test_a_source_collection_takes_the_names_of_artifacts_only(log, api, name):
    log()
    with pytest.raises(errors.InvalidNameError):
        api.collection("bikes").rename(name)
    assert api.collection("bikes").name == "bikes"


def test_a_registry_collection_is_renamed_with_spaces_and_its_links_follow(log, api):
    link = log().link("wandb-registry-Model/Zoo", ["staging"])
    api.collection("wandb-registry-Model/Zoo").rename("Zoo Classifiers")
    assert api.artifact("wandb-registry-Model/Zoo Classifiers:staging").id == link.id
    source = api.artifact("bikes")
    assert [each.name for each in source.linked_artifacts] == ["Zoo Classifiers:v0"]


def test_who_may_not_move_a_protected_alias_does_not_rename_or_delete_what_holds_it(
    log, api, store
):
    log().link("wandb-registry-Model/Zoo", ["production"])
    api.registry("Model").add_protected_alias("production")
    bobs = Api(store, "bob").collection("wandb-registry-Model/Zoo")
    with pytest.raises(errors.RoleRequiredError, match="rename a collection that holds"):
        bobs.rename("Old Zoo")
    with pytest.raises(errors.RoleRequiredError, match="delete a collection that holds"):
        bobs.delete()
    assert api.collection("wandb-registry-Model/Zoo").aliases["production"] == "v0"
    api.collection("wandb-registry-Model/Zoo").rename("Old Zoo")
    api.collection("wandb-registry-Model/Old Zoo").delete()
    assert api.artifact("bikes").linked_artifacts == []


def test_deleting_a_collection_takes_its_versions_and_keeps_its_history(log, api, store):
    log(aliases=["best"])
    log(text="2")
    collection = api.collection("bikes")
    artifact = api.artifact("bikes:v0")
    collection.delete(reason="nobody uses it")
    with pytest.raises(errors.CollectionNotFoundError):
        api.collection("bikes")
    with pytest.raises(errors.VersionNotFoundError):
        artifact.save()
    removals = [each for each in collection.alias_history() if each.to_version is None]
    assert [(each.alias, each.reason) for each in removals] == [
        ("best", "nobody uses it"),
        ("latest", "nobody uses it"),
    ]
    store.rebuild()
    assert collection.alias_history()[-1].alias == "latest"
    assert list(collection.versions()) == []


def test_a_new_collection_of_a_deleted_name_starts_at_v0_and_has_no_history(log, api):
    log()
    log(text="2")
    api.collection("bikes").delete()
    assert log(text="2").version == "v0"
    assert len(api.collection("bikes").alias_history()) == 1


def test_a_collection_with_links_is_deleted_on_request_only(log, api):
    log().link("wandb-registry-Model/Zoo", ["staging"])
    with pytest.raises(
        errors.CollectionLinkedError,
        match=r"versions of 'team/p/bikes' are linked to 'default/wandb-registry-Model/Zoo:v0'",
    ):
        api.collection("bikes").delete()
    api.collection("bikes").delete(delete_links=True)
    zoo = api.collection("wandb-registry-Model/Zoo")
    assert (list(zoo.versions()), zoo.aliases) == ([], {})


def test_nobody_deletes_a_collection_whose_link_holds_a_protected_alias(log, api):
    log().link("wandb-registry-Model/Zoo", ["production"])
    api.registry("Model").add_protected_alias("production")
    with pytest.raises(errors.ProtectedVersionError, match="'production'"):
        api.collection("bikes").delete(delete_links=True)
    assert api.artifact("bikes").version == "v0"
    assert api.artifact("wandb-registry-Model/Zoo:production").source_name == "bikes:v0"


def test_deleting_a_registry_collection_leaves_the_sources(log, api):
    log().link("wandb-registry-Model/Zoo")
    log(text="2").link("wandb-registry-Model/Zoo")
    api.collection("wandb-registry-Model/Zoo").delete()
    assert [each.version for each in api.collection("bikes").versions()] == ["v1", "v0"]
    assert api.artifact("bikes").linked_artifacts == []
    assert api.artifact("bikes").link("wandb-registry-Model/Zoo").version == "v0"


def test_what_was_deleted_is_neither_deleted_again_nor_renamed_nor_described(log, api):
    log()
    collection = api.collection("bikes")
    collection.delete()
    for attempt in (
        collection.delete,
        lambda: collection.rename("bicycles"),
        lambda: setattr(collection, "description", "gone"),
        lambda: collection.set_alias("best", "v0"),
    ):
        with pytest.raises(errors.NotFoundError):
            attempt()


def test_a_collection_of_another_type_may_take_a_name_that_is_free_again(log, api, store):
    log()
    api.collection("bikes").delete()
    with fingerpost.init("team", "p", store=store) as run:
        artifact = fingerpost.Artifact("bikes", "dataset")
        assert run.log_artifact(artifact).type == "dataset"
