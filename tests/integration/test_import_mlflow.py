"""Importing MLflow's registries, as its own client made them; expected is what that client said."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import fingerpost
from fingerpost import errors
from fingerpost.imports import import_mlflow

GOLDEN = Path(__file__).parent.parent / "golden"
NEW, OLD = "mlflow-3.17.2", "mlflow-2.2.2"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STAGES = {"archived": 1, "production": 4, "staging": 5}
"""Of the model ``legs``, by ``make_mlflow_registries.py``: the newest version in each."""


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture(params=[NEW, OLD])
def said(request):
    """Put a registry into the working directory, and return what MLflow's client said of it."""
    return put(request.param)


@pytest.fixture
def newest():
    return put(NEW)


def put(name):
    shutil.copytree(GOLDEN / name, "mlflow")
    return json.loads(Path("mlflow/said.json").read_text())["models"]


def bring(store, **options):
    given = {"models": "legs", "moved": {"/srv/mlflow": "mlflow"}, "store": store}
    return import_mlflow("mlflow/mlflow.sqlite", **{**given, **options})


def collection(store, name="legs"):
    return fingerpost.Api(store, "alice").collection(name)


def oldest_first(store, name="legs"):
    return list(collection(store, name).versions())[::-1]


def change(sql, *parameters):
    with sqlite3.connect("mlflow/mlflow.sqlite") as database:
        database.execute(sql, parameters)
    database.close()


def numbers(store):
    """Return MLflow's number → version here."""
    return {int(version.origin.version): version.version for version in oldest_first(store)}


def test_each_version_that_is_there_becomes_a_version_in_mlflows_order(said, store):
    bring(store)
    expected = said["legs"]["versions"]
    assert [version["version"] for version in expected] == [1, 3, 4, 5]
    assert numbers(store) == {1: "v0", 3: "v1", 4: "v2", 5: "v3"}
    for version, told in zip(oldest_first(store), expected, strict=True):
        assert version.type == "model"
        assert version.description == (told["description"] or None)
        assert version.metadata.get("tags", {}) == told["tags"]
        assert version.metadata["model_tags"] == said["legs"]["tags"]
        origin = version.origin
        assert (origin.system, origin.name) == ("mlflow", "legs")
        assert origin.created_at == EPOCH + timedelta(milliseconds=told["created_ms"])
        assert origin.facts["run_id"] == told["run_id"]
        assert origin.facts["stage"] == told["stage"]
        assert version.created_by == "alice"
    assert collection(store).description == said["legs"]["description"]


def test_each_version_has_the_files_of_its_run(said, store):
    bring(store)
    for version, told in zip(oldest_first(store), said["legs"]["versions"], strict=True):
        folder = Path("mlflow/mlruns/1", told["run_id"], "artifacts/model")
        out = Path(version.download(f"out-{version.version}"))
        names = sorted(path.name for path in folder.iterdir())
        assert sorted(path.name for path in out.iterdir()) == names
        for name in names:
            assert (out / name).read_bytes() == (folder / name).read_bytes()


def test_aliases_are_where_mlflow_has_them_each_with_a_reason(said, store):
    bring(store)
    expected = {name: numbers(store)[at] for name, at in said["legs"]["aliases"].items()}
    found = collection(store).aliases
    assert found == {"latest": "v3", **expected}
    changes = [row for row in collection(store).alias_history() if row.alias != "latest"]
    assert {row.reason for row in changes} == {
        f"imported: {name!r} of 'legs' is on version {at} there"
        for name, at in said["legs"]["aliases"].items()
    }


def test_stages_become_aliases_when_asked_on_the_newest_version_in_each(said, store):
    bring(store, stages=True)
    found = collection(store).aliases
    assert {name: found[name] for name in STAGES} == {
        name: numbers(store)[at] for name, at in STAGES.items()
    }


def test_nothing_of_where_it_was_is_in_the_ledger(said, store):
    bring(store)
    with fingerpost.open_store(store, actor="alice") as opened:
        told = "".join(str(event) for event in opened.events())
    assert "/srv" not in told
    assert str(Path.cwd()) not in told


def test_the_source_is_not_changed_and_nothing_is_made_beside_it(said, store):
    before = {path: path.read_bytes() for path in Path("mlflow").rglob("*") if path.is_file()}
    Path("mlflow").chmod(0o555)
    bring(store)
    Path("mlflow").chmod(0o755)
    after = {path: path.read_bytes() for path in Path("mlflow").rglob("*") if path.is_file()}
    assert after == before


def test_a_second_time_only_what_is_new_is_imported(newest, store):
    bring(store)
    again = bring(store)
    assert (again.new, again.aliases) == ([], [])
    assert [version.version for version in again.versions] == ["v0", "v1", "v2", "v3"]
    change(
        "INSERT INTO model_versions (workspace, name, version, creation_time, current_stage, "
        "source, status) SELECT workspace, name, 6, creation_time + 1, 'None', source, status "
        "FROM model_versions WHERE version=4"
    )
    change("UPDATE registered_model_aliases SET version=6 WHERE alias='champion'")
    third = bring(store)
    assert [(version.origin.version, version.version) for version in third.new] == [("6", "v4")]
    (moved,) = third.aliases
    assert (moved.alias, moved.from_version, moved.to_version) == ("champion", "v2", "v4")
    assert len(oldest_first(store)) == 5


def test_a_model_that_was_made_again_under_its_name_has_versions_of_its_own(newest, store):
    bring(store)
    change("UPDATE model_versions SET creation_time = creation_time + 1000 WHERE version=1")
    bring(store)
    assert [version.origin.version for version in oldest_first(store)] == ["1", "3", "4", "5", "1"]


def test_what_was_deleted_here_stays_deleted(newest, store):
    bring(store)
    fingerpost.Api(store, "alice").artifact("legs:v2").delete(delete_aliases=True)
    again = bring(store)
    assert [version.standing for version in again.versions] == [
        "known",
        "known",
        "deleted",
        "known",
    ]
    (alias,) = again.aliases
    assert (alias.alias, alias.problem) == ("champion", "version 4 is deleted here")


def test_an_alias_on_a_version_that_is_gone_is_told_and_left(newest, store):
    change("UPDATE registered_model_aliases SET version=2 WHERE alias='champion'")
    problems = {alias.alias: alias.problem for alias in bring(store).aliases}
    assert problems == {"champion": "version 2 is deleted there", "challenger": None}


def test_a_dry_run_makes_nothing(newest, store):
    planned = bring(store, dry_run=True)
    assert len(planned.new) == 4
    assert planned.is_dry_run
    assert not store.exists()
    bring(store)
    assert (bring(store, dry_run=True).new, bring(store, dry_run=True).aliases) == ([], [])


def test_names_that_are_none_here_are_refused_with_the_option_that_helps(newest, store):
    with pytest.raises(errors.NotImportableError, match=r"'my eyes'.*--rename OLD=NEW"):
        bring(store, models=None, unchecked=True)
    assert not store.exists()
    bring(store, models=None, unchecked=True, names={"my eyes": "eyes"})
    (eyes,) = oldest_first(store, "eyes")
    (entry,) = eyes.manifest.entries.values()
    assert entry.ref() == "s3://zoo/eyes/model"
    assert eyes.origin.name == "my eyes"
    with pytest.raises(errors.NotImportableError, match="several would be called 'legs'"):
        bring(store, models=None, unchecked=True, names={"my eyes": "legs"})


def test_aliases_that_are_none_here_are_refused_with_the_option_that_helps(newest, store):
    change("UPDATE registered_model_aliases SET alias='a:b' WHERE alias='champion'")
    with pytest.raises(errors.NotImportableError, match=r"alias 'a:b'.*--rename-alias"):
        bring(store)
    with pytest.raises(errors.NotImportableError, match="would be on two versions"):
        bring(store, alias_names={"a:b": "challenger"})
    assert not store.exists()
    bring(store, alias_names={"a:b": "a-b"})
    assert collection(store).aliases["a-b"] == "v2"


def test_files_that_are_gone_are_refused_or_left_out(newest, store):
    shutil.rmtree(Path("mlflow/mlruns/1", newest["legs"]["versions"][1]["run_id"]))
    with pytest.raises(errors.NotImportableError, match=r"mlflow legs 3: .* is not there"):
        bring(store)
    assert not store.exists()
    brought = bring(store, skip_missing=True)
    assert [version.standing for version in brought.versions] == ["new", "skipped", "new", "new"]
    assert numbers(store) == {1: "v0", 4: "v1", 5: "v2"}


def test_a_version_that_is_not_ready_is_not_imported(newest, store):
    change("UPDATE model_versions SET status='PENDING_REGISTRATION' WHERE version=5")
    with pytest.raises(errors.NotImportableError, match="its status is 'PENDING_REGISTRATION'"):
        bring(store)


@pytest.mark.parametrize(
    "location",
    [
        "/etc",
        "file:///etc",
        "file:/etc",
        "../../..",
        "mlflow-artifacts:/../../../../../../../../etc",
        "runs:/{run}/../../../../../../../../etc",
        "link",
    ],
)
def test_a_database_cannot_make_other_files_be_read(location, newest, store):
    Path("mlflow/link").symlink_to("/etc")
    run = newest["legs"]["versions"][0]["run_id"]
    change("UPDATE model_versions SET storage_location=?", location.replace("{run}", run))
    with pytest.raises(errors.NotImportableError, match=r"outside of the folders|is not there"):
        bring(store, artifacts="mlflow")
    assert not store.exists()


def test_a_link_among_a_runs_files_cannot_make_other_files_be_read(newest, store, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    run = newest["legs"]["versions"][1]["run_id"]
    link = Path("mlflow/mlruns/1", run, "artifacts/model/link")
    link.symlink_to(tmp_path / "mine.txt")
    with pytest.raises(errors.ImportStoppedError, match=r"link' is a link to a file"):
        bring(store)
    assert numbers(store) == {1: "v0"}
    link.unlink()
    link.symlink_to("weights.txt")
    bring(store)
    assert Path(oldest_first(store)[1].download("out"), "link").read_text() == "weights 2"


@pytest.mark.parametrize(
    "location",
    [
        "mlflow-artifacts:/1/{run}/artifacts/model",
        "mlflow-artifacts://server:5000/1/{run}/artifacts/model",
        "mlruns/1/{run}/artifacts/model",
        "file:///srv/mlflow/mlruns/1/{run}/artifacts/model",
        "models:/legs/4",
        "models:/m-1",
        "dbfs:/models/1/{run}/artifacts/model",
    ],
)
def test_mlflows_uris_lead_to_the_files(location, newest, store):
    run = newest["legs"]["versions"][0]["run_id"]
    target = f"/srv/mlflow/mlruns/1/{run}/artifacts/model"
    change("DELETE FROM logged_models")
    change(
        "INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, "
        "creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage) "
        "VALUES ('m-1', 1, 'x', ?, 0, 0, 1, 'active')",
        target,
    )
    change("UPDATE model_versions SET storage_location=? WHERE version=4", target)
    change(
        "UPDATE model_versions SET storage_location=? WHERE version=1",
        location.replace("{run}", run),
    )
    moved = {
        "/srv/mlflow": "mlflow",
        "file:///srv/mlflow": str(Path("mlflow").absolute()),
        "dbfs:/models": "mlflow/mlruns",
    }
    moved = {old: str(Path(new).absolute()) for old, new in moved.items()}
    bring(store, artifacts=str(Path("mlflow/mlruns").absolute()), moved=moved)
    assert Path(oldest_first(store)[0].download("out"), "weights.txt").read_text() == "weights 0"


def test_a_servers_artifacts_are_found_where_it_puts_them_if_not_told_otherwise(newest, store):
    change("UPDATE model_versions SET storage_location='mlflow-artifacts:/' || run_id")
    with pytest.raises(errors.NotImportableError, match=r"say where its artifacts are"):
        bring(store)
    Path("mlflow/mlruns/1").rename("mlflow/mlartifacts")
    bring(store)
    out = Path(oldest_first(store)[0].download("out"))
    assert (out / "artifacts/model/weights.txt").read_text() == "weights 0"


def test_two_imports_at_once_make_no_version_twice(newest, store):
    fingerpost.Api(store, "alice")
    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(bring, store) for _ in range(3)]
    assert [len(future.result().versions) for future in done] == [4, 4, 4]
    assert [version.origin.version for version in oldest_first(store)] == ["1", "3", "4", "5"]
    assert collection(store).aliases == {"latest": "v3", "champion": "v2", "challenger": "v3"}


def test_uris_that_lead_in_a_circle_are_refused(newest, store):
    change("UPDATE model_versions SET storage_location='models:/legs/1'")
    with pytest.raises(errors.NotImportableError, match="leads in a circle"):
        bring(store)


def test_what_cannot_be_looked_at_stops_the_import_which_goes_on_when_told_how(newest, store):
    change("UPDATE model_versions SET storage_location='nowhere://x/model' WHERE version=4")
    with pytest.raises(errors.ImportStoppedError, match=r"'mlflow legs 4'.*--unchecked"):
        bring(store)
    assert numbers(store) == {1: "v0", 3: "v1"}
    bring(store, unchecked=True)
    assert numbers(store) == {1: "v0", 3: "v1", 4: "v2", 5: "v3"}


def test_a_reference_that_holds_a_password_is_refused_without_showing_it(newest, store):
    change("UPDATE model_versions SET storage_location='s3://key:secret@zoo/x' WHERE version=1")
    with pytest.raises(errors.ImportStoppedError) as refused:
        bring(store, unchecked=True)
    assert "secret" not in str(refused.value)


def test_a_model_or_workspace_that_is_not_there_is_named(newest, store):
    with pytest.raises(errors.ImportSourceError, match=r"no model 'leg'.*'legs'"):
        bring(store, models=["leg"])
    with pytest.raises(errors.ImportSourceError, match=r"workspace 'other'.*'default'"):
        bring(store, workspace="other")
    change("UPDATE registered_models SET workspace='other' WHERE name='my eyes'")
    with pytest.raises(errors.ImportSourceError, match="--workspace"):
        bring(store)
    bring(store, workspace="default")
    assert len(oldest_first(store)) == 4


def test_prompts_are_left_out(newest, store):
    change(
        "INSERT INTO registered_model_tags (workspace, name, key, value) "
        "VALUES ('default', 'legs', 'mlflow.prompt.is_prompt', 'true')"
    )
    assert bring(store, dry_run=True).versions == []


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_database_that_a_server_has_open_can_be_read(mode, newest, store):
    server = sqlite3.connect("mlflow/mlflow.sqlite", isolation_level=None)
    server.execute(f"PRAGMA journal_mode={mode}")
    server.execute("UPDATE registered_models SET description='now' WHERE name='legs'")
    files = sorted(path.name for path in Path("mlflow").iterdir())
    bring(store)
    assert sorted(path.name for path in Path("mlflow").iterdir()) == files
    assert collection(store).description == "now"
    server.close()


def test_a_database_with_a_write_ahead_log_that_was_closed_makes_no_files(newest, store):
    change("PRAGMA journal_mode=wal")
    before = sorted(path.name for path in Path("mlflow").iterdir())
    bring(store)
    assert sorted(path.name for path in Path("mlflow").iterdir()) == before


def test_one_whose_writer_crashed_is_left_to_mlflow(newest, store):
    change("PRAGMA journal_mode=wal")
    Path("mlflow/mlflow.sqlite-wal").write_bytes(b"x")
    with pytest.raises(errors.ImportSourceError, match="not closed by its last writer"):
        bring(store)
    assert not Path("mlflow/mlflow.sqlite-shm").exists()


def test_a_change_that_a_crash_left_half_done_is_left_to_mlflow(newest, store):
    database = sqlite3.connect("mlflow/mlflow.sqlite", isolation_level=None)
    database.execute("PRAGMA cache_size=1")
    database.execute("BEGIN")
    database.execute("UPDATE registered_models SET description=hex(zeroblob(200000))")
    shutil.copytree("mlflow", "crashed")
    database.close()
    assert Path("crashed/mlflow.sqlite-journal").stat().st_size
    before = {path.name: path.read_bytes() for path in Path("crashed").glob("mlflow*")}
    shutil.rmtree("mlflow")
    Path("crashed").rename("mlflow")
    with pytest.raises(errors.ImportSourceError, match=r"mlflow\.sqlite"):
        bring(store)
    assert {path.name: path.read_bytes() for path in Path("mlflow").glob("mlflow*")} == before


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("DROP TABLE model_versions", "is no MLflow database"),
        ("ALTER TABLE registered_models RENAME TO x", "is no MLflow database"),
        ("ALTER TABLE model_versions RENAME COLUMN source TO x", "is no MLflow database"),
        ("PRAGMA writable_schema=1", None),
    ],
)
def test_another_database_is_refused(sql, told, newest, store):
    change(sql)
    if told is None:
        data = bytearray(Path("mlflow/mlflow.sqlite").read_bytes())
        data[4096:] = b"\xff" * (len(data) - 4096)
        Path("mlflow/mlflow.sqlite").write_bytes(data)
    with pytest.raises(errors.ImportSourceError, match=told):
        bring(store)


def test_a_view_is_no_table(newest, store):
    change("ALTER TABLE model_versions RENAME TO x")
    change("CREATE VIEW model_versions AS SELECT * FROM x")
    with pytest.raises(errors.ImportSourceError, match="is no MLflow database"):
        bring(store)


@pytest.mark.parametrize("data", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_refused(data, newest, store):
    Path("mlflow/mlflow.sqlite").write_bytes(data)
    with pytest.raises(errors.ImportSourceError):
        bring(store)
    Path("mlflow/mlflow.sqlite").unlink()
    with pytest.raises(errors.ImportSourceError, match="No such file"):
        bring(store)
    assert not Path("mlflow/mlflow.sqlite").exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("creation_time", "soon"),
        ("creation_time", 1 << 62),
        ("creation_time", None),
        ("description", "\ud7ff\0\x1b[31m"),
        ("user_id", "bob\n"),
        ("version", "four"),
        ("version", -4),
        ("user_id", "x" * 5000),
    ],
)
def test_odd_values_are_kept_or_refused_and_never_a_traceback(column, value, newest, store):
    change(f"UPDATE model_versions SET {column}=? WHERE version=4", value)
    with suppress(errors.InvalidInputError):
        bring(store, skip_missing=True)


def test_who_may_not_log_may_not_import(newest, store):
    api = fingerpost.Api(store, "alice")
    api.create_team("zoo")
    api.organization().default_role = "viewer"
    with pytest.raises(errors.RoleRequiredError):
        bring(store, entity="zoo", actor="mallory")
    assert [denial.split(" in ")[0] for denial in denials(store)] == [
        "mallory may not log artifacts"
    ]


def denials(store):
    with fingerpost.open_store(store, actor="alice") as opened:
        return opened.store.queries.denials()


IMPORTER = """
import sys
from fingerpost.imports import import_mlflow

import_mlflow(
    "mlflow/mlflow.sqlite",
    models="legs",
    moved={"/srv/mlflow": "mlflow"},
    store=sys.argv[1],
    progress=lambda _: print("one", flush=True),
)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_an_import_that_was_killed_goes_on_where_it_was(newest, store):
    for number in range(4, 30):
        change(
            "INSERT OR IGNORE INTO model_versions (workspace, name, version, creation_time, "
            "current_stage, source, status) SELECT workspace, name, ?, creation_time, 'None', "
            "source, status FROM model_versions WHERE version=1",
            number,
        )
    command = [sys.executable, "-c", IMPORTER, str(store)]
    for delay_s in (0.0, 0.05):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(delay_s)
            process.send_signal(signal.SIGKILL)
    assert 0 < len(oldest_first(store)) < 28
    bring(store)
    found = [int(version.origin.version) for version in oldest_first(store)]
    assert found == [1, 3, *range(4, 30)]
