"""Edges of drafts and versions that a hostile reader asked about."""

import enum
from pathlib import Path

import pytest

import fingerpost
from fingerpost import errors


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def draft(name: str = "m", text: str = "1") -> fingerpost.Artifact:
    artifact = fingerpost.Artifact(name, "model")
    with artifact.new_file("x") as file:
        file.write(text)
    return artifact


@pytest.fixture
def run(store: Path):
    with fingerpost.init(entity="team", project="p", store=store) as started:
        yield started


def test_keys_that_two_people_add_count_together(run, store):
    run.log_artifact(draft())
    mine, theirs = (fingerpost.Api(store).artifact("team/p/m") for _ in range(2))
    mine.metadata = {f"mine {number}": number for number in range(60)}
    theirs.metadata = {f"theirs {number}": number for number in range(60)}
    mine.save()
    with pytest.raises(errors.LimitExceededError, match="120 exceeds the limit of 100"):
        theirs.save()
    assert len(fingerpost.Api(store).artifact("team/p/m").metadata) == 60


class Stage(str, enum.Enum):  # noqa: UP042 - a StrEnum calls itself what it holds
    """What it calls itself is not what it holds."""

    PRODUCTION = "production"
    MODEL = "model"


def test_a_text_enum_counts_as_the_text_that_it_holds(run, store):
    artifact = fingerpost.Artifact("m", Stage.MODEL, metadata={"stage": Stage.PRODUCTION})
    run.log_artifact(artifact, aliases=[Stage.PRODUCTION])
    found = fingerpost.Api(store).artifact("team/p/m:production")
    assert (found.type, found.metadata) == ("model", {"stage": "production"})


def test_deleting_a_source_asks_first_when_a_link_has_an_alias_that_somebody_chose(run, store):
    first = run.log_artifact(draft())
    run.log_artifact(draft(text="2"))
    run.link_artifact(first, "wandb-registry-Model/pub", ["staging"])
    with pytest.raises(errors.VersionHasAliasesError, match="'staging'"):
        first.delete()
    pub = fingerpost.Api(store).collection("wandb-registry-Model/pub")
    assert pub.aliases == {"latest": "v0", "staging": "v0"}
    first.delete(delete_aliases=True)
    assert pub.aliases == {}


def test_a_version_that_was_deleted_meanwhile_is_not_used(run, store):
    first = run.log_artifact(draft())
    fingerpost.Api(store).artifact("team/p/m:v0").delete(delete_aliases=True)
    with pytest.raises(errors.VersionNotFoundError):
        run.use_artifact(first)


def test_an_artifact_is_not_logged_while_a_file_of_it_is_being_written(run):
    artifact = fingerpost.Artifact("m", "model")
    with artifact.new_file("log.txt") as file:
        file.write("so far")
        with pytest.raises(errors.EntryOpenError, match=r"log\.txt"):
            run.log_artifact(artifact)
    assert run.log_artifact(artifact).file_count == 1


def test_a_refused_run_leaves_neither_store_nor_team(store):
    with pytest.raises(errors.InvalidNameError):
        fingerpost.init(project="a/b", store=store)
    assert not store.exists()
    fingerpost.Api(store)
    with pytest.raises(errors.InvalidNameError):
        fingerpost.init(entity="ghosts", name="two\nlines", store=store)
    with pytest.raises(errors.InvalidNameError):
        fingerpost.init(entity="ghosts", job_type=5, store=store)
    assert fingerpost.open_store(store).store.queries.entity("ghosts") is None


def test_a_draft_that_failed_to_log_can_be_logged_once_the_cause_is_gone(run):
    Path("large.bin").write_bytes(bytes(2 << 20))
    Path("fixed.bin").write_bytes(bytes(3) * (1 << 20))
    artifact = fingerpost.Artifact("m", "model")
    artifact.add_file("large.bin")
    artifact.add_file("fixed.bin", policy="immutable")
    Path("fixed.bin").write_bytes(b"x" * 3 * (1 << 20))
    with pytest.raises(errors.ContentMismatchError):
        run.log_artifact(artifact)
    Path("fixed.bin").write_bytes(bytes(3) * (1 << 20))
    with pytest.raises(errors.SourceFileError, match="Build the artifact anew"):
        run.log_artifact(artifact)


def test_a_store_is_not_logged_into_itself(run, store):
    with pytest.raises(errors.SourceFileError, match="is a Fingerpost store"):
        fingerpost.Artifact("m", "model").add_dir(store)


def test_folders_nest_deeper_than_calls_do(run):
    folder = Path("top").absolute()
    artifact = fingerpost.Artifact("m", "model")
    deep = folder
    for _ in range(1_201):
        deep.mkdir()
        deep /= "d"
    deep = deep.parent
    (deep / "file").write_text("x")
    try:
        artifact.add_dir(folder)
    finally:
        # Deeper than shutil.rmtree goes, with which pytest would clean up.
        (deep / "file").unlink()
        for each in (deep, *deep.parents)[:1_201]:
            each.rmdir()
    assert len(next(iter(artifact.manifest.entries)).split("/")) == 1_201


def test_the_ledger_and_not_the_clock_says_which_use_came_first(store):
    opened = fingerpost.open_store(store)
    with fingerpost.init(entity="team", project="p", store=opened) as logging:
        logging.log_artifact(draft())
    with fingerpost.init(entity="team", project="p", name="one", store=opened) as one:
        pass_over = fingerpost.init(entity="team", project="p", name="two", store=opened)
        pass_over.use_artifact("m")
        one.use_artifact("m")
        pass_over.finish()
    # "one" was started first, and used it last.
    used = fingerpost.Api(opened).artifact("team/p/m").used_by()
    assert [run.name for run in used] == ["two", "one"]
