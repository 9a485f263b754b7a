"""Files that are not what their names say are refused, and run nothing."""

import io
import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

import fingerpost
from fingerpost import errors


@pytest.fixture
def run(tmp_path):
    with (
        fingerpost.open_store(tmp_path / "store") as opened,
        fingerpost.init("team", "p", store=opened) as run,
    ):
        yield run


@pytest.fixture
def got(run):
    """Log bytes under a name and get the object."""

    def got(name, data):
        artifact = fingerpost.Artifact("data", "dataset")
        with artifact.new_file(name, "wb") as file:
            file.write(data)
        return run.log_artifact(artifact).get(name)

    return got


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("was-run",)


def npy(header, data=b""):
    text = header.encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def objects_npy():
    buffer = io.BytesIO()
    np.save(buffer, np.array([Bomb()], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge_png():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"")


def image(kind):
    buffer = io.BytesIO()
    Image.new("L", (2, 2)).save(buffer, kind)
    return buffer.getvalue()


def noise_png():
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64), dtype="u1")
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def wav(form, data=b"\0\0", size=None):
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


PCM_16 = struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.parquet", b"PAR1 no table PAR1"),
        ("a.parquet", b""),
        ("a.arrow", b"ARROW1\0\0" + bytes(40) + b"ARROW1"),
        ("a.npy", b"\x93NUMPY\x01\x00"),
        ("a.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }\n", b"short")),
        ("a.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (10**9,), }\n")),
        ("a.npy", npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({10**16},), }}\n")),
        ("a.npy", npy("__import__('os').mkdir('was-run')\n")),
        ("a.npy", objects_npy()),
        ("a.npy", pickle.dumps(Bomb())),
        ("a.npy", zipped({"x.npy": b""})),
        ("a.npz", zipped({"x.npy": objects_npy()})),
        ("a.npz", zipped({"x.txt": b"text"})),
        ("a.npz", pickle.dumps(Bomb())),
        ("a.npz", b"PK\x03\x04 cut"),
        ("a.png", image("JPEG")),
        ("a.jpg", image("PNG")),
        ("a.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        ("a.png", noise_png()[:2_000]),
        ("a.png", huge_png()),
        ("a.html", b"\xff\xfe"),
        ("a.plotly.json", b"[1]"),
        ("a.plotly.json", b'{"data": [{"type": "nothing"}]}'),
        ("a.plotly.json", b"{" * 100_000),
        ("a.bokeh.json", b'{"roots": [{"type": "object", "name": "os.system", "id": "p1"}]}'),
        ("a.bokeh.json", b"[" * 100_000 + b"]" * 100_000),
        ("a.bokeh.json", b"{}"),
        ("a.wav", b"RIFF"),
        ("a.wav", b"RIFX\0\0\0\0WAVE"),
        ("a.wav", wav(PCM_16, size=0xFFFFFFFF)),
        ("a.wav", wav(PCM_16, b"odd")),
        ("a.wav", wav(PCM_16[:8])),
        ("a.wav", wav(struct.pack("<HHIIHH", 1, 0, 8_000, 0, 0, 16))),
        ("a.wav", wav(struct.pack("<HHIIHH", 7, 1, 8_000, 8_000, 1, 8))),
        ("a.wav", b"RIFF\0\0\0\0WAVE"),
    ],
)
def test_bytes_of_another_kind_are_refused_with_entry_and_codec(got, name, data):
    with pytest.raises(errors.UndecodableError) as caught:
        got(name, data)
    assert caught.value.path == name
    assert caught.value.__cause__ is not None
    assert repr(name) in str(caught.value)
    assert repr(caught.value.codec) in str(caught.value)
    assert not Path("was-run").exists()


def test_a_type_that_arrow_once_unpickled_is_not_run(got):
    field = pa.field(
        "a",
        pa.int8(),
        metadata={
            "ARROW:extension:name": "arrow.py_extension_type",
            "ARROW:extension:metadata": pickle.dumps(Bomb()),
        },
    )
    table = pa.table({"a": pa.array([1], pa.int8())}, schema=pa.schema([field]))
    buffer = io.BytesIO()
    with pa.ipc.new_file(buffer, table.schema) as writer:
        writer.write_table(table)
    assert got("a.arrow", buffer.getvalue()).column("a").to_pylist() == [1]
    assert not Path("was-run").exists()


def test_a_pyarrow_that_unpickles_is_refused(got, monkeypatch):
    monkeypatch.setattr(pa, "__version__", "14.0.0")
    with pytest.raises(errors.LibraryMissingError, match=r'14\.0\.0.*"pyarrow>=14\.0\.1"'):
        got("a.arrow", b"")


def test_damaged_content_is_not_decoded(run, tmp_path):
    artifact = fingerpost.Artifact("data", "dataset")
    array = np.arange(1_000, dtype="u1")
    artifact.add(array, "a")
    run.log_artifact(artifact)
    damaged = 0
    for path in (tmp_path / "store").rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if array.tobytes() in data:
            path.chmod(0o600)
            path.write_bytes(data.replace(array.tobytes(), array[::-1].tobytes()))
            damaged += 1
    assert damaged == 1
    with pytest.raises(errors.ContentMismatchError):
        artifact.get("a")
