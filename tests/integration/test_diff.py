"""``artifact.diff``: versions, drafts, links, and what is said of them."""

import json

import pytest

import fingerpost
from fingerpost import Api, Artifact, Diff, errors, init


@pytest.fixture
def store(tmp_path):
    with fingerpost.open_store(tmp_path / "store") as store:
        yield store


def filled(files, name="table", **about):
    artifact = Artifact(name, type="dataset", **about)
    for path, text in files.items():
        with artifact.new_file(path) as file:
            file.write(text)
    return artifact


def log(store, files, name="table", tags=(), project="p", **about):
    with init(entity="team", project=project, store=store) as run:
        return run.log_artifact(filled(files, name, **about), tags=list(tags))


BEFORE = {"kept": "k", "changed": "one", "gone": "g", "old/name.txt": "moved", "empty": ""}
AFTER = {"kept": "k", "changed": "three", "fresh": "n", "new/name.txt": "moved", "copy": "k"}


def test_entries_were_added_removed_changed_and_renamed(store):
    diff = log(store, BEFORE).diff(log(store, {**AFTER, "void": ""}))
    assert isinstance(diff, Diff)
    # A copy is added; so is an empty file, which is no other one renamed.
    assert [str(entry.path) for entry in diff.added] == ["copy", "fresh", "void"]
    assert [str(entry.path) for entry in diff.removed] == ["empty", "gone"]
    assert [(each.path, each.what) for each in diff.changed] == [("changed", ("content", "size"))]
    renamed = [(each.old_path, each.path, each.what) for each in diff.renamed]
    assert renamed == [("old/name.txt", "new/name.txt", ())]
    assert (diff.count_before, diff.count_after, diff.count_delta) == (5, 6, 1)
    assert (diff.size_before_bytes, diff.size_after_bytes) == (10, 13)
    assert diff.size_delta_bytes == 3
    assert not diff.is_empty


def test_an_artifact_does_not_differ_from_itself(store):
    artifact = log(store, BEFORE, metadata={"a": 1}, description="d", tags=["t"])
    diff = artifact.diff(artifact)
    assert diff.is_empty
    assert diff.counts == dict.fromkeys(
        ("added", "removed", "changed", "renamed", "incomparable"), 0
    )
    assert str(diff) == ("team/p/table:v0 -> team/p/table:v0\n no differences in 5 entries, 10 B")


def test_empty_artifacts_can_be_compared(store):
    assert Artifact("a", "t").diff(Artifact("b", "t")).is_empty
    diff = Artifact("a", "t").diff(log(store, {"x": "1"}))
    assert [str(entry.path) for entry in diff.added] == ["x"]


def test_of_several_with_the_same_content_those_with_the_same_name_belong_together(store):
    before = log(store, {"1/a": "same", "1/b": "same", "1/c": "same"})
    after = log(store, {"2/b": "same", "2/x": "same"})
    diff = before.diff(after)
    assert [(each.old_path, each.path) for each in diff.renamed] == [("1/b", "2/b"), ("1/a", "2/x")]
    assert [str(entry.path) for entry in diff.removed] == ["1/c"]


def test_metadata_description_and_tags_are_compared(store):
    before = log(store, {"x": "1"}, description="first", metadata={"fit": {"rate": 0.1}, "a": 1})
    after = log(
        store,
        {"x": "2"},
        description="second",
        metadata={"fit": {"rate": 0.2}, "b": [1]},
        tags=["good"],
    )
    diff = before.diff(after)
    changes = [(each.kind, each.pointer, each.before, each.after) for each in diff.metadata]
    assert changes == [
        ("removed", "/a", 1, None),
        ("added", "/b", None, [1]),
        ("changed", "/fit/rate", 0.1, 0.2),
    ]
    assert diff.description == ("first", "second")
    assert (diff.tags_added, diff.tags_removed) == (["good"], [])
    assert str(diff) == (
        "team/p/table:v0 -> team/p/table:v1\n"
        " M x  (content)\n"
        " - metadata /a: 1\n"
        " + metadata /b: [1]\n"
        " ~ metadata /fit/rate: 0.1 -> 0.2\n"
        ' ~ description: "first" -> "second"\n'
        " + tag: good\n"
        " 1 changed; 1 -> 1 entries, 1 B -> 1 B (+0 B)"
    )


def test_a_draft_says_what_would_change_if_it_were_logged(store):
    logged = log(store, BEFORE, metadata={"a": 1})
    draft = logged.new_draft()
    assert logged.diff(draft).is_empty
    draft.remove("gone")
    draft.metadata["a"] = 2
    diff = logged.diff(draft)
    assert [str(entry.path) for entry in diff.removed] == ["gone"]
    assert [change.pointer for change in diff.metadata] == ["/a"]
    assert diff.after == "table (draft)"
    with init(entity="team", project="p", store=store) as run:
        assert diff.counts == logged.diff(run.log_artifact(draft)).counts


def test_what_is_not_saved_yet_is_compared_too(store):
    artifact = log(store, {"x": "1"}, metadata={"a": 1})
    saved = Api(store).artifact("team/p/table:v0")
    artifact.metadata["a"] = 2
    assert [change.after for change in saved.diff(artifact).metadata] == [2]


def test_a_draft_with_an_open_file_cannot_be_compared(store):
    draft = Artifact("table", "dataset")
    with draft.new_file("x"), pytest.raises(errors.EntryOpenError):
        draft.diff(log(store, {"x": "1"}))


def test_a_link_is_compared_as_what_it_links_to(store):
    source = log(store, {"x": "1"})
    linked = source.link("wandb-registry-Dataset/Tables")
    assert source.diff(linked).is_empty
    assert linked.diff(log(store, {"x": "2"})).counts["changed"] == 1


def test_versions_of_other_collections_and_stores_can_be_compared(store, tmp_path):
    one = log(store, {"x": "1"}, name="one", project="p")
    with fingerpost.open_store(tmp_path / "other") as other:
        there = log(other, {"x": "1", "y": "2"}, name="two", project="q")
        assert one.diff(there).counts["added"] == 1


def test_digests_of_different_algorithms_are_no_change(store):
    blake3 = log(store, {"x": "1", "y": "22"}, name="a")
    sha256 = log(store, {"x": "1", "y": "333"}, name="b", digest_algorithm="sha256")
    md5 = log(store, {"x": "1", "y": "22"}, name="c", digest_algorithm="md5")
    diff = blake3.diff(sha256)
    # Of y the size tells.
    assert [(each.path, each.what) for each in diff.incomparable] == [("x", ("checksum",))]
    assert [each.path for each in diff.changed] == ["y"]
    # W&B's digests have our own beside them.
    assert [each.what for each in blake3.diff(md5).changed] == [("checksum",)] * 2
    assert not blake3.diff(md5).is_empty


def test_references_that_moved_say_so(store, tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("same")
    other.write_text("same")
    before, after = Artifact("before", "dataset"), Artifact("after", "dataset")
    before.add_reference(one.as_uri(), "table.csv")
    after.add_reference(other.as_uri(), "table.csv")
    diff = before.diff(after)
    assert [(each.path, each.what) for each in diff.changed] == [("table.csv", ("reference",))]


def test_who_may_look_may_compare_though_not_use(store):
    artifact = log(store, {"x": "1"})
    other = log(store, {"x": "2"})
    registry = Api(store).create_registry("Shown", "restricted", artifact_types=["dataset"])
    for each in (artifact, other):
        each.link("wandb-registry-Shown/Tables")
    registry.add_members("zoe")
    registry.update_member("zoe", "restricted_viewer")
    api = Api(store, "zoe")
    one, two = (api.artifact(f"wandb-registry-Shown/Tables:v{n}") for n in range(2))
    assert one.diff(two).counts["changed"] == 1
    with pytest.raises(errors.RoleRequiredError):
        one.download()


def test_what_is_no_artifact_is_refused(store):
    with pytest.raises(errors.InvalidValueError, match="it is an Artifact"):
        log(store, {"x": "1"}).diff("team/p/table:v0")


def test_the_json_has_everything_and_counts_what_it_leaves_out(store):
    diff = log(store, BEFORE).diff(log(store, AFTER))
    told = json.loads(json.dumps(diff.as_json(limit=1)))
    assert told["counts"] == {
        "added": 2,
        "removed": 2,
        "changed": 1,
        "renamed": 1,
        "incomparable": 0,
    }
    assert [entry["path"] for entry in told["added"]] == ["copy"]
    assert told["renamed"][0]["old_path"] == "old/name.txt"
    assert told["size_bytes"] == {"before": 10, "after": 13, "delta": 3}
    assert "added" not in diff.as_json(only=["removed"])


def test_hostile_names_are_shown_in_a_line_and_harmless(store):
    hostile = "\u202egnp.exe"
    diff = log(store, {"x": "1"}).diff(
        log(store, {hostile: "2"}, metadata={"a\nb": "\x1b[2J", "c": "\x9b2J"})
    )
    shown = str(diff)
    assert "\\u202egnp.exe" in shown
    assert all(line.isprintable() for line in shown.splitlines())
    assert len(shown.splitlines()) == 6
