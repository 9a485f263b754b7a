"""Tags and descriptions of collections, written beside others who do the same."""

import pytest

import fingerpost
from fingerpost import Api, Artifact, errors

ZOO = "wandb-registry-Model/Zoo"


@pytest.fixture
def store(tmp_path):
    with fingerpost.open_store(tmp_path / "store", actor="alice") as opened:
        with fingerpost.init("team", "p", store=opened, actor="alice") as run:
            run.link_artifact(Artifact("bikes", "model"), ZOO)
        yield opened


@pytest.fixture(params=["team/p/bikes", ZOO])
def path(request):
    return request.param


@pytest.fixture
def fetch(store, path):
    return lambda actor="alice": Api(store, actor).collection(path)


def events_of(store):
    return [
        (each.event.wire_name, each.event.tag, each.event.actor)
        for each in store.store.events.events(limit=1_000)
        if each.event.wire_name in ("collection.tagged", "collection.untagged")
    ]


def test_code_written_for_w_and_b_works_as_it_stands(fetch):
    collection = fetch()
    collection.tags = ["small", "für alle"]
    collection.description = "Bikes, and what they do"
    collection.save()
    assert fetch().tags == ["für alle", "small"]
    assert fetch().description == "Bikes, and what they do"


def test_what_is_appended_to_the_list_is_written_by_save(fetch):
    collection = fetch()
    collection.tags.append("small")
    collection.tags.append("small")
    assert (collection.tags, fetch().tags) == (["small", "small"], [])
    collection.save(reason="so says the scale")
    assert (collection.tags, fetch().tags) == (["small"], ["small"])
    collection.tags.remove("small")
    collection.save()
    assert fetch().tags == []


def test_only_differences_become_events_with_actor_and_reason(fetch, store):
    collection = fetch("bob")
    collection.tags = ["a", "b"]
    collection.tags = ("b", "a")
    collection.tags = {"b", "c"}
    collection.save()
    assert events_of(store) == [
        ("collection.tagged", "a", "bob"),
        ("collection.tagged", "b", "bob"),
        ("collection.untagged", "a", "bob"),
        ("collection.tagged", "c", "bob"),
    ]


def test_tags_that_two_people_set_are_all_kept(fetch):
    mine, theirs = fetch(), fetch("bob")
    mine.tags = ["a"]
    theirs.tags.append("b")
    theirs.save()
    assert mine.tags == theirs.tags == ["a", "b"]
    mine.tags = []
    assert theirs.tags == []


def test_a_description_that_both_changed_is_refused_and_names_all_three(fetch, path):
    mine, theirs = fetch(), fetch("bob")
    mine.description = "mine"
    with pytest.raises(errors.EditConflictError) as caught:
        theirs.description = "theirs"
    assert f"{path}' was changed by somebody else" in str(caught.value)
    assert "description was nothing, is now 'mine', was to be 'theirs'" in str(caught.value)
    assert theirs.description == "mine"  # read again: now it can be decided anew
    theirs.description = "theirs"
    assert mine.description == "theirs"


def test_the_same_description_from_both_is_no_conflict(fetch):
    mine, theirs = fetch(), fetch("bob")
    mine.description = theirs.description = "ours"
    assert fetch().description == "ours"


@pytest.mark.parametrize("tags", [["a/b"], ["a:b"], [""], [" a"], ["a\n"], ["a\u200b"], [7]])
def test_what_is_no_tag_is_refused_and_changes_nothing(fetch, tags):
    collection = fetch()
    with pytest.raises(errors.InvalidNameError):
        collection.tags = tags
    assert collection.tags == []
    collection.tags.extend(tags)
    with pytest.raises(errors.InvalidNameError):
        collection.save()
    assert fetch().tags == []


@pytest.mark.parametrize("tags", ["small", b"small", 7])
def test_a_lone_string_is_an_error_and_not_its_letters(fetch, tags):
    with pytest.raises(errors.InvalidValueError, match="list of names"):
        fetch().tags = tags


def test_description_and_tags_change_in_one_step_or_not_at_all(fetch, store):
    mine, theirs = fetch(), fetch("bob")
    mine.edit(description="mine", add_tags=["a", "b"], reason="reviewed")
    with pytest.raises(errors.EditConflictError):
        theirs.edit(description="theirs", add_tags=["c"])
    assert (theirs.description, theirs.tags) == ("mine", ["a", "b"])
    theirs.edit(description="theirs", add_tags=["c"], remove_tags=["a", "never there"])
    assert (mine.description, mine.tags) == ("theirs", ["b", "c"])
    mine.edit(add_tags=["c"])
    mine.edit(description=None)
    assert fetch().description is None
    recorded = [each.event for each in store.store.events.events(limit=1_000)]
    assert [event.reason for event in recorded].count("reviewed") == 3


def test_tags_in_two_spellings_of_unicode_are_one(fetch):
    collection = fetch()
    collection.tags = ["caf\u00e9", "cafe\u0301"]
    assert collection.tags == ["caf\u00e9"]


def test_tags_of_a_collection_are_not_those_of_its_versions(fetch, store, path):
    fetch().tags = ["whole"]
    version = Api(store, "alice").artifact(path)
    assert version.tags == []
    version.tags.append("one")
    version.save()
    assert fetch().tags == ["whole"]


def test_nobody_without_a_role_tags_and_the_attempt_is_recorded(store):
    with fingerpost.init(store=store, actor="carol") as run:
        run.log_artifact(Artifact("mine", "model"))
    # Who administers the store may look at it, and no more.
    hers = Api(store, "alice").collection("carol/uncategorized/mine")
    for attempt in (
        lambda: setattr(hers, "tags", ["bobs"]),
        lambda: setattr(hers, "description", "bobs"),
    ):
        with pytest.raises(errors.RoleRequiredError, match="'alice' may not change tags"):
            attempt()
    assert (hers.tags, hers.description) == ([], None)
    assert len(Api(store, "alice").denied()) == 2


def test_tags_go_with_a_rename_and_survive_a_rebuild(fetch, store):
    collection = fetch()
    collection.tags = ["a", "b"]
    collection.name = "other"
    store.rebuild()
    assert collection.tags == ["a", "b"]
    assert Api(store, "alice").collection(collection.path).tags == ["a", "b"]


def test_a_deleted_collection_is_not_tagged_and_its_successor_starts_without_tags(fetch, store):
    zoo = Api(store, "alice").collection(ZOO)
    zoo.tags = ["old"]
    zoo.delete()
    zoo.tags.append("new")
    with pytest.raises(errors.CollectionNotFoundError):
        zoo.save()
    Api(store, "alice").artifact("team/p/bikes").link(ZOO)
    assert Api(store, "alice").collection(ZOO).tags == []


def test_a_name_keeps_its_type(fetch):
    collection = fetch()
    collection.change_type("model")
    with pytest.raises(errors.CollectionTypeError, match="keeps its type 'model'"):
        collection.change_type("dataset")
    with pytest.raises(ValueError, match="cannot become one of 'dataset'"):
        collection.type = "dataset"
    with pytest.raises(errors.InvalidNameError):
        collection.change_type("no type")
    assert collection.type == "model"


def test_a_collection_says_what_it_takes(fetch, path):
    collection = fetch()
    assert (collection.is_portfolio(), collection.is_sequence()) == (path == ZOO, path != ZOO)
