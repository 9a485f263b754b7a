"""Help that teaches: every command has an example, and the examples work when pasted."""

import shlex
import shutil
import sqlite3
import subprocess
from pathlib import Path

import click
import pytest

from fingerpost.cli import main
from fingerpost.cli.app import app


def commands(group=app, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = dict(commands())


@pytest.fixture(autouse=True)
def _store(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", "A" * 43 + "=")


@pytest.fixture
def _registry():
    """Put what MLflow leaves in the folder where it ran: its database, and its artifacts."""
    made = Path(__file__).parent.parent / "golden" / "mlflow-3.17.2"
    shutil.copy(made / "mlflow.sqlite", "mlflow.db")
    shutil.copytree(made / "mlruns", "mlruns")
    with sqlite3.connect("mlflow.db") as database:
        for column in ("model_versions SET storage_location", "runs SET artifact_uri"):
            sql = f"UPDATE {column}=replace({column.rpartition(' ')[2]}, ?, ?)"
            database.execute(sql, ("/srv/mlflow", str(Path.cwd())))
    database.close()


def test_there_is_every_command_that_was_asked_for():
    reading = ["use", "download", "history", "lineage", "versions", "verify", "search", "help"]
    reading += ["diff", "events"]
    asked = ["log", "link", "unlink", "delete", "gc", "demo", "approve", "approvals", *reading]
    aliases = [("alias", name) for name in ("set", "remove", "move", "rollback", "list")]
    verbs = ("create", "list", "protect", "unprotect", "permit", "withdraw", "describe", "snippet")
    policy = ("visibility", "require-approvals", "require-reasons", "delete")
    registries = [("registry", name) for name in (*verbs, *policy)]
    roles = [("members", name) for name in ("list", "add", "set-role", "remove")]
    homes = [("team", "create"), ("team", "list")]
    homes += [("organization", name) for name in ("create", "list", "default-role")]
    kept = [("ttl", name) for name in ("set", "show", "default", "expired")]
    collections = [
        ("collection", name) for name in ("create", "edit", "snippet", "rename", "delete")
    ]
    verbs = ("create", "list", "show", "enable", "disable", "delete", "test")
    automated = [("automations", name) for name in (*verbs, "run", "history", "dead-letters")]
    verbs = ("set", "list", "remove", "rotate", "generate-key")
    secrets = [("automations", "secret", name) for name in verbs]
    expected = {*aliases, *registries, *roles, *homes, *kept, *collections, ("cache", "clean")}
    verbs = ("keygen", "checkpoint", "prove", "consistency", "verify", "check", "verifier")
    expected |= {("ledger", name) for name in (*verbs, "witness", "attach")}
    stores = [("store", name) for name in ("create", "info", "check", "rebuild", "migrate")]
    imported = [("import", name) for name in ("bundle", "wandb", "mlflow")]
    expected |= {*automated, *secrets, *stores, *imported, ("export",)}
    assert set(ALL) == {*((name,) for name in asked), *expected}


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_shows_the_example_as_it_is_to_be_pasted(path, capsys):
    assert main([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example:\n" in shown
    for line in ALL[path].example.strip().splitlines():
        assert f"  {line}\n" in shown
    assert f"fingerpost {' '.join(path)}" in ALL[path].example


@pytest.mark.parametrize("path", [p for p in ALL if p != ("demo",)], ids=" ".join)
@pytest.mark.usefixtures("_registry")
def test_the_example_works_in_a_folder_with_nothing_of_fingerposts(path, capsys):
    for line in ALL[path].example.strip().splitlines():
        words = shlex.split(line, comments=True)
        if words[0] == "fingerpost":
            assert main(words[1:]) == 0, capsys.readouterr().err
        else:
            subprocess.run(line, shell=True, check=True)


@pytest.mark.parametrize(
    "arguments", [[], ["alias"], ["registry"], ["collection"], ["ttl"], ["automations"]]
)
def test_alone_a_group_prints_its_help_and_succeeds(arguments, capsys):
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("Usage: fingerpost")


def test_the_first_help_has_first_steps_and_names_the_variables(capsys):
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert shown.index("fingerpost log table table.csv") < shown.index("Commands:")
    for name in ("STORE", "ACTOR", "ENTITY", "PROJECT"):
        assert f"FINGERPOST_{name}" in shown
    assert "..." not in shown.split("Commands:")[1].split("Options:")[0]


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_the_version_is_told(option, capsys):
    assert main([option]) == 0
    assert capsys.readouterr().out.startswith("fingerpost, version 0.1.")


def test_global_options_stand_before_or_after_the_command(capsys):
    assert main(["registry", "create", "Gold", "--actor", "zoe", "--quiet"]) == 0
    assert main(["--json", "registry", "list"]) == 0
    before = capsys.readouterr().out
    assert main(["registry", "list", "--json"]) == 0
    assert before.endswith(capsys.readouterr().out)
    assert '"created_by": "zoe"' in before
