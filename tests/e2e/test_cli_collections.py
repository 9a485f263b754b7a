"""Collections on the command line: create, edit, code to paste, moving several aliases."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fingerpost.cli import main


@pytest.fixture(autouse=True)
def _linked(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("FINGERPOST_ENTITY", "team")
    monkeypatch.setenv("FINGERPOST_PROJECT", "plants")
    for number in range(3):
        Path("table.csv").write_text(f"{number}\n", encoding="utf-8")
        assert main(["log", "table", "table.csv", "--type", "dataset"]) == 0
        assert main(["link", "table", "registry/Dataset/Zoo"]) == 0
    capsys.readouterr()


@pytest.fixture
def cli(capsys):
    """Run a command line; returns exit code, standard output, standard error."""

    def call(*arguments):
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def ok(cli):
    """Run a command line with --json that must succeed; returns the answer."""

    def call(*arguments):
        code, out, err = cli("--json", *arguments)
        assert (code, err) == (0, "")
        return json.loads(out)

    return call


# -- moving several aliases


def test_aliases_are_moved_in_one_step_and_the_answer_says_from_where_to_where(ok, cli):
    zoo = "registry/Dataset/Zoo"
    ok("alias", "move", zoo, "--set", "canary=v1", "--set", "production-us=v0")
    answer = ok(
        *("alias", "move", zoo, "--set", "production-us=v2", "--set", "production-eu=canary"),
        *("--remove", "canary", "--expect", "canary=v1", "--expect", "production-eu=none"),
        *("--reason", "it passed"),
    )
    changes = answer.pop("changes")
    assert answer == {"collection": "default/wandb-registry-Dataset/Zoo", "is_changed": True}
    keys = ("alias", "from_version", "to_version")
    assert [{key: each[key] for key in keys} for each in changes] == [
        {"alias": "canary", "from_version": "v1", "to_version": None},
        {"alias": "production-eu", "from_version": None, "to_version": "v1"},
        {"alias": "production-us", "from_version": "v0", "to_version": "v2"},
    ]
    assert ok("history", zoo)["changes"][-3:] == changes
    assert {each["reason"] for each in changes} == {"it passed"}
    swap = ("--set", "production-us=production-eu", "--set", "production-eu=production-us")
    assert cli("alias", "move", zoo, *swap)[1].splitlines() == [
        "default/wandb-registry-Dataset/Zoo: production-eu v1 → v2",
        "default/wandb-registry-Dataset/Zoo: production-us v2 → v1",
    ]
    again = ok("alias", "move", zoo, "--set", "production-us=v1")
    assert (again["is_changed"], again["changes"]) == (False, [])


def test_a_lost_race_moves_nothing_and_names_the_holder(ok, cli):
    ok("alias", "set", "table", "canary", "v1")
    code, _, err = cli(
        *("alias", "move", "table", "--set", "a=v2", "--remove", "canary", "--expect", "canary=v0")
    )
    assert code == 4
    assert "alias 'canary' was expected at v0 and is at v1" in err
    assert ok("alias", "list", "table")["aliases"] == {"canary": "v1", "latest": "v2"}


def test_an_alias_may_hold_an_equals_sign(ok):
    ok("alias", "move", "table", "--set", "lr=0.1=v1", "--expect", "lr=0.1=none")
    assert ok("alias", "list", "table")["aliases"]["lr=0.1"] == "v1"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "name what to move"),
        (("--expect", "a=v1"), "name what to move"),
        (("--set", "a"), "'a' is not ALIAS=VERSION"),
        (("--set", "=v1"), "is not ALIAS=VERSION"),
        (("--set", "a="), "is not ALIAS=VERSION"),
        (("--set", "a=v1", "--set", "a=v2"), "'a' is given twice"),
        (("--set", "a=v1", "--remove", "a"), "'a' is given twice"),
        (("--set", "a=v1", "--expect", "a=v0", "--expect", "a=v1"), "'a' is given twice"),
        (("--set", "a=v1", "--expect", "a=V1"), "neither vN nor none"),
        (("--set", "caf\u00e9=v1", "--set", "cafe\u0301=v2"), "given twice"),
        (("--set", "latest=v1"), "latest"),
        (("--set", "a/b=v1"), "a/b"),
    ],
)
def test_what_makes_no_sense_is_refused_and_moves_nothing(ok, cli, options, said):
    code, _, err = cli("alias", "move", "table", *options)
    assert (code, said in err) == (2, True), err
    assert ok("alias", "list", "table")["aliases"] == {"latest": "v2"}


# -- collections


def test_a_collection_is_made_and_edited(ok, cli):
    ok("registry", "create", "Golden", "-t", "dataset", "-t", "table")
    path = "registry/Golden/Raw images"
    made = ok("collection", "create", path, "-d", "as they are", "--tag", "b", "--tag", "a")
    assert made["collection"]["path"] == "default/wandb-registry-Golden/Raw images"
    assert (made["collection"]["type"], made["collection"]["tags"]) == (None, ["a", "b"])
    assert ok("versions", path)["versions"] == []
    assert cli("versions", path)[2] == "default/wandb-registry-Golden/Raw images has no versions\n"
    edited = ok("collection", "edit", path, "--untag", "a", "--tag", "c", "-d", "", "--reason", "x")
    assert (edited["collection"]["description"], edited["collection"]["tags"]) == (None, ["b", "c"])
    shown = cli("collection", "edit", "table", "--tag", "plants", "-d", "all of them")[1]
    assert shown.splitlines() == [
        "collection team/plants/table",
        "  type         dataset",
        "  description  all of them",
        "  tags         plants",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("create", "registry/Dataset/Zoo"), 4),
        (("create", "registry/Dataset/new", "--type", "model"), 2),
        (("create", "registry/Nowhere/new"), 3),
        (("create", "registry/Dataset/a:b"), 2),
        (("create", "Dataset/new"), 2),
        (("create", "table"), 2),
        (("edit", "nowhere"), 3),
        (("edit", "table", "--tag", "a/b"), 2),
    ],
)
def test_what_is_refused_ends_in_its_exit_code_and_no_traceback(cli, arguments, expected):
    code, out, err = cli("collection", *arguments)
    assert (code, out) == (expected, "")
    assert err.startswith("error: ")


# -- code to paste


@pytest.mark.parametrize(
    "path",
    [
        "Dataset/Zoo",
        "dataset/Zoo",
        "registry/Dataset/Zoo",
        "wandb-registry-Dataset/Zoo",
        "default/wandb-registry-dataset/Zoo",
        "default/registry/Dataset/Zoo",
    ],
)
def test_the_code_for_a_collection_has_its_whole_path(ok, cli, path):
    told = ok("registry", "snippet", path)
    assert told["path"] == "default/wandb-registry-Dataset/Zoo"
    assert 'target_path="default/wandb-registry-Dataset/Zoo"' in told["code"]
    assert cli("registry", "snippet", path)[1] == told["code"]
    used = ok("registry", "snippet", path, "--use")["code"]
    assert 'use_artifact("default/wandb-registry-Dataset/Zoo:latest", type="dataset")' in used


@pytest.mark.parametrize(
    "path", ["Dataset", "registry/Dataset", "wandb-registry-dataset", "default/registry/Dataset"]
)
def test_the_code_for_a_registry_leaves_the_collection_open(ok, path):
    told = ok("registry", "snippet", path)
    assert told["path"] == "default/wandb-registry-Dataset"
    assert 'target_path="default/wandb-registry-Dataset/<collection_name>"' in told["code"]


def test_the_code_for_a_source_collection_runs_as_it_is_piped(cli):
    code = cli("collection", "snippet", "table")[1]
    printing = f"{code}\nprint(artifact.qualified_name)"
    done = subprocess.run(
        [sys.executable, "-c", printing], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("team/plants/table:v2\n", "")


def test_the_code_is_the_same_python_on_a_terminal_that_knows_no_unicode(ok):
    name = "B\u00fccher \u66f8 \U0001f6b2"
    ok("collection", "create", f"registry/Dataset/{name}")
    told = ok("registry", "snippet", f"Dataset/{name}")["code"]
    command = [sys.executable, "-m", "fingerpost", "registry", "snippet", f"Dataset/{name}"]
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"}
    told_plainly = subprocess.run(
        command, capture_output=True, env={**os.environ, **environment}, check=True
    )
    plain = told_plainly.stdout.decode("ascii")
    assert ast.dump(ast.parse(plain)) == ast.dump(ast.parse(told))


@pytest.mark.parametrize(
    ("path", "expected"),
    [("Dataste", 3), ("Dataset/none", 3), ("a/b/c/d/e", 2), ("", 2), ("a:b", 2)],
)
def test_no_code_for_what_is_not_there(cli, path, expected):
    assert cli("registry", "snippet", path)[0] == expected
    assert cli("registry", "snippet", "Dataset", "--use")[0] == 2
