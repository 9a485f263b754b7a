"""Types, collections and versions as the API lists them."""

from itertools import islice

import pytest

import fingerpost
from fingerpost import errors
from stores import on_sqlite, open_store


@pytest.fixture
def opened(place):
    with open_store(place) as opened:
        yield opened


@pytest.fixture
def api(opened):
    return fingerpost.Api(opened, entity="team", project="p")


@pytest.fixture
def log(opened):
    def log(name, type="dataset", project="p", text="", **kwargs):
        with fingerpost.init("team", project, store=opened) as run:
            artifact = fingerpost.Artifact(name, type)
            with artifact.new_file("f") as file:
                file.write(f"{text}{run.id}")
            return run.log_artifact(artifact, **kwargs)

    return log


def names(things):
    return [thing.name for thing in things]


# -- types ----------------------------------------------------------------------------------------


def test_the_types_of_a_project_are_those_of_its_collections_each_once_by_name(log, api):
    for name, kind in (("a", "model"), ("b", "dataset"), ("c", "model")):
        log(name, kind)
    log("d", "other", project="q")
    assert (
        names(api.artifact_types())
        == names(api.artifact_types("team/p"))
        == [
            "dataset",
            "model",
        ]
    )
    assert names(api.artifact_types("q")) == ["other"]
    model = api.artifact_type("model")
    assert (model.name, model.entity, model.project) == ("model", "team", "p")
    assert names(model.collections()) == ["a", "c"]
    assert model.collection("c").path == "team/p/c"


def test_a_registry_has_the_types_that_were_linked_to_it(log, api):
    log("a", "model").link("wandb-registry-Model/Legs")
    for path in ("wandb-registry-Model", "default/wandb-registry-model", "registry/Model"):
        assert names(api.artifact_types(path)) == ["model"]
    kind = api.artifact_type("model", "wandb-registry-Model")
    assert (kind.entity, kind.project) == ("default", "wandb-registry-Model")
    assert names(kind.collections()) == ["Legs"]
    assert kind.collection("Legs").is_registry_collection
    assert api.artifact_types("wandb-registry-Dataset") == []


def test_a_type_that_is_not_there_is_an_error_that_names_the_nearest(log, api):
    log("a", "model")
    with pytest.raises(errors.ArtifactTypeNotFoundError, match=r"'modle'.* There is: 'model'"):
        api.artifact_type("modle")
    with pytest.raises(errors.ArtifactTypeNotFoundError, match="'dataset'"):
        api.artifact_collections("team/p", "dataset")
    with pytest.raises(errors.RegistryNotFoundError, match="'Modle'"):
        api.artifact_types("wandb-registry-Modle")


# -- collections -------------------------------------------------------------------------------


def test_collections_come_in_the_order_in_which_they_were_made(log, api):
    for name in ("c", "a", "b"):
        log(name)
    log("m", "model")
    found = api.artifact_collections("team/p", "dataset", per_page=2)
    assert (names(found), len(found)) == (["c", "a", "b"], 3)
    first = api.artifact_collections("p", "dataset")
    next(first)
    assert names(api.artifact_collections("p", "dataset", start=first.cursor)) == ["a", "b"]


def test_a_collection_is_found_by_type_and_name(log, api):
    source = log("data")
    source.link("wandb-registry-Dataset/Shared")
    found = api.artifact_collection("dataset", "team/p/data")
    assert (found.path, found.type, found.is_sequence()) == ("team/p/data", "dataset", True)
    assert found.id == source.collection.id != api.collection("registry/Dataset/Shared").id
    shared = api.artifact_collection("dataset", "wandb-registry-Dataset/Shared")
    assert (shared.name, shared.is_sequence()) == ("Shared", False)


def test_a_wrong_type_or_name_is_not_found_and_says_what_there_is(log, api):
    log("data")
    with pytest.raises(errors.CollectionNotFoundError, match=r"'model'.*type 'dataset'"):
        api.artifact_collection("model", "data")
    with pytest.raises(errors.CollectionNotFoundError, match=r"'team/p/dat'.* There is: 'data'"):
        api.artifacts("dataset", "dat")
    with pytest.raises(errors.CollectionNotFoundError, match=r"'data'"):
        api.artifact_type("dataset").collection("dat")


def test_whether_a_collection_exists_is_asked_with_its_type(log, api):
    log("data")
    assert api.artifact_collection_exists("team/p/data", "dataset")
    assert api.artifact_collection_exists(name="data", type="dataset")
    assert not api.artifact_collection_exists("data", "model")
    assert not api.artifact_collection_exists("dat", "dataset")
    assert not api.artifact_collection_exists("nobody/p/data", "dataset")
    assert not api.artifact_collection_exists("wandb-registry-None/x", "dataset")


# -- versions -----------------------------------------------------------------------------------


def test_versions_come_newest_first_a_page_at_a_time(log, api):
    for _ in range(5):
        log("data")
    found = api.artifacts("dataset", "data", per_page=2)
    assert names(found) == ["data:v4", "data:v3", "data:v2", "data:v1", "data:v0"]
    assert names(found) == names(api.collection("data").artifacts())
    assert (len(found), found[0].version, found[-1].version) == (5, "v4", "v0")
    assert names(found[1:3]) == ["data:v3", "data:v2"]
    assert names(found[-2:]) == ["data:v1", "data:v0"]
    with pytest.raises(IndexError):
        found[5]


def test_next_and_iterating_are_two_things(log, api):
    for _ in range(3):
        log("data")
    found = api.artifacts("dataset", "data", per_page=1)
    assert (next(found).version, next(found).version) == ("v2", "v1")
    assert names(found) == ["data:v2", "data:v1", "data:v0"]
    assert next(found).version == "v0"
    with pytest.raises(StopIteration):
        next(found)


def test_only_versions_with_all_of_the_tags_are_listed_links_by_their_sources_tags(log, api):
    for tags in (["a", "b"], ["a"], ["b"], ["a", "b", "c"]):
        log("data", tags=tags).link("wandb-registry-Dataset/Shared")
    for kind, name in (("dataset", "data"), ("dataset", "wandb-registry-Dataset/Shared")):

        def versions(tags, kind=kind, name=name):
            found = api.artifacts(kind, name, tags=tags, per_page=1)
            listed = [artifact.version for artifact in found]
            assert len(found) == len(listed)
            return listed

        assert versions(["a", "b"]) == ["v3", "v0"]
        assert versions("a") == ["v3", "v1", "v0"]
        assert versions(["c", "c"]) == ["v3"]
        assert versions(["d"]) == versions(["a", "d"]) == []
        assert versions([]) == versions(None) == ["v3", "v2", "v1", "v0"]


def test_a_collection_whose_versions_are_all_deleted_has_none(log, api):
    log("data").delete(delete_aliases=True)
    found = api.artifacts("dataset", "data")
    assert (list(found), len(found), found.cursor) == ([], 0, None)


def test_a_list_goes_on_at_a_cursor_whatever_came_and_went_meanwhile(log, api):
    logged = [log("data") for _ in range(6)]
    first = api.artifacts("dataset", "data", per_page=2)
    assert names(islice(first, 3)) == ["data:v5", "data:v4", "data:v3"]
    for index in (3, 1):
        api.artifact(f"data:v{index}").delete()
    log("data")
    rest = api.artifacts("dataset", "data", per_page=2, start=first.cursor)
    assert names(rest) == ["data:v2", "data:v0"]
    assert logged[5].is_draft() is False


@on_sqlite
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"per_page": 0}, "per_page 0"),
        ({"per_page": "-created_at"}, "per_page"),
        ({"per_page": True}, "per_page"),
        ({"start": "v3"}, "start 'v3'"),
        ({"start": 3}, "start 3"),
        ({"tags": ["a/b"]}, "'a/b'"),
        ({"tags": 3}, "tags 3"),
    ],
)
def test_an_argument_that_is_none_is_refused_at_once(log, api, arguments, words):
    log("data")
    with pytest.raises(errors.InvalidInputError, match=words):
        api.artifacts("dataset", "data", **arguments)
