"""Rolling an alias back: what comes back, what is refused, and what the history shows."""

import pytest

import fingerpost
from fingerpost import Api, Artifact, errors
from stores import open_store

ZOO = "wandb-registry-Model/zoo"


@pytest.fixture
def store(place):
    with open_store(place) as opened:
        with fingerpost.init("team", "p", store=opened, actor="alice") as run:
            for number in range(4):
                artifact = Artifact("m", "model")
                with artifact.new_file("x") as file:
                    file.write(str(number))
                run.log_artifact(artifact).link(ZOO)
        yield opened


@pytest.fixture
def api(store):
    return Api(store, "alice")


@pytest.fixture
def zoo(api):
    return api.collection(ZOO)


def moved(collection, alias, *versions):
    for version in versions:
        collection.move_aliases({alias: version})


def states(collection, alias):
    return [change.to_version for change in collection.alias_history(alias)]


def test_after_v2_v1_v2_it_goes_to_v1_and_once_more_to_v2(zoo):
    moved(zoo, "best", "v2", "v1", "v2")
    assert [zoo.rollback("best"), zoo.rollback("best")] == ["v1", "v2"]
    with pytest.raises(errors.RollbackError, match="no other version had it"):
        zoo.rollback("best")
    assert states(zoo, "best") == ["v2", "v1", "v2", "v1", "v2"]


def test_twice_in_a_row_goes_two_steps_back_and_a_move_starts_from_there(zoo):
    moved(zoo, "best", "v0", "v1", "v2")
    assert [zoo.rollback("best"), zoo.rollback("best")] == ["v1", "v0"]
    moved(zoo, "best", "v3")
    assert zoo.rollback("best") == "v0"


def test_the_history_keeps_everything_and_says_what_was_undone(zoo):
    moved(zoo, "best", "v0", "v1", "v2")
    zoo.rollback("best", reason="v2 miscounts birds")
    zoo.rollback("best")
    first, second, third, back, further = zoo.alias_history("best")
    assert (back.undoes, further.undoes) == (third.position, second.position)
    assert (back.from_version, back.to_version, back.reason) == ("v2", "v1", "v2 miscounts birds")
    assert [first.is_rollback, back.is_rollback] == [False, True]


def test_a_removal_is_undone_and_a_placing_after_it_too(zoo):
    moved(zoo, "best", "v0", "v1", None)
    assert zoo.rollback("best") == "v1"
    moved(zoo, "best", None, "v2")
    assert zoo.rollback("best") == "v1"
    assert zoo.rollback("best") == "v0"


def test_where_it_was_off_and_back_on_the_same_version_both_are_undone(zoo):
    moved(zoo, "best", "v0", "v1", None, "v1")
    assert zoo.rollback("best") == "v0"


def test_a_deleted_version_is_refused_with_the_next_earlier_one(zoo, api):
    moved(zoo, "best", "v0", "v1", "v2")
    api.artifact(f"{ZOO}:v1").unlink()
    with pytest.raises(errors.RollbackError, match=r"v1.* was deleted.* to='v0' \(--to v0\)"):
        zoo.rollback("best")
    assert zoo.rollback("best", to="v0") == "v0"
    assert zoo.alias_history("best")[-1].undoes == zoo.alias_history("best")[1].position


def test_where_all_were_deleted_none_is_named(zoo, api):
    moved(zoo, "best", "v0", "v2")
    api.artifact(f"{ZOO}:v0").unlink()
    with pytest.raises(errors.RollbackError, match="No earlier version is left"):
        zoo.rollback("best")


def test_what_held_it_and_was_deleted_is_not_brought_back(zoo, api):
    moved(zoo, "best", "v0", "v1")
    api.artifact(f"{ZOO}:v1").unlink()
    with pytest.raises(errors.RollbackError, match="to='v0'"):
        zoo.rollback("best")


def test_to_where_it_is_changes_nothing_and_to_what_never_held_it_is_refused(zoo):
    moved(zoo, "best", "v0", "v1")
    assert zoo.rollback("best", to="v1") == "v1"
    assert len(zoo.alias_history("best")) == 2
    with pytest.raises(errors.RollbackError, match=r"v2 did not have it.*to='v0'"):
        zoo.rollback("best", to="v2")
    for never in ("best", "1", "", None, 0):
        if never is not None:
            with pytest.raises(errors.InvalidValueError, match="'vN'"):
                zoo.rollback("best", to=never)


def test_an_alias_that_never_was_or_that_moves_by_itself_is_refused(zoo):
    with pytest.raises(errors.AliasNotFoundError):
        zoo.rollback("never")
    for automatic in ("latest", "v1"):
        with pytest.raises(errors.InvalidAliasError):
            zoo.rollback(automatic)


def test_of_two_who_expect_the_same_only_one_rolls_back(zoo):
    moved(zoo, "best", "v0", "v1", "v2")
    assert zoo.rollback("best", expected="v2") == "v1"
    with pytest.raises(errors.AliasExpectationError):
        zoo.rollback("best", expected="v2")
    assert zoo.aliases["best"] == "v1"


def test_a_protected_alias_goes_back_for_admins_alone(store, api, zoo):
    moved(zoo, "production", "v0", "v1")
    api.registry("Model").add_protected_alias("production")
    with pytest.raises(errors.RoleRequiredError):
        Api(store, "bob").collection(ZOO).rollback("production")
    assert zoo.rollback("production") == "v0"


def test_it_goes_back_only_to_what_is_approved_and_names_who_did(store, api, zoo):
    registry = api.registry("Model")
    registry.add_protected_alias("production")
    moved(zoo, "production", "v0", "v1")
    registry.require_approvals("production", 1)
    with pytest.raises(errors.ApprovalsMissingError, match="zoo:v0"):
        zoo.rollback("production")
    Api(store, "bob").artifact(f"{ZOO}:v0").approve("production")
    assert zoo.rollback("production") == "v0"
    assert zoo.alias_history("production")[-1].approved_by == ("bob",)


def test_a_registry_may_ask_why(api, zoo):
    moved(zoo, "best", "v0", "v1")
    api.registry("Model").require_reasons()
    with pytest.raises(errors.ReasonRequiredError):
        zoo.rollback("best")
    assert zoo.rollback("best", reason="it was better") == "v0"


def test_a_rebuilt_store_goes_back_as_before(store, zoo):
    moved(zoo, "best", "v0", "v1", "v2", "v3")
    zoo.rollback("best")
    before = zoo.alias_history()
    store.rebuild()
    assert zoo.alias_history() == before
    assert zoo.rollback("best") == "v1"
