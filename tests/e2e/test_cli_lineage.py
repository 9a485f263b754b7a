"""``fingerpost lineage`` as people and programs see it."""

import io
import json
import re
from pathlib import Path

import pytest

import fingerpost
from fingerpost.cli import main


@pytest.fixture(autouse=True)
def _store(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    Path("table.csv").write_text("a,b\n")
    assert main(["log", "table", "table.csv", "--type", "dataset", "--job-type", "prepare"]) == 0
    assert main(["use", "table", "--job-type", "train", "--run-name", 'fit "it" [1]']) == 0


@pytest.fixture
def printed(capsys):
    capsys.readouterr()

    def printed(*arguments, code=0):
        assert main(["lineage", *arguments]) == code
        return capsys.readouterr()

    return printed


def without_ids(text):
    return re.sub(r"run-[0-9a-f]{8}", "RUN", re.sub(r"[0-9a-f]{32}", "ID", text))


def test_the_tree_has_both_directions(printed):
    out = printed("table:latest").out
    assert (
        without_ids(out)
        == """\
alice/uncategorized/table:v0 (dataset)
upstream
└─ logged by RUN [prepare] (alice/uncategorized/ID)
downstream
└─ used by fit "it" [1] [train] (alice/uncategorized/ID)
"""
    )


def test_a_terminal_without_unicode_gets_a_tree_of_ascii(monkeypatch):
    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    monkeypatch.setattr("sys.stdout", plain)
    assert main(["lineage", "table", "--direction", "upstream"]) == 0
    plain.flush()
    written = plain.buffer.getvalue().decode("ascii")
    assert "\n`- logged by run-" in written
    assert "\\u" not in written


def test_the_flowchart_is_mermaid_and_nothing_else_on_standard_output(printed):
    assert (
        without_ids(printed("table", "--mermaid", "--direction", "downstream").out)
        == """\
flowchart LR
    artifact1["alice/uncategorized/table:v0<br>dataset"]:::asked
    run2(["fit #34;it#34; #91;1#93;<br>train"])
    artifact1 -->|used| run2
    classDef asked stroke-width:3px
"""
    )


def test_the_json_has_nodes_and_edges(printed):
    told = json.loads(printed("table", "--json").out)
    assert told["root"] == "alice/uncategorized/table:v0"
    assert [node["kind"] for node in told["nodes"]] == ["artifact", "run", "run"]
    assert [edge["kind"] for edge in told["edges"]] == ["logged", "used"]
    assert told["left_out"] == []
    runs = {node["id"] for node in told["nodes"] if node["kind"] == "run"}
    assert {told["edges"][0]["from"], told["edges"][1]["to"]} == runs


def test_what_was_left_out_is_said_on_standard_error(printed):
    shown = printed("table", "--depth", "0")
    assert shown.out.count("… more beyond the depth") == 2
    assert "raise --depth or --limit" in shown.err
    assert printed("table", "--limit", "1").out.count("… more beyond the limit") == 2
    assert printed("table", "--depth", "0", "--quiet").err == ""


def test_mermaids_own_limit_is_told(printed):
    with fingerpost.init(project="many") as run:
        for number in range(501):
            run.log_artifact(fingerpost.Artifact(f"a{number}", "dataset"))
        table = run.use_artifact("uncategorized/table")
    assert table.version == "v0"
    shown = printed("uncategorized/table", "--mermaid", "--limit", "1000")
    assert "Mermaid draws 500 edges" in shown.err
    assert printed("many/a0", "--mermaid", "--depth", "0").err.startswith("This is not all")


def test_an_artifact_that_is_not_there_is_named_and_ends_with_code_3(printed):
    assert "'alice/uncategorized/tabel'" in printed("tabel", code=3).err
    assert printed("table", "--depth", "-1", code=2).out == ""
