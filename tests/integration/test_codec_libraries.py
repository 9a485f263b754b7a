"""Which libraries codecs import, and when; what plug-ins add."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import fingerpost
from fingerpost import errors

LIBRARIES = ["PIL", "bokeh", "matplotlib", "numpy", "pandas", "plotly", "pyarrow"]

BLOCK = """
import sys

class Blocked:
    names = set()

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
"""

PRELUDE = """
import fingerpost, json, sys
from fingerpost import Artifact, Audio, Html, errors

def logged(artifact):
    with fingerpost.init("team", "p", store="store") as run:
        return run.log_artifact(artifact)

def failing(action, *arguments):
    try:
        action(*arguments)
    except errors.FingerpostError as error:
        return [type(error).__name__, str(error)]
"""


def in_python(code, *, path=(), **environment):
    """Run code in an interpreter of its own, and return what it printed as JSON."""
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCK + PRELUDE + code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout.splitlines()[-1])


def test_a_page_is_added_and_read_without_any_of_the_libraries():
    found = in_python(
        f"""
draft = Artifact("a", "x")
draft.add(Html("x"), "page")
unknown = failing(draft.add, object(), "o")
html = logged(draft).get("page").html
print(json.dumps([html, unknown[0], [name for name in {LIBRARIES} if name in sys.modules]]))
"""
    )
    assert found == ["x", "NoCodecError", []]


def test_an_array_imports_no_other_library():
    found = in_python(
        f"""
import numpy
draft = Artifact("a", "x")
draft.add(numpy.arange(3), "a")
size = len(logged(draft).get("a"))
print(json.dumps([size, [name for name in {LIBRARIES} if name in sys.modules]]))
"""
    )
    assert found == [3, ["numpy"]]


@pytest.mark.parametrize(
    ("library", "make", "remedy"),
    [
        ("pyarrow", "__import__('pandas').DataFrame({'a': [1]})", '"pandas" "pyarrow>=14.0.1"'),
        ("numpy", "Audio([0.5], 8_000)", '"numpy"'),
    ],
)
def test_adding_without_a_library_says_what_to_install(library, make, remedy):
    name, message = in_python(
        f"""
obj = {make}
for name in [name for name in sys.modules if name.partition(".")[0] == {library!r}]:
    del sys.modules[name]
Blocked.names = {{{library!r}}}
print(json.dumps(failing(Artifact("a", "x").add, obj, "o")))
"""
    )
    assert name == "LibraryMissingError"
    assert f"`pip install {remedy}`" in message
    assert library in message.partition("Run")[0]


@pytest.mark.parametrize(
    ("path", "library", "package"),
    [
        ("a.parquet", "pyarrow", "pyarrow"),
        ("a.arrow", "pyarrow", "pyarrow"),
        ("a.npy", "numpy", "numpy"),
        ("a.npz", "numpy", "numpy"),
        ("a.wav", "numpy", "numpy"),
        ("a.png", "PIL", "pillow"),
        ("a.plotly.json", "plotly", "plotly"),
        ("a.bokeh.json", "bokeh", "bokeh"),
    ],
)
def test_getting_without_a_library_says_what_to_install(path, library, package):
    # Valid enough to reach the missing library; with the library it would be refused.
    content = (
        "RIFF\\x18\\0\\0\\0WAVEfmt \\x10\\0\\0\\0\\1\\0\\1\\0\\1\\0\\0\\0\\1\\0\\0\\0\\1\\0\\x08\\0"
    )
    name, message = in_python(
        f"""
Blocked.names = {{{library!r}}}
draft = Artifact("a", "x")
with draft.new_file({path!r}, "wb") as file:
    file.write({content!r}.encode("latin-1").decode("unicode_escape").encode("latin-1"))
print(json.dumps(failing(logged(draft).get, {path!r})))
"""
    )
    assert name == "LibraryMissingError"
    assert "pip install" in message
    assert f'"{package}' in message


def test_the_same_objects_give_the_same_bytes_in_every_process():
    code = """
import bokeh.plotting, numpy as np, pandas as pd, plotly.graph_objects as go, pyarrow as pa
from matplotlib.figure import Figure

def drawing():
    figure = Figure()
    axes = figure.subplots()
    axes.scatter([1, 2], [3, 4], marker="o")
    axes.bar([1, 2], [3, 4], hatch="/", label="b")
    axes.legend()
    return figure

draft = Artifact("a", "x")
chart = bokeh.plotting.figure(tools="hover,pan")
chart.line([1, 2], [3, 4])
for name in ("d.png", "d.svg", "d.pdf", "d.jpg"):
    draft.add(drawing(), name)
draft.add(chart, "bokeh")
draft.add(go.Figure(go.Bar(y=[1])), "plotly")
draft.add(go.Figure(go.Bar(y=[1])), "plotly.html")
draft.add({"a": np.arange(3)}, "arrays")
draft.add(pd.DataFrame({"a": [1], "b": ["x"]}), "frame")
draft.add(pa.table({"a": [1]}), "table")
print(json.dumps({path: entry.digest for path, entry in draft.manifest.entries.items()}))
"""
    # Drawings take their dates from SOURCE_DATE_EPOCH where they have one.
    first = in_python(code, PYTHONHASHSEED="1", SOURCE_DATE_EPOCH="1000000000")
    second = in_python(
        "import bokeh.plotting\nbokeh.plotting.figure()\n" + code,
        PYTHONHASHSEED="2",
        SOURCE_DATE_EPOCH="2000000000",
    )
    assert len(first) == 10
    assert first == second


# -- plug-ins --------------------------------------------------------------------------------

THING = """
class Thing:
    def __init__(self, text):
        self.text = text

class Special(Thing):
    pass

class ThingCodec:
    name = "thing"
    types = ("thing:Thing",)
    extensions = (".thing",)
    packages = ("thing",)

    def encode(self, obj, file):
        file.write(obj.text.encode())

    def decode(self, file):
        return Thing(file.read().decode())

class SpecialCodec(ThingCodec):
    name = "special"
    types = ("thing:Special",)
    extensions = (".special.thing",)

    def decode(self, file):
        return Special(file.read().decode())

class PageCodec(ThingCodec):
    name = "page"
    types = ("fingerpost:Html",)
    extensions = (".html", ".page")

    def encode(self, obj, file):
        file.write(b"page " + obj.html.encode())

class TakenCodec(ThingCodec):
    name = "html"

class Unnamed(ThingCodec):
    name = ""

class Shouting(ThingCodec):
    extensions = (".THING",)

class Unqualified(ThingCodec):
    types = ("Thing",)

instance = ThingCodec()
no_codec = "thing"
"""


@pytest.fixture
def plugged_in(tmp_path):
    """Install a distribution with these entry points, and run code beside it."""

    def plugged_in(points, code):
        folder = tmp_path / "site"
        info = folder / "thing_plugin-1.0.dist-info"
        info.mkdir(parents=True)
        (folder / "thing.py").write_text(THING)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thing-plugin\nVersion: 1.0\n")
        lines = "".join(f"{name} = {value}\n" for name, value in points.items())
        (info / "entry_points.txt").write_text(f"[fingerpost.codecs]\n{lines}")
        return in_python(code, path=[folder])

    return plugged_in


@pytest.mark.parametrize("value", ["thing:ThingCodec", "thing:instance"])
def test_an_installed_codec_adds_a_type(plugged_in, value):
    found = plugged_in(
        {"thing": value},
        """
from thing import Thing
draft = Artifact("a", "x")
entry = draft.add(Thing("hello"), "a")
back = logged(draft).get("a")
print(json.dumps([entry.path, type(back).__name__, back.text]))
""",
    )
    assert found == ["a.thing", "Thing", "hello"]


def test_the_most_special_type_wins_and_so_does_the_longest_extension(plugged_in):
    found = plugged_in(
        {"a": "thing:ThingCodec", "b": "thing:SpecialCodec"},
        """
from thing import Thing, Special
class Mine(Special): pass
draft = Artifact("a", "x")
paths = [draft.add(obj, type(obj).__name__).path for obj in (Thing("t"), Special("s"), Mine("m"))]
paths.append(draft.add(Special("plain"), "plain.thing").path)
artifact = logged(draft)
print(json.dumps([paths, [type(artifact.get(path)).__name__ for path in paths]]))
""",
    )
    assert found == [
        ["Thing.thing", "Special.special.thing", "Mine.special.thing", "plain.thing"],
        ["Thing", "Special", "Special", "Thing"],
    ]


def test_an_installed_codec_adds_a_format_and_changes_none(plugged_in):
    found = plugged_in(
        {"page": "thing:PageCodec"},
        """
draft = Artifact("a", "x")
paths = [draft.add(Html("x"), name).path for name in ("a", "b.html", "c.page")]
draft = logged(draft)
print(json.dumps([paths, draft.get("b.html").html, draft.get("c.page").text]))
""",
    )
    assert found == [["a.html", "b.html", "c.page"], "x", "page x"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("thing:Missing", "Missing"),
        ("missing_module:Codec", "No module named"),
        ("thing:no_codec", "it has to be an object with name"),
        ("thing:Unnamed", "its name has to be text"),
        ("thing:Shouting", "lower case"),
        ("thing:Unqualified", "'module:Name'"),
        ("thing:TakenCodec", "the name 'html' of its codec is taken"),
    ],
)
def test_a_plug_in_that_cannot_be_used_is_named_and_can_be_gone_without(plugged_in, value, problem):
    added, got, without = plugged_in(
        {"mine": value},
        """
draft = Artifact("a", "x")
added = failing(draft.add, Html("x"), "a")
draft.add(Html("x"), "a", codec="html")
artifact = logged(draft)
print(json.dumps([added, failing(artifact.get, "a"), artifact.get("a", codec="html").html]))
""",
    )
    assert added == got
    assert added[0] == "PluginError"
    assert f"fingerpost.codecs: mine = {value}" in added[1]
    assert "thing-plugin 1.0" in added[1]
    assert problem in added[1]
    assert without == "x"


def test_what_happens_without_plug_ins_needs_no_entry_point(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: pytest.fail("looked"))
    with fingerpost.init("team", "p", store=tmp_path / "store") as run:
        draft = fingerpost.Artifact("a", "x")
        with pytest.raises(errors.ArtifactNotLoggedError):
            draft.get("a")
        draft.add_file(Path(__file__))
        run.log_artifact(draft).download("copy")
