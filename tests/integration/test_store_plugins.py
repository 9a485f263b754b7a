"""Ledgers and content stores that other distributions bring."""

import json
import os
import subprocess
import sys

import pytest

PLUGIN = """
import json, os, uuid
from pathlib import Path
from urllib.parse import urlsplit
from fingerpost.adapters.automations.database import AutomationsDatabase
from fingerpost.adapters.content import FsspecContentStore
from fingerpost.adapters.content.holds import FolderContentLock
from fingerpost.adapters.event_store import SQLiteEventStore
from fingerpost.errors import StoreNotFoundError

class ShelfLedger(SQLiteEventStore):
    def __init__(self, opening):
        folder = Path(urlsplit(opening.url).path)
        if not folder.exists() and not opening.create:
            raise StoreNotFoundError("store", f"shelf://{folder}", (), "Create it.")
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / "events.sqlite")
        self._folder = folder
        self.add_fact("id", uuid.uuid4().hex)
        self.store_id = uuid.UUID(self.fact("id"))
        self.holds = FolderContentLock(folder / "locks", self.location)
        self.automations = AutomationsDatabase(folder / "automations.sqlite")
    @property
    def location(self): return f"shelf://{self._folder}"
    def fact(self, name):
        path = self._folder / f"{name}.fact"
        return path.read_text() if path.exists() else None
    def add_fact(self, name, value):
        path = self._folder / f"{name}.fact"
        if not path.exists(): path.write_text(value)

def content(opening):
    import fsspec
    folder = Path(urlsplit(opening.url).path)
    return FsspecContentStore(
        fsspec.filesystem("file"), str(folder), opening.catalog, holds=opening.holds
    )

def failing(opening): raise RuntimeError(opening.url)
def lacking(opening): return object()
none = 7
"""

SUITES = """
from pathlib import Path
import pytest
from fingerpost.adapters.content.holds import FolderContentLock
from fingerpost.adapters.content.placed import ContentOpening
from fingerpost.adapters.event_store.shared import LedgerOpening
from fingerpost.bootstrap.plugins import CONTENT_STORES, EVENT_STORES, find_plugin
from fingerpost.testing import ContentStoreConformance, EventStoreConformance

class TestLedger(EventStoreConformance):
    @pytest.fixture
    def event_store(self, tmp_path):
        url = f"shelf://u:p@host{tmp_path}/ledger"
        store = find_plugin(EVENT_STORES, "shelf").open(LedgerOpening(url=url, create=True))
        yield store
        store.close()

class TestContent(ContentStoreConformance):
    @pytest.fixture
    def content_store(self, tmp_path):
        opening = ContentOpening(
            url=f"box://{tmp_path}/content",
            holds=FolderContentLock(tmp_path / "locks", "here"),
            staging=None,
            catalog=tmp_path / "catalog.sqlite",
        )
        store = find_plugin(CONTENT_STORES, "box").open(opening)
        yield store
        store.close()
"""

SETUP = """
import json, sys
from datetime import timedelta
from pathlib import Path
import fingerpost
def failing(**where):
    try: fingerpost.open_store(**where)
    except Exception as error: return [type(error).__name__, str(error)]
def log(store, text, **kwargs):
    with fingerpost.init("team", "p", store=store, **kwargs) as run:
        artifact = fingerpost.Artifact("data", "dataset")
        with artifact.new_file("a.txt") as file: file.write(text)
        run.log_artifact(artifact)
def read(store):
    with fingerpost.open_store(store, create=False) as opened:
        artifact = fingerpost.Api(opened).artifact("team/p/data")
        return (Path(artifact.download()) / "a.txt").read_text()
"""

LEDGERS = "fingerpost.event_stores"
CONTENTS = "fingerpost.content_stores"
BOTH = {LEDGERS: {"shelf": "shelving:ShelfLedger"}, CONTENTS: {"box": "shelving:content"}}


@pytest.fixture
def installed(tmp_path):
    """Install a distribution with these entry points; returns the environment that has it."""

    def installed(points, name="shelving"):
        folder = tmp_path / "site"
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (folder / "shelving.py").write_text(PLUGIN)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [
            line
            for group, named in points.items()
            for line in (f"[{group}]", *(f"{name} = {value}" for name, value in named.items()))
        ]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
        return {**os.environ, "PYTHONPATH": str(folder)}

    return installed


def said(env, code):
    command = [sys.executable, "-W", "error", "-c", SETUP + code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_store_on_plug_ins_does_all_that_others_do(installed, tmp_path):
    env = installed(BOTH)
    url, place = f"shelf://alice:hunter2@host{tmp_path}/l", f"box://{tmp_path}/c"
    first = said(
        env,
        f"""
store = fingerpost.open_store({url!r}, content={place!r})
log(store, "one"); log(store, "two")
api = fingerpost.Api(store)
api.artifact("team/p/data:v0").delete()
removed = api.gc(timedelta(), dry_run=False).files
print(json.dumps([removed > 0, read({url!r}), store.location, repr(store), api.dead_letters()]))
""",
    )
    shown = f"shelf://{tmp_path}/l"
    assert first == [True, "two", shown, f"OpenStore({shown!r})", []]
    # In another process the URL alone is enough, and a later version is logged there.
    again = said(env, f"log({url!r}, 'three'); print(json.dumps(read({url!r})))")
    assert again == "three"
    written = (tmp_path / "l" / "store.fact").read_text()
    assert json.loads(written)["content"] == place
    files = [path for path in tmp_path.rglob("*.*") if path.is_file()]
    assert not any(b"hunter2" in path.read_bytes() for path in files)


def test_a_plugged_in_place_for_content_serves_a_ledger_in_a_folder(installed, tmp_path):
    env = installed(BOTH)
    place = f"box://{tmp_path}/c"
    code = f"log('s', 'one', content={place!r}); print(json.dumps(read('s')))"
    assert said(env, code) == "one"
    [kind, message] = said(env, f"print(json.dumps(failing(store='t', content={place!r})))")
    assert kind == "StoreUnavailableError"
    assert "content of another store" in message


def test_a_plugged_in_ledger_needs_a_place_for_content(installed, tmp_path):
    env = installed(BOTH)
    [kind, message] = said(env, f"print(json.dumps(failing(store='shelf://{tmp_path}/l')))")
    assert kind == "StoreUnavailableError"
    assert "its content has no place" in message
    assert not (tmp_path / "l").exists()


def test_plug_ins_pass_the_suites_that_ship_with_fingerpost(installed, tmp_path):
    env = installed(BOTH)
    (tmp_path / "test_shelving.py").write_text(SUITES)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shelving.py"]
    done = subprocess.run(
        command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout
    assert "passed" in done.stdout


@pytest.mark.parametrize("group", [LEDGERS, CONTENTS])
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("missing_module:Opener", "No module named"),
        ("shelving:Missing", "Missing"),
        ("shelving:none", "it has to be a function or a class"),
        ("shelving:failing", "opening a store raised RuntimeError"),
        ("shelving:lacking", "what it opens has no location"),
    ],
)
def test_a_broken_plug_in_is_named(installed, tmp_path, group, value, problem):
    env = installed({group: {"mine": value}})
    where = {"store": "s", "content": "mine://host/x"}
    if group == LEDGERS:
        where = {"store": "mine://alice:hunter2@host/x", "content": str(tmp_path / "c")}
    [kind, message] = said(env, f"print(json.dumps(failing(**{where!r})))")
    assert kind == "PluginError"
    assert f"{group}: mine = {value}" in message
    assert "shelving 1.0" in message
    assert problem in message
    assert "hunter2" not in message


def test_two_plug_ins_for_one_scheme_are_an_error_that_names_both(installed):
    installed({CONTENTS: {"box": "shelving:content"}}, "first")
    env = installed({CONTENTS: {"box": "shelving:lacking"}}, "second")
    [kind, message] = said(env, "print(json.dumps(failing(store='s', content='box://host/x')))")
    assert kind == "PluginError"
    assert "first 1.0" in message
    assert "second 1.0" in message


def test_an_unknown_scheme_is_refused_with_the_schemes_that_are_known(installed):
    env = installed(BOTH)
    store, content = said(
        env,
        """
print(json.dumps([
    failing(store="mysql://alice:hunter2@host/db"), failing(store="s", content="crate://host/x")
]))
""",
    )
    assert store[0] == "StoreUnavailableError"
    assert "a postgresql:// URL, shelf://, or 'memory://'" in store[1]
    assert LEDGERS in store[1]
    assert "hunter2" not in store[1]
    assert content[0] == "InvalidValueError"
    assert "az, box, file" in content[1]
    assert CONTENTS in content[1]


def test_built_in_schemes_need_no_entry_point(monkeypatch, tmp_path):
    import fingerpost

    monkeypatch.setattr(
        "fingerpost.bootstrap.plugins.entry_points", lambda **_: pytest.fail("looked")
    )
    with fingerpost.open_store(tmp_path / "s", content=tmp_path / "c"):
        pass
    with fingerpost.open_store("memory://"):
        pass
