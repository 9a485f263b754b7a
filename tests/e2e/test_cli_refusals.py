"""What is refused, with which exit code, and that nothing was changed by it."""

import json
from pathlib import Path

import pytest

from fingerpost.cli import main


@pytest.fixture
def store(monkeypatch, tmp_path):
    folder = tmp_path / "store"
    monkeypatch.setenv("FINGERPOST_STORE", str(folder))
    return folder


@pytest.fixture
def refused(store, capsys):
    """Run a command line that must fail; returns exit code and the error's code."""

    def call(*arguments):
        code = main(["--json", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert out == ""
        told = json.loads(err.splitlines()[-1])["error"]
        assert set(told) == {"code", "type", "message"}
        assert told["message"]
        return code, told["code"]

    return call


@pytest.fixture
def table(store, capsys):
    Path("table.csv").write_text("a,b\n")
    assert main(["-q", "log", "table", "table.csv", "-t", "dataset", "--entity", "team"]) == 0
    assert main(["-q", "log", "mine", "table.csv", "-t", "dataset"]) == 0
    capsys.readouterr()


READING = [
    ("use", "table"),
    ("download", "table"),
    ("versions", "table"),
    ("history", "table"),
    ("alias", "list", "table"),
    ("alias", "set", "table", "good", "v0"),
    ("alias", "remove", "table", "good"),
    ("alias", "move", "table", "--set", "good=v0"),
    ("collection", "create", "registry/Dataset/tables"),
    ("collection", "edit", "table", "--tag", "good"),
    ("collection", "snippet", "table"),
    ("registry", "snippet", "Dataset"),
    ("link", "table", "registry/Dataset/tables"),
    ("registry", "list"),
    ("registry", "protect", "Dataset", "production"),
    ("verify",),
    ("verify", "table"),
]


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_store_that_is_not_there_is_not_made(refused, store, arguments):
    assert refused(*arguments) == (3, "store_not_found")
    assert not store.exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("versions", "tabel"), (3, "collection_not_found")),
        (("use", "team/uncategorized/table:best"), (3, "alias_not_found")),
        (("use", "team/uncategorized/table:v9"), (3, "version_not_found")),
        (("alias", "remove", "mine", "best"), (3, "alias_not_found")),
        (("registry", "permit", "Gold", "dataset"), (3, "registry_not_found")),
        (("link", "team/uncategorized/table", "registry/Gold/t"), (3, "registry_not_found")),
        (("versions", "registry/Dataset/none"), (3, "collection_not_found")),
        (("link", "mine", "registry/Dataset/t"), (2, "personal_entity_link")),
        (("link", "team/uncategorized/table", "registry/Model/t"), (2, "type_not_permitted")),
        (("link", "team/uncategorized/table", "somewhere/t"), (2, "invalid_artifact_path")),
        (("use", "team/uncategorized/table", "-t", "model"), (2, "type_mismatch")),
        (("alias", "set", "mine", "best", "worst"), (3, "alias_not_found")),
        (("alias", "set", "mine", "best", "v0", "--expected", "V0"), (2, "usage")),
        (("alias", "set", "mine", "v7", "v0"), (2, "invalid_alias")),
        (("alias", "set", "mine", "a/b", "v0"), (2, "invalid_alias")),
        (("registry", "create", "model"), (4, "already_exists")),
        (("registry", "create", "a/b"), (2, "invalid_name")),
        (("--actor", "bob", "registry", "create", "Mine"), (5, "role_required")),
        (("registry", "unprotect", "Model", "production"), (3, "not_found")),
        (("registry", "protect", "Model", "latest"), (2, "invalid_alias")),
        (("log", "mine", "table.csv", "-t", "model"), (2, "type_mismatch")),
        (("log", "bad name", "table.csv", "-t", "dataset"), (2, "invalid_name")),
        (("log", "../up", "table.csv", "-t", "dataset"), (2, "invalid_name")),
        (("log", "x", "nowhere.csv", "-t", "dataset"), (2, "source_file")),
        (("log", "x", "table.csv", "-t", "d", "-m", "rows"), (2, "invalid_metadata")),
        (("log", "x", "table.csv", "-t", "d", "-m", "{rows}"), (2, "invalid_metadata")),
        (("log", "x", "-", "-t", "d", "--stdin-name", "../up"), (2, "invalid_path")),
        (("log", "x", "ftp://nowhere/x", "-t", "d"), (2, "invalid_reference")),
        (("log", "x", "table.csv"), (2, "usage")),
        (("verify", "--root", "copy"), (2, "usage")),
        (("bogus",), (2, "usage")),
        (("history", "mine", "--bogus"), (2, "usage")),
        (("--store", "s3://bucket", "versions", "x"), (7, "store_unavailable")),
        (("download", "mine", "--root", "table.csv"), (7, "destination")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value[0], str) else str(value[0]),
)
@pytest.mark.usefixtures("table")
def test_what_cannot_be_done_has_its_exit_code(refused, arguments, expected):
    assert refused(*arguments) == expected


def test_a_refused_log_makes_no_store(refused, store):
    assert refused("log", "x", "nowhere.csv", "-t", "dataset")[0] == 2
    assert not store.exists()


@pytest.mark.usefixtures("table")
def test_a_lost_race_is_a_conflict_that_names_the_holder(refused, capsys):
    assert refused("alias", "set", "mine", "good", "v0", "--expected", "v3")[0] == 4
    assert main(["alias", "set", "mine", "good", "v0", "--expected", "v3"]) == 4
    assert "is not set" in capsys.readouterr().err


@pytest.mark.usefixtures("table")
def test_errors_for_people_say_what_to_do(capsys):
    assert main(["link", "mine", "registry/Dataset/t"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: 'alice/uncategorized/mine'")
    assert "--entity my-team" in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("table")
def test_a_file_below_a_link_to_a_folder_is_warned_of(capsys):
    Path("data/real").mkdir(parents=True)
    Path("data/real/x").write_text("x")
    Path("data/linked").symlink_to(Path("data/real").absolute())
    assert main(["--json", "log", "data", "data", "-t", "dataset"]) == 0
    warning = json.loads(capsys.readouterr().err)["warning"]["message"]
    assert "data/linked" in warning


@pytest.mark.usefixtures("table")
def test_an_empty_folder_is_logged_with_a_warning(capsys):
    Path("empty").mkdir()
    assert main(["--json", "log", "nothing", "empty", "-t", "dataset"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["artifact"]["file_count"] == 0
    assert "holds no files" in json.loads(err)["warning"]["message"]


def test_a_damaged_marker_is_an_integrity_error_not_a_traceback(store, refused):
    store.mkdir()
    (store / "fingerpost.json").write_text("{")
    assert refused("versions", "x") == (7, "store_format")
