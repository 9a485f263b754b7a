"""Which texts are aliases, and which of them nobody sets by hand."""

import pytest

from fingerpost.domain.errors import InvalidAliasError
from fingerpost.domain.names.alias import Alias, version_index, version_label


@pytest.mark.parametrize(
    "text",
    ["a", "a" * 128, "production", "best-ap50", "prod us", "größe", "🚀", "v", "v1.0", "1", "x#%?"],
)
def test_visible_text_of_1_to_128_characters_is_an_alias_that_can_be_set(text):
    assert Alias(text).custom() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 129,
        "a/b",
        "a:b",
        ":",
        "prod\n",
        "\nprod",
        "prod ",
        " prod",
        "prod\u00a0",
        "pr\u202eod",
        "pr\u200bod",
        "pr\u2060od",
        "prod\0",
        "prod\x1b[31m",
        "prod\ud83d",
        None,
        7,
        b"prod",
    ],
    ids=repr,
)
def test_other_values_are_no_aliases_and_are_shown_as_they_are(text):
    with pytest.raises(InvalidAliasError) as caught:
        Alias(text)
    assert repr(text) in str(caught.value)
    assert "For example" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "latest",
        "Latest",
        "LATEST",
        "\uff4c\uff41\uff54\uff45\uff53\uff54",  # full-width letters
        "v0",
        "v1",
        "V1",
        "v01",
        "v007",
        "v123456789012345678901234567890",
        "\uff56\uff11",  # full-width v and 1
        "v\uff11",
        "v\u0661",  # ARABIC-INDIC DIGIT ONE
        "v\u00b2",  # SUPERSCRIPT TWO
        "\u24e5\u2460",  # circled v and 1
        "\u2174\u0661",  # SMALL ROMAN NUMERAL FIVE, which is a v by compatibility
    ],
)
def test_version_numbers_and_latest_in_any_spelling_are_not_set_by_hand(text):
    alias = Alias(text)
    assert alias.is_automatic
    with pytest.raises(InvalidAliasError, match="such as 'best'"):
        alias.custom()


@pytest.mark.parametrize(
    "text", ["latest-1", "the latest", "v1a", "va1", "version1", "v-1", "v1.5", "vv1", "1v", "w1"]
)
def test_texts_that_only_contain_them_are_custom(text):
    assert not Alias(text).is_automatic


def test_letter_case_counts():
    assert Alias("Prod") != Alias("prod")


def test_two_spellings_of_one_accent_are_one_alias():
    assert Alias("cafe\u0301") == Alias("caf\u00e9")
    assert Alias("e\u0301" * 128) == "\u00e9" * 128


@pytest.mark.parametrize(
    ("label", "index"),
    [
        ("v0", 0),
        ("v1", 1),
        ("v10", 10),
        ("v999999999999999999", 999_999_999_999_999_999),
        ("v1000000000000000000", None),
        ("V1", None),
        ("v01", None),
        ("v-1", None),
        ("v1\n", None),
        (" v1", None),
        ("v\uff11", None),
        ("v\u0661", None),
        ("v", None),
        ("1", None),
        ("latest", None),
        ("v" + "9" * 10_000, None),
    ],
)
def test_a_version_number_has_one_spelling(label, index):
    assert version_index(label) == index


@pytest.mark.parametrize("index", [0, 1, 9, 10, 100_000])
def test_labels_and_numbers_stand_for_each_other(index):
    assert version_index(version_label(index)) == index


@pytest.mark.parametrize("char", ["\ufe0f", "\u3164", "\u034f", "\u115f", "\U000e0100"])
def test_characters_that_fonts_show_as_nothing_are_refused(char):
    with pytest.raises(InvalidAliasError, match="visible characters"):
        Alias(f"prod{char}")
