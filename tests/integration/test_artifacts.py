"""Artifacts from the first file to the last alias, on a real store in a folder."""

import hashlib
import logging
import os
from pathlib import Path

import pytest

import fingerpost
from fingerpost import errors
from fingerpost.domain.manifest.digest import Digest

PATH = "team/p/data"


@pytest.fixture
def opened(tmp_path):
    with fingerpost.open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def run(opened):
    with fingerpost.init("team", "p", store=opened) as run:
        yield run


@pytest.fixture
def api(opened):
    return fingerpost.Api(opened, entity="team", project="p")


@pytest.fixture
def log(run):
    """Log files, given as path → text, to the artifact ``data``."""

    def log(files, name="data", type="dataset", **kwargs):
        artifact = fingerpost.Artifact(name, type)
        for path, text in files.items():
            with artifact.new_file(path) as file:
                file.write(text)
        return run.log_artifact(artifact, **kwargs)

    return log


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def versions(api, path=PATH):
    return [artifact.version for artifact in api.collection(path).versions()]


def a_draft():
    return fingerpost.Artifact("data", "dataset")


def uri(path):
    return Path(path).absolute().as_uri()


# -- download ------------------------------------------------------------------------------


def test_a_download_is_what_was_logged(log):
    artifact = log({"a.txt": "one", "sub/deep/b.txt": "two"})
    assert tree(artifact.download("root")) == {"a.txt": b"one", "sub/deep/b.txt": b"two"}


def test_files_that_are_there_already_stay(log):
    artifact = log({"a.txt": "one"})
    Path("root").mkdir()
    Path("root/mine.txt").write_text("mine")
    artifact.download("root")
    assert tree("root") == {"a.txt": b"one", "mine.txt": b"mine"}


def test_an_entry_with_other_content_is_replaced(log):
    artifact = log({"a.txt": "one"})
    Path("root").mkdir()
    for other in ("two", "longer than that", ""):
        Path("root/a.txt").write_text(other)
        artifact.download("root")
        assert tree("root") == {"a.txt": b"one"}


def test_an_entry_with_the_same_content_is_not_written_again(log):
    artifact = log({"a.txt": "one"})
    artifact.download("root")
    os.utime("root/a.txt", ns=(1, 1))
    artifact.download("root")
    assert Path("root/a.txt").stat().st_mtime_ns == 1


def test_a_download_that_was_cut_short_is_completed(log):
    artifact = log({f"{n}.txt": str(n) for n in range(20)})
    artifact.download("root")
    for n in range(0, 20, 2):
        Path(f"root/{n}.txt").unlink()
    artifact.download("root")
    assert tree("root") == {f"{n}.txt": str(n).encode() for n in range(20)}


def test_a_prefix_selects_paths_by_their_beginning(log):
    artifact = log({"img/cat": "c", "img/dog": "d", "imgs": "i", "txt/cat": "t"})
    assert sorted(tree(artifact.download("one", path_prefix="img/"))) == ["img/cat", "img/dog"]
    assert sorted(tree(artifact.download("two", path_prefix="img"))) == [
        "img/cat",
        "img/dog",
        "imgs",
    ]
    assert tree(artifact.download("three", path_prefix="nothing")) == {}


def test_no_unfinished_files_are_left(log):
    artifact = log({"a.txt": "one"})
    artifact.download("root")
    assert [path.name for path in Path("root").iterdir()] == ["a.txt"]


def test_the_default_folder_is_named_after_the_artifact(log):
    assert log({"a.txt": "one"}).download() == str(Path("artifacts/data:v0").absolute())


# -- verify --------------------------------------------------------------------------------


def test_verification_names_every_missing_extra_and_different_file(log):
    artifact = log({"same": "s", "gone": "g", "sub/changed": "c", "sub/gone": "g"})
    root = Path(artifact.download("root"))
    artifact.verify("root")
    (root / "gone").unlink()
    (root / "sub/gone").unlink()
    (root / "sub/changed").write_text("x")
    (root / "sub/extra").write_text("e")
    with pytest.raises(ValueError, match="is not what 'data:v0' holds") as caught:
        artifact.verify("root")
    error = caught.value
    assert (error.missing, error.extra, error.different) == (
        ["gone", "sub/gone"],
        ["sub/extra"],
        ["sub/changed"],
    )


def test_verification_is_not_fooled_by_a_link_or_by_a_folder(log):
    artifact = log({"a": "text", "b": "text"})
    root = Path(artifact.download("root"))
    (root / "a").unlink()
    (root / "a").symlink_to("b")
    (root / "b").rename("elsewhere")
    (root / "b").mkdir()
    with pytest.raises(errors.VerificationError) as caught:
        artifact.verify("root")
    assert (caught.value.different, caught.value.missing) == (["a"], ["b"])


def test_verification_without_a_folder_downloads_first(log):
    artifact = log({"a": "text"})
    artifact.verify()
    Path("artifacts/data:v0/extra").write_text("x")
    with pytest.raises(errors.VerificationError, match="extra: 'extra'"):
        artifact.verify()


def test_verification_does_not_look_at_references(run):
    Path("a.csv").write_text("one")
    artifact = a_draft()
    artifact.add_reference(uri("a.csv"))
    run.log_artifact(artifact)
    Path("root").mkdir()
    artifact.verify("root")


# -- references ------------------------------------------------------------------------------


@pytest.fixture
def referred(run):
    """Log a reference to ``a.csv``, whose content is ``one``."""
    Path("a.csv").write_text("one")
    artifact = a_draft()
    artifact.add_reference(uri("a.csv"))
    return run.log_artifact(artifact)


def test_a_reference_is_downloaded_like_a_file_and_says_where_it_is(referred):
    entry = referred.get_entry("a.csv")
    assert (entry.ref(), entry.size, entry.is_reference) == (uri("a.csv"), 3, True)
    assert tree(referred.download("root")) == {"a.csv": b"one"}


def test_the_content_of_a_reference_is_not_stored(referred, opened):
    assert opened.store.content.missing([Digest(referred.get_entry("a.csv").digest)])
    Path("a.csv").unlink()
    with pytest.raises(errors.ReferenceMissingError, match="allow_missing_references=True"):
        referred.download("root")


@pytest.mark.parametrize("now", ["two", "longer", ""])
def test_a_reference_that_changed_is_not_downloaded(referred, now):
    Path("a.csv").write_text(now)
    with pytest.raises(errors.ReferenceChangedError, match=r"a\.csv.* has changed"):
        referred.download("root")
    assert tree("root") == {}


def test_missing_references_are_passed_over_on_request_and_changed_ones_are_not(run):
    for name in ("gone", "here"):
        Path(name).write_text(name)
    artifact = a_draft()
    artifact.add_reference(uri("gone"))
    artifact.add_reference(uri("here"))
    run.log_artifact(artifact)
    Path("gone").unlink()
    assert tree(artifact.download("root", allow_missing_references=True)) == {"here": b"here"}
    Path("here").write_text("HERE")
    Path("root/here").unlink()
    with pytest.raises(errors.ReferenceChangedError):
        artifact.download("root", allow_missing_references=True)


def test_a_changed_reference_makes_a_version(referred, run, api):
    artifact = a_draft()
    Path("a.csv").write_text("two")
    artifact.add_reference(uri("a.csv"))
    run.log_artifact(artifact)
    assert versions(api) == ["v1", "v0"]


def test_the_same_content_elsewhere_makes_a_version(referred, run, api):
    # A manifest that kept pointing at the old place would be of no use once that is gone.
    Path("elsewhere").mkdir()
    Path("elsewhere/a.csv").write_text("one")
    artifact = a_draft()
    artifact.add_reference(uri("elsewhere/a.csv"))
    run.log_artifact(artifact)
    assert versions(api) == ["v1", "v0"]


AWKWARD = ["with space.csv", "what?.csv", "a#b.csv", "100%.csv", "%41.csv", "größe.csv", "a&b=c"]


def test_names_that_uris_have_to_encode_are_kept_whole(run):
    Path("folder/sub").mkdir(parents=True)
    expected = {}
    for number, name in enumerate(AWKWARD):
        Path("folder/sub", name).write_text(str(number))
        expected[f"sub/{name}"] = str(number).encode()
    artifact = a_draft()
    artifact.add_reference(uri("folder"))
    run.log_artifact(artifact)
    assert sorted(artifact.manifest.entries) == sorted(expected)
    assert tree(artifact.download("root")) == expected


@pytest.mark.parametrize("name", AWKWARD)
def test_a_single_file_with_such_a_name_is_found(name):
    Path(name).write_text("x")
    artifact = a_draft()
    artifact.add_reference(uri(name))
    assert list(artifact.manifest.entries) == [name]


def test_a_folder_of_references_may_be_put_under_a_prefix():
    Path("folder/sub").mkdir(parents=True)
    Path("folder/sub/a").write_text("a")
    Path("folder/b").write_text("b")
    artifact = a_draft()
    added = artifact.add_reference(uri("folder"), name="raw")
    assert [entry.path for entry in added] == ["raw/b", "raw/sub/a"]


def test_more_objects_than_allowed_are_an_error_and_nothing_is_added():
    Path("folder").mkdir()
    for number in range(4):
        Path(f"folder/{number}").write_text("x")
    artifact = a_draft()
    with pytest.raises(errors.LimitExceededError, match="larger max_objects"):
        artifact.add_reference(uri("folder"), max_objects=3)
    assert len(artifact.manifest) == 0
    artifact.add_reference(uri("folder"), max_objects=4)
    assert len(artifact.manifest) == 4


def test_a_reference_without_checksum_is_fetched_whatever_it_has_become(run, api):
    for content in ("one", "three"):
        Path("a.csv").write_text(content)
        artifact = a_draft()
        artifact.add_reference(uri("a.csv"), checksum=False)
        run.log_artifact(artifact)
    assert versions(api) == ["v0"]
    assert artifact.get_entry("a.csv").size is None
    assert tree(artifact.download("root")) == {"a.csv": b"three"}


def test_a_link_to_a_folder_in_a_referenced_folder_is_named_and_not_followed(caplog):
    Path("folder").mkdir()
    Path("folder/a").write_text("a")
    Path("folder/again").symlink_to("..")
    artifact = a_draft()
    with caplog.at_level(logging.WARNING, "fingerpost"):
        artifact.add_reference(uri("folder"))
    assert list(artifact.manifest.entries) == ["a"]
    assert "folder/again" in caplog.text


# -- adding ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 3, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 5])
def test_files_of_any_size_come_back_whole(run, size):
    content = bytes(range(256)) * (size // 256 + 1)
    Path("file").write_bytes(content[:size])
    artifact = a_draft()
    entry = artifact.add_file("file")
    run.log_artifact(artifact)
    assert (entry.size, artifact.size, artifact.file_count) == (size, size, 1)
    assert tree(artifact.download("root")) == {"file": content[:size]}


def test_an_empty_artifact_is_a_version_too(log, api):
    artifact = log({})
    assert (artifact.version, artifact.size, artifact.file_count) == ("v0", 0, 0)
    assert tree(artifact.download("root")) == {}
    log({"a": ""})
    assert versions(api) == ["v1", "v0"]


@pytest.mark.parametrize("size", [10, (1 << 20) + 10])
@pytest.mark.parametrize("fate", ["changed", "deleted"])
def test_a_mutable_file_is_logged_as_it_was_when_it_was_added(run, size, fate):
    Path("file").write_bytes(b"a" * size)
    artifact = a_draft()
    artifact.add_file("file", policy="mutable")
    if fate == "changed":
        Path("file").write_bytes(b"b" * size)
    else:
        Path("file").unlink()
    run.log_artifact(artifact)
    assert tree(artifact.download("root")) == {"file": b"a" * size}


@pytest.mark.parametrize("fate", ["changed", "deleted"])
def test_a_large_immutable_file_that_did_change_is_not_logged(run, api, fate):
    Path("file").write_bytes(b"a" * (1 << 20))
    artifact = a_draft()
    artifact.add_file("file", policy="immutable")
    if fate == "changed":
        Path("file").write_bytes(b"b" * (1 << 20))
    else:
        Path("file").unlink()
    with pytest.raises(errors.FingerpostError, match="policy='mutable'") as caught:
        run.log_artifact(artifact)
    assert str(Path("file").absolute()) in str(caught.value)
    assert not api.artifact_exists(PATH)


def test_other_content_at_a_path_has_to_be_asked_for(run):
    Path("a").write_text("one")
    artifact = a_draft()
    artifact.add_file("a")
    artifact.add_file("a")  # the same content is no conflict
    Path("a").write_text("two")
    with pytest.raises(ValueError, match="overwrite=True"):
        artifact.add_file("a")
    artifact.add_file("a", overwrite=True)
    run.log_artifact(artifact)
    assert tree(artifact.download("root")) == {"a": b"two"}


def test_merging_a_folder_replaces_what_changed_adds_what_is_new_and_removes_nothing(run):
    Path("f").mkdir()
    Path("f/changed").write_text("old")
    Path("f/removed").write_text("kept")
    artifact = a_draft()
    artifact.add_dir("f")
    Path("f/changed").write_text("new")
    Path("f/removed").unlink()
    Path("f/added").write_text("added")
    with pytest.raises(ValueError, match="merge=True"):
        artifact.add_dir("f")
    assert "added" not in artifact.manifest.entries
    artifact.add_dir("f", merge=True)
    run.log_artifact(artifact)
    expected = {"changed": b"new", "removed": b"kept", "added": b"added"}
    assert tree(artifact.download("root")) == expected


def test_a_temporary_file_is_named_after_its_content():
    names = set()
    for local in ("tmp-1.table.json", "tmp-2.table.json"):
        Path(local).write_text("same")
        artifact = a_draft()
        names.add(artifact.add_file(local, name=f"media/{local}", is_tmp=True).path)
    (name,) = names
    assert name.startswith("media/")
    assert name.endswith(".table.json")
    Path("tmp-3.table.json").write_text("other")
    other = a_draft().add_file("tmp-3.table.json", name="media/x.table.json", is_tmp=True)
    assert other.path not in names


@pytest.mark.parametrize(
    ("mode", "written", "stored"),
    [
        ("x", "größe\n", "größe\n".encode()),
        ("w", "text", b"text"),
        ("xb", b"\0\xff", b"\0\xff"),
        ("wb", b"", b""),
    ],
)
def test_a_new_file_is_text_or_bytes(run, mode, written, stored):
    artifact = a_draft()
    with artifact.new_file("a", mode=mode) as file:
        file.write(written)
    run.log_artifact(artifact)
    assert tree(artifact.download("root")) == {"a": stored}


def test_a_new_file_has_the_encoding_that_is_asked_for(run):
    artifact = a_draft()
    with artifact.new_file("a", encoding="utf-16-le") as file:
        file.write("ab")
    run.log_artifact(artifact)
    assert tree(artifact.download("root")) == {"a": b"a\0b\0"}


def test_an_exception_in_the_block_adds_nothing():
    artifact = a_draft()
    with pytest.raises(RuntimeError), artifact.new_file("a"):
        raise RuntimeError
    assert len(artifact.manifest) == 0


def test_a_second_new_file_needs_the_mode_that_replaces():
    artifact = a_draft()
    with artifact.new_file("a") as file:
        file.write("one")
    with pytest.raises(errors.EntryExistsError, match="mode='w'"), artifact.new_file("a"):
        pass
    with artifact.new_file("a", "w") as file:
        file.write("three")
    assert artifact.manifest.entries["a"].size == 5


def test_links_to_files_are_followed_and_links_to_folders_are_named(run, caplog):
    Path("elsewhere").mkdir()
    Path("elsewhere/b").write_text("b")
    Path("f").mkdir()
    Path("f/a").write_text("a")
    Path("f/to-file").symlink_to("../elsewhere/b")
    Path("f/to-folder").symlink_to("../elsewhere")
    Path("to-f").symlink_to("f")
    artifact = a_draft()
    with caplog.at_level(logging.WARNING, "fingerpost"):
        artifact.add_dir("to-f")
    run.log_artifact(artifact)
    assert tree(artifact.download("root")) == {"a": b"a", "to-file": b"b"}
    assert not Path("root/to-file").is_symlink()
    assert "to-folder" in caplog.text


def test_a_store_is_not_logged_into_itself(opened, run, caplog, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    artifact = a_draft()
    with caplog.at_level(logging.WARNING, "fingerpost"):
        artifact.add_dir(tmp_path)
    assert list(artifact.manifest.entries) == ["mine.txt"]
    assert opened.location in caplog.text


def test_names_of_any_script_and_two_spellings_of_one_accent_are_kept_apart(run):
    names = ["数据/文件.txt", "🚲", "caf\u00e9", "cafe\u0301", "with space", "a" * 255]
    artifact = a_draft()
    for name in names:
        with artifact.new_file(name) as file:
            file.write(name)
    run.log_artifact(artifact)
    expected = {name: name.encode() for name in names}
    assert tree(artifact.download("root")) == expected
    assert list(artifact.manifest.entries) == sorted(names)


def test_two_thousand_files_come_back_and_one_more_makes_a_version(run, api):
    Path("many").mkdir()
    for number in range(2_000):
        Path(f"many/{number:04}").write_text(f"content {number}")
    first = run.log_artifact("many", "data", "dataset")
    digests = {p: hashlib.sha256(c).hexdigest() for p, c in tree("many").items()}
    found = {p: hashlib.sha256(c).hexdigest() for p, c in tree(first.download("root")).items()}
    assert found == digests
    assert (first.file_count, first.size) == (2_000, sum(map(len, tree("many").values())))
    Path("many/2000").write_text("one more")
    run.log_artifact("many", "data", "dataset")
    assert versions(api) == ["v1", "v0"]


def test_the_digest_of_a_draft_is_that_of_the_version_and_depends_on_content_alone(log, opened):
    draft = a_draft()
    with draft.new_file("a") as file:
        file.write("one")
    before = draft.digest
    with fingerpost.init("other", "q", store=opened) as run:
        run.log_artifact(draft)
    assert draft.digest == before == log({"a": "one"}, name="another").digest
    assert log({"a": "two"}).digest != before
    assert log({"b": "one"}).digest != before


# -- versions and aliases ----------------------------------------------------------------------


def test_going_back_to_earlier_content_makes_a_version(log, api):
    assert [log({"a": text}).version for text in "AABBA"] == ["v0", "v0", "v1", "v1", "v2"]
    moved = api.collection(PATH).alias_history("latest")
    assert [(m.from_version, m.to_version) for m in moved] == [
        (None, "v0"),
        ("v0", "v1"),
        ("v1", "v2"),
    ]


def test_aliases_move_and_the_history_says_so(log, api):
    log({"a": "1"}, aliases=["best"])
    log({"a": "2"}, aliases=["best", "latest"])
    collection = api.collection(PATH)
    collection.set_alias("best", "v0", expected="v1", reason="v1 was trained on test data")
    collection.remove_alias("best")
    history = [(m.from_version, m.to_version, m.reason) for m in collection.alias_history("best")]
    assert history == [
        (None, "v0", None),
        ("v0", "v1", None),
        ("v1", "v0", "v1 was trained on test data"),
        ("v0", None, None),
    ]
    assert {m.actor for m in collection.alias_history()} == {"alice"}


def test_numbers_are_not_used_again_after_deletion(log, api):
    log({"a": "1"})
    log({"a": "2"}).delete(delete_aliases=True)
    assert log({"a": "3"}).version == "v2"
    assert versions(api) == ["v2", "v0"]
    with pytest.raises(errors.VersionNotFoundError, match="it was deleted"):
        api.artifact("data:v1")


def test_deleting_a_source_deletes_its_links_and_deleting_a_link_leaves_the_source(log, api):
    artifact = log({"a": "1"})
    link = artifact.link("wandb-registry-Dataset/shared")
    link.delete()
    assert (link.state, api.artifact("data:v0").state) == ("DELETED", "COMMITTED")
    artifact.link("wandb-registry-Dataset/shared", ["x"])
    artifact.delete(delete_aliases=True)
    assert not api.artifact_exists("data:v0")
    assert not api.artifact_exists("wandb-registry-Dataset/shared:v1")
    assert api.collection("wandb-registry-Dataset/shared").aliases == {}


def test_unlinking_leaves_the_source_and_the_number_is_not_used_again(log, api):
    artifact = log({"a": "1"})
    artifact.link("wandb-registry-Dataset/shared").unlink()
    assert artifact.linked_artifacts == []
    assert artifact.link("wandb-registry-Dataset/shared").version == "v1"
    assert api.artifact("data:v0").download("root")


# -- saving --------------------------------------------------------------------------------------


def test_two_that_edit_at_once_keep_each_others_changes(log, api):
    log({"a": "1"}, aliases=["old"], tags=["old"])
    mine, theirs = api.artifact("data:v0"), api.artifact("data:v0")
    mine.metadata["mine"] = 1
    mine.aliases.append("mine")
    mine.tags.append("mine")
    theirs.metadata["theirs"] = 2
    theirs.aliases.remove("old")
    theirs.tags.remove("old")
    theirs.description = "theirs"
    theirs.save()
    mine.save()
    found = api.artifact("data:v0")
    assert found.metadata == {"mine": 1, "theirs": 2}
    assert (found.aliases, found.tags) == (["latest", "mine"], ["mine"])
    assert found.description == "theirs"
    assert (mine.description, mine.metadata) == (found.description, found.metadata)


def test_an_alias_that_moved_on_meanwhile_is_not_taken_from_its_new_version(log, api):
    log({"a": "1"}, aliases=["best"])
    stale = api.artifact("data:v0")
    log({"a": "2"}, aliases=["best"])
    stale.aliases.remove("best")
    stale.save()
    assert api.artifact("data:best").version == "v1"


def test_nested_metadata_is_kept_and_read_back_in_another_process(log, opened, api):
    artifact = log({"a": "1"})
    metadata = {"nested": {"list": [1, 2.5, None, {"deep": True}]}, "empty": {}, "text": "größe"}
    artifact.metadata = metadata
    artifact.save()
    with fingerpost.open_store(opened.location) as again:
        assert fingerpost.Api(again).artifact(PATH).metadata == metadata
        again.rebuild()
        assert fingerpost.Api(again).artifact(PATH).metadata == metadata
        fingerpost.Api(again).collection(PATH).set_alias("after", "v0")


def test_saving_without_changes_writes_nothing(log, api, opened):
    log({"a": "1"}, aliases=["best"], tags=["t"])
    before = len(opened.store.events.events(limit=10_000))
    api.artifact("data:v0").save()
    assert len(opened.store.events.events(limit=10_000)) == before


def test_replaced_lists_lose_and_gain_what_differs(log, api):
    log({"a": "1"}, aliases=["a", "b"], tags=["x", "y"])
    artifact = api.artifact("data:v0")
    artifact.aliases = ["latest", "b", "c"]
    artifact.tags = ["y", "z"]
    artifact.save()
    found = api.artifact("data:v0")
    assert (found.aliases, found.tags) == (["latest", "b", "c"], ["y", "z"])


# -- the class reference -------------------------------------------------------------------------


def test_a_source_artifact_has_the_properties_of_the_class_reference(log, run):
    log({"a": "0"})
    artifact = log({"a": "12"}, aliases=["best"], tags=["t"])
    assert (artifact.entity, artifact.project, artifact.type) == ("team", "p", "dataset")
    assert (artifact.name, artifact.version) == ("data:v1", "v1")
    assert artifact.qualified_name == "team/p/data:v1"
    assert artifact.source_name == artifact.name
    assert artifact.source_version == artifact.version
    assert artifact.source_qualified_name == artifact.qualified_name
    assert (artifact.source_entity, artifact.source_project) == ("team", "p")
    assert artifact.collection.path == artifact.source_collection.path == PATH
    assert (artifact.is_link, artifact.state, artifact.is_draft()) == (False, "COMMITTED", False)
    assert artifact.source_artifact is artifact
    assert (artifact.size, artifact.file_count) == (2, 1)
    assert artifact.created_at <= artifact.updated_at
    assert artifact.logged_by().id == run.id


def test_a_linked_artifact_has_its_own_name_and_version_and_its_sources_content(log, api):
    log({"a": "0"})
    source = log({"a": "1"}, tags=["t"])
    link = source.link("default/wandb-registry-Dataset/Shared Data", ["ready"])
    assert (link.name, link.version) == ("Shared Data:v0", "v0")
    assert (link.entity, link.project) == ("default", "wandb-registry-Dataset")
    assert link.qualified_name == "default/wandb-registry-Dataset/Shared Data:v0"
    assert (link.source_name, link.source_version) == ("data:v1", "v1")
    assert (link.source_entity, link.source_project) == ("team", "p")
    assert link.source_qualified_name == "team/p/data:v1"
    assert link.collection.is_registry_collection
    assert link.source_collection.path == PATH
    assert (link.is_link, link.aliases, link.tags) == (True, ["latest", "ready"], ["t"])
    assert link.source_artifact.qualified_name == source.qualified_name
    assert link.linked_artifacts == []
    assert [found.qualified_name for found in source.linked_artifacts] == [link.qualified_name]
    assert (link.digest, link.size) == (source.digest, source.size)
    assert link.id != source.id
    assert link.id == api.artifact("wandb-registry-Dataset/Shared Data:ready").id


def test_what_is_said_of_a_link_is_said_of_its_source_but_for_aliases(log, api):
    log({"a": "1"}).link("wandb-registry-Dataset/shared")
    link = api.artifact("wandb-registry-Dataset/shared:v0")
    link.description, link.metadata, link.tags = "d", {"k": 1}, ["t"]
    link.aliases.append("ready")
    link.save()
    source = api.artifact("data:v0")
    assert (source.description, source.metadata, source.tags) == ("d", {"k": 1}, ["t"])
    assert source.aliases == ["latest"]


def test_linking_a_link_links_its_source_and_linking_twice_returns_the_link(log, api):
    link = log({"a": "1"}).link("wandb-registry-Dataset/one")
    other = link.link("wandb-registry-Dataset/two", ["x"])
    assert other.source_qualified_name == "team/p/data:v0"
    again = api.artifact("data:v0").link("wandb-registry-Dataset/two", ["y"])
    assert (again.version, again.aliases) == ("v0", ["latest", "x", "y"])


def test_used_by_lists_each_run_once_that_used_a_version_or_its_links(log, opened):
    artifact = log({"a": "1"})
    artifact.link("wandb-registry-Dataset/shared")
    for path in ("team/p/data:v0", "wandb-registry-Dataset/shared:latest"):
        with fingerpost.init("team", "p", name=path[:4], store=opened) as user:
            for _ in range(2):
                found = user.use_artifact(path)
    assert [run.name for run in artifact.used_by()] == ["team", "wand"]
    assert [run.name for run in found.used_by()] == ["team", "wand"]


def test_logged_by_stays_the_first_run_that_logged_it(log, run, opened):
    artifact = log({"a": "1"})
    with fingerpost.init("team", "p", store=opened) as second:
        again = fingerpost.Artifact("data", "dataset")
        with again.new_file("a") as file:
            file.write("1")
        second.log_artifact(again)
    assert again.version == "v0"
    assert artifact.logged_by().id == again.logged_by().id == run.id


# -- runs ---------------------------------------------------------------------------------------


def test_saving_outside_of_a_run_makes_one_of_the_type_auto(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    artifact = a_draft()
    artifact.save(project="q")
    assert artifact.qualified_name == "alice/q/data:v0"
    logged_by = artifact.logged_by()
    assert (logged_by.job_type, logged_by.exit_code) == ("auto", 0)


def test_saving_inside_a_run_is_logging_in_it(run):
    artifact = a_draft()
    artifact.save()
    assert artifact.logged_by().id == run.id


def test_the_current_run_is_the_innermost_that_is_not_finished(opened):
    def saved_by(name):
        artifact = fingerpost.Artifact(name, "dataset")
        artifact.save()
        return artifact.logged_by().name

    with fingerpost.init("team", "p", name="outer", store=opened) as outer:
        with fingerpost.init("team", "p", name="inner", store=opened):
            assert saved_by("a") == "inner"
        assert saved_by("b") == "outer"
        with fingerpost.init("team", "p", name="last", store=opened):
            outer.finish()
            assert saved_by("c") == "last"


def test_a_run_that_is_left_by_an_exception_ends_with_exit_code_1(opened):
    run = fingerpost.init("team", "p", store=opened)
    artifact = run.log_artifact(a_draft())
    with pytest.raises(RuntimeError), run:
        raise RuntimeError
    assert run.is_finished
    assert artifact.logged_by().exit_code == 1


def test_progress_adds_up_to_the_size(run):
    Path("f").mkdir()
    for number, size in enumerate((0, 10, (1 << 20) + 1)):
        Path(f"f/{number}").write_bytes(b"x" * size)
    artifact, added, stored, downloaded = a_draft(), [], [], []
    artifact.add_dir("f", progress=added.append)
    run.log_artifact(artifact, progress=stored.append)
    artifact.download("root", progress=downloaded.append)
    assert sum(added) == sum(stored) == sum(downloaded) == 10 + (1 << 20) + 1
