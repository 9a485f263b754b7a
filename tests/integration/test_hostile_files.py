"""Files that cannot be what an artifact holds: a clear error for each, and nothing added."""

import logging
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

import fingerpost
from fingerpost import Artifact, errors

NOBODY = 65_534
LARGE = b"x" * (5 << 20)


@pytest.fixture
def draft():
    return Artifact("data", "dataset")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    (made / "a.txt").write_text("a")
    return made


WAYS = pytest.mark.parametrize("way", ["add_file", "add_dir", "add_reference", "reference to all"])


def add(draft, path: Path, way: str):
    match way:
        case "add_file":
            draft.add_file(path)
        case "add_dir":
            draft.add_dir(path.parent)
        case "add_reference":
            draft.add_reference(path.as_uri())
        case _:
            draft.add_reference(path.parent.as_uri())


def assert_refused(draft, path: Path, way: str, *words: str):
    with pytest.raises(errors.SourceFileError) as caught:
        add(draft, path, way)
    message = str(caught.value)
    assert path.name in message
    for word in words:
        assert word in message
    assert draft.file_count == 0


@WAYS
def test_a_link_to_nothing(draft, folder, way):
    path = folder / "broken"
    path.symlink_to("nowhere")
    assert_refused(draft, path, way, "is a link to nothing")


@WAYS
def test_links_that_lead_in_a_circle(draft, folder, way):
    path, other = folder / "here", folder / "there"
    path.symlink_to(other)
    other.symlink_to(path)
    assert_refused(draft, path, way, "cannot be read", "links")


@pytest.mark.parametrize("way", ["add_dir", "reference to all"])
def test_a_link_to_a_folder_above_is_named_and_not_followed(draft, folder, way, caplog):
    (folder / "below").mkdir()
    (folder / "below" / "up").symlink_to(folder, target_is_directory=True)
    with caplog.at_level(logging.WARNING, "fingerpost"):
        add(draft, folder / "a.txt", way)
    assert list(draft.manifest.entries) == ["a.txt"]
    assert "below/up: a link to a folder is not followed" in caplog.text


@WAYS
def test_a_pipe(draft, folder, way):
    path = folder / "pipe"
    os.mkfifo(path)
    assert_refused(draft, path, way, "is no regular file")


@contextmanager
def as_nobody():
    """Act as a user who may do little; root reads everything otherwise."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@WAYS
def test_a_file_that_may_not_be_read(draft, way):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        path = folder / "secret"
        path.write_text("s")
        path.chmod(0)
        with as_nobody():
            assert_refused(draft, path, way, "cannot be read (Permission denied)", "permissions")


@pytest.mark.parametrize("way", ["add_dir", "reference to all"])
def test_a_folder_that_may_not_be_read(draft, way):
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        top.chmod(0o755)
        closed = top / "closed"
        closed.mkdir(mode=0)
        with as_nobody(), pytest.raises(errors.SourceFileError, match=r"closed.*Permission denied"):
            add(draft, top / "any", way)
        closed.chmod(0o700)


@WAYS
def test_a_name_that_is_not_utf8(draft, folder, way):
    path = folder / os.fsdecode(b"caf\xe9.txt")
    path.write_text("latin")
    with pytest.raises(errors.InvalidPathError, match=r"caf.*not valid Unicode; rename the file"):
        add(draft, path, way)
    assert draft.file_count == 0


def test_a_name_that_is_not_utf8_is_no_matter_when_another_is_given(draft, folder):
    path = folder / os.fsdecode(b"caf\xe9.txt")
    path.write_text("latin")
    draft.add_file(path, name="café.txt")
    assert list(draft.manifest.entries) == ["café.txt"]


@pytest.mark.parametrize("policy", ["mutable", "immutable"])
def test_a_file_that_changes_while_it_is_read(draft, folder, policy):
    path = folder / "growing"
    path.write_bytes(LARGE)

    def grow(_):
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(errors.SourceFileError, match=r"growing.*changed while it was read"):
        draft.add_file(path, policy=policy, progress=grow)
    assert draft.file_count == 0
    draft.add_file(path, policy=policy)
    assert draft.size == path.stat().st_size


def test_a_file_that_shrinks_while_a_folder_is_added(draft, folder):
    (folder / "b.bin").write_bytes(LARGE)

    def shrink(_):
        with (folder / "b.bin").open("r+b") as file:
            file.truncate(1 << 20)

    with pytest.raises(errors.SourceFileError, match=r"b\.bin.*changed while it was read"):
        draft.add_dir(folder, progress=shrink)
    assert draft.file_count == 0


def test_a_file_that_changes_between_adding_and_logging(tmp_path, folder):
    path = folder / "promised"
    path.write_bytes(LARGE)
    with fingerpost.init("team", "p", store=tmp_path / "store") as run:
        draft = Artifact("data", "dataset")
        draft.add_file(path, policy="immutable")
        path.write_bytes(LARGE + b"!")
        with pytest.raises(errors.ContentMismatchError, match="changed after it was added"):
            run.log_artifact(draft)
        copied = Artifact("data", "dataset")
        copied.add_file(path)
        path.write_bytes(b"something else")
        assert run.log_artifact(copied).version == "v0"
        assert Path(copied.get_entry("promised").download()).read_bytes() == LARGE + b"!"


@pytest.mark.parametrize("name", ["missing", "missing/deep", "a.txt/below", "\0", "x" * 300])
@pytest.mark.parametrize("way", ["add_file", "add_dir"])
def test_what_is_not_there(draft, folder, name, way):
    with pytest.raises((errors.SourceFileError, errors.InvalidPathError)):
        getattr(draft, way)(str(folder / name))
    assert draft.file_count == 0


@pytest.mark.parametrize(("way", "path"), [("add_file", "."), ("add_dir", "a.txt")])
def test_a_folder_for_a_file_and_a_file_for_a_folder(draft, folder, way, path):
    with pytest.raises(errors.SourceFileError, match=r"is a folder|is no folder"):
        getattr(draft, way)(folder / path)
