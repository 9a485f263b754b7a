"""Importing W&B's manifests: all that wandb 0.31.0 made for the golden files, and odd ones."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import fingerpost
from fingerpost import errors
from fingerpost.imports import Origin, import_wandb_manifest

GOLDEN = Path(__file__).parent.parent / "golden"
VECTORS = json.loads((GOLDEN / "wandb_manifest_digests.json").read_text())
CASES = json.loads((GOLDEN / "wandb_cases.json").read_text())
IMPORTS = json.loads((GOLDEN / "wandb_imports.json").read_text())
CONTENTS = [base64.b64decode(data) for data in VECTORS["fixtures_b64"].values()]
CONTENTS += [text.encode() for text in CASES["files"].values()]
CONTENTS += [text.encode() * times for text, times in CASES["repeated_files"].values()]
CONTENTS += [
    call["text"].encode(call["with"].get("encoding", "utf-8"))
    for case in CASES["cases"]
    for call in case["calls"]
    if "text" in call
]
PATH = "zoo/census/animals:v3"


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


BY_DIGEST = {md5(data): data for data in CONTENTS}
MADE = {case["id"]: case for case in [*CASES["cases"], *VECTORS["vectors"]]}


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def given(manifest, files=Path("files"), contents=BY_DIGEST):
    """Write a manifest, and the files of it whose content is known."""
    files.mkdir()
    Path("wandb_manifest.json").write_text(json.dumps(manifest))
    for path, entry in manifest["contents"].items():
        if "ref" not in entry and entry["digest"] in contents:
            file = files / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(contents[entry["digest"]])
    return files


def hello(**changes):
    entry = {"digest": md5(b"hello"), "size": 5, **changes}
    return {"version": 1, "storagePolicy": "x", "contents": {"hello.txt": entry}}


def bring(store, **options):
    return import_wandb_manifest(
        "wandb_manifest.json",
        **{"type": "dataset", "qualified_name": PATH, "store": store, **options},
    )


def artifact(store, name="animals:latest"):
    return fingerpost.Api(store, "alice").artifact(name)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with fingerpost.open_store(tmp_path_factory.mktemp("shared"), actor="alice") as opened:
        yield opened


@pytest.mark.parametrize("name", MADE)
def test_what_wandb_made_has_its_digest_size_and_manifest_here(name, shared):
    case, called = MADE[name], name.replace("/", "-")
    bring(shared, name=called, files=given(case["manifest_json"]))
    found = artifact(shared, f"{called}:latest")
    assert (found.digest, found.size) == (case["digest"], case["size"])
    assert found.manifest.to_manifest_json()["contents"] == case["manifest_json"]["contents"]
    assert found.origin == Origin(
        system="wandb", name="zoo/census/animals", version="v3", digest=case["digest"]
    )


def test_the_files_can_be_downloaded(store):
    bring(store, files=given(MADE["folder"]["manifest_json"]))
    out = Path(artifact(store).download("out"))
    contents = MADE["folder"]["manifest_json"]["contents"]
    assert {path: md5((out / path).read_bytes()) for path in contents} == {
        path: entry["digest"] for path, entry in contents.items()
    }


def test_what_the_server_adds_is_read_and_other_artifacts_files_become_content(store):
    case = IMPORTS["from_server"]
    files = given(case["manifest_json"])
    (files / "other").mkdir()
    (files / "other/hello.txt").write_text("hello")
    bring(store, files=files)
    found = artifact(store)
    assert found.digest == case["digest"]
    expected = json.loads(json.dumps(case["manifest_json"]["contents"]))
    del expected["hello.txt"]["birthArtifactID"]
    assert found.manifest.to_manifest_json()["contents"] == expected
    out = Path(found.download("out", allow_missing_references=True, path_prefix="other"))
    assert (out / "other/hello.txt").read_text() == "hello"


def test_a_digest_that_is_no_md5_is_refused(store):
    files = given(IMPORTS["xxh128"]["manifest_json"], contents={})
    with pytest.raises(errors.ImportSourceError, match="hashed with 'XXH128'"):
        bring(store, files=files)
    assert not store.exists()


def test_missing_files_are_refused_by_name_before_anything_is_made(store):
    given(MADE["folder"]["manifest_json"], contents={})
    with pytest.raises(errors.NotImportableError, match=r"is not there; .* and \d+ more. Fetch"):
        bring(store, files="files")
    with pytest.raises(errors.NotImportableError, match="hidden"):
        bring(store)
    assert not store.exists()


def test_missing_files_can_be_kept_as_references_to_wandb(store):
    case = MADE["folder-below"]
    given(case["manifest_json"], contents={})
    bring(store, keep_missing=True)
    found = artifact(store)
    assert found.digest == case["digest"]
    entry = found.get_entry("deep/er/hello.txt")
    assert entry.ref() == "wandb-artifact://zoo/census/animals:v3/deep/er/hello.txt"
    with pytest.raises(errors.InvalidValueError, match="qualified name"):
        bring(store, keep_missing=True, qualified_name=None, name="other")


def test_a_file_that_is_not_what_the_manifest_says_is_refused(store):
    files = given(hello())
    (files / "hello.txt").write_text("jello")
    with pytest.raises(errors.ContentMismatchError, match=r"hello\.txt"):
        bring(store, files=files)
    assert not fingerpost.Api(store, "alice").artifact_exists("animals:latest")


def test_a_second_time_nothing_is_logged_and_aliases_go_where_they_are_said_to_be(store):
    files, stored = given(hello()), []
    first = bring(store, files=files, aliases=["best", "latest", "v3"], progress=stored.append)
    assert sum(stored) == 5
    assert [version.standing for version in first.versions] == ["new"]
    assert [(alias.alias, alias.to_version) for alias in first.aliases] == [("best", "v0")]
    runs = len(list(fingerpost.Api(store, "alice").runs("alice/uncategorized")))
    again = bring(store, files=files, aliases=["best"])
    assert [(version.standing, version.version) for version in again.versions] == [("known", "v0")]
    assert again.aliases == []
    assert len(list(fingerpost.Api(store, "alice").runs("alice/uncategorized"))) == runs
    Path("wandb_manifest.json").write_text(json.dumps({**hello(), "contents": {}}))
    third = bring(store, qualified_name="zoo/census/animals:v4", aliases="best")
    (moved,) = third.aliases
    assert (moved.from_version, moved.to_version) == ("v0", "v1")
    (_, change) = fingerpost.Api(store, "alice").collection("animals").alias_history("best")
    assert change.reason == "imported: 'best' of 'animals' is on version v4 there"


def test_the_same_content_under_another_number_is_another_version(store):
    files = given(hello())
    bring(store, files=files)
    bring(store, files=files, qualified_name="zoo/census/animals:v4")
    found = fingerpost.Api(store, "alice").collection("animals").versions()
    assert [version.origin.version for version in found] == ["v4", "v3"]


def test_what_is_said_beside_the_manifest_is_kept_and_arguments_come_first(store):
    about = {
        "qualified_name": PATH,
        "type": "model",
        "aliases": ["latest", "v3", "best"],
        "tags": ["small"],
        "description": "all of them",
        "metadata": {"f1": 0.5},
        "digest": "9e4a01ed8c1ff24bde3cc1ac47d6c4dd",
        "created_at": "2023-01-30T12:00:00Z",
        "created_by": "bob",
        "something": "else",
    }
    data = b"wandb-artifact-manifest-v1\nhello.txt:" + md5(b"hello").encode() + b"\n"
    about["digest"] = hashlib.md5(data).hexdigest()
    Path("about.json").write_text(json.dumps(about))
    bring(store, files=given(hello()), about="about.json", qualified_name=None)
    found = artifact(store)
    assert (found.type, found.tags, found.description) == ("dataset", ["small"], "all of them")
    assert (found.metadata, found.aliases) == ({"f1": 0.5}, ["latest", "best"])
    assert found.origin == Origin(
        system="wandb",
        name="zoo/census/animals",
        version="v3",
        digest=about["digest"],
        created_at=datetime(2023, 1, 30, 12, tzinfo=UTC),
        created_by="bob",
    )
    assert (found.created_by, found.created_at.year > 2023) == ("alice", True)
    with pytest.raises(errors.ContentMismatchError, match=r"wandb_manifest\.json"):
        bring(store, files="files", about={**about, "digest": "0" * 32})


def test_a_dry_run_makes_nothing(store):
    planned = bring(store, files=given(hello()), aliases=["best"], dry_run=True)
    assert planned.is_dry_run
    assert [(version.standing, version.version) for version in planned.new] == [("new", None)]
    assert [(alias.alias, alias.to_version) for alias in planned.aliases] == [("best", None)]
    assert not store.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "\xff",
        "[" * 100_000,
        '{"version": 2, "contents": {}}',
        '{"version": true, "contents": {}}',
        '{"contents": {}}',
        '{"version": 1, "contents": []}',
        '{"version": 1, "contents": {"a": 3}}',
        *(
            json.dumps({"version": 1, "contents": {path: {"digest": md5(b"")}}})
            for path in ("../a", "/etc/passwd", "a/../b", "a\\b", "C:/a", "a\n", "", "a" * 5000)
        ),
        *(
            json.dumps(hello(**changes))
            for changes in (
                {"digest": "short"},
                {"digest": None},
                {"digest": md5(b"hello")[:-4]},
                {"digest": "5d41402abc4b2a76b9719d911017c592"},
                {"size": -1},
                {"size": 1.5},
                {"size": True},
                {"size": 1 << 63},
                {"extra": []},
                {"extra": {"alg": "XXH128"}},
                {"ref": 3},
                {"ref": ""},
                {"ref": "s3://a/b", "digest": "x\nb.txt:y"},
                {"ref": "https://me:secret@example.com/a"},
            )
        ),
    ],
)
def test_what_is_no_manifest_is_refused_and_makes_nothing(text, store):
    Path("wandb_manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(errors.ImportSourceError) as refused:
        bring(store, files=Path())
    assert "secret" not in str(refused.value)
    assert not store.exists()


@pytest.mark.parametrize(
    "options",
    [
        {"qualified_name": "animals:v3"},
        {"qualified_name": "zoo/census/animals:latest"},
        {"qualified_name": None},
        {"type": None},
        {"type": "a b"},
        {"about": {"digest": "x"}},
        {"about": {"created_at": "yesterday"}},
        {"about": {"aliases": "best"}},
        {"about": {"tags": [3]}},
        {"about": {"description": 3}},
        {"about": {"metadata": [3]}},
        {"aliases": ["a:b"]},
        {"tags": ["a:b"]},
        {"name": "a b"},
        {"about": "nowhere.json"},
    ],
)
def test_what_is_said_wrongly_is_refused(options, store):
    files = given(hello())
    with pytest.raises(errors.InvalidInputError):
        bring(store, files=files, **options)
    assert not store.exists()


def test_a_name_that_is_none_here_is_refused_with_the_option_that_helps(store):
    with pytest.raises(errors.NotImportableError, match=r"'my data'.*--name"):
        bring(store, files=given(hello()), qualified_name="zoo/census/my data:v0")
    bring(store, files="files", qualified_name="zoo/census/my data:v0", name="my-data")
    assert artifact(store, "my-data:v0").origin.name == "zoo/census/my data"


def test_an_alias_can_be_called_something_else(store):
    bring(store, files=given(hello()), aliases=["a:b"], alias_names={"a:b": "a-b"})
    assert artifact(store).aliases == ["latest", "a-b"]


def test_who_may_not_log_may_not_import(store):
    api = fingerpost.Api(store, "alice")
    api.create_team("zoo")
    api.organization().default_role = "viewer"
    with pytest.raises(errors.RoleRequiredError):
        bring(store, files=given(hello()), entity="zoo", actor="mallory")
