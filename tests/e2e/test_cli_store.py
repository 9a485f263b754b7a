"""``fingerpost store``, and stores of other versions."""

import json
import sqlite3
from pathlib import Path

import pytest

import fingerpost
from fingerpost.adapters.read_tables import SCHEMA_VERSION
from fingerpost.cli import main
from fingerpost.errors import StoreFormatError


def run(capsys, *words):
    code = main(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


def as_json(capsys, *words):
    code, out, err = run(capsys, *words, "--json")
    assert code == 0, err
    return json.loads(out)


def log(store, text="one"):
    with fingerpost.init(entity="team", project="p", store=store) as started:
        artifact = fingerpost.Artifact("data", "dataset")
        with artifact.new_file("a.txt") as file:
            file.write(text)
        started.log_artifact(artifact)


def test_a_store_is_created_with_its_place_for_content_and_its_organization(tmp_path, capsys):
    words = ["store", "create", "--store", "s", "--content", "c", "--organization", "acme"]
    code, out, _ = run(capsys, *words)
    assert code == 0
    assert f"created {Path('s').absolute()}, with content in {Path('c').absolute()}" in out
    facts = as_json(capsys, "store", "info", "--store", "s")["store"]
    assert facts["location"] == str(Path("s").absolute())
    assert facts["content"] == str(Path("c").absolute())
    assert facts["organization"] == "acme"
    # A founder's registries: one for models, one for datasets.
    expected = {"organizations": 1, "registries": 2, "collections": 0, "versions": 0, "runs": 0}
    assert facts["counts"] == expected


def test_info_counts_what_was_logged_and_names_versions(tmp_path, capsys):
    for text in ("one", "two"):
        log(tmp_path / "s", text)
    facts = as_json(capsys, "--store", str(tmp_path / "s"), "store", "info")["store"]
    assert {name: facts["counts"][name] for name in ("collections", "versions", "runs")} == {
        "collections": 1,
        "versions": 2,
        "runs": 2,
    }
    assert set(facts["versions"]) == {"store", "read tables", "content layout", "packs"}
    code, out, _ = run(capsys, "--store", str(tmp_path / "s"), "store", "info")
    assert code == 0
    assert "version of the read tables" in out


def test_creating_it_again_is_a_conflict(tmp_path, capsys):
    assert run(capsys, "store", "create", "--store", "s")[0] == 0
    code, _, err = run(capsys, "store", "create", "--store", "s")
    assert code == 4
    assert "exists already" in err


def test_a_content_option_that_disagrees_is_an_error_of_storage(tmp_path, capsys):
    run(capsys, "store", "create", "--store", "s")
    code, _, err = run(capsys, "store", "info", "--store", "s", "--content", "elsewhere")
    assert code == 7
    assert "keeps the place" in err


@pytest.mark.parametrize("command", ["info", "check", "rebuild", "migrate"])
def test_without_a_store_the_others_say_so(command, capsys):
    code, _, err = run(capsys, "store", command, "--store", "absent")
    assert code == 3
    assert "absent" in err
    assert not Path("absent").exists()


def test_check_says_what_verify_says(tmp_path, capsys):
    log(tmp_path / "s")
    where = ["--store", str(tmp_path / "s")]
    assert as_json(capsys, *where, "store", "check") == as_json(capsys, *where, "verify")
    pack = next((tmp_path / "s" / "content" / "packs").rglob("*.pack"))
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[:-1])
    for words in (["store", "check"], ["verify"]):
        assert run(capsys, *where, *words)[0] == 6


def test_rebuild_makes_a_lost_table_again(tmp_path, capsys):
    log(tmp_path / "s")
    where = ["--store", str(tmp_path / "s")]
    with sqlite3.connect(tmp_path / "s" / "ledger.sqlite") as ledger:
        ledger.execute("DELETE FROM aliases")
        events = ledger.execute("SELECT count(*) FROM events").fetchone()[0]
    ledger.close()
    code, out, _ = run(capsys, *where, "verify")
    assert code == 6
    assert "fingerpost store rebuild" in out.replace("\n", " ")
    assert as_json(capsys, *where, "store", "rebuild") == {"rebuilt": {"events": events}}
    assert run(capsys, *where, "verify")[0] == 0


# -- other versions --------------------------------------------------------------------------


def make_old(folder):
    """As Fingerpost 0.1 wrote it: format 1, older read tables."""
    (folder / "fingerpost.json").write_text('{"format": 1}\n')
    with sqlite3.connect(folder / "ledger.sqlite") as ledger:
        ledger.execute(f"PRAGMA user_version={SCHEMA_VERSION - 1}")
        ledger.execute("DROP TABLE aliases")
    ledger.close()


def test_migrate_brings_an_older_store_up_to_date_and_says_what_it_did(tmp_path, capsys):
    log(tmp_path / "s")
    make_old(tmp_path / "s")
    where = ["--store", str(tmp_path / "s")]
    done = as_json(capsys, *where, "store", "migrate")["done"]
    assert len(done) == 2
    assert f"version {SCHEMA_VERSION - 1} is {SCHEMA_VERSION} now" in done[0]
    assert "format 1 is 2 now" in done[1]
    assert json.loads((tmp_path / "s" / "fingerpost.json").read_text()) == {"format": 2}
    assert as_json(capsys, *where, "store", "migrate") == {"done": []}
    assert "nothing to do" in run(capsys, *where, "store", "migrate")[1]
    assert run(capsys, *where, "verify")[0] == 0


def test_an_older_store_is_used_without_being_migrated(tmp_path):
    log(tmp_path / "s")
    make_old(tmp_path / "s")
    log(tmp_path / "s", "two")
    assert json.loads((tmp_path / "s" / "fingerpost.json").read_text()) == {"format": 1}


def test_migrate_marks_content_whose_mark_was_lost(tmp_path, capsys):
    run(capsys, "store", "create", "--store", "s", "--content", "c")
    Path("c", "fingerpost-content.json").unlink()
    done = as_json(capsys, "store", "migrate", "--store", "s")["done"]
    assert len(done) == 1
    assert "was marked as this store's" in done[0]
    log("s")


def test_a_newer_marker_is_refused(tmp_path):
    log(tmp_path / "s")
    (tmp_path / "s" / "fingerpost.json").write_text('{"format": 3}')
    with pytest.raises(StoreFormatError, match=r"format 3.*Upgrade Fingerpost"):
        fingerpost.open_store(tmp_path / "s")


@pytest.mark.parametrize("number", ['"2"', "0", "-1", "2.5", "null", "[1]"])
def test_a_format_that_never_was_is_refused(tmp_path, number):
    log(tmp_path / "s")
    (tmp_path / "s" / "fingerpost.json").write_text(f'{{"format": {number}}}')
    with pytest.raises(StoreFormatError):
        fingerpost.open_store(tmp_path / "s")


def test_newer_read_tables_are_refused_and_left_alone(tmp_path):
    log(tmp_path / "s")
    with sqlite3.connect(tmp_path / "s" / "ledger.sqlite") as ledger:
        ledger.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    ledger.close()
    with pytest.raises(StoreFormatError, match=r"read tables.*Upgrade Fingerpost"):
        fingerpost.open_store(tmp_path / "s")


def test_a_pack_of_a_newer_format_is_named_with_both_versions(tmp_path, capsys):
    log(tmp_path / "s")
    pack = next((tmp_path / "s" / "content" / "packs").rglob("*.pack"))
    data = bytearray(pack.read_bytes())
    data[8:10] = (2).to_bytes(2, "little")  # docs/reference/storage-format.md: bytes 8 and 9
    pack.chmod(0o644)
    pack.write_bytes(data)
    code, out, _ = run(capsys, "--store", str(tmp_path / "s"), "verify")
    assert code == 6
    assert "format version 2; this Fingerpost reads 1" in " ".join(out.split())


def test_snapshots_of_another_version_are_passed_over(tmp_path):
    """Derived data: a head that cannot be read is folded from its events again."""
    with fingerpost.open_store(tmp_path / "s") as store:
        for number in range(60):  # two events each, and a snapshot every hundred
            log(store, str(number))
    with sqlite3.connect(tmp_path / "s" / "ledger.sqlite") as ledger:
        count = ledger.execute("SELECT count(*) FROM snapshots").fetchone()[0]
        ledger.execute("UPDATE snapshots SET topic = 'head.of.tomorrow', state = 'x'")
    ledger.close()
    assert count
    log(tmp_path / "s")
    latest = fingerpost.Api(tmp_path / "s").artifact("team/p/data")
    assert "latest" in latest.aliases
