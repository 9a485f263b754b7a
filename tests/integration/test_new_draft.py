"""Drafts that begin with the files of a version."""

import pytest

import fingerpost
from fingerpost import Api, Artifact, errors
from fingerpost.domain.metadata.metadata import normalized


@pytest.fixture
def store(tmp_path):
    with fingerpost.open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def api(store):
    return Api(store, entity="team", project="p")


@pytest.fixture
def first(store):
    artifact = Artifact("data", "dataset", "pictures", {"lr": [1, {"a": None}]})
    for name in ("a.txt", "b/c.txt", "b/d.txt"):
        with artifact.new_file(name) as file:
            file.write(f"content of {name}")
    artifact.tags = ["small"]
    with fingerpost.init("team", "p", store=store) as run:
        return run.log_artifact(artifact, aliases=["best"])


def test_a_new_draft_has_the_files_and_what_was_said_but_no_aliases_or_tags(first):
    draft = first.new_draft()
    assert draft.is_draft()
    assert (draft.name, draft.type, draft.description) == ("data", "dataset", "pictures")
    assert draft.metadata == normalized({"lr": [1, {"a": None}]})
    assert (draft.aliases, draft.tags) == ([], [])
    assert (draft.digest, draft.size, draft.file_count) == (first.digest, first.size, 3)
    draft.metadata["lr"].append(2)
    assert first.metadata == {"lr": [1, {"a": None}]}


def test_what_is_changed_in_it_is_the_next_version_and_remembers_its_base(first, store, api):
    draft = first.new_draft()
    draft.remove("b/c.txt")
    with draft.new_file("a.txt", mode="w") as file:
        file.write("new")
    with draft.new_file("e.txt") as file:
        file.write("e")
    with fingerpost.init("team", "p", store=store) as run:
        logged = run.log_artifact(draft)
    assert logged.name == "data:v1"
    assert list(logged.manifest.entries) == ["a.txt", "b/d.txt", "e.txt"]
    assert api.artifact("data:v1").base_artifact.name == "data:v0"
    assert api.artifact("data:v0").base_artifact is None
    assert list(api.artifact("data:v0").manifest.entries) == ["a.txt", "b/c.txt", "b/d.txt"]
    with open(logged.get_entry("b/d.txt").download()) as file:  # noqa: PTH123
        assert file.read() == "content of b/d.txt"


def test_only_what_changed_is_stored(store, first):
    before = set(store.store.content.digests())
    draft = first.new_draft()
    with draft.new_file("e.txt") as file:
        file.write("e")
    with fingerpost.init("team", "p", store=store) as run:
        run.log_artifact(draft)
    added = set(store.store.content.digests()) - before
    # The new file, and of the manifest the one page it has and the root.
    assert len(added) == 3


def test_saved_outside_of_a_run_it_goes_where_the_version_is(first, api):
    draft = api.artifact("data:best").new_draft()
    draft.remove("b")
    draft.save()
    assert draft.qualified_name == "team/p/data:v1"
    assert draft.logged_by().job_type == "auto"


def test_an_unchanged_draft_makes_no_version(first, store, api):
    draft = first.new_draft()
    draft.save()
    assert draft.version == "v0"
    assert len(list(api.collection("data").versions())) == 1


def test_of_a_link_it_is_a_draft_of_the_source(store):
    artifact = Artifact("m", "model")
    with artifact.new_file("x") as file:
        file.write("1")
    with fingerpost.init("team", "p", store=store) as run:
        link = run.link_artifact(artifact, "wandb-registry-Model/Zoo")
    draft = link.new_draft()
    assert draft.name == "m"
    with draft.new_file("y") as file:
        file.write("2")
    draft.save()
    assert draft.qualified_name == "team/p/m:v1"
    assert draft.base_artifact.qualified_name == "team/p/m:v0"


def test_logged_to_another_store_it_takes_its_files_along_and_has_no_base_there(first, tmp_path):
    draft = first.new_draft()
    with fingerpost.init("team", "p", store=tmp_path / "other") as run:
        logged = run.log_artifact(draft)
    assert (logged.name, logged.digest, logged.base_artifact) == ("data:v0", first.digest, None)
    logged.verify()


def test_a_draft_has_no_new_draft():
    with pytest.raises(errors.ArtifactNotLoggedError):
        Artifact("data", "dataset").new_draft()


def test_a_base_that_was_deleted_is_named_in_the_error(first, api):
    draft = first.new_draft()
    draft.remove("b")
    draft.save()
    api.artifact("data:v0").delete(delete_aliases=True)
    with pytest.raises(errors.VersionNotFoundError, match="'team/p/data:v0'"):
        _ = api.artifact("data:v1").base_artifact
    api.artifact("data:v1").verify()


def test_a_new_draft_of_unsaved_changes_has_them(first):
    first.description = "not saved"
    assert first.new_draft().description == "not saved"


@pytest.mark.parametrize("option", [{"incremental": True}, {"storage_region": "eu"}])
def test_options_without_effect_say_so(option):
    with pytest.warns(UserWarning, match="has no effect"):
        Artifact("data", "dataset", **option)


def test_use_as_is_accepted_and_nothing_follows_from_it():
    assert Artifact("data", "dataset", use_as="training").use_as is None


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_a_new_draft_makes_its_digests_as_the_version_does(store, algorithm):
    artifact = Artifact("hashed", "dataset", digest_algorithm=algorithm)
    for name in ("a", "b"):
        with artifact.new_file(name) as file:
            file.write(name)
    with fingerpost.init("team", "p", store=store) as run:
        first = run.log_artifact(artifact)
    draft = first.new_draft()
    assert (draft.digest_algorithm, draft.digest) == (algorithm, first.digest)
    with draft.new_file("a", mode="w") as file:
        file.write("b")
    entries = draft.manifest.entries
    assert entries["a"].digest == entries["b"].digest
    draft.save()
    assert draft.version == "v1"
    draft.verify()


def test_a_draft_with_references_to_entries_does_not_go_to_another_store(first, store, tmp_path):
    artifact = Artifact("referring", "dataset")
    artifact.add_reference(first.get_entry("a.txt"))
    with fingerpost.init("team", "p", store=store) as run:
        logged = run.log_artifact(artifact)
    draft = logged.new_draft()
    with (
        fingerpost.init("team", "p", store=tmp_path / "other") as run,
        pytest.raises(errors.ForeignStoreError, match="team/p/referring:v0"),
    ):
        run.log_artifact(draft)


def test_a_new_draft_follows_its_collection_when_that_is_renamed(first, api, store):
    draft = first.new_draft()
    draft.remove("b")
    api.collection("data").rename("pictures")
    with fingerpost.init("team", "p", store=store) as run:
        assert run.log_artifact(draft).qualified_name == "team/p/pictures:v1"
    with pytest.raises(errors.CollectionNotFoundError):
        api.collection("data")


def test_a_version_holds_no_draft_whether_it_was_logged_here_or_read(first, api):
    read = api.artifact("data:v0")
    assert [artifact._draft for artifact in (first, read, *api.collection("data").versions())] == [
        None,
        None,
        None,
    ]
    assert read.new_draft()._draft is not None
