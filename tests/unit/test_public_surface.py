"""The public names, signatures, commands and options are the ones written down."""

from difflib import unified_diff
from pathlib import Path

import pytest

import command_line_surface
import public_surface

GOLDEN = Path(__file__).parents[1] / "golden"

ADVICE = """
The public surface differs from {name}: '-' is written there, '+' is what the code says now.

If you did not mean to change what users of the package see, undo it. If you did, run
    python tests/golden/make_name_lists.py
look at what it changed, and commit that with your change and a fragment in changelog.d.

{difference}"""


@pytest.mark.parametrize(
    ("name", "described"),
    [
        ("public_api.txt", public_surface.described),
        ("command_line.txt", command_line_surface.described),
    ],
)
def test_the_public_surface_is_what_is_written_down(name, described):
    written = (GOLDEN / name).read_text(encoding="utf-8")
    difference = differing_blocks(written.strip(), "\n".join(described()).strip())
    if difference:
        pytest.fail(ADVICE.format(name=name, difference=difference), pytrace=False)


def differing_blocks(written, found):
    """Return each class, function or command that differs, under its name."""
    before, after = blocks(written), blocks(found)
    shown = [
        unified_diff(before.get(name, []), after.get(name, []), name, name, n=1, lineterm="")
        for name in before | after
        if before.get(name) != after.get(name)
    ]
    return "\n\n".join("\n".join(each) for each in shown)


def blocks(text):
    """Return the lines of each block by its first line, and the heading that it is under."""
    found, heading = {}, ""
    for block in text.split("\n\n"):
        lines = block.splitlines()
        heading = lines[0] if lines[0].startswith("# ") else heading
        found[f"{heading} {lines[0]}".strip()] = lines
    return found


@pytest.mark.parametrize("block", ["class A", "class A\n    b: str", "class B\n    a: int", ""])
def test_what_changed_is_shown(block):
    """A list that cannot fail guards nothing."""
    written = "# module\n\nclass A\n    a: int\n\ndef last()"
    found = f"# module\n\n{block or 'def other()'}\n\ndef last()"
    assert "a: int" in differing_blocks(written, found)
    assert "last" not in differing_blocks(written, found)
    assert not differing_blocks(written, written)


def test_an_inherited_method_is_described_as_the_classes_own():
    """Internal bases may go; what a class can do stays."""
    written = (GOLDEN / "public_api.txt").read_text(encoding="utf-8")
    artifact = written.partition("\nclass Artifact\n")[2].partition("\n\n")[0]
    assert "    def verify(root: StrPath | None = None) -> None" in artifact
    assert "fingerpost." not in artifact
