"""Resolvers that other distributions bring."""

import json
import os
import subprocess
import sys

import pytest

import fingerpost

RESOLVER = """
import io
from fingerpost.application.ports.references import Observation, ReferenceState
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

class Shouting:
    schemes = frozenset({"shout"})
    is_local = True
    def handles(self, uri): return not uri.endswith("?")
    def resolve(self, reference):
        name = EntryPath(reference.name or "shout.txt")
        yield Entry(path=name, digest="x", size_bytes=None, ref=reference.uri)
    def open(self, entry): return io.BytesIO(entry.ref[8:].upper().encode())
    def observe(self, entry): return Observation(state=ReferenceState.UNVERIFIABLE, recorded="x")

class Upper(Shouting):
    schemes = frozenset({"SHOUT"})

def made(): return Shouting()
instance = Shouting()
none = 7
"""

SETUP = """
import json, sys
import fingerpost
from fingerpost import errors
def failing(*args):
    try: fingerpost.Artifact("a", "x").add_reference(*args)
    except Exception as error: return [type(error).__name__, str(error)]
"""


@pytest.fixture
def plugged_in(tmp_path):
    """Install a distribution with these entry points, and run code beside it."""

    def plugged_in(points, code):
        folder = tmp_path / "site"
        info = folder / "shout_plugin-1.0.dist-info"
        info.mkdir(parents=True)
        (folder / "shout.py").write_text(RESOLVER)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shout-plugin\nVersion: 1.0\n")
        lines = "".join(f"{name} = {value}\n" for name, value in points.items())
        (info / "entry_points.txt").write_text(f"[fingerpost.references]\n{lines}")
        env = {**os.environ, "PYTHONPATH": str(folder)}
        command = [sys.executable, "-W", "error", "-c", SETUP + code]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return plugged_in


@pytest.mark.parametrize("value", ["shout:Shouting", "shout:made", "shout:instance"])
def test_an_installed_resolver_adds_a_scheme(plugged_in, value):
    found = plugged_in(
        {"shout": value},
        """
with fingerpost.init("team", "p", store="store") as run:
    artifact = fingerpost.Artifact("a", "x")
    artifact.add_reference("shout://hello")
    run.log_artifact(artifact)
    with open(artifact.get_entry("shout.txt").download()) as file: text = file.read()
    print(json.dumps([text, [each.state for each in artifact.verify_references().drifted]]))
""",
    )
    assert found == ["HELLO", ["unverifiable"]]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("missing_module:Resolver", "No module named"),
        ("shout:Missing", "Missing"),
        ("shout:none", "not callable"),
        ("shout:Upper", "lower case"),
    ],
)
def test_a_broken_plug_in_is_named_when_nothing_else_knows_the_uri(plugged_in, value, problem):
    kind, message = plugged_in(
        {"mine": value}, 'print(json.dumps(failing("shout://hello", "name")))'
    )
    assert kind == "PluginError"
    assert f"fingerpost.references: mine = {value}" in message
    assert "shout-plugin 1.0" in message
    assert problem in message


def test_a_broken_plug_in_does_not_keep_others_from_working(plugged_in):
    found = plugged_in(
        {"a": "missing_module:Resolver", "b": "shout:Shouting"},
        'print(json.dumps(failing("shout://hello")))',
    )
    assert found is None


def test_built_in_kinds_need_no_entry_point(monkeypatch, tmp_path):
    monkeypatch.setattr(
        "fingerpost.adapters.references.plugins.entry_points", lambda **_: pytest.fail("looked")
    )
    path = tmp_path / "a.txt"
    path.write_text("text")
    [entry] = fingerpost.Artifact("a", "x").add_reference(path.as_uri())
    assert entry.path == "a.txt"
