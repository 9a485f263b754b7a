"""Registry collections that are made before anything is linked to them."""

import pytest

import fingerpost
from fingerpost import Api, Artifact, errors


@pytest.fixture
def store(tmp_path):
    with fingerpost.open_store(tmp_path / "store", actor="alice") as opened:
        api = Api(opened, "alice")
        api.create_registry("Golden", artifact_types=["dataset", "table"])
        api.create_registry("Free")
        yield opened


@pytest.fixture
def api(store):
    return Api(store, "alice")


@pytest.fixture
def link(store):
    def make(target, type="dataset", **options):
        with fingerpost.init("team", "p", store=store, actor="alice") as run:
            return run.link_artifact(Artifact(f"a-{type}", type), target, **options)

    return make


def test_an_empty_collection_is_there_with_all_that_was_said_of_it(api):
    made = api.registry("golden").create_collection(
        "Raw images", "dataset", "As the camera wrote them", ["vision", "raw"], reason="planned"
    )
    assert made.path == "default/wandb-registry-Golden/Raw images"
    found = api.collection("wandb-registry-Golden/Raw images")
    assert (found.type, found.description) == ("dataset", "As the camera wrote them")
    assert (found.tags, found.aliases) == (["raw", "vision"], {})
    assert (list(found.versions()), len(found.artifacts())) == ([], 0)
    assert (found.created_by, found.is_registry_collection) == ("alice", True)
    assert [each.name for each in api.registry("Golden").collections()] == ["Raw images"]


def test_all_of_it_is_recorded_at_once_with_its_reason(api, store):
    before = len(store.store.events.events(limit=1_000))
    api.registry("Golden").create_collection("C", tags=["a"], reason="planned")
    recorded = [each.event for each in store.store.events.events(limit=1_000)][before:]
    assert [event.wire_name for event in recorded] == [
        "name.claimed",
        "collection.created",
        "registry.collection_added",
        "collection.tagged",
    ]
    assert {event.reason for event in recorded} == {"planned"}


def test_the_first_link_to_it_is_v0_and_takes_latest(api, link):
    made = api.registry("Golden").create_collection("C", "dataset")
    linked = link("wandb-registry-Golden/C", aliases=["best"])
    assert (linked.version, linked.aliases) == ("v0", ["latest", "best"])
    assert made.aliases == {"best": "v0", "latest": "v0"}


@pytest.mark.parametrize(
    ("registry", "kind"), [("Model", "model"), ("Dataset", "dataset"), ("Golden", ""), ("Free", "")]
)
def test_without_a_type_it_has_the_only_one_that_is_permitted(api, registry, kind):
    assert api.registry(registry).create_collection("C").type == kind


def test_without_a_type_the_first_link_decides_for_good(api, link):
    made = api.registry("Golden").create_collection("C")
    link("wandb-registry-Golden/C", "table")
    assert made.type == "table"
    with pytest.raises(errors.TypeMismatchError, match="holds artifacts of type 'table'"):
        link("wandb-registry-Golden/C", "dataset")


def test_a_collection_without_a_type_is_in_no_list_of_a_type(api):
    api.registry("Golden").create_collection("C")
    api.registry("Golden").create_collection("D", "table")
    home = "wandb-registry-Golden"
    assert [each.name for each in api.artifact_types(home)] == ["table"]
    assert [each.name for each in api.artifact_collections(home, "table")] == ["D"]
    with pytest.raises(errors.CollectionNotFoundError, match="Its first link decides its type"):
        api.artifact_collection("table", f"{home}/C")
    assert api.artifact_collection("table", f"{home}/D").type == "table"


def test_what_is_asked_of_an_empty_collection_says_that_it_is_empty(api):
    api.registry("Golden").create_collection("C")
    with pytest.raises(errors.AliasNotFoundError, match="there was no version yet"):
        api.artifact("wandb-registry-Golden/C")
    with pytest.raises(errors.VersionNotFoundError, match="never logged"):
        api.artifact("wandb-registry-Golden/C:v0")


def test_a_collection_with_a_type_takes_no_link_of_another(api, link):
    api.registry("Golden").create_collection("C", "dataset")
    with pytest.raises(errors.TypeMismatchError):
        link("wandb-registry-Golden/C", "table")
    assert api.collection("wandb-registry-Golden/C").aliases == {}


def test_a_collection_without_a_type_is_given_none_by_hand(api):
    made = api.registry("Free").create_collection("C")
    with pytest.raises(errors.CollectionTypeError, match="the first artifact linked to it"):
        made.change_type("model")


def test_a_type_that_the_registry_does_not_permit_is_refused(api):
    with pytest.raises(errors.TypeNotPermittedError, match="permits 'dataset', 'table'"):
        api.registry("Golden").create_collection("C", "model")
    assert list(api.registry("Golden").collections()) == []


def test_one_that_is_there_is_left_as_it_is_and_the_error_says_how_to_use_it(api):
    golden = api.registry("Golden")
    golden.create_collection("C", "dataset", "first")
    with pytest.raises(errors.AlreadyExistsError) as caught:
        golden.create_collection("C", "table", "second", ["tag"])
    path = "default/wandb-registry-Golden/C"
    assert f"collection '{path}' exists already" in str(caught.value)
    assert f"Api().collection('{path}')" in str(caught.value)
    held = api.collection(path)
    assert (held.type, held.description, held.tags) == ("dataset", "first", [])


def test_letter_case_tells_collections_apart_and_spellings_of_unicode_do_not(api):
    golden = api.registry("Golden")
    golden.create_collection("caf\u00e9")
    golden.create_collection("Caf\u00e9")
    with pytest.raises(errors.AlreadyExistsError):
        golden.create_collection("cafe\u0301")


@pytest.mark.parametrize(
    "name", ["", " a", "a/b", "a:b", "a\n", "a\u200b", ".", 7, None, "x" * 129]
)
def test_a_name_that_is_none_is_refused(api, name):
    with pytest.raises(errors.InvalidNameError):
        api.registry("Golden").create_collection(name)
    assert list(api.registry("Golden").collections()) == []


def test_it_can_be_deleted_and_made_again_with_another_type(api):
    golden = api.registry("Golden")
    golden.create_collection("C", "dataset").delete()
    assert list(golden.collections()) == []
    assert golden.create_collection("C", "table").type == "table"


def test_who_has_no_role_makes_none_and_the_attempt_is_recorded(store):
    zoo = Api(store, "alice").create_organization("zoo")
    zoo.default_role = "viewer"
    theirs = Api(store, "bob")
    with pytest.raises(errors.RoleRequiredError, match="'bob' may not create collections"):
        theirs.registry("Model", "zoo").create_collection("C")
    assert len(theirs.denied()) == 1
    assert list(Api(store, "alice").registry("Model", "zoo").collections()) == []


def test_an_empty_collection_survives_a_rebuild(api, store):
    api.registry("Golden").create_collection("C", "table", "x", ["a"])
    store.rebuild()
    held = api.collection("wandb-registry-Golden/C")
    assert (held.type, held.description, held.tags) == ("table", "x", ["a"])
