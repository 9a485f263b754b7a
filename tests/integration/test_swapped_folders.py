"""Somebody who may write into a folder swaps what is in it while others download to it."""

import json
import threading
from contextlib import suppress

import pytest

import fingerpost
from fingerpost.adapters.downloads.destination import DownloadFolder
from fingerpost.adapters.downloads.parts import Parts
from fingerpost.adapters.files import safe_open as below
from fingerpost.domain.errors import FingerpostError, InvalidPathError
from fingerpost.domain.manifest.entry import Entry
from fingerpost.imports import import_bundle, import_wandb_manifest

pytestmark = pytest.mark.skipif(not below.IS_POSSIBLE, reason="paths are all that Windows has")


@pytest.fixture
def outside(tmp_path):
    """Make a folder in which nothing is ever to be written or removed."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("canary", "1", "0", "f0"):
        (folder / name).write_text("alive")
    return folder


def unharmed(outside):
    return {path.name: path.read_text() for path in outside.iterdir()} == dict.fromkeys(
        ("canary", "1", "0", "f0"), "alive"
    )


@pytest.fixture
def artifact(tmp_path):
    """Log an artifact of two folders with many files."""
    with fingerpost.init(project="p", store=tmp_path / "store") as run:
        made = fingerpost.Artifact("zoo", "dataset")
        for number in range(300):
            with made.new_file(f"a/b/f{number}", mode="w") as file:
                file.write(f"{number}")
        yield run.log_artifact(made)


def swapping(folder, outside, ended):
    """Put a link to another folder in the place of one, and take it away again, for ever."""
    aside = folder.with_name(f"{folder.name}-aside")
    while not ended.is_set():
        with suppress(OSError):
            folder.rename(aside)
            folder.symlink_to(outside, target_is_directory=True)
        with suppress(OSError):
            folder.unlink()
        with suppress(OSError):
            aside.rename(folder)


@pytest.mark.parametrize("swapped", ["a", "a/b"])
@pytest.mark.parametrize("way", ["download", "checkout"])
def test_nothing_is_written_or_removed_through_a_link_that_is_made_meanwhile(
    artifact, outside, tmp_path, swapped, way
):
    root = tmp_path / "out"
    ended = threading.Event()
    thread = threading.Thread(target=swapping, args=(root / swapped, outside, ended))
    thread.start()
    try:
        for _ in range(5):
            with suppress(FingerpostError):
                getattr(artifact, way)(str(root))
            assert unharmed(outside)
    finally:
        ended.set()
        thread.join()
    assert unharmed(outside)


def swaps_in_the_last_moment(monkeypatch, folder, outside):
    """Swap a folder between the last look at its path and what is done in it."""
    look = DownloadFolder.path_of

    def looks(self, entry_path):
        path = look(self, entry_path)
        if not folder.is_symlink():
            folder.mkdir(parents=True, exist_ok=True)
            folder.rename(folder.with_name("aside"))
            folder.symlink_to(outside, target_is_directory=True)
        return path

    monkeypatch.setattr(DownloadFolder, "path_of", looks)


@pytest.mark.parametrize("folder", ["a", "a/b"])
def test_a_link_made_after_the_look_is_refused_and_named(
    artifact, outside, tmp_path, monkeypatch, folder
):
    swaps_in_the_last_moment(monkeypatch, tmp_path / "out" / folder, outside)
    with pytest.raises(InvalidPathError, match="it is a link"):
        artifact.download(str(tmp_path / "out"))
    assert unharmed(outside)


def test_what_is_removed_is_not_removed_through_a_link_that_was_made_after_the_look(
    outside, tmp_path, monkeypatch
):
    root = tmp_path / "out"
    (root / "a").mkdir(parents=True)
    (root / "a" / "canary").write_text("not wanted")

    def swapped(*_args, **_options):
        (root / "a").rename(root / "aside")
        (root / "a").symlink_to(outside, target_is_directory=True)
        return iter(["a/canary"])

    monkeypatch.setattr("fingerpost.adapters.downloads.destination.files_below", swapped)
    with DownloadFolder(root) as destination, pytest.raises(FingerpostError):
        destination.remove_others(set())
    assert unharmed(outside)


def test_the_folder_of_unfinished_files_cannot_be_made_to_lead_elsewhere(outside, tmp_path):
    root = tmp_path / "out"
    root.mkdir()
    with Parts(root, None) as parts:
        with parts.create() as first:
            first.write(b"x")
        (folder,) = root.glob(".fingerpost-*.part")
        folder.rename(root / "aside")
        folder.symlink_to(outside, target_is_directory=True)
        with parts.create() as second:
            second.write(b"not outside")
        assert unharmed(outside)
        parts.remove(folder / "0")
        assert unharmed(outside)
    # Leaving removed what it made, and nothing of what is behind the link.
    assert unharmed(outside)


def test_a_folder_left_behind_that_is_a_link_is_not_emptied(outside, tmp_path):
    root = tmp_path / "out"
    root.mkdir()
    (root / f".fingerpost-{'0' * 16}.part").symlink_to(outside, target_is_directory=True)
    with DownloadFolder(root):
        pass
    assert unharmed(outside)


HOSTILE = [
    *("../x", "a/../../x", "..", "/x", "//x", "a//x", "./x", "a/./x", "", "a/", "C:/x", "c:x"),
    *("a\\..\\x", "\\\\host\\share\\x", "a\0b", "a/..\0/x", "a/\ud800", "x" * 256, "a/" * 2_100),
    *("..\n", "a/\x85/x", "\x7f"),
]


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
def test_a_path_that_leads_out_is_refused_again_at_download(outside, tmp_path, path):
    # As if it had come past all other checks: no one but the type says that it is a path.
    entry = Entry(path=path, digest="x", size_bytes=1)
    root = tmp_path / "out"
    with DownloadFolder(root) as destination, pytest.raises(InvalidPathError):
        destination.write(entry, lambda file: file.write(b"x"))
    assert unharmed(outside)
    assert not (tmp_path / "x").exists()


ODD = [
    "CON",
    "nul.txt",
    "a.",
    "a ",
    "...",
    "..a",
    "\u2025/x",
    "\uff0e\uff0e/x",
    "a\u2215..\u2215x",
    "~",
    "$HOME",
]


@pytest.mark.parametrize("path", ODD, ids=ascii)
def test_an_odd_name_that_leads_nowhere_else_is_written_below_the_folder(tmp_path, path):
    entry = Entry(path=path, digest="x", size_bytes=1)
    root = tmp_path / "out"
    with DownloadFolder(root) as destination:
        written = destination.write(entry, lambda file: file.write(b"x"))
    assert written.resolve().is_relative_to(root.resolve())
    assert written.read_bytes() == b"x"


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a/../../x", "C:/x", "a\\..\\..\\x", "a\0", "a/\ud800"]
)
def test_an_imported_manifest_cannot_name_a_place_outside(outside, tmp_path, path):
    told = {"digest": "XUFAKrxLKna5cZ2REBfFkg==", "size": 5}
    manifest = tmp_path / "wandb_manifest.json"
    manifest.write_text(json.dumps({"version": 1, "contents": {path: told}}))
    with pytest.raises(FingerpostError):
        import_wandb_manifest(
            str(manifest), type="dataset", qualified_name="z/c/a:v0", store=tmp_path / "store"
        )
    assert unharmed(outside)
    assert not (tmp_path / "x").exists()


def test_a_bundle_cannot_name_a_file_outside(artifact, outside, tmp_path):
    del artifact
    stick = tmp_path / "stick"
    with fingerpost.open_store(tmp_path / "store") as store:
        store.export(stick)
    header = json.loads((stick / "bundle.json").read_text())
    for name in ("../outside/canary", str(outside / "canary"), "ledger/../../outside/canary"):
        header["pages"][0]["name"] = name
        (stick / "bundle.json").write_text(json.dumps(header))
        with pytest.raises(FingerpostError, match="is no file of events"):
            import_bundle(stick, tmp_path / "copy")
    assert unharmed(outside)
