"""Stores that earlier versions made: opened, verified and asked, all of it is as it was then.

``golden/stores/README.md`` says how they were made. What is asked is in their
``answers.json``, with what the version that made them answered.
"""

import base64
import json
import sqlite3
import tarfile
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import zstandard

import fingerpost
from fingerpost.errors import KeyReusedError
from fingerpost.imports import import_bundle
from golden import store_questions as questions
from golden.store_commands import COMMANDS, give
from servers.postgres import schema_of

STORES = Path(__file__).parent.parent / "golden" / "stores"
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
KEPT = sorted(path.name for path in STORES.iterdir() if path.is_dir())
LEDGER = {"events", "ledger_tree", "fingerpost_meta"}


def without_additions(found, expected):
    """Return an answer without the keys that JSON forms have gained since."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return {
            key: without_additions(value, expected[key])
            for key, value in found.items()
            if key in expected
        }
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        return [without_additions(*pair) for pair in zip(found, expected, strict=True)]
    return found


class KeptStore:
    """A copy of a kept store that a test may change.

    Attributes:
        answers: what the version that made it answered.
        folder: the store as it was made.
        bundle: what that version exported.
        events: the events, as that version told them.
        location: the store that is asked.
    """

    def __init__(self, name, work):
        self.answers = json.loads((STORES / name / "answers.json").read_text(encoding="utf-8"))
        with tarfile.open(STORES / name / "store.tar.xz") as archive:
            archive.extractall(work, filter="data")
        self.folder, self.bundle = work / "store", work / "bundle"
        lines = (work / "events.jsonl").read_text(encoding="utf-8").splitlines()
        self.events = [json.loads(line) for line in lines]
        self.location = str(self.folder)
        self.postgres = None

    def open(self):
        return fingerpost.open_store(self.location, actor="alice", create=False)

    def require_answers(self, name, ask=questions.answer):
        for asked in self.answers[name]:
            actor, line = asked["actor"], asked["line"]
            expected = {key: asked[key] for key in asked if key not in {"actor", "line"}}
            found = without_additions(ask(self.location, actor, line), expected)
            assert found == expected, (actor, line)

    def rows(self):
        """Return the rows of the ledger and of the read tables, as the database has them."""
        if self.postgres is None:
            with closing(sqlite3.connect(Path(self.location, "ledger.sqlite"))) as database:
                found = database.execute("SELECT name FROM sqlite_master WHERE type='table'")
                return {name: sorted_rows(database, f'"{name}"') for name in tables(found)}
        with self.postgres.connect() as database:
            schema = schema_of(self.location)
            found = database.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]
            )
            return {name: sorted_rows(database, f'"{schema}"."{name}"') for name in tables(found)}

    def derived_rows(self):
        return {name: rows for name, rows in self.rows().items() if name not in LEDGER}


def tables(found):
    """Return the names of tables that say something: an index of SQLite's own is not read."""
    left_out = ("sqlite_", "search_grams", "snapshots")
    return [name for (name,) in found.fetchall() if not name.startswith(left_out)]


def sorted_rows(database, table):
    return sorted(map(repr, database.execute(f"SELECT * FROM {table}").fetchall()))


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", KEY)
    monkeypatch.setenv("FINGERPOST_ALLOW_WEBHOOK_HOSTS", "127.0.0.0/8")


@pytest.fixture(params=KEPT)
def made(request, tmp_path):
    """Return a kept store as it was made: a folder."""
    return KeptStore(request.param, tmp_path)


@pytest.fixture(params=["folder", "postgres"])
def kept(request, made, tmp_path):
    """Return a kept store in its folder, or its bundle in a new store."""
    if request.param == "folder":
        yield made
        return
    if request.param == "imported":
        made.location = str(tmp_path / "imported")
        import_bundle(made.bundle, made.location, actor="alice")
        yield made
        return
    made.postgres = request.getfixturevalue("postgres_server")
    with made.postgres.lent_url() as url:
        made.location = url
        import_bundle(made.bundle, url, actor="alice", content=tmp_path / "content")
        yield made


def test_there_is_a_kept_store():
    assert KEPT


@pytest.mark.parametrize("kept", ["folder", "imported", "postgres"], indirect=True)
def test_it_answers_as_before(kept):
    kept.require_answers("questions")
    with kept.open() as store:
        assert questions.ledger(store) == kept.answers["ledger"]
        assert questions.runs(store) == kept.answers["runs"]
        assert questions.objects(store) == kept.answers["objects"]
        for path, expected in kept.answers["contents"].items():
            assert questions.content(store, path) == expected, path
        # Asking changes nothing.
        assert questions.events(store) == kept.events


def test_what_automations_did_stays_in_the_folder(made):
    made.require_answers("of_the_folder")


def test_its_read_tables_are_those_that_a_rebuild_makes(kept):
    with kept.open():
        before = kept.derived_rows()
    with kept.open() as store:
        assert store.rebuild() == len(kept.events)
    assert kept.derived_rows() == before


def test_a_command_given_again_changes_nothing_and_returns_what_it_returned(kept):
    assert kept.answers["commands"]
    with kept.open() as store:
        for key, returned in kept.answers["commands"].items():
            before = store.ledger.size
            assert give(store, key) == returned, key
            added = [event.kind for event in store.events(before)]
            assert added == kept.answers["replays_add"][key], key
            # Starting and finishing a run is not under the key.
            assert set(added) <= {"run.started", "run.finished"}


def test_every_command_that_was_given_under_a_key_is_given_again(made):
    noted = {event["data"]["data"]["key"] for event in of_kind(made, "command.carried_out")}
    assert noted == set(made.answers["commands"]) <= set(COMMANDS)


def test_a_key_is_refused_for_another_kind_of_command(made):
    with made.open() as store:
        size = store.ledger.size
        for key in made.answers["commands"]:
            api = fingerpost.Api(store, COMMANDS[key][0], entity="keepers", project="census")
            animals = api.collection("animals")
            is_like_a_rename = key in {"rename a collection", "delete a collection"}
            other = partial(animals.set_alias, "new", "v0")
            with fingerpost.once(key), pytest.raises(KeyReusedError):
                other() if is_like_a_rename else animals.rename("creatures")
        assert store.ledger.size == size


def test_what_was_refused_is_refused(made):
    made.require_answers("refused", questions.refusal)


def test_its_bundle_brings_the_rows_of_the_ledger_as_they_were(made, tmp_path):
    before = made.rows()
    made.location = str(tmp_path / "imported")
    import_bundle(made.bundle, made.location, actor="alice")
    after = made.rows()
    assert (after["events"], after["ledger_tree"]) == (before["events"], before["ledger_tree"])


def test_it_is_exported_as_before(made, tmp_path):
    with made.open() as store:
        store.export(tmp_path / "again")
    before, after = (bundled_events(folder) for folder in (made.bundle, tmp_path / "again"))
    assert after == before != {}


def test_what_it_holds_can_be_gone_on_with(made):
    with made.open() as store:
        api = fingerpost.Api(store, "bob", entity="keepers", project="census")
        with fingerpost.init("keepers", "census", store=store, actor="bob") as run:
            draft = api.artifact("animals:v2").new_draft()
            with draft.new_file("new.csv") as file:
                file.write("new,1\n")
            assert run.log_artifact(draft).version == "v3"
        animals = api.collection("animals")
        animals.set_alias("reviewed", "v3", expected="v1", reason="newest")
        last = animals.alias_history("reviewed")[-1]
        assert (last.from_version, last.to_version, last.actor) == ("v1", "v3", "bob")
    for line in (["verify"], ["ledger", "verify"]):
        assert questions.run(made.location, "alice", line)[0] == 0


def test_the_same_content_has_the_digest_that_it_had(made):
    with made.open() as store, fingerpost.Api(store, "alice") as api:
        sources = {path for path in made.answers["contents"] if "registry" not in path}
        for path in sorted(sources):
            artifact = api.artifact(path)
            with fingerpost.init(artifact.entity, artifact.project, store=store) as run:
                again = run.log_artifact(artifact.new_draft())
            expected = made.answers["contents"][path]
            assert again.digest == expected["digest"], path
            assert questions.content(store, again.qualified_name)["entries"] == expected["entries"]


def of_kind(kept, kind):
    return [event for event in kept.events if event["data"]["kind"] == kind]


def bundled_events(folder):
    return {
        path.name: zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes())
        for path in (folder / "ledger").iterdir()
    }
