"""Code to paste: it runs as it is printed, once the placeholders are filled in."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fingerpost
from fingerpost import Api, Artifact, errors
from fingerpost.sdk.snippets import literal

NAMES = [
    "Golden Datasets",
    'Say "cheese"',
    "it's both \"of\" 'them'",
    "Bücher 書 \U0001f6b2",
    "{braces} and <angle> $x `x` %s".replace("%", ""),
    "a & b; c | d (e) [f] * ~ ^ = + , . !",
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("FINGERPOST_ACTOR", "alice")
    (tmp_path / "file.txt").write_text("content")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def api(folder):
    with Api() as opened:
        yield opened


def filled(code, **more):
    values = {
        "team_entity_name": "my-team",
        "project_name": "the project",
        "artifact_name": "pasted",
        "local_path_to_artifact": "file.txt",
        **more,
    }
    return re.sub(r"<([a-z_]+)>", lambda match: values[match[1]], code)


def run(code):
    """Run code as if it stood in a file, and return the names that it defines."""
    names = {}
    exec(compile(code, "pasted.py", "exec"), names)
    return names


@given(st.text())
def test_text_of_any_kind_is_itself_again_as_python_code(text):
    code = literal(text)
    assert ast.literal_eval(code) == text
    assert code.isprintable()
    # What is put into the code for a stream that knows no Unicode.
    plain = code.encode("ascii", "backslashreplace").decode()
    assert ast.literal_eval(plain) == text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("collection", NAMES)
def test_code_for_a_collection_links_to_it_whatever_the_names(api, name, collection):
    held = api.create_registry(name, artifact_types=["dataset"]).create_collection(collection)
    code = held.code_snippet()
    # Only what the user knows is left to fill in: the whole target path is there.
    left = set(re.findall(r"<[a-z_]+>", code.replace("<angle>", "")))
    assert left == {
        "<team_entity_name>",
        "<project_name>",
        "<artifact_name>",
        "<local_path_to_artifact>",
    }
    run(filled(code, angle="<angle>"))
    link = api.artifact(f"default/wandb-registry-{name}/{collection}:latest")
    assert link.source_qualified_name == "my-team/the project/pasted:v0"
    used = run(held.code_snippet("use"))
    assert used["artifact"].id == link.id


def test_the_target_path_of_the_code_is_that_of_the_document(api):
    golden = api.create_registry("Golden Datasets", artifact_types=["dataset"])
    golden.create_collection("raw_images")
    calls = [
        node
        for node in ast.walk(ast.parse(golden.collections()[0].code_snippet()))
        if isinstance(node, ast.keyword) and node.arg == "target_path"
    ]
    (path,) = [ast.literal_eval(call.value) for call in calls]
    # The document's form: the organization, the registry, and the name of the collection.
    assert path == "default/wandb-registry-Golden Datasets/raw_images"


def test_code_for_a_registry_leaves_the_collection_to_fill_in(api):
    api.create_registry("Papers", artifact_types=["table"])
    code = api.registry("papers").code_snippet()
    assert 'target_path="default/wandb-registry-Papers/<collection_name>"' in code
    assert 'type="table"' in code
    run(filled(code, collection_name="new one"))
    assert api.collection("registry/Papers/new one").type == "table"


def test_code_names_the_types_to_choose_from_where_there_are_several(api):
    code = api.create_registry("Papers", artifact_types=["table", "dataset"]).code_snippet()
    assert 'type="<artifact_type>",  # one of: dataset, table' in code
    run(filled(code, collection_name="c", artifact_type="dataset"))
    assert "one of" not in api.create_registry("Free").code_snippet()
    held = api.registry("Papers").create_collection("untyped")
    assert 'type="<artifact_type>",  # one of: dataset, table' in held.code_snippet()
    assert 'type="dataset",\n' in api.collection("registry/Papers/c").code_snippet()


def test_code_names_the_organizations_identifier_and_not_its_name(api):
    from fingerpost.application.organizations.organizations import create_organization
    from fingerpost.domain.names.names import OrganizationName

    fingerpost.init("reviewco", "p").finish()
    row = create_organization(api._workspace.session(), OrganizationName("reviewco"))
    code = api.registry("Model", row.entity_name).code_snippet()
    assert re.search(r'target_path="reviewco_[A-Z0-9]{9}/wandb-registry-Model/<coll', code)


def test_code_for_a_source_collection_uses_and_downloads_its_newest_version(api, folder):
    with fingerpost.init("my-team", "the project") as pasting:
        artifact = Artifact("weights", "model")
        artifact.add_file("file.txt")
        pasting.log_artifact(artifact, aliases=["best"])
    held = api.collection("my-team/the project/weights")
    code = held.code_snippet()
    assert 'use_artifact("my-team/the project/weights:latest", type="model")' in code
    names = run(code)
    assert names["artifact"].version == "v0"
    assert Path(names["folder"], "file.txt").read_text(encoding="utf-8") == "content"
    assert [each.actor for each in names["artifact"].used_by()] == ["alice"]


def test_without_latest_the_code_names_the_newest_version_and_without_any_a_placeholder(api):
    with fingerpost.init("my-team", "p") as logging:
        logging.log_artifact(Artifact("weights", "model"))
    held = api.collection("my-team/p/weights")
    held.remove_alias("latest")
    assert 'use_artifact("my-team/p/weights:v0"' in held.code_snippet("use")
    empty = api.registry("Model").create_collection("empty")
    assert 'wandb-registry-Model/empty:<alias>", type="model")' in empty.code_snippet("use")


@pytest.mark.parametrize("purpose", ["link", "buy", 7])
def test_nothing_is_linked_to_a_collection_that_takes_logged_versions(api, purpose):
    with fingerpost.init("my-team", "p") as logging:
        logging.log_artifact(Artifact("weights", "model"))
    with pytest.raises(errors.InvalidValueError, match="'use' here"):
        api.collection("my-team/p/weights").code_snippet(purpose)
