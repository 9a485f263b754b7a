"""``fingerpost diff`` as people and programs see it."""

import json
from pathlib import Path

import pytest

from fingerpost.cli import main


@pytest.fixture(autouse=True)
def _store(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    folder = Path("data")
    folder.mkdir()
    for name, text in {"kept": "k", "gone": "g", "changed": "1", "old": "moved"}.items():
        (folder / name).write_text(text)
    assert main(["log", "table", "data", "--type", "dataset"]) == 0
    (folder / "gone").unlink()
    (folder / "old").rename(folder / "name")
    (folder / "changed").write_text("22")
    (folder / "\u202enew").write_text("n")
    more = ["--metadata", '{"rate": 0.1}']
    assert main(["log", "table", "data", "--type", "dataset", *more]) == 0


@pytest.fixture
def printed(capsys):
    capsys.readouterr()

    def printed(*arguments, code=0):
        assert main(["diff", *arguments]) == code
        return capsys.readouterr()

    return printed


def test_the_table_has_a_line_for_each_difference_and_no_name_steers_the_terminal(printed):
    shown = printed("table:v0", "table")
    assert shown.out == (
        "   WHAT            SIZE  HOW\n"
        "A  \\u202enew       +1 B\n"
        "D  gone            -1 B\n"
        "M  changed         +1 B  content, size\n"
        "R  old -> name\n"
        "+  metadata /rate        0.1\n"
    )
    assert "1 added, 1 removed, 1 changed, 1 renamed; 4 -> 4 entries" in shown.err


def test_quiet_leaves_the_totals_out(printed):
    assert printed("table:v0", "table", "-q").err == ""


def test_what_is_the_same_is_said_to_be(printed):
    assert printed("table:v0", "table:v0").out == "no differences\n"


def test_only_some_kinds_can_be_asked_for(printed):
    shown = printed("table:v0", "table", "--only", "removed,renamed").out
    assert [line[0] for line in shown.splitlines()] == [" ", "D", "R"]
    out = printed("table:v0", "table", "--only", "incomparable").out
    assert out == "no differences of these kinds: incomparable\n"
    refused = printed("table:v0", "table", "--only", "moved", code=2).err
    assert "'moved' is not one of added, removed" in refused


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["table:v0", "table:v1"], 1),
        (["table:v1", "table:v1"], 0),
        (["table:v0", "table:v1", "--only", "incomparable"], 0),
        (["table:v0", "table:v1", "--only", "metadata"], 1),
        (["table:v0", "table:v7"], 3),
    ],
)
def test_the_exit_code_is_that_of_git(printed, arguments, code):
    printed(*arguments, "--exit-code", code=code)
    printed(*arguments, code=code if code == 3 else 0)


def test_the_json_is_whole_unless_it_is_limited(printed):
    told = json.loads(printed("table:v0", "table", "--json").out)
    assert [change["path"] for change in told["changed"]] == ["changed"]
    assert told["metadata"] == [{"kind": "added", "pointer": "/rate", "after": 0.1}]
    told = json.loads(printed("table:v0", "table", "--json", "--limit", "0").out)
    assert (told["changed"], told["counts"]["changed"]) == ([], 1)
    told = json.loads(printed("table:v0", "table", "--json", "--only", "added").out)
    assert not {"removed", "metadata", "tags", "description"} & set(told)


def test_a_limit_says_how_many_more_there_are(printed):
    shown = printed("table:v0", "table", "--limit", "0")
    assert "and 1 more removed" in shown.err
    assert shown.out.splitlines()[1:] == ["+  metadata /rate        0.1"]
