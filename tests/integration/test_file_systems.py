"""What a file system of fsspec has to promise before it keeps content."""

import io
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

import fingerpost
from fingerpost.adapters.content.promises import require_promises
from fingerpost.adapters.content.remote_connection import RemoteConnection
from fingerpost.adapters.content.remote_volume import replace
from fingerpost.errors import InvalidValueError, StoreUnavailableError


class Plain(LocalFileSystem):
    """Keeps all promises, over the system's own calls."""

    protocol = "plain"

    def modified(self, path):
        return datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)


class Copying(Plain):
    """Renames as fsspec does by default."""

    mv = fsspec.AbstractFileSystem.mv


class ReadOnly(Plain):
    def _open(self, path, mode="rb", **kwargs):
        if "w" in mode:
            raise NotImplementedError
        return super()._open(path, mode, **kwargs)


class Swallowing(Plain):
    def pipe_file(self, path, value, **kwargs):
        super().pipe_file(path, value[:-1], **kwargs)


class WithoutRanges(Plain):
    def cat_file(self, path, start=None, end=None, **kwargs):
        return super().cat_file(path, **kwargs)


class KeepingBoth(Plain):
    def mv(self, old, new, **kwargs):
        self.cp_file(old, new)


class Blind(Plain):
    def ls(self, path, detail=False, **kwargs):
        return []


class Undated(Plain):
    def info(self, path, **kwargs):
        facts = super().info(path)
        return {name: facts[name] for name in ("name", "size", "type")}

    def modified(self, path):
        raise NotImplementedError


class Hoarding(Plain):
    def rm_file(self, path):
        pass


def tried(kind, folder):
    connection = RemoteConnection(f"plain://{folder}", kind)
    require_promises(connection, str(folder))


def test_a_file_system_that_keeps_all_promises_is_taken_and_nothing_is_left(tmp_path):
    tried(Plain, tmp_path / "content")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    require_promises(RemoteConnection("memory://m", MemoryFileSystem), "/m")
    assert MemoryFileSystem().find("/m") == []


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (ReadOnly, "files can be written"),
        (Swallowing, "a file is there as soon as it has been written: 131072 bytes were written"),
        (WithoutRanges, "a part of a file can be read"),
        (Copying, "only when it is whole: its driver renames by copying"),
        (KeepingBoth, "only when it is whole: after it was renamed, it was still there"),
        (Blind, "files can be listed"),
        (Undated, "when a file was stored can be asked"),
        (Hoarding, "files can be removed: it was still there"),
    ],
)
def test_a_broken_promise_is_named_with_a_remedy(tmp_path, kind, promise):
    with pytest.raises(StoreUnavailableError) as caught:
        tried(kind, tmp_path)
    assert "it does not promise that " in str(caught.value)
    assert promise in str(caught.value)
    assert "sftp://host/folder" in caught.value.remedy
    if kind is not Hoarding:
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("place", "promise"),
    [
        ("http://example.org/x", "files can be written"),
        ("https://example.org/x", "files can be written"),
        ("github://org:repo@main/x", "files can be written"),
        ("tar://x", "files can be written"),
        ("zip://x", "files can be removed"),
        ("ftp://host/x", "when a file was stored can be asked"),
        ("webdav://host/x", "only when it is whole"),
        ("simplecache://x", "as soon as it has been written"),
    ],
)
def test_a_protocol_that_is_known_to_break_a_promise_is_refused_at_once(tmp_path, place, promise):
    with pytest.raises(InvalidValueError) as caught:
        fingerpost.open_store(tmp_path / "s", content=place)
    if not place.startswith("github"):
        assert promise in str(caught.value)
    assert "sftp://host/folder" in str(caught.value)
    assert not (tmp_path / "s").exists()


def test_an_unknown_scheme_is_refused_with_those_that_are_known(tmp_path):
    with pytest.raises(InvalidValueError) as caught:
        fingerpost.open_store(tmp_path / "s", content="nonesuch://alice:hunter2@host/x")
    assert "abfs, abfss, az, file, gcs, gs, local, memory, s3, s3a" in str(caught.value)
    assert "fingerpost.content_stores" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        "sftp://alice:hunter2@host/x",
        "sftp://alice:hun/ter2@host/x",
        "sftp://alice:@host/x?p=hunter2",
        "smb://host/x#hunter2",
        "smb://group;alice:hunter2@host/share/x",
        "sftp://host/x::ftp://hunter2",
    ],
)
def test_a_password_in_a_place_is_refused_and_not_repeated(tmp_path, given):
    with pytest.raises(InvalidValueError) as caught:
        fingerpost.open_store(tmp_path / "s", content=given)
    assert "hunter2" not in str(caught.value).partition("::")[0]
    assert "ter2@" not in str(caught.value)


MISSING = """
import json, sys
sys.modules["paramiko"] = sys.modules["smbclient"] = sys.modules["ossfs"] = None
import fingerpost
said = []
for place in ("sftp://host/x", "smb://host/share/x", "oss://bucket/x"):
    try:
        fingerpost.open_store("s", content=place)
    except fingerpost.errors.MissingExtraError as error:
        said.append(str(error))
print(json.dumps(said))
"""


def test_a_driver_that_is_not_installed_is_named_with_what_to_install():
    done = subprocess.run(
        [sys.executable, "-c", MISSING], capture_output=True, text=True, check=True
    )
    sftp, smb, oss = json.loads(done.stdout)
    assert "pip install 'fingerpost[sftp]'" in sftp
    assert "pip install smbprotocol." in smb
    assert "pip install ossfs." in oss


class RefusingToReplace(Plain):
    """As Windows' shares are."""

    def mv(self, old, new, **kwargs):
        if Path(new).exists():
            raise FileExistsError(new)
        super().mv(old, new)


@pytest.mark.parametrize("there", [b"whole", b"wh", b"whole and more", b"other"])
def test_a_server_that_does_not_rename_over_a_file_ends_with_the_whole_one(tmp_path, there):
    (tmp_path / "new").write_bytes(b"whole")
    (tmp_path / "name").write_bytes(there)
    replace(
        RefusingToReplace(), str(tmp_path / "new"), str(tmp_path / "name"), io.BytesIO(b"whole")
    )
    assert (tmp_path / "name").read_bytes() == b"whole"
    assert not (tmp_path / "new").exists()


class Lost(Plain):
    """Loses its connection at the second call; the next one is a new connection."""

    made = 0

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        type(self).made += 1
        self.calls = 0

    def info(self, path, **kwargs):
        self.calls += 1
        if self.calls > 1:
            raise EOFError
        return super().info(path, **kwargs)


def test_a_lost_connection_is_made_again_once_for_a_call(tmp_path):
    Lost.made = 0
    connection = RemoteConnection("plain://x", lambda: Lost(skip_instance_cache=True))
    for _ in range(3):
        assert connection.call(lambda fs: fs.info(str(tmp_path)))["type"] == "directory"
    assert Lost.made == 3


def test_calls_at_a_time_never_share_a_file_system_and_later_ones_use_them_again():
    """Two threads that wait on one paramiko client wait for good."""
    connection = RemoteConnection("plain://x", lambda: Plain(skip_instance_cache=True))
    both_are_in = Barrier(2, timeout=30)

    def used(fs):
        both_are_in.wait()
        return id(fs)

    with ThreadPoolExecutor(2) as pool:
        first = {*pool.map(lambda _: connection.call(used), range(2))}
        again = {*pool.map(lambda _: connection.call(used), range(2))}
    assert len(first) == 2
    assert first == again


def test_a_driver_s_error_is_one_of_the_system_and_shows_no_password():
    fs = Plain(password="hunter2", skip_instance_cache=True)
    connection = RemoteConnection("plain://x", lambda: fs)

    def fails(fs):
        raise ValueError("login with hunter2 failed")

    with pytest.raises(OSError, match=r"^ValueError: login with \*\*\* failed$"):
        connection.call(fails)
