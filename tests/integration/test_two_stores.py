"""Artifacts of one store in the hands of another."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import fingerpost
from fingerpost import errors


def log(store: Path, text: str) -> fingerpost.Artifact:
    with fingerpost.init(entity="team", project="p", store=store) as run:
        artifact = fingerpost.Artifact("m", "model")
        with artifact.new_file("weights") as file:
            file.write(text)
        return run.log_artifact(artifact)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda run, artifact: run.link_artifact(artifact, "wandb-registry-Model/pub", ["prod"]),
        lambda run, artifact: run.use_artifact(artifact),
        lambda run, artifact: run.log_artifact(artifact, aliases=["best"]),
    ],
    ids=["link", "use", "log"],
)
def test_an_artifact_of_the_same_name_in_another_store_is_not_taken_for_ours(tmp_path, attempt):
    log(tmp_path / "a", "ours")
    theirs = log(tmp_path / "b", "theirs")
    run = fingerpost.init(entity="team", project="p", store=tmp_path / "a")
    with run, pytest.raises(errors.ForeignStoreError, match="Download it"):
        attempt(run, theirs)
    api = fingerpost.Api(tmp_path / "a")
    assert api.collection("team/p/m").aliases == {"latest": "v0"}
    assert list(api.registry("Model").collections()) == []


def test_the_same_store_opened_twice_is_one_store(tmp_path):
    artifact = log(tmp_path / "a", "ours")
    with fingerpost.init(entity="team", project="p", store=tmp_path / "a") as run:
        assert run.use_artifact(artifact).version == "v0"


def test_a_draft_saved_by_another_thread_goes_to_the_run_it_was_made_in(tmp_path):
    with fingerpost.init(entity="team", project="p", store=tmp_path / "a") as run:
        artifact = fingerpost.Artifact("m", "model")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(artifact.save).result()
        assert artifact.logged_by().id == run.id
    assert fingerpost.Api(tmp_path / "a").artifact("team/p/m").digest == artifact.digest


def test_a_draft_saved_after_its_run_goes_to_the_same_store_and_project(tmp_path):
    with fingerpost.init(entity="team", project="p", store=tmp_path / "a"):
        artifact = fingerpost.Artifact("m", "model")
    artifact.save()
    assert artifact.qualified_name == "team/p/m:v0"
    assert artifact.logged_by().job_type == "auto"
    assert fingerpost.Api(tmp_path / "a").artifact_exists("team/p/m:v0")
