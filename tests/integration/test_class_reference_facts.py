"""Small members of the class reference: URL, hashes, JSON, and the names of added files."""

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import fingerpost
from fingerpost import errors


@pytest.fixture
def opened(tmp_path):
    with fingerpost.open_store(tmp_path / "the store") as opened:
        yield opened


@pytest.fixture
def run(opened):
    with fingerpost.init("team", "p", store=opened) as run:
        yield run


def draft(name="data", text="1"):
    artifact = fingerpost.Artifact(name, "dataset", use_as="input")
    with artifact.new_file("f") as file:
        file.write(text)
    return artifact


def test_a_url_has_the_store_and_in_it_the_artifact(run, opened, tmp_path):
    artifact = run.log_artifact(draft())
    link = artifact.link("wandb-registry-Dataset/Shared é")
    assert artifact.url == f"{(tmp_path / 'the store').as_uri()}#team/p/data:v0"
    parts = urlsplit(link.url)
    assert Path(unquote(parts.path)) == Path(opened.location)
    fetched = fingerpost.Api(opened).artifact(unquote(parts.fragment))
    assert fetched.qualified_name == link.qualified_name


def test_a_url_of_a_store_in_memory_says_so():
    with (
        fingerpost.open_store("memory://") as opened,
        fingerpost.init("team", "p", store=opened) as run,
    ):
        assert run.log_artifact(draft()).url == "memory://#team/p/data:v0"


def test_the_commit_hash_is_decided_by_the_content(run):
    one = run.log_artifact(draft("one"))
    same = run.log_artifact(draft("two"))
    other = run.log_artifact(draft("two", "2"))
    assert one.commit_hash == same.commit_hash != other.commit_hash
    assert len(one.commit_hash) == 64
    assert int(one.commit_hash, 16)
    assert one.link("wandb-registry-Dataset/x").commit_hash == one.commit_hash


def test_the_json_is_that_of_wandbs_client_and_names_the_source(run):
    run.log_artifact(draft("data", "0"))
    artifact = run.log_artifact(draft())
    link = artifact.link("wandb-registry-Dataset/Shared")
    for each in (artifact, link):
        assert each.json_encode() == {
            "_type": "artifactVersion",
            "_version": "v0",
            "id": each.id,
            "version": "v1",
            "sequenceName": "data",
            "usedAs": None,
        }
    assert json.loads(json.dumps(artifact.json_encode()))


def test_nothing_is_done_with_use_as(run):
    assert draft().use_as is None
    artifact = run.log_artifact(draft())
    assert run.use_artifact(artifact, use_as="input").use_as is None


@pytest.mark.parametrize("name", ["url", "commit_hash", "history_step"])
def test_a_draft_does_not_have_it_yet(name):
    with pytest.raises(errors.ArtifactNotLoggedError):
        getattr(draft(), name)
    with pytest.raises(errors.ArtifactNotLoggedError):
        draft().json_encode()


# -- waiting --------------------------------------------------------------------------------


def test_waiting_returns_the_artifact_whatever_the_timeout(run):
    artifact = run.log_artifact(draft())
    for timeout in (None, 0, 10, 0.5):
        assert artifact.wait(timeout) is artifact
    assert artifact.wait(timeout=5) is artifact


@pytest.mark.parametrize("timeout", [-1, "5", float("nan"), True, [5]])
def test_a_timeout_that_is_no_number_of_seconds_is_refused(run, timeout):
    artifact = run.log_artifact(draft())
    with pytest.raises(errors.InvalidValueError, match="timeout"):
        artifact.wait(timeout)


# -- where a local file went ------------------------------------------------------------------


@pytest.fixture
def files():
    for path in ("a.txt", "dir/b.txt", "dir/sub/c.txt"):
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(path)


@pytest.mark.usefixtures("files")
def test_an_added_file_is_known_by_its_local_path_before_and_after_logging(run):
    artifact = fingerpost.Artifact("data", "dataset")
    artifact.add_file("a.txt", "renamed.txt")
    artifact.add_dir("dir", "prefix")
    expected = {
        "a.txt": "renamed.txt",
        "dir/b.txt": "prefix/b.txt",
        "dir/sub/c.txt": "prefix/sub/c.txt",
        "./dir/../a.txt": "renamed.txt",
        str(Path("a.txt").absolute()): "renamed.txt",
        "dir": None,
        "dir/none.txt": None,
        "none.txt": None,
    }
    for _ in range(2):
        found = {path: artifact.get_added_local_path_name(path) for path in expected}
        assert found == expected
        run.log_artifact(artifact)
    assert artifact.get_added_local_path_name(Path("a.txt")) == "renamed.txt"


@pytest.mark.usefixtures("files")
def test_a_file_that_was_removed_or_never_added_is_not_known(run):
    artifact = fingerpost.Artifact("data", "dataset")
    artifact.add_file("a.txt")
    artifact.add_dir("dir")
    artifact.remove("a.txt")
    artifact.remove("sub")
    names = [artifact.get_added_local_path_name(p) for p in ("a.txt", "dir/sub/c.txt")]
    assert names == [None, None]
    assert artifact.get_added_local_path_name("dir/b.txt") == "b.txt"
    run.log_artifact(artifact)
    fetched = run.use_artifact("data:latest")
    assert fetched.get_added_local_path_name("dir/b.txt") is None


@pytest.mark.usefixtures("files")
def test_a_file_that_is_refused_is_not_known():
    artifact = fingerpost.Artifact("data", "dataset")
    with artifact.new_file("a.txt") as file:
        file.write("other")
    with pytest.raises(errors.EntryExistsError):
        artifact.add_file("a.txt")
    assert artifact.get_added_local_path_name("a.txt") is None


# -- older forms of use_artifact ------------------------------------------------------------


def test_use_artifact_takes_its_older_form(run):
    run.log_artifact(draft())
    found = run.use_artifact(type="dataset", name="data")
    assert found.qualified_name == "team/p/data:v0"
    assert run.use_artifact(type="dataset", name="data:v0", use_as="x").id == found.id
    with pytest.raises(errors.TypeMismatchError):
        run.use_artifact(type="model", name="data:v0")
