"""``fingerpost import``: what people and programs read, and exit codes."""

import json
import shutil
from pathlib import Path

import pytest

from fingerpost.cli import main

GOLDEN = Path(__file__).parent.parent / "golden"
MLFLOW = ["import", "mlflow", "m/mlflow.sqlite", "--model", "legs", "--moved", "/srv/mlflow=m"]
CASES = json.loads((GOLDEN / "wandb_cases.json").read_text())["cases"]
(CASE,) = [case for case in CASES if case["id"] == "linked-file"]
WANDB = ["import", "wandb", "wandb_manifest.json", "--type", "dataset", "--name", "animals"]


@pytest.fixture(autouse=True)
def _given(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    shutil.copytree(GOLDEN / "mlflow-3.17.2", "m")
    Path("wandb_manifest.json").write_text(json.dumps(CASE["manifest_json"]))


def test_people_read_what_became_what(capsys):
    assert main([*MLFLOW, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "would move legs:champion from nothing to version 4 of the source\n" in said
    assert said.endswith("would import 4 versions; 0 here already\n")
    assert main(MLFLOW) == 0
    said = capsys.readouterr().out
    (row,) = [text for text in said.splitlines() if text.startswith("mlflow legs 4 ")]
    assert row.split()[3:5] == ["legs:v2", "new"]
    assert "moved legs:champion from nothing to v2\n" in said
    assert said.endswith("imported 4 versions; 0 here already\n")
    assert main(MLFLOW) == 0
    assert capsys.readouterr().out == "imported 0 versions; 4 here already\n"


def test_programs_read_one_object_and_versions_tell_their_origin(capsys):
    assert main([*MLFLOW, "--json", "--stages"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["is_dry_run"] is False
    assert [(each["version"], each["standing"]) for each in told["versions"]] == [
        (f"v{number}", "new") for number in range(4)
    ]
    assert {"alias": "production", "to_version": "v2"}.items() <= told["aliases"][2].items()
    assert main(["versions", "legs", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["versions"]
    assert [each["origin"]["version"] for each in listed] == ["5", "4", "3", "1"]
    assert listed[0]["origin"] == told["versions"][-1]["origin"]
    assert main(["use", "legs:champion"]) == 0
    assert "  origin    mlflow legs 4\n" in capsys.readouterr().out


def test_a_manifest_is_imported_with_wandbs_digest(capsys):
    Path("files").mkdir()
    Path("files/link.txt").write_text("hello")
    assert main([*WANDB, "--files", "files", "--alias", "best", "--json"]) == 0
    (version,) = json.loads(capsys.readouterr().out)["versions"]
    assert version["origin"]["digest"] == CASE["digest"]
    assert main(["download", "animals:best", "--root", "out"]) == 0
    assert Path("out/link.txt").read_text() == "hello"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([*WANDB], 2, "'link.txt' is not there"),
        ([*WANDB, "--files", "m"], 2, "--files"),
        ([*WANDB[:2], "nowhere.json", *WANDB[3:]], 2, "nowhere.json"),
        (["import", "mlflow", "nowhere.db"], 2, "nowhere.db"),
        (["import", "mlflow", "wandb_manifest.json"], 2, "no SQLite database"),
        (["import", "mlflow", "m/mlflow.sqlite"], 2, "--rename OLD=NEW"),
        ([*MLFLOW, "--moved", "x"], 2, "OLD=NEW"),
        ([*MLFLOW, "--rename", "a=b", "--rename", "a=c"], 2, "twice"),
        ([*MLFLOW[:5], "--model", "eyes"], 2, "no model 'eyes'"),
    ],
)
def test_what_cannot_be_imported_exits_with_its_code_and_makes_no_store(
    arguments, code, told, capsys, tmp_path
):
    assert main(arguments) == code
    said = capsys.readouterr()
    assert told in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "store").exists()
