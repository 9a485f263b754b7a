"""Lineage graphs as text, Mermaid and JSON, against drawings made by hand."""

from uuid import UUID

import pytest

from fingerpost.domain.lineage import (
    ArtifactNode,
    Edge,
    EdgeKind,
    LeftOut,
    Limit,
    LineageGraph,
    RunNode,
    Way,
)
from fingerpost.domain.versions.version import VersionRef
from fingerpost.sdk.render.lineage import as_json, as_mermaid, as_text
from fingerpost.sdk.render.lineage.mermaid import escaped


def artifact(number, name, type="dataset", **facts):
    ref = VersionRef(collection_id=UUID(int=number), index=0)
    return ArtifactNode(id=ref, name=name, type=type, **facts)


def run(number, name, job_type=None, state="finished"):
    path = f"zoo/census/{number}"
    return RunNode(id=UUID(int=number), path=path, name=name, job_type=job_type, state=state)


RAW = artifact(1, "zoo/census/raw:v0", is_deleted=True)
ANIMALS = artifact(2, "zoo/census/animals:v3")
PUBLISHED = artifact(3, "org/wandb-registry-Dataset/Animals:v0", is_link=True)
LEGS = artifact(4, "zoo/census/legs:v1", "model")
CLEAN = run(11, "clean", "prepare")
TRAIN = run(12, "train", "fit", "failed")
AGAIN = run(13, "again", state="running")


def used(artifact, run):
    return Edge(EdgeKind.USED, artifact.id, run.id)


def logged(run, artifact):
    return Edge(EdgeKind.LOGGED, run.id, artifact.id)


def graph(root, nodes, *edges, **more):
    return LineageGraph(root=root.id, nodes={node.id: node for node in nodes}, edges=edges, **more)


# raw ─ clean ─ animals ─┬─ train ─ legs
#   └────────────────────┘   (and raw went into train too; again used and logged legs)
ZOO = graph(
    ANIMALS,
    [ANIMALS, PUBLISHED, CLEAN, TRAIN, RAW, LEGS, AGAIN],
    Edge(EdgeKind.LINKED, ANIMALS.id, PUBLISHED.id),
    logged(CLEAN, ANIMALS),
    used(ANIMALS, TRAIN),
    used(RAW, CLEAN),
    logged(TRAIN, LEGS),
    used(LEGS, AGAIN),
    logged(AGAIN, LEGS),
)


def test_the_text_has_what_is_upstream_and_what_is_downstream():
    assert (
        as_text(ZOO)
        == """\
zoo/census/animals:v3 (dataset)
  linked as org/wandb-registry-Dataset/Animals:v0
upstream
└─ logged by clean [prepare] (zoo/census/11)
   └─ used zoo/census/raw:v0 (dataset), deleted
downstream
└─ used by train [fit] (zoo/census/12, failed)
   └─ logged zoo/census/legs:v1 (model)
      └─ used by again (zoo/census/13, running)
         └─ logged zoo/census/legs:v1 (model) (shown above)"""
    )


def test_what_two_branches_share_is_shown_once():
    shared = graph(
        LEGS,
        [LEGS, TRAIN, ANIMALS, RAW, CLEAN],
        logged(TRAIN, LEGS),
        used(ANIMALS, TRAIN),
        used(RAW, TRAIN),
        logged(CLEAN, ANIMALS),
        used(RAW, CLEAN),
        ways=(Way.UPSTREAM,),
    )
    assert (
        as_text(shared, is_ascii=True)
        == """\
zoo/census/legs:v1 (model)
upstream
`- logged by train [fit] (zoo/census/12, failed)
   |- used zoo/census/animals:v3 (dataset)
   |  `- logged by clean [prepare] (zoo/census/11)
   |     `- used zoo/census/raw:v0 (dataset), deleted
   `- used zoo/census/raw:v0 (dataset), deleted (shown above)"""
    )


def test_what_was_left_out_is_said_where_it_would_be():
    cut = graph(
        LEGS,
        [LEGS, TRAIN],
        logged(TRAIN, LEGS),
        left_out=(
            LeftOut(LEGS.id, None, Limit.NODES),
            LeftOut(TRAIN.id, Way.UPSTREAM, Limit.NODES),
            LeftOut(LEGS.id, Way.DOWNSTREAM, Limit.DEPTH),
        ),
    )
    assert (
        as_text(cut)
        == """\
zoo/census/legs:v1 (model)
  … more beyond the limit
upstream
└─ logged by train [fit] (zoo/census/12, failed)
   └─ … more beyond the limit
downstream
└─ … more beyond the depth"""
    )
    assert (
        as_mermaid(cut)
        == """\
flowchart LR
    artifact1["zoo/census/legs:v1<br>model"]:::asked
    run2(["train<br>fit"])
    run2 -->|logged| artifact1
    more1["more"]:::more
    artifact1 -.-> more1
    more2["more"]:::more
    more2 -.-> run2
    more3["more"]:::more
    artifact1 -.-> more3
    classDef asked stroke-width:3px
    classDef more stroke:none,fill:none"""
    )


def test_an_artifact_that_nobody_made_or_used_has_nothing_on_either_side():
    text = as_text(graph(LEGS, [LEGS]))
    assert text == "zoo/census/legs:v1 (model)\nupstream: nothing\ndownstream: nothing"


def test_the_flowchart_points_the_way_that_data_went():
    assert (
        as_mermaid(ZOO)
        == """\
flowchart LR
    artifact1["zoo/census/animals:v3<br>dataset"]:::asked
    artifact2[/"org/wandb-registry-Dataset/Animals:v0<br>dataset"/]
    run3(["clean<br>prepare"])
    run4(["train<br>fit"])
    artifact5["zoo/census/raw:v0<br>dataset<br>deleted"]:::deleted
    artifact6["zoo/census/legs:v1<br>model"]
    run7(["again"])
    artifact1 -.->|linked| artifact2
    run3 -->|logged| artifact1
    artifact1 -->|used| run4
    artifact5 -->|used| run3
    run4 -->|logged| artifact6
    artifact6 -->|used| run7
    run7 -->|logged| artifact6
    classDef asked stroke-width:3px
    classDef deleted stroke-dasharray:4 4"""
    )


# Each was drawn with Mermaid 11.17 and read back from the labels of the drawing.
@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("plain-name_1.0 of 2/3:v0", "plain-name_1.0 of 2/3:v0"),
        ("modèle 模型", "modèle 模型"),
        ('"end"', "#34;end#34;"),
        ("a[1](b){c}|d|", "a#91;1#93;#40;b#41;#123;c#125;#124;d#124;"),
        ("<b>&amp;</b>", "#60;b#62;#38;amp#59;#60;/b#62;"),
        ("#35;", "#35;35#59;"),
        ("`md` *x*", "#96;md#96; #42;x#42;"),
        ("a;b%%c", "a#59;b#37;#37;c"),
        ("a\\nb", "a#92;#8203;nb"),
    ],
)
def test_a_name_stands_for_itself_in_a_label(name, label):
    assert escaped(name) == label


def test_the_json_names_nodes_by_path():
    told = as_json(ZOO)
    assert told["root"] == "zoo/census/animals:v3"
    assert told["nodes"][1:3] == [
        {
            "kind": "link",
            "id": "org/wandb-registry-Dataset/Animals:v0",
            "type": "dataset",
            "is_deleted": False,
        },
        {
            "kind": "run",
            "id": "zoo/census/11",
            "name": "clean",
            "job_type": "prepare",
            "state": "finished",
        },
    ]
    assert told["edges"][1] == {
        "kind": "logged",
        "from": "zoo/census/11",
        "to": "zoo/census/animals:v3",
    }
    assert told["left_out"] == []


def test_a_lineage_deeper_than_pythons_stack_is_drawn():
    models = [artifact(number, f"m:v{number}", "model") for number in range(1, 3000, 2)]
    runs = [run(number, "tune") for number in range(2, 3000, 2)]
    steps = list(zip(models, runs, models[1:], strict=False))
    edges = [edge for old, by, new in steps for edge in (used(old, by), logged(by, new))]
    lines = as_text(graph(models[-1], [*models, *runs], *edges)).splitlines()
    assert len(lines) == len(models) + len(runs[: len(models) - 1]) + 2
    assert lines[-2].endswith("used m:v1 (model)")
