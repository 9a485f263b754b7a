"""Every command: what it prints for programs, and what it leaves in the store."""

import base64
import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import blake3
import pytest

import fingerpost
from fingerpost.cli import main

TABLE = b"a,b\n1,2\n"


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """Run a command line with --json; returns exit code, answer, error."""
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("FINGERPOST_ENTITY", "team")
    monkeypatch.setenv("FINGERPOST_PROJECT", "plants")

    def call(*arguments):
        code = main(["--json", *map(str, arguments)])
        out, err = capsys.readouterr()
        errors = [json.loads(line) for line in err.splitlines()]
        return code, json.loads(out) if out else None, errors[-1]["error"] if errors else None

    return call


@pytest.fixture
def ok(cli):
    """Run a command line that must succeed; returns the answer."""

    def call(*arguments):
        code, answer, error = cli(*arguments)
        assert (code, error) == (0, None)
        return answer

    return call


@pytest.fixture
def table():
    path = Path("table.csv")
    path.write_bytes(TABLE)
    return path


@pytest.fixture
def linked(ok, table):
    """Two versions, both linked to registry/Dataset/tables; v0 is `production`."""
    ok("log", "table", table, "-t", "dataset")
    ok("link", "table:v0", "registry/Dataset/tables", "--alias", "production")
    table.write_bytes(TABLE + b"3,4\n")
    ok("log", "table", table, "-t", "dataset")
    ok("link", "table:v1", "registry/Dataset/tables")
    return "registry/Dataset/tables"


def parsed(moment):
    assert moment.endswith("Z")
    return datetime.fromisoformat(moment)


def test_log_tells_the_version_its_content_and_its_run(ok, table):
    before = datetime.now(UTC)
    answer = ok(
        *("log", "table", table, "-t", "dataset", "-a", "checked", "--tag", "small"),
        *("-m", "rows=1", "-m", '{"by": {"hand": true}}', "-m", "unit=cm", "-d", "two columns"),
    )
    artifact = answer["artifact"]
    assert answer["is_new"] is True
    assert artifact["qualified_name"] == "team/plants/table:v0"
    assert (artifact["name"], artifact["version"], artifact["type"]) == (
        "table:v0",
        "v0",
        "dataset",
    )
    assert (artifact["size_bytes"], artifact["file_count"]) == (8, 1)
    assert artifact["aliases"] == ["latest", "checked"]
    assert artifact["tags"] == ["small"]
    assert artifact["metadata"] == {"rows": 1, "by": {"hand": True}, "unit": "cm"}
    assert artifact["description"] == "two columns"
    assert artifact["created_by"] == "alice"
    assert artifact["source"] is None
    assert before <= parsed(artifact["created_at"]) <= datetime.now(UTC)
    assert answer["run"]["actor"] == "alice"
    assert answer["run"]["path"] == f"team/plants/{answer['run']['id']}"


def test_unchanged_content_makes_no_version_and_changed_content_the_next(ok, table):
    first = ok("log", "table", table, "-t", "dataset")
    again = ok("log", "table", table, "-t", "dataset", "-a", "checked")
    assert again["is_new"] is False
    assert again["artifact"]["digest"] == first["artifact"]["digest"]
    assert again["artifact"]["aliases"] == ["latest", "checked"]
    table.write_bytes(TABLE + b"3,4\n")
    changed = ok("log", "table", table, "-t", "dataset")
    assert changed["is_new"] is True
    assert changed["artifact"]["version"] == "v1"
    assert changed["artifact"]["aliases"] == ["latest"]


def test_a_single_folder_gives_its_content_and_several_keep_their_names(ok, table):
    folder = Path("folder")
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "x.bin").write_bytes(b"x")
    ok("log", "one", "folder", "-t", "dataset")
    ok("log", "both", "folder", table, "-t", "dataset")
    root = Path(ok("download", "one", "--root", "a")["root"])
    assert {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()} == {"deep/x.bin"}
    root = Path(ok("download", "both", "--root", "b")["root"])
    found = {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}
    assert found == {"folder/deep/x.bin", "table.csv"}


def test_a_reference_is_tracked_and_not_copied(ok, table, tmp_path):
    ok("log", "where-it-is", table.absolute().as_uri(), "-t", "dataset")
    assert ok("verify", "where-it-is")["checked"] == {"files": 0, "references_skipped": 1}
    stored = b"".join(p.read_bytes() for p in (tmp_path / "store" / "content").rglob("*.pack"))
    assert TABLE not in stored
    ok("download", "where-it-is", "--root", "copy")
    assert Path("copy/table.csv").read_bytes() == TABLE


def test_use_notes_the_run_and_tells_the_resolved_version(ok, table):
    logged = ok("log", "table", table, "-t", "dataset", "-a", "checked")
    used = ok("use", "table:checked", "--job-type", "train", "--run-name", "night")
    assert used["artifact"] == logged["artifact"]
    assert (used["run"]["job_type"], used["run"]["name"]) == ("train", "night")
    assert used["run"]["id"] != logged["run"]["id"]


def test_download_writes_the_same_bytes_and_a_prefix_only_some(ok):
    files = {"a/1.bin": bytes(range(256)), "a/2.bin": b"", "b/3.bin": b"\xff" * 70_000}
    for name, data in files.items():
        path = Path("in") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    ok("log", "many", "in", "-t", "dataset")
    root = Path(ok("download", "many", "--root", "out")["root"])
    assert root == Path("out").absolute()
    for name, data in files.items():
        assert hashlib.sha256((root / name).read_bytes()).digest() == hashlib.sha256(data).digest()
    ok("download", "many:v0", "--root", "some", "--prefix", "a/")
    assert sorted(p.name for p in Path("some").rglob("*.bin")) == ["1.bin", "2.bin"]
    ok("download", "many", "--root", "out")


def test_the_digest_of_a_stored_file_is_its_blake3(ok, table, tmp_path):
    ok("log", "table", table, "-t", "dataset")
    digest = blake3.blake3(TABLE).digest()
    packs = [p.read_bytes() for p in (tmp_path / "store" / "content").rglob("*.pack")]
    assert any(digest in pack for pack in packs)


def test_versions_come_newest_first_and_no_more_than_asked_for(ok, table):
    for number in range(3):
        table.write_text(f"{number}\n")
        ok("log", "table", table, "-t", "dataset")
    answer = ok("versions", "table")
    assert (answer["collection"], answer["type"]) == ("team/plants/table", "dataset")
    assert [each["version"] for each in answer["versions"]] == ["v2", "v1", "v0"]
    assert [each["aliases"] for each in answer["versions"]] == [["latest"], [], []]
    assert [e["version"] for e in ok("versions", "table", "-n", 1)["versions"]] == ["v2"]


def test_alias_set_moves_and_remove_takes_off_and_history_tells(ok, table):
    run = ok("log", "table", table, "-t", "dataset", "-a", "good")["run"]
    table.write_bytes(b"changed")
    ok("log", "table", table, "-t", "dataset")
    moved = ok("alias", "set", "table", "good", "v1", "--expected", "v0", "--reason", "newer")
    assert moved == {
        "collection": "team/plants/table",
        "alias": "good",
        "is_changed": True,
        "from_version": "v0",
        "to_version": "v1",
    }
    again = ok("alias", "set", "table", "good", "latest")
    assert (again["is_changed"], again["from_version"], again["to_version"]) == (False, "v1", "v1")
    assert ok("alias", "list", "table")["aliases"] == {"good": "v1", "latest": "v1"}
    removed = ok("alias", "remove", "table", "good", "--reason", "wrong")
    assert (removed["from_version"], removed["to_version"]) == ("v1", None)
    changes = ok("history", "table", "--alias", "good")["changes"]
    told = [(c["from_version"], c["to_version"], c["actor"], c["reason"]) for c in changes]
    assert told == [
        (None, "v0", "alice", None),
        ("v0", "v1", "alice", "newer"),
        ("v1", None, "alice", "wrong"),
    ]
    assert [change["run"] for change in changes] == [run["path"], None, None]
    times = [parsed(change["at"]) for change in changes]
    assert times == sorted(times)


def test_history_of_an_alias_that_never_was_is_empty(ok, table):
    ok("log", "table", table, "-t", "dataset")
    assert ok("history", "table", "--alias", "never")["changes"] == []


def test_expected_none_places_an_alias_that_nothing_has(ok, cli, table):
    ok("log", "table", table, "-t", "dataset")
    ok("alias", "set", "table", "good", "v0", "--expected", "none")
    code, _, error = cli("alias", "set", "table", "good", "v0", "--expected", "none")
    assert (code, error["code"]) == (4, "alias_expectation")


def test_link_publishes_a_version_and_linking_again_makes_nothing_new(ok, linked):
    again = ok("link", "table:v0", linked, "--alias", "first")["artifact"]
    assert again["qualified_name"] == "default/wandb-registry-Dataset/tables:v0"
    assert again["source"] == "team/plants/table:v0"
    assert sorted(again["aliases"]) == ["first", "production"]
    assert len(ok("versions", linked)["versions"]) == 2


def test_registries_are_made_governed_and_listed(ok):
    made = ok("registry", "create", "Gold data", "-t", "dataset", "-d", "what we stand for")
    assert made["registry"]["artifact_types"] == ["dataset"]
    assert made["registry"]["created_by"] == "alice"
    permitted = ok("registry", "permit", "Gold data", "table")["registry"]
    assert permitted["artifact_types"] == ["dataset", "table"]
    protected = ok("registry", "protect", "Gold data", "production")["registry"]
    assert protected["protected_aliases"] == ["production"]
    listed = ok("registry", "list")["registries"]
    assert [each["name"] for each in listed] == ["Dataset", "Gold data", "Model"]
    assert listed[1] == protected
    freed = ok("registry", "unprotect", "Gold data", "production")["registry"]
    assert freed["protected_aliases"] == []


def test_a_protected_alias_is_moved_by_admins_alone(ok, cli, linked):
    ok("registry", "protect", "Dataset", "production", "--reason", "served")
    code, answer, error = cli("--actor", "bob", "alias", "set", linked, "production", "v1")
    assert (code, answer) == (5, None)
    assert (error["code"], error["type"]) == ("role_required", "RoleRequiredError")
    assert cli("--actor", "bob", "alias", "remove", linked, "production")[0] == 5
    assert ok("alias", "list", linked)["aliases"]["production"] == "v0"
    ok("alias", "set", linked, "production", "v1")
    assert ok("alias", "list", linked)["aliases"]["production"] == "v1"
    assert ok("--actor", "bob", "alias", "set", linked, "candidate", "v0")["is_changed"]


def test_verify_names_what_a_folder_lacks_has_more_and_has_changed(ok, cli):
    Path("in").mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        Path("in", name).write_text(name)
    ok("log", "three", "in", "-t", "dataset")
    ok("download", "three", "--root", "copy")
    assert ok("verify", "three", "--root", "copy")["is_ok"] is True
    Path("copy/a.txt").unlink()
    Path("copy/b.txt").write_text("B.txt")
    Path("copy/d.txt").write_text("d.txt")
    code, report, error = cli("verify", "three", "--root", "copy")
    assert (code, report["is_ok"], error["code"]) == (6, False, "damage_found")
    assert {p["where"]: p["problem"] for p in report["problems"]} == {
        "a.txt": "missing",
        "b.txt": "different",
        "d.txt": "extra",
    }


def test_verify_reads_the_stored_content_and_leaves_no_download(ok, table):
    ok("log", "table", table, "-t", "dataset")
    assert ok("verify", "table:v0") == {
        "target": "team/plants/table:v0",
        "is_ok": True,
        "checked": {"files": 1},
        "problems": [],
    }
    assert {p.name for p in Path().iterdir()} == {"table.csv"}


@pytest.mark.parametrize("algorithm", ["blake3", "sha256", "md5"])
def test_log_and_verify_take_each_digest_algorithm(ok, cli, tmp_path, algorithm):
    Path("large.bin").write_bytes(b"large" * 300_000)
    answer = ok("log", "large", "large.bin", "-t", "model", "--digest-algorithm", algorithm)
    line = f"large.bin:{base64.b64encode(hashlib.md5(b'large' * 300_000).digest()).decode()}\n"
    of_wandb = hashlib.md5(f"wandb-artifact-manifest-v1\n{line}".encode()).hexdigest()
    digest = answer["artifact"]["digest"]
    assert digest == of_wandb if algorithm == "md5" else digest.startswith(f"{algorithm}:")
    assert ok("verify", "large")["checked"] == {"files": 1}
    [blob] = (tmp_path / "store").glob("content/blobs/*/*")
    blob.chmod(0o644)
    blob.write_bytes(b"LARGE" * 300_000)
    assert cli("verify", "large")[0] == cli("verify")[0] == 6


def test_verify_reads_what_another_artifact_stored(ok, table, tmp_path):
    ok("log", "table", table, "-t", "dataset")
    with fingerpost.init("team", "plants", store=tmp_path / "store") as run:
        artifact = fingerpost.Artifact("derived", "dataset")
        artifact.add_reference(run.use_artifact("table:v0").get_entry("table.csv"))
        run.log_artifact(artifact)
    assert ok("verify", "derived")["checked"] == {"files": 1}


def test_verify_finds_a_changed_byte_and_a_lost_file_of_the_store(ok, cli, tmp_path):
    large = bytes(range(256)) * 8192
    Path("large.bin").write_bytes(large)
    ok("log", "large", "large.bin", "-t", "dataset")
    whole = ok("verify")
    assert (whole["is_ok"], whole["checked"]["versions"]) == (True, 1)
    blob = next(p for p in (tmp_path / "store").rglob("*") if p.stat().st_size == len(large))
    blob.chmod(0o600)
    blob.write_bytes(b"\x01" + large[1:])
    for arguments in (("verify",), ("verify", "large")):
        code, report, _ = cli(*arguments)
        assert (code, report["is_ok"]) == (6, False)
    blob.unlink()
    code, report, _ = cli("verify")
    assert code == 6
    assert [p["where"] for p in report["problems"]] == ["team/plants/large:v0"]
    code, report, _ = cli("verify", "large")
    assert [p["where"] for p in report["problems"]] == ["large.bin"]
    assert cli("download", "large")[0] == 6


def test_verify_names_an_event_that_cannot_be_read_and_reads_on(ok, cli, table, tmp_path):
    ok("log", "table", table, "-t", "dataset")
    events = ok("verify")["checked"]["events"]
    with sqlite3.connect(tmp_path / "store" / "ledger.sqlite") as ledger:
        ledger.execute("UPDATE events SET state = 'damaged' WHERE topic = 'run.started'")
    ledger.close()
    code, report, _ = cli("verify")
    assert (code, report["checked"]["versions"]) == (6, 1)
    assert report["checked"]["events"] == events - 1
    # That it cannot be read, and that it is not what was stored.
    assert ["run.started" in each["problem"] for each in report["problems"]] == [True, True]


def test_help_topics_are_told(ok):
    topics = ok("help")["topics"]
    assert set(topics) == {"paths", "exit-codes", "environment", "json"}
    assert "130" in ok("help", "exit-codes")["topics"]["exit-codes"]
