"""What each command prints with ``--json`` is what is written down."""

import json
from pathlib import Path

import pytest

import json_output

GOLDEN = Path(__file__).parents[1] / "golden" / "json_output.json"

ADVICE = """
These command lines print something else than `tests/golden/json_output.json` says. If you did not
mean to change what programs read, undo it. If you did, run
    python tests/golden/make_json_output.py
look at what it changed, and commit that with your change and a fragment in changelog.d.

{lines}"""


@pytest.fixture
def folder(monkeypatch):
    for name, value in json_output.variables(Path.cwd()).items():
        monkeypatch.setenv(name, value)
    return Path.cwd()


def test_the_output_of_every_command_is_what_is_written_down(folder):
    written = json.loads(GOLDEN.read_text(encoding="utf-8"))
    found = json_output.answers(folder)
    assert [each["line"] for each in found] == [each["line"] for each in written]
    differing = [
        f"{new['line']}\n  was {json.dumps(old)}\n  is  {json.dumps(new)}"
        for old, new in zip(written, found, strict=True)
        if old != new
    ]
    if differing:
        pytest.fail(ADVICE.format(lines="\n".join(differing)), pytrace=False)
