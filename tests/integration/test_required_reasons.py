"""A registry can require that nobody moves a pointer of it without saying why."""

import pytest

import fingerpost
from fingerpost import Api, Artifact, errors
from fingerpost.cli import main
from fingerpost.domain.registry import POLICY_EVENTS

ZOO = "wandb-registry-Model/zoo"
PLAIN = "wandb-registry-Dataset/plain"


def logged(run, text, kind="model"):
    artifact = Artifact("m" if kind == "model" else "d", kind)
    with artifact.new_file("x") as file:
        file.write(text)
    return run.log_artifact(artifact)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    with fingerpost.open_store(tmp_path / "store", actor="alice") as opened:
        with fingerpost.init("team", "p", store=opened, actor="alice") as run:
            for number in range(3):
                logged(run, str(number))
            logged(run, "d", "dataset").link(PLAIN, ["best"])
        api = Api(opened, "alice")
        api.registry("Model").add_protected_alias("production")
        api.artifact("team/p/m:v0").link(ZOO, ["production", "best"])
        api.artifact("team/p/m:v1").link(ZOO, ["canary"])
        api.registry("Model").require_reasons(reason="auditors ask")
        yield opened


@pytest.fixture
def api(store):
    return Api(store, "alice")


def saved(artifact, aliases, reason):
    artifact.aliases = aliases
    artifact.save(reason=reason)


def draft_linked(store, reason):
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        artifact = Artifact("new", "model")
        with artifact.new_file("x") as file:
            file.write("new")
        return run.link_artifact(artifact, ZOO, ["fresh"], reason=reason)


def run_linked(api, store, reason):
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        return run.link_artifact(api.artifact("team/p/m:v2"), ZOO, ["fresh"], reason=reason)


MOVES = {
    "set an alias": lambda api, _, why: api.collection(ZOO).set_alias("best", "v1", reason=why),
    "place one": lambda api, _, why: api.collection(ZOO).set_alias("new", "v1", reason=why),
    "set a protected one": lambda api, _, why: api.collection(ZOO).set_alias(
        "production", "v1", reason=why
    ),
    "remove one": lambda api, _, why: api.collection(ZOO).remove_alias("best", reason=why),
    "remove latest": lambda api, _, why: api.collection(ZOO).remove_alias("latest", reason=why),
    "move several": lambda api, _, why: api.collection(ZOO).move_aliases(
        {"best": "v1", "canary": None}, reason=why
    ),
    "link with an alias": lambda api, _, why: api.artifact("team/p/m:v2").link(
        ZOO, ["fresh"], reason=why
    ),
    "link again with an alias": lambda api, _, why: api.artifact("team/p/m:v0").link(
        ZOO, ["fresh"], reason=why
    ),
    "link in a run": run_linked,
    "link a draft": lambda _, store, why: draft_linked(store, why),
    "unlink": lambda api, _, why: api.artifact(f"{ZOO}:v1").unlink(reason=why),
    "delete a link": lambda api, _, why: api.artifact(f"{ZOO}:v1").delete(reason=why),
    "delete the source": lambda api, _, why: api.artifact("team/p/m:v1").delete(
        delete_aliases=True, reason=why
    ),
    "save aliases": lambda api, _, why: saved(
        api.artifact(f"{ZOO}:v1"), ["latest", "canary", "best"], why
    ),
    "save fewer": lambda api, _, why: saved(api.artifact(f"{ZOO}:v1"), ["latest"], why),
    "delete the collection": lambda api, _, why: api.collection(ZOO).delete(reason=why),
    "delete the registry": lambda api, _, why: api.registry("Model").delete(why),
}


def events(store):
    return store.store.events.events(limit=10_000)


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
@pytest.mark.parametrize("why", [None, "", "  \n"])
def test_without_a_reason_nothing_moves_and_the_error_says_how_to_give_one(store, api, move, why):
    aliases = api.collection(ZOO).aliases
    with pytest.raises(errors.ReasonRequiredError, match=r"--reason .* reason='why'") as caught:
        move(api, store, why)
    assert "registry 'Model'" in str(caught.value)
    assert api.collection(ZOO).aliases == aliases
    assert not api.artifact_exists("team/p/new")


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_with_a_reason_it_moves_and_the_history_has_it(store, api, move):
    last = events(store)[-1].position
    move(api, store, "it is better")
    made = [each.event for each in events(store) if each.position > last]
    moved = [event for event in made if event.wire_name.startswith("collection.")]
    assert moved
    assert {event.reason for event in moved} == {"it is better"}


def test_what_moves_by_itself_needs_no_reason(store, api):
    linked = api.artifact("team/p/m:v2").link(ZOO)
    assert linked.aliases == ["latest"]
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        assert logged(run, "3").version == "v3"


def test_what_is_there_already_needs_no_reason(api):
    collection = api.collection(ZOO)
    before = collection.alias_history()
    collection.set_alias("best", "v0")
    assert collection.alias_history() == before


def test_other_registries_and_projects_are_as_before(api):
    api.collection(PLAIN).remove_alias("best")
    api.collection("team/p/m").set_alias("mine", "v1")


def test_who_may_not_is_told_that_and_not_what_else_is_missing(store, api):
    api.organization().default_role = "viewer"
    with pytest.raises(errors.RoleRequiredError):
        Api(store, "bob").collection(ZOO).set_alias("best", "v1")


def test_lifting_it_is_in_the_history_and_twice_changes_nothing(api):
    registry = api.registry("Model")
    assert registry.requires_reasons
    registry.require_reasons()
    registry.require_reasons(False, "too tedious")
    registry.require_reasons(required=False)
    assert not registry.requires_reasons
    told = [(row.sentence, row.reason) for row in registry.history()]
    assert told[-1] == ("alice let aliases move without a reason again", "too tedious")
    assert ("alice required a reason for every move of an alias", "auditors ask") in told
    assert sum("reason" in each for each, _ in told) == 2
    api.collection(ZOO).set_alias("best", "v1")


def test_only_true_and_false_say_whether(api):
    with pytest.raises(errors.InvalidValueError, match="True or False"):
        api.registry("Model").require_reasons("no")


def test_a_move_decided_before_the_requirement_is_decided_again(store, api):
    # Between the decision and the append the requirement comes: the fence sends it back.
    registry = api.registry("Model")
    registry.require_reasons(False)
    append, crossed = store.store.events.append, []

    class Racing:
        def __init__(self, inner):
            self._inner = inner

        def __getattr__(self, name):
            return getattr(self._inner, name)

        def append(self, made, *, fences=()):
            if not crossed and made[0].wire_name == "collection.alias_moved":
                crossed.append(1)
                registry.require_reasons()
            return append(made, fences=fences)

    from attrs import evolve

    racing = evolve(store.store, events=Racing(store.store.events))
    late = fingerpost.OpenStore(racing, store.folder, store.stat_cache)
    with pytest.raises(errors.ReasonRequiredError):
        Api(late, "alice").collection(ZOO).set_alias("best", "v1")
    assert crossed
    assert api.collection(ZOO).aliases["best"] == "v0"


def test_the_requirement_is_policy():
    names = {kind.wire_name for kind in POLICY_EVENTS}
    assert {"registry.reasons_required", "registry.reasons_lifted"} <= names


@pytest.mark.parametrize(
    "command",
    [
        ("alias", "set", ZOO, "best", "v1"),
        ("alias", "remove", ZOO, "best"),
        ("alias", "move", ZOO, "--set", "best=v1"),
        ("link", "team/p/m:v2", ZOO, "--alias", "fresh"),
        ("unlink", f"{ZOO}:v1"),
        ("delete", f"{ZOO}:v1", "--yes"),
        ("collection", "delete", ZOO, "--yes"),
        ("registry", "delete", "Model", "--yes"),
    ],
    ids=" ".join,
)
def test_each_command_takes_the_reason_that_it_is_refused_without(store, capsys, command):
    store.close()
    assert main([*command, "--actor", "alice"]) == 2
    assert "--reason" in capsys.readouterr().err
    assert main([*command, "--reason", "why not", "--actor", "alice"]) == 0
