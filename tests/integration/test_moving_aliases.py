"""Several aliases of a collection, moved in one step: all of them, or none."""

import pytest

import fingerpost
from fingerpost import Api, Artifact, errors
from stores import on_sqlite, open_store

ZOO = "wandb-registry-Model/Zoo"


@pytest.fixture
def store(place):
    with open_store(place) as opened:
        with fingerpost.init("team", "p", store=opened, actor="alice") as run:
            for number in range(4):
                artifact = Artifact("bikes", "model")
                with artifact.new_file("x") as file:
                    file.write(str(number))
                run.link_artifact(artifact, ZOO)
        yield opened


@pytest.fixture
def api(store):
    return Api(store, "alice", entity="team", project="p")


@pytest.fixture(params=[ZOO, "team/p/bikes"])
def collection(api, request):
    held = api.collection(request.param)
    held.move_aliases({"canary": "v2", "production-us": "v0"})
    return held


def events(store):
    return [each.event for each in store.store.events.events(limit=10_000)]


def test_all_of_them_are_moved_and_the_history_has_them_with_one_reason(collection):
    before = len(collection.alias_history())
    collection.move_aliases(
        {"production-us": "v3", "production-eu": "v3", "canary": None},
        expected={"canary": "v2"},
        reason="it passed",
    )
    assert collection.aliases == {"latest": "v3", "production-eu": "v3", "production-us": "v3"}
    changes = collection.alias_history()[before:]
    assert [(each.alias, each.from_version, each.to_version) for each in changes] == [
        ("canary", "v2", None),
        ("production-eu", None, "v3"),
        ("production-us", "v0", "v3"),
    ]
    assert {(each.reason, each.actor) for each in changes} == {("it passed", "alice")}
    assert len({each.at for each in changes}) == 1


def test_two_aliases_that_name_each_other_change_places(collection):
    collection.move_aliases({"canary": "production-us", "production-us": "canary"})
    assert collection.aliases == {"canary": "v0", "latest": "v3", "production-us": "v2"}


def test_an_alias_stands_for_the_version_that_holds_it_before_anything_is_moved(collection):
    collection.move_aliases({"canary": "latest", "previous": "canary", "latest": None})
    assert collection.aliases == {"canary": "v3", "previous": "v2", "production-us": "v0"}


def test_artifacts_stand_for_themselves_or_for_the_link_to_them(api, collection):
    links = [api.artifact(f"{ZOO}:v1"), api.artifact(f"{ZOO}:v2")]
    sources = [link.source_artifact for link in links]
    given = links if collection.is_portfolio() else sources
    collection.move_aliases({"a": given[0], "b": given[1]})
    assert (collection.aliases["a"], collection.aliases["b"]) == ("v1", "v2")
    collection.move_aliases({"a": sources[1]})
    assert collection.aliases["a"] == "v2"


def test_a_failed_expectation_changes_nothing_and_names_alias_and_holder(collection, store):
    before = events(store)
    with pytest.raises(errors.AliasExpectationError) as caught:
        collection.move_aliases(
            {"production-us": "v3", "canary": None}, expected={"canary": "v1", "new": None}
        )
    error = caught.value
    assert (error.alias, error.expected, error.actual) == ("canary", "v1", "v2")
    assert "alias 'canary' was expected at v1 and is at v2" in str(error)
    assert events(store) == before


def test_an_expectation_may_be_about_an_alias_that_is_not_moved(collection):
    collection.move_aliases({"a": "v1"}, expected={"canary": "v2", "b": None})
    with pytest.raises(errors.AliasExpectationError, match="'b' was expected at v1 and is not set"):
        collection.move_aliases({"a": "v2"}, expected={"b": "v1"})
    assert collection.aliases["a"] == "v1"


REFUSED = {
    "a version that is not there": ({"ok": "v1", "x": "v9"}, errors.VersionNotFoundError, ":v9"),
    "a holder that is not there": ({"ok": "v1", "x": "nowhere"}, errors.AliasNotFoundError, "nowh"),
    "one to take off that is not there": ({"ok": "v1", "x": None}, errors.AliasNotFoundError, "x"),
    "latest": ({"ok": "v1", "latest": "v0"}, errors.InvalidAliasError, "latest"),
    "a version number": ({"ok": "v1", "V2": "v0"}, errors.InvalidAliasError, "V2"),
    "a version number to take off": ({"ok": "v1", "v2": None}, errors.InvalidAliasError, "v2"),
    "no alias": ({"ok": "v1", "a/b": "v0"}, errors.InvalidAliasError, "a/b"),
    "no version": ({"ok": "v1", "x": 3}, errors.InvalidAliasError, "3"),
    "two spellings": ({"caf\u00e9": "v1", "cafe\u0301": "v2"}, errors.InvalidAliasError, "twice"),
    "no mapping": ([("ok", "v1")], errors.InvalidValueError, "maps aliases"),
}


@on_sqlite
@pytest.mark.parametrize(("moves", "kind", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_in_part_is_refused_as_a_whole(collection, store, moves, kind, said):
    before = events(store)
    with pytest.raises(kind, match=said):
        collection.move_aliases(moves)
    assert events(store) == before


@on_sqlite
@pytest.mark.parametrize("expected", [{"a": 1}, {"a": "latest"}, {"a": "V1"}, ["a"], {"a/b": "v1"}])
def test_what_cannot_be_expected_is_a_slip_and_not_a_lost_race(collection, expected):
    with pytest.raises(errors.InvalidInputError):
        collection.move_aliases({"ok": "v1"}, expected=expected)
    assert "ok" not in collection.aliases


def test_what_is_there_already_is_no_event(collection, store):
    before = events(store)
    collection.move_aliases({"canary": "v2"}, expected={"canary": "v2"})
    collection.move_aliases({})
    assert events(store) == before


def test_nothing_moves_when_one_of_them_is_protected_and_the_attempt_is_recorded(store, api):
    api.collection(ZOO).move_aliases({"canary": "v2"})
    api.registry("Model").add_protected_alias("production")
    bobs = Api(store, "bob").collection(ZOO)
    for moves in ({"canary": "v3", "production": "v3"}, {"canary": "v3", "production": None}):
        with pytest.raises(errors.RoleRequiredError, match="place, move or remove a protected"):
            bobs.move_aliases(moves)
    assert bobs.aliases == {"canary": "v2", "latest": "v3"}
    assert len(api.denied()) == 2
    bobs.move_aliases({"canary": "v3"}, expected={"production": None})
    api.collection(ZOO).move_aliases({"canary": None, "production": "v3"})
    assert bobs.aliases == {"latest": "v3", "production": "v3"}


def test_a_draft_a_version_of_another_collection_or_store_is_refused(api, collection, tmp_path):
    with fingerpost.init("team", "p", store=tmp_path / "other", actor="alice") as run:
        foreign = run.log_artifact(Artifact("bikes", "model"))
    with fingerpost.init("team", "p", store=api._workspace.opened, actor="alice") as run:
        other = run.log_artifact(Artifact("other", "model"))
    for given, kind in (
        (Artifact("draft", "model"), errors.ArtifactNotLoggedError),
        (other, errors.VersionNotFoundError),
        (foreign, errors.ForeignStoreError),
    ):
        with pytest.raises(kind):
            collection.move_aliases({"a": given})
    with pytest.raises(
        errors.VersionNotFoundError, match=r"'team/p/other:v0'.*It is no version of"
    ):
        collection.move_aliases({"a": other})


def test_removals_make_room_for_what_is_placed(api, monkeypatch):
    monkeypatch.setattr("fingerpost.domain.collection.alias_steps.MOST_ALIASES", 3)
    zoo = api.collection(ZOO)
    zoo.move_aliases({"a": "v0", "b": "v0"})
    with pytest.raises(errors.LimitExceededError):
        zoo.move_aliases({"c": "v1"})
    zoo.move_aliases({"c": "v1", "b": None})
    assert zoo.aliases == {"a": "v0", "c": "v1", "latest": "v3"}


def test_one_alias_is_set_to_an_artifact_as_well(api, collection):
    collection.set_alias("stable", api.artifact(f"{ZOO}:v1").source_artifact)
    assert collection.aliases["stable"] == "v1"
    for nothing in (None, 3, Artifact("draft", "model")):
        with pytest.raises(errors.FingerpostError):
            collection.set_alias("stable", nothing)
    assert collection.aliases["stable"] == "v1"


def test_who_may_move_nothing_learns_nothing_from_expectations(store):
    with fingerpost.init(store=store, actor="carol") as run:
        run.log_artifact(Artifact("mine", "model"))
    hers = Api(store, "alice").collection("carol/uncategorized/mine")
    for moves in ({}, {"a": "v0"}, {"latest": None}, {"a": "v9"}):
        with pytest.raises(errors.RoleRequiredError):
            hers.move_aliases(moves, expected={"latest": "v7"})
    assert hers.aliases == {"latest": "v0"}


def test_setting_one_alias_to_what_another_has_is_one_step_too(collection):
    collection.set_alias("stable", "canary", expected=None)
    assert collection.aliases["stable"] == "v2"
    with pytest.raises(errors.AliasNotFoundError, match="nowhere"):
        collection.set_alias("stable", "nowhere")


def test_the_history_tells_which_command_each_change_came_of(store, collection):
    before = len(collection.alias_history())
    collection.move_aliases({"production-us": "v3", "production-eu": "v3"})
    collection.set_alias("canary", "v3")
    one, other, single = (each.command_id for each in collection.alias_history()[before:])
    assert one == other
    assert None not in {one, single}
    assert one != single
    told = {each.command_id for each in store.events() if each.data.get("alias") == "canary"}
    assert single in told
