"""Every member of W&B's class reference of ``Artifact``, and the page that names its test."""

import inspect
import re
from pathlib import Path

import pytest

import fingerpost
from fingerpost import Artifact, errors

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "artifact-class.md"

# Copied out of W&B's class reference, in its order.
ARGUMENTS = ["name", "type", "description", "metadata", "incremental", "use_as", "storage_region"]
PROPERTIES = [
    "id",
    "entity",
    "project",
    "name",
    "qualified_name",
    "version",
    "collection",
    "source_entity",
    "source_project",
    "source_name",
    "source_qualified_name",
    "source_version",
    "source_collection",
    "is_link",
    "linked_artifacts",
    "source_artifact",
    "type",
    "url",
    "description",
    "metadata",
    "ttl",
    "aliases",
    "tags",
    "use_as",
    "state",
    "manifest",
    "digest",
    "size",
    "commit_hash",
    "file_count",
    "created_at",
    "updated_at",
    "history_step",
]
METHODS = {
    "add": "obj name overwrite",
    "add_dir": "local_path name skip_cache policy merge",
    "add_file": "local_path name is_tmp skip_cache policy overwrite",
    "add_reference": "uri name checksum max_objects",
    "checkout": "root",
    "delete": "delete_aliases",
    "download": "root allow_missing_references skip_cache path_prefix multipart",
    "file": "root",
    "files": "names per_page start",
    "finalize": "",
    "get": "name",
    "get_added_local_path_name": "local_path",
    "get_entry": "name",
    "get_path": "name",
    "is_draft": "",
    "json_encode": "",
    "link": "target_path aliases",
    "logged_by": "",
    "new_draft": "",
    "new_file": "name mode encoding",
    "remove": "item",
    "save": "project settings",
    "unlink": "",
    "used_by": "",
    "verify": "root",
    "wait": "timeout",
}

ROW = re.compile(r"^\| `(\w+)` \|.*\| `([\w/.]+\.py)::(\w+)` \|$", re.MULTILINE)


def rows(title):
    section = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    return ROW.findall(section)


def test_the_page_has_every_member_once_and_in_order():
    assert [name for name, _, _ in rows("Constructor")] == [*ARGUMENTS, "digest_algorithm"]
    assert [name for name, _, _ in rows("Properties")] == PROPERTIES
    assert [name for name, _, _ in rows("Methods")] == list(METHODS)


def test_the_tests_that_the_page_names_are_there():
    named = re.findall(r"`([\w/.]+\.py)::(\w+)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > len(ARGUMENTS) + len(PROPERTIES) + len(METHODS)
    for path, test in named:
        assert f"\ndef {test}(" in (TESTS / path).read_text(encoding="utf-8"), f"{path}::{test}"


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_is_one(name):
    assert isinstance(inspect.getattr_static(Artifact, name), property)


@pytest.mark.parametrize(("name", "arguments"), METHODS.items())
def test_a_method_takes_the_arguments_of_the_reference_in_their_order(name, arguments):
    found = list(inspect.signature(getattr(Artifact, name)).parameters.values())[1:]
    positional = [each.name for each in found if each.kind is each.POSITIONAL_OR_KEYWORD]
    assert positional[: len(arguments.split())] == arguments.split()
    # Whatever there is beyond has to be passed by name, so that code for W&B means the same here.
    assert positional == arguments.split()


def test_the_constructor_takes_the_arguments_of_the_reference_in_their_order():
    found = list(inspect.signature(Artifact).parameters)
    assert found[: len(ARGUMENTS)] == ARGUMENTS


CHANGES = {
    "add": lambda a: a.add({"x": [1]}, "x"),
    "add_dir": lambda a: a.add_dir("folder"),
    "add_file": lambda a: a.add_file("folder/a.txt"),
    "add_reference": lambda a: a.add_reference(Path("folder/a.txt").absolute().as_uri()),
    "new_file": lambda a: a.new_file("y").__enter__(),
    "remove": lambda a: a.remove("x"),
}


@pytest.mark.parametrize("attempt", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("kind", ["finalized", "logged", "fetched", "linked"])
def test_what_changes_files_is_refused_on_a_logged_artifact(tmp_path, kind, attempt):
    Path("folder").mkdir()
    Path("folder/a.txt").write_text("a")
    artifact = Artifact("m", "model")
    with artifact.new_file("x") as file:
        file.write("1")
    with fingerpost.init("team", "p", store=tmp_path / "store") as run:
        match kind:
            case "finalized":
                artifact.finalize()
            case "logged":
                run.log_artifact(artifact)
            case "fetched":
                run.log_artifact(artifact)
                artifact = run.use_artifact("m")
            case _:
                artifact = run.link_artifact(artifact, "wandb-registry-Model/m")
        with pytest.raises(errors.ArtifactFinalizedError):
            attempt(artifact)
        assert list(artifact.manifest.entries) == ["x"]
