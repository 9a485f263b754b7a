"""Which names are names: the rules of artifacts, types, entities, registries, actors and tags."""

import unicodedata

import pytest

from fingerpost.domain.errors import InvalidNameError
from fingerpost.domain.names.names import (
    Actor,
    ArtifactName,
    ArtifactTypeName,
    EntityName,
    OrganizationName,
    ProjectName,
    RegistryCollectionName,
    RegistryName,
    Tag,
)

SLUGS = [ArtifactName, ArtifactTypeName]
TITLES = [EntityName, OrganizationName, ProjectName, RegistryName, RegistryCollectionName]
EVERYTHING = [*SLUGS, *TITLES, Actor, Tag]

NOT_VISIBLE = {
    "newline": "prod\n",
    "tab inside": "a\tb",
    "NUL": "a\0b",
    "delete": "a\x7fb",
    "right-to-left override U+202E": "abc\u202egpj",
    "isolate U+2066": "a\u2066b",
    "zero-width space": "a\u200bb",
    "zero-width joiner": "a\u200db",
    "byte order mark": "\ufeffa",
    "soft hyphen": "a\u00adb",
    "line separator": "a\u2028b",
    "lone surrogate": "a\ud800b",
    "language tag U+E0041": "a\U000e0041b",
}


@pytest.mark.parametrize("kind", EVERYTHING)
@pytest.mark.parametrize("text", ["a", "v0", "bike-dataset", "a" * 128, "A_b-c.9", "x.", "-x"])
def test_letters_digits_underscores_hyphens_and_dots_make_any_kind_of_name(kind, text):
    name = kind(text)
    assert name == text
    assert isinstance(name, str)


@pytest.mark.parametrize("kind", [*SLUGS, *TITLES, Tag])
@pytest.mark.parametrize("text", ["", "a" * 129])
def test_a_name_has_1_to_128_characters(kind, text):
    with pytest.raises(InvalidNameError, match="128"):
        kind(text)


def test_an_actor_has_1_to_256_characters_of_any_kind():
    assert Actor("a" * 256) == "a" * 256
    assert Actor("system:serviceaccount:ml/trainer") == "system:serviceaccount:ml/trainer"
    for text in ("", "a" * 257):
        with pytest.raises(InvalidNameError, match="256"):
            Actor(text)


@pytest.mark.parametrize("kind", EVERYTHING)
@pytest.mark.parametrize("text", NOT_VISIBLE.values(), ids=NOT_VISIBLE)
def test_what_cannot_be_seen_is_in_no_name(kind, text):
    with pytest.raises(InvalidNameError) as caught:
        kind(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("kind", EVERYTHING)
@pytest.mark.parametrize("text", [" a", "a ", "a\u00a0", "\u3000a", "a\n", "\ta", " "])
def test_a_name_has_no_white_space_at_its_ends(kind, text):
    with pytest.raises(InvalidNameError):
        kind(text)


@pytest.mark.parametrize("kind", EVERYTHING)
@pytest.mark.parametrize("value", [None, 7, b"bytes", ["a"], True])
def test_a_name_is_text(kind, value):
    with pytest.raises(InvalidNameError) as caught:
        kind(value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("kind", SLUGS)
@pytest.mark.parametrize(
    "text",
    ["bike dataset", "größe", "数据", "a/b", "a:b", "a#b", "a%20b", "🚲", "\uff11", ".", ".."],
)
def test_artifact_names_and_types_hold_nothing_else(kind, text):
    with pytest.raises(InvalidNameError, match="letters, digits, '_', '-' and '\\.'"):
        kind(text)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("bike dataset", "bike-dataset"),
        ("reference model", "reference-model"),
        ("größe", "groe"),
        ("data:v1", "data-v1"),
        ("a" * 200, "a" * 128),
        ("..", "my-dataset"),
    ],
)
def test_a_refused_artifact_name_comes_with_one_that_would_do(text, offered):
    with pytest.raises(InvalidNameError) as caught:
        ArtifactName(text)
    suggestion = caught.value.remedy.removeprefix("For example '").removesuffix("'.")
    assert ArtifactName(suggestion) == suggestion
    if offered != "groe":  # how umlauts are spelled out is a matter of taste
        assert suggestion == offered


@pytest.mark.parametrize("kind", TITLES)
@pytest.mark.parametrize(
    "text", ["Golden Datasets", "größe", "数据集", "🚲 bikes", "naïve (v2) & more!", "a@b", "O'B"]
)
def test_titles_hold_spaces_and_letters_of_any_script(kind, text):
    assert kind(text) == text


@pytest.mark.parametrize("kind", TITLES)
@pytest.mark.parametrize("character", list(r"/\#?%:"))
def test_titles_hold_no_punctuation_of_paths_and_urls(kind, character):
    with pytest.raises(InvalidNameError) as caught:
        kind(f"a{character}b")
    assert "'a-b'" in str(caught.value)


@pytest.mark.parametrize("kind", TITLES)
@pytest.mark.parametrize("text", [".", ".."])
def test_titles_are_no_steps_in_a_path(kind, text):
    with pytest.raises(InvalidNameError):
        kind(text)


@pytest.mark.parametrize("kind", [*TITLES, Actor, Tag])
def test_two_spellings_of_one_accent_are_one_name(kind):
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    assert kind(composed) == kind(decomposed) == unicodedata.normalize("NFC", decomposed)
    assert hash(kind(composed)) == hash(kind(decomposed))


@pytest.mark.parametrize("kind", [*TITLES, Tag])
def test_length_counts_after_normalization(kind):
    assert len(kind("e\u0301" * 128)) == 128


@pytest.mark.parametrize("text", ["job", "wandb-", "wandb-history"])
def test_reserved_types_are_refused(text):
    with pytest.raises(InvalidNameError, match="reserved"):
        ArtifactTypeName(text)


@pytest.mark.parametrize("text", ["jobs", "Job", "my-wandb-type", "wandb"])
def test_types_that_only_resemble_reserved_ones_are_types(text):
    assert ArtifactTypeName(text) == text


@pytest.mark.parametrize("text", ["wandb-registry-Model", "WANDB-Registry-x", "wandb-registry-"])
def test_a_project_cannot_pass_for_a_registry(text):
    with pytest.raises(InvalidNameError, match="link_artifact"):
        ProjectName(text)


@pytest.mark.parametrize("text", ["registry", "Registry", "REGISTRY"])
def test_an_entity_cannot_be_called_registry(text):
    with pytest.raises(InvalidNameError, match="reserved"):
        EntityName(text)


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [
        ("Model", "model", True),
        ("MODEL", "mOdEl", True),
        ("STRASSE", "straße", True),  # Unicode case folding, rule F: U+00DF folds to "ss"
        ("ÉTÉ", "e\u0301te\u0301", True),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ", True),  # final and medial sigma fold alike
        ("Model", "Models", False),
        ("I", "\u0131", False),  # a dotless i is a letter of its own
        ("DIYARBAKIR", "diyarbak\u0131r", False),
        ("\u0130", "i", False),  # a dotted capital I folds to i and a dot above
        ("Model", "M\u043edel", False),  # a Cyrillic o is no Latin one
    ],
)
def test_registry_names_are_compared_without_letter_case(left, right, is_same):
    assert (RegistryName(left).key == RegistryName(right).key) is is_same


@pytest.mark.parametrize("text", ["a/b", "a:b"])
def test_tags_hold_no_slash_or_colon(text):
    with pytest.raises(InvalidNameError, match="a-b"):
        Tag(text)
