"""``fingerpost ledger`` as auditors and witnesses use it."""

import json
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fingerpost.cli import main


@pytest.fixture(autouse=True)
def _store(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    Path("table.csv").write_text("a,b\n")
    assert main(["-q", "log", "table", "table.csv", "--type", "dataset", "--alias", "good"]) == 0
    assert main(["ledger", "keygen", "ledger.key"]) == 0


@pytest.fixture
def run(capsys):
    capsys.readouterr()

    def run(*arguments, code=0):
        assert main(["ledger", *arguments]) == code
        return capsys.readouterr()

    return run


@pytest.fixture
def today(run):
    run("checkpoint", "--key", "ledger.key", "-o", "today.checkpoint")
    return Path("today.checkpoint")


def test_the_key_is_for_its_owner_and_the_public_one_for_everybody(run):
    assert stat.S_IMODE(Path("ledger.key").stat().st_mode) == 0o600
    assert Path("ledger.key").read_text().startswith("PRIVATE+KEY+fingerpost.ledger/")
    assert Path("ledger.key.pub").read_text().startswith("fingerpost.ledger/")
    shown = run("keygen", "ledger.key", code=4)
    assert "exists already. It was left alone" in shown.err
    assert "PRIVATE" not in shown.err


def test_a_move_is_proven_to_somebody_without_fingerpost(run, today, tmp_path):
    run("prove", "table:good", "--checkpoint", str(today), "-o", "move.tlog-proof")
    run("verifier", "-o", "verifier.py")
    key = Path("ledger.key.pub").read_text().strip()
    command = [sys.executable, "-I", "verifier.py", "move.tlog-proof", "--key", key]
    ran = subprocess.run(
        [*command, "--kept", str(today)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    event = json.loads(ran.stdout)
    assert (event["kind"], event["event"]["alias"]) == ("collection.alias_moved", "good")
    assert ran.stderr.startswith(f"proven: event {event['position']} of the ")
    proof = Path("move.tlog-proof")
    proof.write_text(proof.read_text().replace("index 1", "index 2"))
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("NOT PROVEN: ")


def test_check_says_what_is_proven_and_fails_when_it_is_not(run, today):
    run("prove", "table:good", "--checkpoint", str(today), "-o", "move.tlog-proof")
    checked = run("check", "move.tlog-proof", "--key", "ledger.key.pub", "--kept", str(today))
    assert json.loads(checked.out)["event"]["alias"] == "good"
    run("keygen", "other.key")
    shown = run("check", "move.tlog-proof", "--key", "other.key.pub", code=6)
    assert "is not signed by" in shown.err


def test_the_newest_move_that_the_checkpoint_has_is_proven(run, today):
    assert main(["alias", "set", "table", "good", "v0"]) == 0
    Path("table.csv").write_text("c\n")
    assert main(["-q", "log", "table", "table.csv", "--type", "dataset", "--alias", "good"]) == 0
    run("prove", "table:good", "--checkpoint", str(today), "-o", "old.tlog-proof")
    run("checkpoint", "--key", "ledger.key", "-o", "tomorrow.checkpoint")
    run("prove", "table:good", "--checkpoint", "tomorrow.checkpoint", "-o", "new.tlog-proof")
    for name, version in (("old", 0), ("new", 1)):
        checked = run("check", f"{name}.tlog-proof", "--key", "ledger.key.pub")
        assert json.loads(checked.out)["event"]["to_version"] == version
    shown = run("prove", "table:never", "--checkpoint", str(today), code=2)
    assert "it was moved within the first" in shown.err


def test_a_checkpoint_is_not_replaced_by_one_that_contradicts_it(run, today, tmp_path):
    kept = today.read_text()
    assert main(["alias", "set", "table", "x", "v0"]) == 0
    run("checkpoint", "--key", "ledger.key", "-o", str(today))
    assert today.read_text() != kept
    kept = today.read_text()
    database = sqlite3.connect(tmp_path / "store" / "ledger.sqlite")
    with database:
        database.execute("DELETE FROM events WHERE rowid=(SELECT MAX(rowid) FROM events)")
        database.execute("DROP TABLE ledger_tree")
        database.execute("PRAGMA user_version=1")
    database.close()
    shown = run("checkpoint", "--key", "ledger.key", "-o", str(today), code=6)
    assert "has more than the" in shown.err
    assert today.read_text() == kept


def test_verify_names_the_event_and_the_exit_code_says_it(run, today, tmp_path):
    good = run("verify", "--checkpoint", str(today), "--public-key", "ledger.key.pub")
    assert good.out.count("ok: ") == 2
    database = sqlite3.connect(tmp_path / "store" / "ledger.sqlite")
    with database:
        database.execute(
            "UPDATE events SET state=CAST(replace(CAST(state AS TEXT), 'alice', 'malia') AS BLOB) "
            "WHERE rowid=7"
        )
    database.close()
    shown = run("verify", "--checkpoint", str(today), code=6)
    assert "event 7" in shown.out
    assert "checkpoint of" in shown.out
    assert "is not what it was" in shown.err
    report = json.loads(run("verify", "--json", code=6).out)
    assert [it["position"] for it in report["problems"]] == [7]
    assert not report["is_ok"]


def test_witnesses_are_asked_and_counted(run, today):
    run("keygen", "w1.key", "--witness", "witness.example/w1")
    witness = ["witness", "--key", "w1.key", "--log-key", "ledger.key.pub", "--state", "seen"]
    run(*witness, str(today), "-o", "w1.line")
    assert main(["alias", "set", "table", "x", "v0"]) == 0
    run("checkpoint", "--key", "ledger.key", "-o", "tomorrow.checkpoint")
    shown = run(*witness, "tomorrow.checkpoint", code=6)
    assert "this witness signed" in shown.err
    run("consistency", str(today), "tomorrow.checkpoint", "-o", "step.txt")
    run(*witness, "step.txt", "-o", "w1.line")
    run("attach", "tomorrow.checkpoint", "w1.line", "-o", "tomorrow.checkpoint")
    seen = ["--public-key", "ledger.key.pub", "--witness", "w1.key.pub"]
    run("verify", "--checkpoint", "tomorrow.checkpoint", *seen)
    shown = run("verify", "--checkpoint", str(today), *seen, code=6)
    assert "0 of the witnesses signed, and 1 have to" in shown.err
    run("verify", "--checkpoint", str(today), *seen, "--quorum", "0")


def test_who_does_not_administer_the_store_gets_no_proofs(run, today, monkeypatch):
    monkeypatch.setenv("FINGERPOST_ACTOR", "mallory")
    run("prove", "--position", "1", "--checkpoint", str(today), code=5)
    run("checkpoint", "--key", "ledger.key", code=5)
    run("consistency", str(today), str(today), code=5)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["checkpoint"], "--key"),
        (["checkpoint", "--key", "none.key"], "cannot be read"),
        (["checkpoint", "--key", "table.csv"], "signing key"),
        (["prove", "--checkpoint", "today.checkpoint"], "name one thing"),
        (["prove", "table", "--checkpoint", "today.checkpoint"], "PATH:ALIAS"),
        (["prove", "--position", "0", "--checkpoint", "x"], "0"),
        (["prove", "--position", "1", "--checkpoint", "none"], "No such file"),
        (["prove", "--position", "1", "--checkpoint", "table.csv"], "as a checkpoint"),
        (["prove", "--position", "999", "--checkpoint", "today.checkpoint"], "999"),
        (["verify", "--checkpoint", "table.csv"], "as a checkpoint"),
        (["verify", "--public-key", "nonsense", "--checkpoint", "today.checkpoint"], "public key"),
        (["keygen", "none/such.key"], "cannot be written"),
        (["keygen", "a.key", "--name", "a b"], "name of a key"),
        (["check", "table.csv", "--key", "ledger.key.pub"], "a proof begins with"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(capsys, today, arguments, words):
    assert main(["ledger", *arguments]) in {2, 3, 6, 7}
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
