"""Reading one file of a version where it is: verified, seekable, and without a download."""

import hashlib
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import fingerpost
from fingerpost import Artifact, errors
from servers.places import s3_place

MIB = 1 << 20
SMALL = b"name,legs\nowl,2\ncat,4\n"
LARGE = hashlib.shake_128(b"large").digest(9 * MIB + 5)
FILES = {"small.csv": SMALL, "large.bin": LARGE, "empty": b""}


def logged(store, algorithm="blake3", **places):
    artifact = Artifact("data", "dataset", digest_algorithm=algorithm)
    for name, content in FILES.items():
        with artifact.new_file(name, "xb") as file:
            file.write(content)
    with fingerpost.init("team", "p", store=store, actor="alice", **places) as run:
        return run.log_artifact(artifact)


@pytest.fixture(params=["blake3", "sha256", "md5", "memory", "s3"])
def version(request, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if request.param == "memory":
        return logged("memory://")
    if request.param == "s3":
        place = s3_place(request.getfixturevalue("moto_s3"), monkeypatch).location
        return logged(tmp_path / "store", content=place)
    return logged(tmp_path / "store", request.param)


@pytest.fixture
def local(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return logged(tmp_path / "store")


def everything_in(folder):
    return {path: path.stat().st_size for path in Path(folder).rglob("*")}


def test_an_entry_gives_its_bytes_however_they_are_read(version):
    for name, content in FILES.items():
        entry = version.get_entry(name)
        with entry.open() as file:
            assert file.read() == content
            assert file.read(1) == b""
        buffer = bytearray(len(content) + 1)
        with entry.open() as file:
            assert b"".join(iter(lambda: file.read(70_001), b"")) == content
        with entry.open() as file:
            assert file.readinto(buffer) == len(content)
            assert bytes(buffer[: len(content)]) == content
    with version.get_entry("small.csv").open() as file:
        assert list(file) == [b"name,legs\n", b"owl,2\n", b"cat,4\n"]


@pytest.mark.parametrize("name", FILES)
def test_it_seeks_as_a_file_does(version, name):
    plain = io.BytesIO(FILES[name])
    with version.get_entry(name).open() as file:
        assert file.seekable()
        for offset, whence in [(0, 2), (0, 0), (3 * MIB, 0), (1, 0), (5, 1), (10, 2), (0, 0)]:
            assert file.seek(offset, whence) == plain.seek(offset, whence)
            assert file.tell() == plain.tell()
            assert file.read(MIB + 1) == plain.read(MIB + 1)
        if FILES[name]:
            assert (file.seek(-1, 2), file.read()) == (plain.seek(-1, 2), plain.read())
        for offset, whence in [(-1, 0), (0, 3)]:
            with pytest.raises(ValueError):  # noqa: PT011 - as Python's own files say it
                file.seek(offset, whence)


def test_libraries_read_it(local, tmp_path):
    entry = local.get_entry("small.csv")
    assert pd.read_csv(entry.open()).to_dict("list") == {"name": ["owl", "cat"], "legs": [2, 4]}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.txt", "in the archive")
    artifact = Artifact("zip", "dataset")
    artifact.add_file(tmp_path / "a.zip")
    with fingerpost.init("team", "p", store=tmp_path / "store", actor="alice") as run:
        run.log_artifact(artifact)
    with artifact.get_entry("a.zip").open() as file, zipfile.ZipFile(file) as archive:
        assert archive.read("x.txt") == b"in the archive"


def test_nothing_is_written_and_closing_early_is_fine(local, tmp_path):
    before = everything_in(tmp_path)
    for name in ("small.csv", "large.bin"):
        file = local.get_entry(name).open()
        assert file.read(4) == FILES[name][:4]
        file.close()
        file.close()
        assert file.closed
        with pytest.raises(ValueError, match="closed"):
            file.read()
    with local.get_entry("large.bin").open() as file:
        file.read()
    assert everything_in(tmp_path) == before


def read_all(entry, into, size_bytes):
    with entry.open() as file:
        while block := file.read(size_bytes):
            into.extend(block)


def flip(path, content):
    stored = bytearray(path.read_bytes())
    at = stored.find(content) + len(content) // 2 if content in stored else len(stored) // 2
    stored[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(stored)


@pytest.mark.parametrize(("name", "where"), [("small.csv", "packs"), ("large.bin", "blobs")])
@pytest.mark.parametrize("size_bytes", [-1, 1000, 3 * MIB])
def test_a_flipped_bit_never_lets_a_reader_reach_the_end(local, tmp_path, name, where, size_bytes):
    paths = [path for path in (tmp_path / "store/content" / where).rglob("*") if path.is_file()]
    for path in paths:
        flip(path, FILES[name][:50])
    read = bytearray()
    with pytest.raises(errors.ContentMismatchError):
        read_all(local.get_entry(name), read, size_bytes)
    assert len(read) < len(FILES[name])


def test_a_flipped_bit_is_found_after_going_back(local, tmp_path):
    with local.get_entry("large.bin").open() as file:
        assert file.read() == LARGE
        for path in (tmp_path / "store/content/blobs").rglob("blake3-*"):
            flip(path, LARGE[:50])
        file.seek(0)
        with pytest.raises(errors.ContentMismatchError):
            file.read()


@pytest.mark.parametrize("checksum", [True, "content"])
def test_a_reference_is_read_where_it_points_and_checked_against_the_record(
    tmp_path, monkeypatch, checksum
):
    monkeypatch.chdir(tmp_path)
    Path("there.bin").write_bytes(LARGE)
    artifact = Artifact("refs", "dataset")
    artifact.add_reference((tmp_path / "there.bin").as_uri(), checksum=checksum)
    with fingerpost.init("team", "p", store=tmp_path / "store", actor="alice") as run:
        entry = run.log_artifact(artifact).get_entry("there.bin")
    with entry.open() as file:
        assert file.read() == LARGE
        assert (file.seek(7), file.read(3)) == (7, LARGE[7:10])
    Path("there.bin").write_bytes(LARGE[:-1] + b"x")
    with pytest.raises(errors.ReferenceChangedError), entry.open() as file:
        file.read()
    Path("there.bin").unlink()
    with pytest.raises(errors.ReferenceMissingError):
        entry.open()


def test_an_entry_of_a_draft_cannot_be_opened_until_it_is_logged(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    artifact = Artifact("data", "dataset")
    entry = artifact.add_file(tmp_path / "a.txt")
    with pytest.raises(errors.ArtifactNotLoggedError, match=r"open its entry 'a\.txt'"):
        entry.open()
    with fingerpost.init("team", "p", store=tmp_path / "store", actor="alice") as run:
        run.log_artifact(artifact)
    with entry.open() as file:
        assert file.read() == b"a"
