"""Rolling back takes the topmost version off a pile, and is itself kept."""

from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fingerpost
from fingerpost import Api, Artifact, errors

VERSIONS = ("v0", "v1", "v2", "v3")

steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from(VERSIONS)),
        st.tuples(st.just("remove"), st.none()),
        st.tuples(st.just("back"), st.none()),
        st.tuples(st.just("back"), st.none()),
        st.tuples(st.just("back to"), st.sampled_from(VERSIONS)),
    ),
    max_size=14,
)


class Pile:
    """The states of one alias that were not undone, as a list; the last one is now."""

    def __init__(self, gone=frozenset()):
        self.states, self.gone = [None], gone

    @property
    def held(self):
        return self.states[-1]

    def do(self, what, version):
        """Apply a step; return whether it has to be refused."""
        match what:
            case "set":
                if version in self.gone:
                    return True
                if version != self.held:
                    self.states.append(version)
            case "remove":
                if self.held is None:
                    return True
                self.states.append(None)
            case _:
                return self._back(version)
        return False

    def _back(self, version):
        if version is not None and version == self.held:
            return False
        for place in reversed(range(len(self.states) - 1)):
            state = self.states[place]
            if state is not None and state != self.held and version in (None, state):
                if state in self.gone:
                    return True
                del self.states[place + 1 :]
                return False
        return True


@pytest.fixture(params=["memory", "sqlite"], scope="module")
def store(request, tmp_path_factory):
    where = "memory://"
    if request.param == "sqlite":
        where = tmp_path_factory.mktemp("rollbacks") / "store"
    with ExitStack() as opened:
        yield opened.enter_context(fingerpost.open_store(where, actor="alice"))


@pytest.fixture(scope="module")
def collection(store):
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        for number in range(len(VERSIONS) + 1):
            artifact = Artifact("m", "model")
            with artifact.new_file("x") as file:
                file.write(str(number))
            run.log_artifact(artifact)
    Api(store, "alice").artifact("team/p/m:v3").delete()
    return Api(store, "alice").collection("team/p/m")


NAMES = iter(f"alias-{number}" for number in range(1_000_000))


@given(taken=steps)
def test_an_alias_goes_back_as_a_list_would(collection, taken):
    # v3 is deleted: nothing can be set to it. See below for what was deleted later.
    alias, pile = next(NAMES), Pile(frozenset({"v3"}))
    for what, version in taken:
        before = collection.alias_history(alias)
        is_refused = pile.do(what, version)
        try:
            match what:
                case "set":
                    collection.set_alias(alias, version)
                case "remove":
                    collection.remove_alias(alias)
                case _:
                    assert collection.rollback(alias, to=version) == pile.held
        except (errors.RollbackError, errors.NotFoundError):
            assert is_refused
            assert collection.alias_history(alias) == before
        else:
            assert not is_refused
        assert collection.aliases.get(alias) == pile.held
        history = collection.alias_history(alias)
        assert history[: len(before)] == before
        assert all(
            change.is_rollback == what.startswith("back") for change in history[len(before) :]
        )


@given(taken=steps, gone=st.sets(st.sampled_from(VERSIONS[:3]), min_size=1, max_size=2))
def test_what_was_deleted_since_does_not_come_back(store, taken, gone):
    api = Api(store, "alice")
    with fingerpost.init("team", "q", store=store, actor="alice") as run:
        name = next(NAMES)
        for number in range(len(VERSIONS)):
            artifact = Artifact(name, "model")
            with artifact.new_file("x") as file:
                file.write(str(number))
            run.log_artifact(artifact)
    collection, pile = api.collection(f"team/q/{name}"), Pile()
    for what, version in taken:
        if not pile.do(what, version):
            if what == "set":
                collection.set_alias("best", version)
            elif what == "remove":
                collection.remove_alias("best")
            else:
                collection.rollback("best", to=version)
    for version in gone:
        if pile.held == version:
            pile.do("remove", None)
        api.artifact(f"team/q/{name}:{version}").delete(delete_aliases=True)
    pile.gone = frozenset(gone)
    if pile.do("back", None):
        with pytest.raises((errors.RollbackError, errors.AliasNotFoundError)):
            collection.rollback("best")
    else:
        assert collection.rollback("best") == pile.held
    assert collection.aliases.get("best") == pile.held
