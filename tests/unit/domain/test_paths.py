"""Paths inside artifacts, and paths that people write of artifacts and registries."""

import pytest

from fingerpost.domain.errors import InvalidAliasError, InvalidInputError, InvalidPathError
from fingerpost.domain.manifest.entry_path import EntryPath, joined
from fingerpost.domain.names.paths import (
    InvalidArtifactPathError,
    RegistryPath,
    RegistryProjectPath,
    parse_artifact_path,
    parse_collection_path,
    parse_registry_path,
    parse_target_path,
)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a/b/c.txt",
        "a b/ c",
        "größe/数据/🚲.txt",
        "...",
        "..a",
        "a..",
        ".hidden/.x",
        "ab:c",
        "1:b",
        "a*b?",
        "-",
        "a" * 255,
        "/".join(["a" * 255] * 16),
        "é" * 127,
    ],
)
def test_relative_paths_of_visible_parts_are_entry_paths(text):
    assert EntryPath(text) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("..", "'..'"),
        (".", "'.'"),
        ("../a", "'..'"),
        ("a/../b", "'..'"),
        ("a/..", "'..'"),
        ("a/./b", "'.'"),
        ("a//b", "empty"),
        ("a/", "empty"),
        ("/", "absolute"),
        ("/etc/passwd", "absolute"),
        ("//host/share", "absolute"),
        ("C:/x", "absolute"),
        ("c:x", "absolute"),
        ("C:\\x", "absolute"),
        ("a\\b", "backslash"),
        ("..\\a", "backslash"),
        ("a\0b", "control"),
        ("a\nb", "control"),
        ("a\n", "control"),
        ("a\r", "control"),
        ("a\x7f", "control"),
        ("a\x85", "control"),
        ("\ud800", "Unicode"),
        ("a/\udcff.txt", "Unicode"),
        ("a" * 256, "255 bytes"),
        ("x/" + "é" * 128, "255 bytes"),
        ("/".join(["a" * 240] * 18), "4,096 bytes"),
        (None, "not text"),
        (7, "not text"),
        (b"a", "not text"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_paths_that_leave_the_folder_or_cannot_be_stored_are_refused(text, problem):
    with pytest.raises(InvalidPathError) as caught:
        EntryPath(text)
    assert problem in str(caught.value)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("prefix", "path", "expected"),
    [
        (None, "a", "a"),
        ("", "a", "a"),
        ("images", "cat.png", "images/cat.png"),
        ("images/", "cat.png", "images/cat.png"),
        ("a/b", "c/d", "a/b/c/d"),
        ("./a//b/", "c", "a/b/c"),
        (".", "a", "a"),
    ],
)
def test_a_prefix_is_put_before_a_path(prefix, path, expected):
    assert joined(prefix, path) == expected


@pytest.mark.parametrize("prefix", ["..", "a/../..", "a\0", "a\\b", "/a", "C:/a"])
def test_a_prefix_cannot_lead_out(prefix):
    with pytest.raises(InvalidPathError):
        joined(prefix, "a")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("./x//y/", "x/y"), ("x/./y", "x/y"), ("x", "x"), ("x ", "x "), (".x/...", ".x/...")],
)
def test_a_path_that_somebody_wrote_loses_what_means_nothing(written, meant):
    assert EntryPath.clean(written) == meant


@pytest.mark.parametrize(
    "text", ["", ".", "./", "..", "x/../y", "/x", "x\\y", "x\n", "\ud800", None]
)
def test_a_path_that_somebody_wrote_is_refused_like_any_other(text):
    with pytest.raises(InvalidPathError):
        EntryPath.clean(text)


@pytest.mark.parametrize(
    ("text", "entity", "project", "name", "alias"),
    [
        ("bike-dataset", None, None, "bike-dataset", "latest"),
        ("bike-dataset:v0", None, None, "bike-dataset", "v0"),
        ("bike-dataset:latest", None, None, "bike-dataset", "latest"),
        ("my-project/bike-model:v0", None, "my-project", "bike-model", "v0"),
        ("my-entity/my-project/bike-model:v0", "my-entity", "my-project", "bike-model", "v0"),
        ("team x/project y/n:ready now", "team x", "project y", "n", "ready now"),
        ("registry/n:v0", None, "registry", "n", "v0"),
    ],
)
def test_artifact_paths_of_sources_are_read(text, entity, project, name, alias):
    path, found = parse_artifact_path(text)
    assert (path.entity, path.project, path.name, found) == (entity, project, name, alias)


ORGANIZATION = "smle-registries-bug-bash"
TARGETS = [
    ("wandb-registry-Model/zoo", None, "Model", "zoo"),
    ("wandb-registry-model/Example ML Task", None, "model", "Example ML Task"),
    ("reviewco_XYZ1/wandb-registry-model/my-collection", "reviewco_XYZ1", "model", "my-collection"),
    (f"{ORGANIZATION}/wandb-registry-Golden Datasets/raw", ORGANIZATION, "Golden Datasets", "raw"),
    ("registry/Model/zoo", None, "Model", "zoo"),
    ("org/registry/Golden Datasets/raw", "org", "Golden Datasets", "raw"),
]


@pytest.mark.parametrize(("text", "organization", "registry", "collection"), TARGETS)
def test_both_spellings_of_target_paths_are_read(text, organization, registry, collection):
    path = parse_target_path(text)
    assert (path.organization, path.registry, path.collection) == (
        organization,
        registry,
        collection,
    )


@pytest.mark.parametrize(("text", "organization", "registry", "collection"), TARGETS)
def test_a_target_path_with_an_alias_is_an_artifact_path(text, organization, registry, collection):
    path, alias = parse_artifact_path(f"{text}:production")
    assert path == parse_target_path(text) == parse_collection_path(text)
    assert alias == "production"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Model",
        "Model/zoo",
        "org/Model/zoo",
        "wandb-registry-Model",
        "wandb-registry-Model/zoo/extra",
        "a/b/wandb-registry-Model/zoo",
        "registry/Model",
        "a/b/registry/Model/zoo",
        "/wandb-registry-Model/zoo/",
        None,
        7,
    ],
    ids=repr,
)
def test_other_target_paths_are_refused_and_the_form_is_shown(text):
    with pytest.raises(InvalidArtifactPathError) as caught:
        parse_target_path(text)
    assert repr(text) in str(caught.value)
    assert "wandb-registry-REGISTRY/COLLECTION" in str(caught.value)
    assert "registry/REGISTRY/COLLECTION" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "wandb-registry-/zoo",
        "wandb-registry-Model/",
        "wandb-registry-Model/zoo:v1",
        "/wandb-registry-Model/zoo",
        "registry/Model/..",
        "registry/Mo\nel/zoo",
        "wandb-registry-Model/a\u202eb",
    ],
)
def test_target_paths_with_parts_that_are_no_names_are_refused(text):
    with pytest.raises(InvalidInputError):
        parse_target_path(text)


@pytest.mark.parametrize("text", ["", None, 7, b"x", "a/b/c/d", "a/b/c/d:v0", ":v0"], ids=repr)
def test_other_artifact_paths_are_refused_and_the_forms_are_shown(text):
    with pytest.raises(InvalidArtifactPathError) as caught:
        parse_artifact_path(text)
    assert "ENTITY/PROJECT/NAME:ALIAS" in str(caught.value)


@pytest.mark.parametrize("text", ["a:", "a:b:c", "a:b/c", "a:prod\n", "a: prod"])
def test_what_follows_the_colon_is_an_alias(text):
    with pytest.raises(InvalidAliasError):
        parse_artifact_path(text)


@pytest.mark.parametrize("text", ["bike dataset:v1", "../etc/passwd", "/a", "a//b", "a/b/"])
def test_parts_of_an_artifact_path_are_names(text):
    with pytest.raises(InvalidInputError):
        parse_artifact_path(text)


def test_a_collection_path_has_no_alias_and_the_error_shows_it_without():
    with pytest.raises(InvalidArtifactPathError, match="Use 'team/p/data'"):
        parse_collection_path("team/p/data:v1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Golden", RegistryProjectPath("Golden")),
        ("registry/Golden", RegistryProjectPath("Golden")),
        ("wandb-registry-Golden", RegistryProjectPath("Golden")),
        ("acme/wandb-registry-Golden", RegistryProjectPath("Golden", "acme")),
        ("acme/registry/Golden", RegistryProjectPath("Golden", "acme")),
        ("registry", RegistryProjectPath("registry")),
        ("Golden/raw images", RegistryPath("Golden", "raw images")),
        ("registry/Golden/raw", RegistryPath("Golden", "raw")),
        ("wandb-registry-Golden/raw", RegistryPath("Golden", "raw")),
        ("acme/wandb-registry-Golden/raw", RegistryPath("Golden", "raw", "acme")),
        ("acme/registry/Golden/raw", RegistryPath("Golden", "raw", "acme")),
    ],
)
def test_a_registry_or_a_collection_in_it_is_named_short_or_in_full(text, expected):
    assert parse_registry_path(text) == expected


@pytest.mark.parametrize(
    "text", ["", "a/b/c", "a/b/c/d/e", "Golden/", "/raw", "Golden/a:v0", None, 7]
)
def test_what_is_no_path_of_a_registry_is_refused(text):
    with pytest.raises(InvalidInputError):
        parse_registry_path(text)
