"""How long versions live, and ending them: ttl, collection, delete, unlink."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from fingerpost.cli import main


@pytest.fixture(autouse=True)
def _logged(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("FINGERPOST_ENTITY", "team")
    monkeypatch.setenv("FINGERPOST_PROJECT", "plants")
    Path("table.csv").write_text("a,b\n", encoding="utf-8")
    assert main(["log", "table", "table.csv", "--type", "dataset", "--ttl", "2w"]) == 0
    capsys.readouterr()


@pytest.fixture
def cli(capsys):
    """Run a command line; returns exit code, standard output, standard error."""

    def call(*arguments):
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def ok(cli):
    """Run a command line with --json that must succeed; returns the answer."""

    def call(*arguments):
        code, out, err = cli("--json", *arguments)
        assert (code, err) == (0, "")
        return json.loads(out)

    return call


def test_a_time_to_live_is_shown_set_and_taken_back(ok, cli):
    assert ok("ttl", "show", "table:v0") == {"name": "team/plants/table:v0", "ttl_s": 1_209_600}
    assert ok("ttl", "set", "table:v0", "36h")["ttl_s"] == 129_600
    assert cli("ttl", "show", "table:v0")[1] == "team/plants/table:v0: 36h\n"
    assert ok("ttl", "set", "table:v0", "never")["ttl_s"] is None
    assert ok("ttl", "default", "team", "90d") == {"name": "team", "ttl_s": 7_776_000}
    assert ok("ttl", "show", "table:v0")["ttl_s"] is None
    assert cli("ttl", "set", "table:v0", "inherit")[1] == "team/plants/table:v0: 90d\n"
    assert cli("ttl", "default", "team", "never")[1] == "team: for ever\n"


@pytest.mark.parametrize("text", ["30", "d", "-1d", "1y", "", "1.5d", "\uff13d", "999999999w"])
def test_what_is_no_duration_is_refused_with_an_example(cli, text):
    code, _, err = cli("ttl", "set", "--", "table:v0", text)
    assert code == 2
    assert "write 30d, 12h or 2w" in err or "too long" in err


def test_a_duration_beyond_a_thousand_years_is_refused(cli):
    code, _, err = cli("ttl", "set", "table:v0", "365001d")
    assert (code, "at most 365,000 days" in err) == (2, True)


def test_an_entity_inherits_from_nobody(cli):
    code, _, err = cli("ttl", "default", "team", "inherit")
    assert (code, "inherits from nobody" in err) == (2, True)


def test_what_has_expired_is_shown_before_it_is_deleted(ok, cli):
    assert cli("ttl", "expired")[1:] == ("", "nothing has expired\n")
    ok("ttl", "set", "table:v0", "1s")
    while not (found := ok("ttl", "expired")["expired"]):
        pass
    assert found[0]["version"] == "team/plants/table:v0"
    assert "add --delete" in cli("ttl", "expired")[2]
    deleted = ok("ttl", "expired", "--delete")
    assert (deleted["is_deleted"], len(deleted["expired"])) == (True, 1)
    assert cli("use", "table:v0")[0] == 3


def test_a_collection_is_renamed(ok, cli):
    assert ok("collection", "rename", "table", "bikes") == {
        "collection": "team/plants/bikes",
        "from": "team/plants/table",
        "is_changed": True,
    }
    assert cli("collection", "rename", "bikes", "bikes")[1] == (
        "team/plants/bikes → team/plants/bikes\n"
    )
    assert cli("versions", "table")[0] == 3


@pytest.mark.parametrize(
    "command", [["delete", "table:v0", "--delete-aliases"], ["collection", "delete", "table"]]
)
def test_nothing_is_deleted_when_nobody_can_be_asked(cli, ok, command):
    code, _, err = cli(*command)
    assert code == 2
    assert "Add --yes" in err
    assert len(ok("versions", "table")["versions"]) == 1


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", 1), (b"y\n", 0)])
def test_on_a_terminal_somebody_is_asked(ok, answer, left):
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "fingerpost", "delete", "table:v0", "--delete-aliases"]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=os.environ)
    os.close(slave)
    os.write(master, answer)
    process.wait(60)
    shown = os.read(master, 10_000).decode()
    os.close(master)
    assert "delete team/plants/table:v0? [y/N]" in shown
    assert process.returncode == (0 if left == 0 else 1)
    assert len(ok("versions", "table")["versions"]) == left


def test_a_version_with_aliases_is_deleted_on_request(cli, ok):
    code, _, err = cli("delete", "table:v0", "--yes")
    assert (code, "delete_aliases=True" in err) == (4, True)
    assert ok("delete", "table:v0", "--yes", "--delete-aliases") == {
        "version": "team/plants/table:v0",
        "is_deleted": True,
    }


def test_a_collection_is_deleted_with_what_is_in_it(cli, ok):
    ok("link", "table:v0", "registry/Dataset/tables")
    code, _, err = cli("collection", "delete", "table", "--yes")
    assert (code, "are linked to" in err) == (4, True)
    answer = ok("collection", "delete", "table", "--yes", "--delete-links")
    assert answer == {"collection": "team/plants/table", "versions": 1, "is_deleted": True}
    assert ok("versions", "registry/Dataset/tables")["versions"] == []


def test_a_link_is_taken_away_and_a_source_is_not(cli, ok):
    ok("link", "table:v0", "registry/Dataset/tables")
    answer = ok("unlink", "registry/Dataset/tables:v0")
    assert answer == {"version": "default/wandb-registry-Dataset/tables:v0", "is_unlinked": True}
    code, _, err = cli("unlink", "table:v0")
    assert (code, "not a link" in err) == (4, True)


def test_gc_shows_and_then_deletes_what_has_expired(ok, cli):
    ok("ttl", "set", "table:v0", "1s")
    while not ok("ttl", "expired")["expired"]:
        pass
    code, out, err = cli("gc")
    assert (code, "1 version would be deleted: time to live is over" in out) == (0, True)
    assert "fingerpost gc --grace 14d --apply" in err
    done = ok("gc", "--apply", "--grace", "0")
    assert [each["version"] for each in done["expired"]] == ["team/plants/table:v0"]
    assert [each["name"] for each in done["versions"]] == ["team/plants/table:v0"]
    assert cli("gc")[:2] == (0, "nothing to remove\n")


def test_a_closed_standard_output_is_no_error():
    command = f"{sys.executable} -m fingerpost versions table >&-"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
