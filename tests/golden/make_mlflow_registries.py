"""Make ``mlflow/*.sqlite`` with MLflow's own client. See README.md; not run by the tests.

Usage, where MLflow is installed: ``python make_mlflow_registries.py FOLDER``

The folder gets a database and the artifacts of its runs. The databases hold where they were made;
that is replaced by /srv/mlflow, so that they look as if they had been moved since. Tables that have
nothing to do with models and runs are dropped, to keep the files small.
"""

import json
import os
import sqlite3
import sys
from importlib import import_module
from pathlib import Path

KEPT = {
    "alembic_version", "experiments", "logged_models", "model_version_tags", "model_versions",
    "registered_model_aliases", "registered_model_tags", "registered_models", "runs", "workspaces",
}  # fmt: skip
PLACE = "/srv/mlflow"


def log_run(mlflow, experiment, files):
    with mlflow.start_run(experiment_id=experiment) as run:
        for path, text in files.items():
            mlflow.log_text(text, f"model/{path}")
    return run.info.run_id


def fill(mlflow, client, experiment):
    """Register models, and return what the client says of them."""
    runs = [
        log_run(mlflow, experiment, {"weights.txt": f"weights {number}", "MLmodel": "flavors: {}"})
        for number in range(4)
    ]
    client.create_registered_model("legs", tags={"team": "zoo"}, description="Counts legs.")
    for number, run in enumerate(runs):
        client.create_model_version(
            "legs",
            f"runs:/{run}/model",
            run_id=run,
            tags={"f1": f"0.{number}", "note": "é"} if number else {},
            description=f"try {number}" if number else None,
        )
    # The same content once more, which is a version of its own in MLflow.
    client.create_model_version("legs", f"runs:/{runs[3]}/model", run_id=runs[3])
    client.delete_model_version("legs", "2")
    for number, stage in ((1, "Archived"), (3, "Staging"), (4, "Production"), (5, "Staging")):
        client.transition_model_version_stage("legs", str(number), stage)
    client.create_registered_model("my eyes")
    client.create_model_version("my eyes", "s3://zoo/eyes/model")
    client.create_registered_model("nothing yet")
    if hasattr(client, "set_registered_model_alias"):
        client.set_registered_model_alias("legs", "champion", "4")
        client.set_registered_model_alias("legs", "challenger", "5")
        client.set_registered_model_alias("my eyes", "champion", "1")


def said(client):
    """Return what MLflow's client says of the models."""
    answer = {}
    for model in client.search_registered_models():
        versions = client.search_model_versions(f"name = '{model.name}'")
        answer[model.name] = {
            "description": model.description,
            "tags": dict(model.tags),
            "aliases": {
                name: int(version) for name, version in getattr(model, "aliases", {}).items()
            },
            "versions": [
                {
                    "version": int(version.version),
                    "created_ms": version.creation_timestamp,
                    "description": version.description,
                    "stage": version.current_stage,
                    "source": version.source,
                    "run_id": version.run_id,
                    "tags": dict(version.tags),
                }
                for version in sorted(versions, key=lambda each: int(each.version))
            ],
        }
    return answer


def slimmed(path, here):
    """Drop what is not needed, and put the folder that is always the same for this one."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA foreign_keys=OFF")
    tables = [
        name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    for table in tables:
        if table not in KEPT and not table.startswith("sqlite_"):
            database.execute(f"DROP TABLE {table}")
    for table, columns in {
        "experiments": ["artifact_location"],
        "runs": ["artifact_uri", "user_id"],
        "model_versions": ["source", "storage_location"],
    }.items():
        there = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        for column in there & set(columns):
            database.execute(f"UPDATE {table} SET {column}=replace({column}, ?, ?)", (here, PLACE))
    database.execute("UPDATE runs SET user_id='trainer'")
    database.execute("VACUUM")
    database.close()


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    os.chdir(folder)
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    mlflow = import_module("mlflow")
    mlflow.set_tracking_uri("sqlite:///mlflow.sqlite")
    here = str(Path.cwd())
    experiment = mlflow.create_experiment("census", f"{here}/mlruns/1")
    client = mlflow.MlflowClient()
    fill(mlflow, client, experiment)
    answer = {"mlflow_version": mlflow.__version__, "models": said(client)}
    slimmed("mlflow.sqlite", here)
    Path("said.json").write_text(
        json.dumps(answer, indent=1, sort_keys=True).replace(here, PLACE) + "\n"
    )


if __name__ == "__main__":
    main()
