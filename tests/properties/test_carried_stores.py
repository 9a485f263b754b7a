"""Export, then import: whatever happened in a store, the other one is the same."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import fingerpost
from fingerpost.errors import FingerpostError
from fingerpost.imports import import_bundle

NAMES = st.sampled_from(["one", "two"])
ALIASES = st.sampled_from(["best", "production", "naïve é", "漢字"])
VERSIONS = st.integers(0, 2).map("v{}".format)
STEPS = st.one_of(
    st.tuples(st.just("log"), NAMES, st.text(max_size=3), ALIASES),
    st.tuples(st.just("move"), NAMES, ALIASES, VERSIONS),
    st.tuples(st.just("take off"), NAMES, ALIASES),
    st.tuples(st.just("link"), NAMES, VERSIONS, ALIASES),
    st.tuples(st.just("delete"), NAMES, VERSIONS),
    st.tuples(st.just("tag"), NAMES, st.text(min_size=1, max_size=3)),
    st.tuples(st.just("protect"), ALIASES),
    st.tuples(st.just("carry")),
)


def _step(store, step):
    api = fingerpost.Api(store, entity="team", project="p")
    match step:
        case "log", name, text, alias:
            with fingerpost.init(entity="team", project="p", store=store) as run:
                artifact = fingerpost.Artifact(name, "dataset", metadata={"said": text})
                with artifact.new_file("a.txt") as file:
                    file.write(text)
                run.log_artifact(artifact, aliases=[alias])
        case "move", name, alias, version:
            api.collection(name).set_alias(alias, version)
        case "take off", name, alias:
            api.collection(name).remove_alias(alias)
        case "link", name, version, alias:
            api.artifact(f"{name}:{version}").link("wandb-registry-Dataset/Some", aliases=[alias])
        case "delete", name, version:
            api.artifact(f"{name}:{version}").delete(delete_aliases=True)
        case "tag", name, tag:
            artifact = api.artifact(f"{name}:latest")
            artifact.tags = [*artifact.tags, tag]
            artifact.save()
        case "protect", alias:
            api.registry("Dataset").add_protected_alias(alias)


def _everything(store):
    events = store.store.events
    return events.records(limit=10**6), events.tree_hashes_from(0, 10**6)


def _history(store, name):
    try:
        return fingerpost.Api(store).collection(f"team/p/{name}").alias_history()
    except FingerpostError:
        return None


@settings(max_examples=10)
@given(st.lists(STEPS, max_size=10))
def test_whatever_happened_the_other_store_is_the_same(steps):
    with tempfile.TemporaryDirectory() as folder, fingerpost.open_store("memory://") as store:
        stick, copy = Path(folder, "stick"), Path(folder, "copy")
        for step in [*steps, ("carry",)]:
            if step == ("carry",):
                store.export(stick)
                import_bundle(stick, copy)
                continue
            try:
                _step(store, step)
            except FingerpostError:
                continue  # refused, as it should be; a denial is an event, too
        with fingerpost.open_store(copy, create=False) as other:
            assert _everything(other) == _everything(store)
            assert list(other.store.events.differing_tables()) == []
            for name in ("one", "two"):
                assert _history(other, name) == _history(store, name)
