"""Moving several aliases does what one step on a dictionary does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fingerpost
from fingerpost import Api, Artifact, errors

VERSIONS = ["v0", "v1", "v2"]
ALIASES = ["blue", "green", "canary", "caf\u00e9"]

held = st.dictionaries(st.sampled_from(ALIASES), st.sampled_from(VERSIONS))
moves = st.dictionaries(
    st.sampled_from(ALIASES), st.none() | st.sampled_from(VERSIONS) | st.sampled_from(ALIASES)
)
conditions = st.dictionaries(st.sampled_from(ALIASES), st.none() | st.sampled_from(VERSIONS))


@pytest.fixture(scope="module")
def collection():
    with fingerpost.open_store("memory://", actor="alice") as store:
        with fingerpost.init("team", "p", store=store, actor="alice") as run:
            for number in range(len(VERSIONS)):
                artifact = Artifact("m", "model")
                with artifact.new_file("x") as file:
                    file.write(str(number))
                run.log_artifact(artifact)
        yield Api(store, "alice").collection("team/p/m")


def outcome(before, wanted, expected):
    """Return what the aliases are afterwards; ``None`` if the step has to be refused."""
    if any(before.get(alias) != holder for alias, holder in expected.items()):
        return None
    after = dict(before)
    for alias, to in wanted.items():
        holder = before.get(to, to) if to in ALIASES else to
        if (to is None and alias not in before) or holder in ALIASES:
            return None
        after[alias] = holder
    return {alias: holder for alias, holder in sorted(after.items()) if holder is not None}


@given(before=held, wanted=moves, expected=conditions, is_expected=st.booleans())
def test_all_move_at_once_or_nothing_does(collection, before, wanted, expected, is_expected):
    gone = {alias: None for alias in collection.aliases if alias not in before}
    collection.move_aliases({**gone, **before})
    assert collection.aliases == before
    if is_expected:
        expected = {alias: before.get(alias) for alias in expected}
    length, after = len(collection.alias_history()), outcome(before, wanted, expected)
    if after is None:
        with pytest.raises((errors.AliasExpectationError, errors.AliasNotFoundError)):
            collection.move_aliases(wanted, expected=expected)
        assert (collection.aliases, len(collection.alias_history())) == (before, length)
        return
    collection.move_aliases(wanted, expected=expected)
    assert collection.aliases == after
    changes = collection.alias_history()[length:]
    told = {change.alias: (change.from_version, change.to_version) for change in changes}
    assert told == {
        alias: (before.get(alias), after.get(alias))
        for alias in wanted
        if before.get(alias) != after.get(alias)
    }
    assert len(changes) == len(told)
