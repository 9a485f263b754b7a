"""Names that stores, bundles, plug-ins and receivers rely on are the ones written down."""

import json
from difflib import unified_diff
from pathlib import Path

import pytest

from stored_names import gathered

GOLDEN = Path(__file__).parents[1] / "golden" / "stored_names.json"
WRITTEN = json.loads(GOLDEN.read_text(encoding="utf-8"))

ADVICE = """
Stored names differ from {golden}: '-' is written there, '+' is what the code says now.

A line with '-' was renamed or removed. Stores, bundles, plug-ins or programs out there still use
that name: keep it, or add an upcast or a migration that reads it, before you change the file.
Lines with '+' alone are new names. Check that they are what you want to keep for good, then run
    python tests/golden/make_name_lists.py
and commit the file with your change.

{difference}"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return gathered(tmp_path_factory.mktemp("stored_names"))


def as_lines(section):
    return json.dumps(section, indent=1, sort_keys=True, ensure_ascii=False).splitlines()


def difference(written, found):
    lines = unified_diff(as_lines(written), as_lines(found), "written", "found", lineterm="")
    return "\n".join(lines)


@pytest.mark.parametrize("section", WRITTEN)
def test_stored_names_are_those_that_are_written_down(found, section):
    changed = difference(WRITTEN[section], found.get(section))
    if changed:
        pytest.fail(ADVICE.format(golden=GOLDEN.name, difference=changed), pytrace=False)


def test_each_section_is_written_down(found):
    assert set(found) == set(WRITTEN)


def test_a_renamed_an_added_and_a_removed_name_each_show():
    """A list that cannot fail guards nothing."""
    written = {"kinds": {"alias.moved": ["alias", "to"]}}
    for found in (
        {"kinds": {"alias.placed": ["alias", "to"]}},
        {"kinds": {"alias.moved": ["alias", "from", "to"]}},
        {"kinds": {"alias.moved": ["alias"]}},
        {"kinds": {}},
    ):
        assert difference(written, found)
    assert not difference(written, written)
