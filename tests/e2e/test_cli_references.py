"""References on the command line: logging them, and comparing what they point at."""

import io
import json
import sys
from pathlib import Path

import pytest

import fingerpost
from fingerpost.cli import main


@pytest.fixture(autouse=True)
def _store(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("FINGERPOST_ENTITY", "team")
    monkeypatch.setenv("FINGERPOST_PROJECT", "p")


@pytest.fixture
def data():
    folder = Path("data").absolute()
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / name).write_text(f"text {name}")
    return folder


@pytest.fixture
def cli(capsys):
    """Run a command line; returns exit code, standard output, standard error."""

    def call(*arguments):
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def log(cli):
    def log(*arguments):
        code, out, err = cli("--json", "log", "refs", "-t", "dataset", *map(str, arguments))
        assert code == 0, err
        return json.loads(out)["artifact"]

    return log


def test_references_that_are_the_same_are_said_to_be(cli, log, data):
    log(data.as_uri())
    code, out, err = cli("verify", "--references", "refs")
    assert (code, out) == (0, "ok: team/p/refs:v0\n")
    assert "compared: 3 references: 3 same" in err


def test_what_changed_or_is_missing_is_listed_and_the_exit_code_is_6(cli, log, data):
    log(data.as_uri())
    (data / "b").write_text("other text")
    (data / "c").unlink()
    code, out, err = cli("verify", "--references", "refs:latest")
    assert code == 6
    header, changed, missing = out.splitlines()
    assert header.split() == ["STATE", "PATH", "URI", "RECORDED", "FOUND"]
    assert changed.split("  ")[0] == "changed"
    assert (data / "b").as_uri() in changed
    assert changed.endswith("10 bytes")
    assert missing.startswith("missing")
    assert missing.endswith("6 bytes  -")
    assert "2 references of team/p/refs:v0 cannot be found as recorded: 'b', 'c'" in err


def test_the_json_has_counts_and_each_that_is_not_the_same(cli, log, data):
    log(data.as_uri())
    (data / "c").unlink()
    code, out, err = cli("--json", "verify", "refs", "--references")
    assert code == 6
    answer = json.loads(out)
    [problem] = answer.pop("problems")
    counts = {"changed": 0, "unverifiable": 0, "refused": 0, "unreachable": 0}
    assert answer == {
        "target": "team/p/refs:v0",
        "is_ok": False,
        "checked": {"same": 2, "missing": 1, **counts},
    }
    assert problem.pop("recorded").endswith(", 6 bytes")
    uri = (data / "c").as_uri()
    assert problem == {"where": "c", "problem": "missing", "uri": uri, "found": None}
    assert json.loads(err)["error"]["code"] == "drift_found"


def test_what_cannot_be_verified_fails_where_that_is_asked_for(cli, log, data):
    log((data / "a").as_uri(), "--no-checksum")
    (data / "a").write_text("changed")
    code, out, err = cli("verify", "--references", "refs")
    assert code == 0
    assert "unverifiable" in out
    assert "--strict" in err
    assert json.loads(cli("--json", "verify", "--references", "refs")[1])["is_ok"] is True
    assert cli("verify", "--references", "--strict", "refs")[0] == 6
    strict = cli("--json", "verify", "--references", "--strict", "refs")[1]
    assert json.loads(strict)["is_ok"] is False


def test_what_cannot_be_asked_makes_the_exit_code_7_and_damage_outweighs_it(cli, log, data):
    log(data.as_uri())
    # Opening the first is refused by the system: its name leads in a circle.
    (data / "a").unlink()
    (data / "a").symlink_to("a")
    code, out, err = cli("verify", "--references", "refs")
    assert (code, out.splitlines()[1].split()[0]) == (7, "refused")
    assert "could not be compared: 'a'" in err
    (data / "b").unlink()
    assert cli("verify", "--references", "refs")[0] == 6


def test_an_artifact_without_references_is_no_failure(cli, log):
    Path("table.csv").write_text("a,b\n")
    log("table.csv")
    code, out, err = cli("verify", "--references", "refs")
    assert (code, out) == (0, "ok: team/p/refs:v0\n")
    assert "it has no references" in err


@pytest.mark.parametrize(
    "arguments", [["--references"], ["--references", "refs", "--root", "x"], ["--strict", "refs"]]
)
def test_options_that_do_not_fit_are_refused(cli, arguments):
    assert cli("verify", *arguments)[0] == 2


def test_references_are_logged_without_looking_or_with_a_digest_or_up_to_a_limit(cli, log, data):
    blind = log((data / "a").as_uri(), "--no-checksum")
    assert (blind["size_bytes"], blind["file_count"]) == (0, 1)
    assert log(data.as_uri(), "--content-checksum", "--max-objects", "3")["size_bytes"] == 18
    code, _, err = cli("log", "refs", "-t", "dataset", data.as_uri(), "--max-objects", "2")
    assert code == 2
    assert "3 exceeds the limit of 2" in err
    both = ("--no-checksum", "--content-checksum")
    assert cli("log", "refs", "-t", "dataset", data.as_uri(), *both)[0] == 2


def test_a_uri_of_a_kind_that_nothing_knows_is_refused_by_name(cli):
    code, _, err = cli("log", "refs", "-t", "dataset", "gopher+x://host/file")
    assert code == 2
    assert "'gopher+x://host/file'" in err


def test_a_uri_of_a_kind_that_nothing_knows_is_logged_under_a_name(cli, log):
    logged = log("hive://warehouse/iris", "--name", "tables/iris")
    assert logged["file_count"] == 1
    with fingerpost.Api() as api:
        entry = api.artifact("team/p/refs:latest").get_entry("tables/iris")
        assert entry.ref() == "hive://warehouse/iris"


def test_what_is_given_alone_can_have_another_name(cli, log, data, monkeypatch):
    def paths():
        with fingerpost.Api() as api:
            return list(api.artifact("team/p/refs:latest").manifest.entries)

    log(data.as_uri(), "--name", "./there//")
    assert paths() == ["there/a", "there/b", "there/c"]
    log(data, "--name", "here")
    assert paths() == ["here/a", "here/b", "here/c"]
    log(data / "a", "--name", "x/y.txt")
    assert paths() == ["x/y.txt"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"piped")))
    log("-", "--name", "z")
    assert paths() == ["z"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("data/a", "data/b", "--name", "x"), "--name 'x' is for one FILE or URI, not for 2"),
        (("data/a", "--name", "../x"), "'../x'"),
        (("data", "--name", ""), "''"),
        (("file:///nowhere", "--name", "/x"), "'/x'"),
    ],
)
def test_a_name_that_cannot_be_is_refused_before_a_store_is_made(
    cli, data, tmp_path, arguments, told
):
    code, _, err = cli("log", "refs", "-t", "dataset", *arguments)
    assert code == 2
    assert told in err
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("library", "uri", "extra"),
    [
        ("s3fs", "s3://bucket/images/", "s3"),
        ("gcsfs.core", "gs://bucket/images/", "gcs"),
        ("adlfs", "https://account.blob.core.windows.net/container/x", "azure"),
        ("aiohttp", "https://example.org/x", "http"),
        (None, "gopher+x://host/file", None),
    ],
)
def test_a_uri_that_cannot_be_looked_at_leaves_no_new_store_behind(
    cli, tmp_path, monkeypatch, library, uri, extra
):
    if library is not None:
        monkeypatch.setitem(sys.modules, library, None)
    code, _, err = cli("log", "refs", "-t", "dataset", uri)
    assert code == (2 if extra is None else 7)
    assert extra is None or f"fingerpost[{extra}]" in err
    assert not (tmp_path / "store").exists()
