"""Lineage through the Python API, on a real store."""

from uuid import UUID

import pytest

import fingerpost
from fingerpost import errors
from fingerpost.application.lineage import trace
from fingerpost.domain.lineage import RunNode
from fingerpost.domain.versions.version import VersionRef
from stores import on_sqlite, open_store

SHARED = "wandb-registry-Dataset/Shared"


@pytest.fixture
def opened(place):
    with open_store(place) as opened:
        yield opened


@pytest.fixture
def step(opened):
    """Run a step that uses and logs artifacts by name, and return what it logged."""

    def step(name, uses=(), logs=(), job_type=None):
        with fingerpost.init("team", "p", job_type, name, store=opened) as run:
            for used in uses:
                run.use_artifact(used)
            return [run.log_artifact(draft(each, f"{name} {run.id}")) for each in logs]

    return step


def draft(name, text):
    artifact = fingerpost.Artifact(name, "dataset")
    with artifact.new_file("f") as file:
        file.write(text)
    return artifact


@pytest.fixture
def api(opened):
    return fingerpost.Api(opened, entity="team", project="p")


def said(lineage):
    """Return the edges by the nodes' names, as a set."""
    names = {node.id: node.name.removeprefix("team/p/") for node in lineage.nodes}
    return {(names[edge.origin], edge.kind.value, names[edge.target]) for edge in lineage.edges}


def names(lineage):
    return [node.name.removeprefix("team/p/") for node in lineage.nodes]


# collect ── raw ──┬── clean ── data ──┬── train ── model ── serve
#                  └───────────────────┘
DIAMOND = {
    ("collect", "logged", "raw:v0"),
    ("raw:v0", "used", "clean"),
    ("clean", "logged", "data:v0"),
    ("raw:v0", "used", "train"),
    ("data:v0", "used", "train"),
    ("train", "logged", "model:v0"),
    ("model:v0", "used", "serve"),
}


@pytest.fixture
def diamond(step):
    step("collect", logs=["raw"])
    step("clean", ["raw:v0"], ["data"], "prepare")
    step("train", ["raw:v0", "data:v0"], ["model"], "fit")
    step("serve", ["model:v0"])


@pytest.mark.usefixtures("diamond")
def test_the_lineage_of_an_artifact_is_what_it_came_from_and_what_became_of_it(api):
    assert said(api.artifact("raw:v0").lineage()) == DIAMOND
    assert said(api.artifact("model:v0").lineage()) == DIAMOND
    # What else came of that which it was made of is no part of it.
    beside = {("raw:v0", "used", "train")}
    assert said(api.artifact("data:v0").lineage()) == DIAMOND - beside


@pytest.mark.usefixtures("diamond")
def test_one_direction_leaves_the_other_out(api):
    lineage = api.artifact("data:v0").lineage
    upstream = DIAMOND - {edge for edge in DIAMOND if {"train", "serve"} & set(edge)}
    assert said(lineage(direction="upstream")) == upstream
    assert names(lineage(direction="downstream")) == ["data:v0", "train", "model:v0", "serve"]


@pytest.mark.usefixtures("diamond")
def test_depth_counts_runs_and_what_it_cuts_off_is_said(api):
    model = api.artifact("model:v0")
    lineage = model.lineage(depth=1)
    assert names(lineage) == ["model:v0", "train", "serve", "raw:v0", "data:v0"]
    assert not lineage.is_complete
    cut = lineage.as_json()["left_out"]
    assert [(each["node"], each["direction"]) for each in cut] == [
        ("team/p/raw:v0", "upstream"),
        ("team/p/data:v0", "upstream"),
    ]
    assert names(model.lineage(depth=0)) == ["model:v0"]
    assert model.lineage(depth=3).is_complete


@pytest.mark.usefixtures("diamond")
def test_a_limit_keeps_the_nearest_and_what_it_cuts_off_is_said(api):
    lineage = api.artifact("model:v0").lineage(limit=3)
    assert names(lineage) == ["model:v0", "train", "serve"]
    assert [each["because_of"] for each in lineage.as_json()["left_out"]] == ["limit"]
    assert api.artifact("model:v0").lineage(limit=7).is_complete is True


def test_a_run_with_more_outputs_than_a_page_has_them_all_up_to_the_limit(step, api):
    step("many", logs=[f"a{number}" for number in range(12)])
    lineage = api.artifact("a5:v0").lineage
    assert len(lineage(direction="upstream").nodes) == 2
    step("all", [f"a{number}:v0" for number in range(12)], ["sum"])
    assert len(api.artifact("sum:v0").lineage().nodes) == 15
    assert len(api.artifact("sum:v0").lineage(limit=10).nodes) == 10


def test_a_run_that_used_the_link_used_the_source(step, api):
    (source,) = step("make", logs=["data"])
    link = source.link(SHARED)
    step("read", [f"{SHARED}:latest"], ["out"])
    edges = {
        ("make", "logged", "data:v0"),
        ("data:v0", "linked", f"default/{SHARED}:v0"),
        ("data:v0", "used", "read"),
        ("read", "logged", "out:v0"),
    }
    assert said(source.lineage()) == said(link.lineage()) == edges
    assert said(api.artifact("out:v0").lineage()) == edges


def test_what_a_link_was_used_for_stays_when_the_link_is_taken_away(step):
    (source,) = step("make", logs=["data"])
    link = source.link(SHARED)
    step("read", [f"{SHARED}:latest"])
    link.unlink()
    assert said(source.lineage()) == {
        ("make", "logged", "data:v0"),
        ("data:v0", "used", "read"),
    }


def test_a_deleted_version_is_part_of_the_lineage_and_marked(step, api):
    (raw,) = step("collect", logs=["raw"])
    step("clean", ["raw:v0"], ["data"])
    raw.delete(delete_aliases=True)
    lineage = api.artifact("data:v0").lineage()
    assert names(lineage) == ["data:v0", "clean", "raw:v0", "collect"]
    deleted = [node for node in lineage.nodes if not isinstance(node, RunNode) and node.is_deleted]
    assert [node.name for node in deleted] == ["team/p/raw:v0"]
    assert "used team/p/raw:v0 (dataset), deleted" in str(lineage)


def test_a_run_that_used_and_logged_the_same_artifact_is_a_cycle_that_ends(opened, api):
    with fingerpost.init("team", "p", name="touch", store=opened) as run:
        artifact = run.log_artifact(draft("data", "1"))
        run.use_artifact(artifact)
    assert said(api.artifact("data:v0").lineage()) == {
        ("touch", "logged", "data:v0"),
        ("data:v0", "used", "touch"),
    }


def test_a_run_that_is_known_from_the_other_side_is_not_followed_beyond_the_depth(
    opened, step, api
):
    step("far", logs=["c"])
    with fingerpost.init("team", "p", name="first", store=opened) as run:
        run.log_artifact(draft("b", "same"))
    step("there", ["b:v0"], ["a"])
    with fingerpost.init("team", "p", name="back", store=opened) as run:
        for used in ("a:v0", "c:v0"):
            run.use_artifact(used)
        run.log_artifact(draft("b", "same"))
    upstream_only = api.artifact("a:v0").lineage(depth=1, direction="upstream")
    assert names(upstream_only) == ["a:v0", "there", "b:v0"]
    # `back` used a and logged b: it is next to a, but on the way from a to c it is two runs away.
    both = api.artifact("a:v0").lineage(depth=1)
    assert names(both) == ["a:v0", "there", "back", "b:v0"]
    assert ("back", "logged", "b:v0") in said(both)
    assert set(names(api.artifact("a:v0").lineage(depth=2))) > {"c:v0"}


def test_a_walk_that_begins_at_a_link_begins_at_its_source(step, opened):
    (source,) = step("make", logs=["data"])
    source.link(SHARED)
    queries = opened.store.queries
    root = VersionRef(collection_id=UUID(source.collection.id), index=0)
    (link,) = queries.links_of(root)
    assert trace(queries, link) == trace(queries, root)
    assert trace(queries, link).root == root


def test_every_run_that_logged_a_version_is_upstream_of_it(step, opened, api):
    with fingerpost.init("team", "p", name="first", store=opened) as run:
        run.log_artifact(draft("data", "same"))
    with fingerpost.init("team", "p", name="second", store=opened) as run:
        run.log_artifact(draft("data", "same"))
    assert names(api.artifact("data").lineage()) == ["data:v0", "first", "second"]


@on_sqlite
@pytest.mark.parametrize(
    "wrong",
    [{"depth": -1}, {"depth": "1"}, {"direction": "up"}, {"direction": None}, {"limit": 0}],
)
def test_an_argument_that_is_none_is_refused(step, wrong):
    (artifact,) = step("make", logs=["data"])
    (name,) = wrong
    with pytest.raises(errors.InvalidValueError, match=name):
        artifact.lineage(**wrong)


def test_a_draft_has_no_lineage():
    with pytest.raises(errors.ArtifactNotLoggedError):
        draft("data", "1").lineage()
