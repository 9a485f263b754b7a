"""Members and approvals at the command line: what is said where there are none, and to programs."""

import json

import pytest

from fingerpost.cli import main

LINKED = (
    ("log", "model", "model.bin", "--type", "model", "--entity", "vision"),
    ("link", "vision/uncategorized/model", "registry/Model/zoo"),
)


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Run a command line; returns exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    (tmp_path / "model.bin").write_text("weights")

    def call(*arguments):
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    for arguments in LINKED:
        assert call(*arguments)[0] == 0
    return call


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (("--registry", "Model"), "default/wandb-registry-Model"),
        (("--team", "vision"), "vision"),
        ((), "default"),
    ],
)
def test_programs_are_told_the_place_as_paths_name_it(run, asked, place):
    code, out, _ = run("--json", "members", "list", *asked)
    assert (code, json.loads(out)["place"]) == (0, place)


def test_where_nobody_was_given_a_role_that_is_said(run):
    assert run("members", "list", "--registry", "Model") == (
        0,
        "",
        "nobody was given a role there: only roles from elsewhere count\n",
    )


def test_where_nobody_approved_that_is_said(run):
    code, out, err = run("approvals", "registry/Model/zoo:v0")
    assert (code, out) == (0, "")
    assert err == "nobody approved 'default/wandb-registry-Model/zoo:v0'\n"
    code, out, err = run("approvals", "vision/uncategorized/model:v0")
    assert (code, out) == (2, "")
    assert "only what is linked to a registry is approved" in err
