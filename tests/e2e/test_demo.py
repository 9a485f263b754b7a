"""The demo: what it shows is what happens, and nothing stays behind."""

import hashlib
import json
import tempfile
from pathlib import Path

import pytest

from fingerpost import cli
from fingerpost.cli import main
from fingerpost.cli.demo.iris import write_flowers


@pytest.fixture
def temporary(monkeypatch, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def story(temporary, capsys):
    assert main(["--json", "demo"]) == 0
    return json.loads(capsys.readouterr().out)["steps"]


def output_of(story, part):
    return next(c["output"] for step in story for c in step["commands"] if part in c["line"])


def test_nothing_is_left_behind(temporary, capsys):
    before = {str(path) for path in temporary.parent.rglob("*")}
    assert main(["demo"]) == 0
    assert {str(path) for path in temporary.parent.rglob("*")} == before
    assert "Nothing of this was left behind" in capsys.readouterr().out


def test_each_step_shows_its_real_result(story):
    logs = [c["output"] for step in story[:3] for c in step["commands"][:1]]
    assert "logged garden/iris/iris:v0" in logs[0]
    assert logs[1] == "unchanged, no new version: garden/iris/iris:v0"
    assert logs[2] == "logged garden/iris/iris:v1"
    assert output_of(story, "alias list iris").splitlines()[1].split() == ["latest", "v1"]
    assert "'bob' may not" in output_of(story, "--actor bob")
    *_, first, moved = output_of(story, "history").splitlines()
    assert first.split()[2:] == ["production", "-", "v0", "alice", "-", "-"]
    assert moved.split()[2:6] == ["production", "v0", "v1", "alice"]
    assert "accuracy 0.983, was 0.917" in moved


def test_the_accuracies_are_those_of_an_independent_count(story):
    # 55 and 59 of 60 held-out flowers, counted with numpy from sklearn.datasets.load_iris().
    assert output_of(story, "train.py iris:v0").endswith(f"accuracy {round(55 / 60, 3)}")
    assert output_of(story, "train.py iris:latest").endswith(f"accuracy {round(59 / 60, 3)}")


def test_verify_passes_the_copy_and_then_names_the_damaged_file(story):
    passed, named = (step["commands"][-1]["output"] for step in story[-2:])
    assert passed.startswith("ok: copy is default/wandb-registry-Model/iris-classifier:v1")
    assert "centroids.json  different" in named


def test_the_data_are_those_that_the_readme_describes():
    folder = Path(cli.__file__).parent / "demo" / "demo_data"
    digest = hashlib.sha256((folder / "iris.csv").read_bytes()).hexdigest()
    assert f"`{digest}`" in (folder / "README.md").read_text()
    write_flowers(Path("data"), 30)
    train, test = (
        Path("data", name).read_text().splitlines() for name in ("train.csv", "test.csv")
    )
    assert (len(train), len(test)) == (90, 60)
    assert train[0] == "5.1,3.5,1.4,0.2,setosa"
    assert test[-1] == "5.9,3.0,5.1,1.8,virginica"


def test_keep_leaves_a_store_to_look_around_in(temporary, capsys, monkeypatch):
    assert main(["demo", "--keep", "tour"]) == 0
    capsys.readouterr()
    monkeypatch.chdir("tour")
    assert main(["--json", "versions", "registry/Model/iris-classifier"]) == 0
    versions = json.loads(capsys.readouterr().out)["versions"]
    assert [each["metadata"] for each in versions] == [{"accuracy": 0.983}, {"accuracy": 0.917}]
    monkeypatch.chdir("..")
    assert main(["demo", "--keep", "tour"]) == 2
    assert "no empty folder" in capsys.readouterr().err
