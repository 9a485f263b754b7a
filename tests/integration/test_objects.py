"""Objects go into an artifact and come out again, and others can read the files."""

import io
import json
import struct
import wave
import zipfile
from pathlib import Path

import bokeh.document
import bokeh.layouts
import bokeh.plotting
import matplotlib as mpl
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from matplotlib.figure import Figure
from PIL import Image

import fingerpost
from fingerpost import Audio, Html, errors


@pytest.fixture
def opened(tmp_path):
    with fingerpost.open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def run(opened):
    with fingerpost.init("team", "p", store=opened) as run:
        yield run


@pytest.fixture
def draft():
    return fingerpost.Artifact("data", "dataset")


@pytest.fixture
def stored(run, draft):
    """Add an object, log it, and return the artifact and the downloaded file."""

    def stored(obj, name="thing", **options):
        entry = draft.add(obj, name, **options)
        run.log_artifact(draft)
        return draft, Path(draft.get_entry(entry.path).download("copy"))

    return stored


def back(stored, obj, name="thing"):
    artifact, _ = stored(obj, name)
    return artifact.get(name)


# -- pandas ----------------------------------------------------------------------------------


def a_frame():
    return pd.DataFrame(
        {
            "größe": [1.5, None, float("inf")],
            "n": pd.array([1, None, 3], dtype="Int64"),
            "when": pd.to_datetime(["2026-01-01", None, "2026-03-01"], utc=True),
            "kind": pd.Categorical(["b", "a", "b"], categories=["b", "a"], ordered=True),
            "text": ["ä", None, ""],
        },
        index=pd.MultiIndex.from_tuples([("x", 1), ("x", 2), ("y", 1)], names=["k", "i"]),
    )


def test_a_frame_is_a_parquet_file_that_pandas_reads(stored):
    _, file = stored(a_frame(), "train")
    assert file.name == "train.parquet"
    pd.testing.assert_frame_equal(pd.read_parquet(file), a_frame())


@pytest.mark.parametrize(
    "frame",
    [
        a_frame(),
        pd.DataFrame(),
        pd.DataFrame({"a": pd.Series([], dtype="float32")}),
        pd.DataFrame([[1, 2]], columns=[0, 1]),
        pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])),
        pd.DataFrame({"a": [1, 2]}, index=[7, 7]),
    ],
    ids=["types", "empty", "no rows", "numbered columns", "column levels", "repeated index"],
)
def test_a_frame_comes_back_with_its_types_and_its_index(stored, frame):
    pd.testing.assert_frame_equal(back(stored, frame), frame)


def test_attributes_of_a_frame_come_back(stored):
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["source"] = "survey"
    assert back(stored, frame).attrs == {"source": "survey"}


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "Duplicate column names"),
        (pd.DataFrame({"a": [1, "x"]}), "column a"),
        (pd.DataFrame({"a": [1j]}), "complex128"),
    ],
)
def test_a_frame_that_parquet_cannot_hold_is_refused_with_the_reason(draft, frame, said):
    with pytest.raises(errors.UnencodableError, match=said) as caught:
        draft.add(frame, "train")
    assert (caught.value.path, caught.value.codec) == ("train.parquet", "parquet")
    assert len(draft.manifest) == 0


def test_a_series_is_refused_as_parquet_has_tables_only(draft):
    with pytest.raises(errors.NoCodecError, match=r"Series"):
        draft.add(pd.Series([1, 2]), "s")


# -- Arrow -----------------------------------------------------------------------------------


def a_table():
    schema = pa.schema(
        [pa.field("a", pa.list_(pa.int8())), pa.field("b", pa.decimal128(9, 2))],
        metadata={"origin": "sensor"},
    )
    return pa.table({"a": [[1], None, []], "b": [None, None, None]}, schema=schema)


def test_an_arrow_table_is_a_file_that_arrow_reads(stored):
    artifact, file = stored(a_table())
    assert file.name == "thing.arrow"
    assert pyarrow.feather.read_table(file).equals(a_table(), check_metadata=True)
    assert artifact.get("thing").equals(a_table(), check_metadata=True)


def test_a_record_batch_comes_back_as_a_table(stored):
    batch = pa.record_batch({"a": [1, 2]})
    assert back(stored, batch) == pa.table({"a": [1, 2]})


def test_an_arrow_table_is_parquet_where_the_name_says_so(stored):
    artifact, file = stored(a_table(), "thing.parquet")
    assert pyarrow.parquet.read_table(file).equals(a_table())
    assert artifact.get("thing").equals(a_table())


def test_a_parquet_file_that_was_added_as_a_file_comes_back_as_a_table(run, draft):
    pyarrow.parquet.write_table(a_table(), "other.parquet")
    draft.add_file("other.parquet")
    assert run.log_artifact(draft).get("other").equals(a_table())


# -- NumPy -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "array",
    [
        np.array(3.5),
        np.array([], dtype="c16"),
        np.arange(6, dtype=">i4").reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array([np.nan, -0.0, np.inf]),
        np.array(["ä", ""]),
        np.array([(1, b"x")], dtype=[("n", "u2"), ("s", "S3")]),
        np.array(["2026-01-01", "NaT"], dtype="M8[s]"),
        np.arange(10)[::3],
    ],
    ids=["0-d", "empty", "big-endian", "Fortran", "NaN", "text", "records", "dates", "strided"],
)
def test_an_array_is_a_file_that_numpy_reads_and_comes_back_the_same(stored, array):
    artifact, file = stored(array)
    assert file.name == "thing.npy"
    for found in (np.load(file, allow_pickle=False), artifact.get("thing")):
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        assert found.flags.f_contiguous == np.asarray(array, order="K").flags.f_contiguous or (
            not array.flags.f_contiguous
        )
        np.testing.assert_array_equal(found, array)


def test_a_large_array_comes_back(stored):
    array = np.arange(5 << 20, dtype="f8")  # 40 MiB: not kept in memory on the way
    np.testing.assert_array_equal(back(stored, array), array)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array([object()]), "Python objects"),
        (np.array([(1, None)], dtype=[("a", "i4"), ("b", "O")]), "Python objects"),
        (np.ma.masked_array([1, 2], mask=[True, False]), "mask"),
    ],
)
def test_an_array_that_would_lose_something_is_refused(draft, array, said):
    with pytest.raises(errors.UnencodableError, match=said):
        draft.add(array, "a")
    with pytest.raises(errors.UnencodableError, match=said):
        draft.add({"a": array}, "a")


def test_a_dictionary_of_arrays_is_a_file_that_numpy_reads(stored):
    arrays = {"file": np.arange(3), "w/ü": np.eye(2), "a.npy": np.array(1)}
    artifact, path = stored(arrays)
    assert path.name == "thing.npz"
    with np.load(path) as loaded:
        assert loaded.files == list(arrays)
        np.testing.assert_array_equal(loaded["file"], arrays["file"])
    found = artifact.get("thing")
    assert list(found) == list(arrays)
    for key, array in arrays.items():
        np.testing.assert_array_equal(found[key], array)


def test_an_archive_of_arrays_has_no_times(stored):
    _, path = stored({"a": np.arange(3)})
    assert [member.date_time for member in zipfile.ZipFile(path).infolist()] == [
        (1980, 1, 1, 0, 0, 0)
    ]


@pytest.mark.parametrize("value", [{"a": [1, 2]}, {1: np.arange(2)}])
def test_another_dictionary_is_refused(draft, value):
    with pytest.raises(errors.UnencodableError, match=r"no array|no text"):
        draft.add(value, "d")


# -- Pillow ----------------------------------------------------------------------------------


def an_image(mode):
    pixels = np.arange(4 * 5, dtype="u1").reshape(4, 5) * 12
    if mode == "I;16":
        return Image.fromarray(pixels.astype("u2") * 257)
    if mode in {"I", "F"}:
        return Image.fromarray(pixels.astype({"I": "i4", "F": "f4"}[mode]) * -70_000)
    if mode == "RGBA":
        return Image.fromarray(np.stack([pixels, pixels.T.reshape(4, 5), pixels, pixels], axis=-1))
    return Image.fromarray(pixels).convert(mode)


def same_pixels(one, other):
    return one.mode == other.mode and one.size == other.size and one.tobytes() == other.tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_an_image_is_a_png_file_that_pillow_reads(stored, mode):
    artifact, file = stored(an_image(mode), "cat")
    assert file.name == "cat.png"
    with Image.open(file) as image:
        assert image.format == "PNG"
        assert same_pixels(image, an_image(mode))
    assert same_pixels(artifact.get("cat"), an_image(mode))


@pytest.mark.parametrize(
    ("name", "mode"),
    [("cat.tiff", "I"), ("cat.tif", "F"), ("cat.tiff", "CMYK"), ("cat.webp", "RGBA")],
)
def test_formats_without_loss_give_the_same_pixels(stored, name, mode):
    assert same_pixels(back(stored, an_image(mode), name), an_image(mode))


@pytest.mark.parametrize(
    ("name", "kind"), [("cat.jpg", "JPEG"), ("CAT.JPEG", "JPEG"), ("cat.gif", "GIF")]
)
def test_the_extension_decides_the_format(stored, name, kind):
    artifact, file = stored(an_image("RGB"), name)
    assert file.name == name
    with Image.open(file) as image:
        assert image.format == kind
    assert artifact.get(name).size == (5, 4)


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.png", "F"), ("a.png", "I"), ("a.jpg", "RGBA"), ("a.webp", "F"), ("a.gif", "I;16")],
)
def test_an_image_that_the_format_would_change_unasked_is_refused(draft, name, mode):
    with pytest.raises(errors.UnencodableError, match=rf"mode is '{mode}'"):
        draft.add(an_image(mode), name)


def test_colors_below_full_transparency_come_back(stored):
    pixels = np.zeros((8, 8, 4), dtype="u1")
    pixels[..., 0] = np.arange(64).reshape(8, 8)
    assert same_pixels(back(stored, Image.fromarray(pixels), "a.webp"), Image.fromarray(pixels))


@pytest.mark.parametrize("source", ["GIF", "PNG"])
@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.tiff", "a.webp"])
def test_all_frames_of_an_animation_come_back(stored, name, source):
    buffer = io.BytesIO()
    frames = [Image.new("L", (4, 4), shade) for shade in (0, 100, 200)]
    frames[0].save(buffer, source, save_all=True, append_images=frames[1:])
    animation = Image.open(buffer)
    animation.seek(1)
    found = back(stored, animation, name)
    assert (found.n_frames, animation.tell()) == (3, 1)
    shades = []
    for place in range(3):
        found.seek(place)
        shades.append(found.convert("L").getpixel((0, 0)))
    assert shades == [0, 100, 200]


# -- figures ---------------------------------------------------------------------------------


def a_drawing():
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 2, 3], label="ü")
    axes.bar([1, 2], [3, 4], hatch="/")
    axes.legend()
    return figure


def test_a_matplotlib_figure_comes_back_as_an_image(stored):
    artifact, file = stored(a_drawing(), "plot")
    assert file.name == "plot.png"
    image = artifact.get("plot")
    assert (image.format, image.size) == ("PNG", (640, 480))  # 6.4 by 4.8 inches at 100 dpi


@pytest.mark.parametrize(
    ("name", "begin"),
    [("a.svg", b"<?xml"), ("a.pdf", b"%PDF-"), ("a.jpg", b"\xff\xd8\xff"), ("a.png", b"\x89PNG")],
)
def test_a_matplotlib_figure_is_drawn_in_the_format_of_the_extension(stored, name, begin):
    _, file = stored(a_drawing(), name)
    assert file.read_bytes().startswith(begin)


@pytest.mark.parametrize("name", ["a.svg", "a.pdf"])
def test_a_drawing_that_is_no_image_is_only_downloaded(stored, name):
    artifact, _ = stored(a_drawing(), name)
    with pytest.raises(errors.UndecodableError, match=r"drawing.*get_entry\('a\....'\)\.download"):
        artifact.get(name)


def test_drawing_leaves_the_settings_of_matplotlib_alone(stored):
    with mpl.rc_context({"svg.hashsalt": "mine"}):
        stored(a_drawing(), "a.svg")
        assert mpl.rcParams["svg.hashsalt"] == "mine"


def a_chart():
    return go.Figure(
        go.Scatter(x=np.arange(3), y=[1, 2, float("nan")], name="ü"), layout={"title": "t"}
    )


def test_a_plotly_figure_is_json_that_plotly_reads(stored):
    artifact, file = stored(a_chart(), "chart")
    assert file.name == "chart.plotly.json"
    for found in (plotly.io.read_json(file), artifact.get("chart")):
        assert isinstance(found, go.Figure)
        assert json.loads(found.to_json()) == json.loads(a_chart().to_json())


def test_a_plotly_figure_can_be_a_page_that_needs_no_network(stored):
    artifact, file = stored(a_chart(), "chart.html")
    page = file.read_text()
    assert page.startswith("<!doctype html>")
    assert '<script src="http' not in page
    assert artifact.get("chart.html") == Html(page)


def a_bokeh_figure():
    figure = bokeh.plotting.figure(title="ü")
    figure.line(
        "x",
        "y",
        source=bokeh.plotting.ColumnDataSource(
            {"x": np.arange(3), "y": np.array([1.0, np.nan, np.inf]), "id": ["p1001", "p1", "p2"]}
        ),
    )
    return figure


def test_a_bokeh_figure_is_json_that_bokeh_reads(stored):
    artifact, file = stored(a_bokeh_figure(), "chart")
    assert file.name == "chart.bokeh.json"
    (root,) = bokeh.document.Document.from_json(json.loads(file.read_text("utf-8"))).roots
    for found in (root, artifact.get("chart")):
        assert isinstance(found, bokeh.plotting.figure)
        assert found.title.text == "ü"
        data = found.renderers[0].data_source.data
        assert data["id"] == ["p1001", "p1", "p2"]
        np.testing.assert_array_equal(data["x"], [0, 1, 2])
        np.testing.assert_array_equal(data["y"], [1, np.nan, np.inf])


def test_bokeh_figures_that_come_back_can_be_put_side_by_side(stored):
    artifact, _ = stored(a_bokeh_figure(), "chart")
    figures = [artifact.get("chart"), artifact.get("chart"), a_bokeh_figure()]
    document = bokeh.document.Document()
    document.add_root(bokeh.layouts.row(figures))
    names = [model.id for model in document.models]
    assert len(names) == len(set(names))
    assert {figure.document for figure in figures} == {document}


def test_a_bokeh_figure_stays_in_the_document_that_it_is_in(stored):
    figure, document = a_bokeh_figure(), bokeh.document.Document()
    document.add_root(figure)
    stored(figure)
    assert figure.document is document
    assert document.roots == [figure]


# -- HTML and sound --------------------------------------------------------------------------


def test_html_is_stored_as_it_is(stored):
    artifact, file = stored(Html("<p>ü\r\n\n</p>"), "page")
    assert file.name == "page.html"
    assert file.read_bytes() == b"<p>\xc3\xbc\r\n\n</p>"
    assert artifact.get("page") == Html("<p>ü\r\n\n</p>")


def test_notebooks_show_html():
    assert Html("<b>x</b>")._repr_html_() == "<b>x</b>"


@pytest.mark.parametrize(("dtype", "width"), [("u1", 1), ("i2", 2), (">i2", 2), ("i4", 4)])
def test_sound_in_whole_numbers_is_a_file_that_the_standard_library_reads(stored, dtype, width):
    samples = np.array([[0, 1], [2, 127], [3, 4]]).astype(dtype)
    artifact, file = stored(Audio(samples, sample_rate=44_100), "tone")
    assert file.name == "tone.wav"
    with wave.open(str(file)) as reader:
        assert reader.getparams()[:4] == (2, width, 44_100, 3)
        frames = reader.readframes(3)
    assert frames == samples.astype(samples.dtype.newbyteorder("<")).tobytes()
    found = artifact.get("tone")
    assert found.sample_rate == 44_100
    assert found.data.dtype == samples.dtype.newbyteorder("=")
    np.testing.assert_array_equal(found.data, samples)


def test_sound_in_floating_point_is_laid_out_as_microsoft_says(stored):
    artifact, file = stored(Audio([0.5, -1.0, 2.0], 8_000), "tone")
    data = struct.pack("<3d", 0.5, -1.0, 2.0)
    form = struct.pack("<HHIIHHH", 3, 1, 8_000, 64_000, 8, 64, 0)
    chunks = [(b"fmt ", form), (b"fact", struct.pack("<I", 3)), (b"data", data)]
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(raw)) + raw for name, raw in chunks)
    assert file.read_bytes() == b"RIFF" + struct.pack("<I", len(body)) + body
    found = artifact.get("tone")
    assert (found.data.dtype, found.data.tolist()) == (np.dtype("f8"), [0.5, -1.0, 2.0])


def test_sound_of_an_odd_length_is_padded(stored):
    artifact, file = stored(Audio(np.array([1, 2, 3], dtype="u1"), 8_000), "tone")
    assert len(file.read_bytes()) % 2 == 0
    assert artifact.get("tone").data.tolist() == [1, 2, 3]


def test_no_sound_at_all_comes_back(stored):
    artifact, file = stored(Audio(np.zeros((0, 2), dtype="i2"), 8_000), "tone")
    with wave.open(str(file)) as reader:
        assert reader.getnframes() == 0
    assert artifact.get("tone").data.shape == (0, 2)


def test_24_bit_sound_of_others_comes_back_shifted_up(run, draft):
    with draft.new_file("tone.wav", "wb") as file, wave.open(file, "wb") as writer:
        writer.setparams((1, 3, 8_000, 0, "NONE", None))
        writer.writeframes(b"\x01\x00\x00" + b"\xff\xff\xff" + b"\x00\x00\x80")
    data = run.log_artifact(draft).get("tone").data
    assert (data.dtype, data.tolist()) == (np.dtype("i4"), [1 << 8, -(1 << 8), -(1 << 31)])


@pytest.mark.parametrize(
    "data", [np.zeros(3, "f2"), [1, 2], np.zeros((2, 2, 2)), np.array(1.0), np.zeros((3, 0))]
)
def test_samples_that_wav_cannot_hold_are_refused(draft, data):
    with pytest.raises(errors.UnencodableError, match=r"samples are|its shape is"):
        draft.add(Audio(data, 8_000), "tone")


@pytest.mark.parametrize("rate", [0, -1, 1 << 32])
def test_a_sample_rate_that_no_file_can_hold_is_refused(rate):
    with pytest.raises(ValueError, match="sample_rate"):
        Audio([0.0], rate)


# -- the contract ----------------------------------------------------------------------------


def test_the_entry_says_where_it_is(draft):
    entry = draft.add(Html("x"), Path("pages", "a"))
    assert (entry.path, entry.size) == ("pages/a.html", 1)


def test_get_finds_an_object_with_and_without_the_extension(run, draft):
    draft.add(Html("x"), "pages/a")
    artifact = run.log_artifact(draft)
    assert artifact.get("pages/a") == artifact.get(Path("pages", "a.html")) == Html("x")


def test_a_dot_in_a_name_is_no_extension(draft):
    assert draft.add(Html("x"), "report.v2").path == "report.v2.html"


def test_a_name_that_ends_as_other_files_do_is_refused(draft):
    with pytest.raises(errors.InvalidValueError, match=r"Name it 'a\.parquet'") as caught:
        draft.add(pd.DataFrame(), "a.PNG")
    assert caught.value.value == "a.PNG"


def test_the_same_object_can_be_added_twice_and_another_needs_overwrite(run, draft):
    draft.add(np.arange(3), "a")
    draft.add(np.arange(3), "a")
    with pytest.raises(errors.EntryExistsError, match=r"'a\.npy'"):
        draft.add(np.arange(4), "a")
    draft.add(np.arange(4), "a", overwrite=True)
    assert run.log_artifact(draft).get("a").tolist() == [0, 1, 2, 3]


def test_nothing_is_added_to_a_final_artifact(draft):
    draft.finalize()
    with pytest.raises(errors.ArtifactFinalizedError, match="'a'"):
        draft.add(Html("x"), "a")


def test_nothing_is_got_from_a_draft(draft):
    draft.add(Html("x"), "a")
    with pytest.raises(errors.ArtifactNotLoggedError, match="'a'"):
        draft.get("a")


def test_what_is_not_there_is_not_got(run, draft):
    draft.add(Html("x"), "a")
    artifact = run.log_artifact(draft)
    with pytest.raises(KeyError, match="'b'"):
        artifact.get("b")


def test_a_name_without_extension_that_stands_for_two_is_refused(run, draft):
    draft.add(Html("x"), "a")
    draft.add(np.arange(3), "a")
    artifact = run.log_artifact(draft)
    with pytest.raises(errors.InvalidValueError, match=r"'a\.npy', 'a\.html'"):
        artifact.get("a")
    assert artifact.get("a.html") == Html("x")


def test_a_file_without_extension_does_not_hide_an_object(run, draft):
    draft.add(Html("x"), "a")
    with draft.new_file("a") as file:
        file.write("plain")
    assert run.log_artifact(draft).get("a") == Html("x")


def test_a_file_that_no_codec_reads_is_refused(run, draft):
    with draft.new_file("notes.txt") as file:
        file.write("plain")
    artifact = run.log_artifact(draft)
    with pytest.raises(errors.NoCodecError, match=r"\.parquet.*get_entry\('notes\.txt'\)"):
        artifact.get("notes.txt")


def test_an_object_of_unknown_type_is_refused_with_the_types_that_are_known(draft):
    with pytest.raises(errors.NoCodecError) as caught:
        draft.add(complex(1, 2), "a")
    message = str(caught.value)
    known = ["pandas.DataFrame", "pyarrow.Table", "numpy.ndarray", "PIL.Image.Image"]
    for said in ["'complex'", *known, "fingerpost.Html", "codec=", "fingerpost.codecs", "new_file"]:
        assert said in message


def test_a_path_that_leaves_the_artifact_is_refused(draft):
    with pytest.raises(errors.InvalidPathError):
        draft.add(Html("x"), "../a")


def test_a_reference_to_a_file_is_got_too(run, draft):
    np.save("there.npy", np.arange(3))
    draft.add_reference(Path("there.npy").absolute().as_uri())
    artifact = run.log_artifact(draft)
    assert artifact.get("there").tolist() == [0, 1, 2]
    np.save("there.npy", np.arange(4))
    with pytest.raises(errors.ReferenceChangedError):
        artifact.get("there")


def test_the_same_object_logged_again_makes_no_new_version(run):
    for _ in range(2):
        artifact = fingerpost.Artifact("data", "dataset")
        for name, obj in {
            "frame": a_frame(),
            "table": a_table(),
            "array": np.arange(3),
            "arrays": {"a": np.arange(3)},
            "image": an_image("RGBA"),
            "drawing": a_drawing(),
            "plotly": a_chart(),
            "bokeh": a_bokeh_figure(),
            "sound": Audio([0.5], 8_000),
        }.items():
            artifact.add(obj, name)
        artifact.add(a_drawing(), "drawing.svg")
        artifact.add(a_drawing(), "drawing.pdf")
        artifact.add(a_chart(), "chart.html")
        run.log_artifact(artifact)
    assert artifact.version == "v0"


def test_what_came_back_logged_again_makes_no_new_version(run):
    objects = {
        "frame": a_frame(),
        "table": a_table(),
        "array": np.asfortranarray(np.eye(3)[:2]),
        "arrays": {"a": np.arange(3)},
        "image": an_image("RGBA"),
        "plotly": a_chart(),
        "bokeh": a_bokeh_figure(),
        "page": Html("x"),
        "sound": Audio([[0.5, 0.25]], 8_000),
    }
    for _ in range(2):
        artifact = fingerpost.Artifact("data", "dataset")
        for name, obj in objects.items():
            artifact.add(obj, name)
        run.log_artifact(artifact)
        objects = {name: artifact.get(name) for name in objects}
    assert artifact.version == "v0"


# -- codec= ----------------------------------------------------------------------------------


class Lines:
    name = "lines"
    types = ()
    extensions = (".txt",)
    packages = ()

    def encode(self, obj, file):
        file.write("\n".join(obj).encode())

    def decode(self, file):
        return file.read().decode().split("\n")


def test_a_codec_of_ones_own_is_used_when_it_is_passed(stored):
    artifact, file = stored(["a", "b"], "lines", codec=Lines())
    assert (file.name, file.read_text()) == ("lines.txt", "a\nb")
    assert artifact.get("lines", codec=Lines()) == ["a", "b"]
    assert artifact.get("lines.txt", codec=Lines()) == ["a", "b"]


def test_a_codec_can_be_named(stored):
    artifact, _ = stored({"a": [1]}, "chart.json", codec=Lines())
    assert artifact.get("chart.json.txt", codec="html") == Html("a")


@pytest.mark.parametrize("codec", [Lines, object(), 3])
def test_what_is_no_codec_is_refused(draft, codec):
    with pytest.raises(errors.InvalidValueError, match=r"fingerpost\.Codec"):
        draft.add(["a"], "a", codec=codec)


def test_an_unknown_name_of_a_codec_is_refused(draft):
    with pytest.raises(errors.InvalidValueError, match=r"parquet, numpy\.npy"):
        draft.add(["a"], "a", codec="csv")


# -- failing ---------------------------------------------------------------------------------


class Failing(Lines):
    error = RuntimeError("half done")

    def encode(self, obj, file):
        file.write(b"half")
        raise self.error


def test_a_codec_that_fails_half_way_adds_nothing(draft, tmp_path):
    with pytest.raises(errors.UnencodableError, match="half done"):
        draft.add(["a"], "a", codec=Failing())
    assert len(draft.manifest) == 0
    draft.finalize()


def test_a_full_disk_is_not_blamed_on_the_object(draft):
    codec = Failing()
    codec.error = OSError(28, "No space left on device")
    with pytest.raises(OSError, match="No space left"):
        draft.add(["a"], "a", codec=codec)
    assert len(draft.manifest) == 0
