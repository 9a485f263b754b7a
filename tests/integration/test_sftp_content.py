"""A store with its content on an SFTP server, from the first log to the last removal."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from fsspec.config import conf

import fingerpost
from fingerpost.errors import InvalidValueError, StoreUnavailableError
from servers.sftp import PASSWORD, sftp_serving

LOG = """
import os, sys
import fingerpost
store, text, content, count = *sys.argv[1:4], int(sys.argv[4])
for number in range(count):
    with fingerpost.init("team", "p", store=store, content=content) as run:
        artifact = fingerpost.Artifact(text, "dataset")
        with artifact.new_file("a.bin", "wb") as file:
            file.write(f"{text} {number}".encode() * (4 << 20) if text == "large" else
                       f"{text} {number}".encode())
        run.log_artifact(artifact)
"""


def log(store, text, **kwargs):
    with fingerpost.init("team", "p", store=store, **kwargs) as run:
        artifact = fingerpost.Artifact("data", "dataset")
        with artifact.new_file("a.txt") as file:
            file.write(text)
        run.log_artifact(artifact)


def read(store, name="data", file="a.txt"):
    with fingerpost.open_store(store, create=False) as opened:
        folder = fingerpost.Api(opened).artifact(f"team/p/{name}").download()
        return (Path(folder) / file).read_bytes()


def logging(store, text, content, count):
    return subprocess.Popen([sys.executable, "-c", LOG, store, text, content, str(count)])


def test_the_whole_life_of_a_store_and_no_password_anywhere(tmp_path, sftp_server):
    place = sftp_server.url(uuid4().hex)
    log("s", "one", content=place + "/")
    log("s", "two")
    assert json.loads(Path("s", "fingerpost.json").read_text())["content"] == place
    assert read("s") == b"two"
    with fingerpost.open_store("s") as opened:
        assert opened.store.content.location == place
        api = fingerpost.Api(opened)
        api.artifact("team/p/data:v0").delete()
        assert api.gc(timedelta(), dry_run=False).files > 0
        assert api.gc(timedelta()).is_empty
    assert read("s") == b"two"
    folder = sftp_server.folder / place.rpartition("/")[2]
    assert [path for path in (folder / "tmp").rglob("*") if path.is_file()] == []
    everything = [*Path("s").rglob("*"), *folder.rglob("*")]
    assert not any(PASSWORD.encode() in p.read_bytes() for p in everything if p.is_file())


def test_two_processes_log_while_garbage_is_collected(sftp_server):
    place = sftp_server.url(uuid4().hex)
    log("s", "one", content=place)
    processes = [logging("s", name, place, 4) for name in ("left", "right")]
    with fingerpost.open_store("s") as opened:
        while any(process.poll() is None for process in processes):
            fingerpost.Api(opened).gc(timedelta(), dry_run=False)
            time.sleep(0.2)
    assert [process.returncode for process in processes] == [0, 0]
    assert read("s", "left", "a.bin") == b"left 3"
    assert read("s", "right", "a.bin") == b"right 3"


def test_a_process_killed_while_it_uploads_leaves_nothing_under_a_name(sftp_server):
    name = uuid4().hex
    log("s", "one", content=sftp_server.url(name))
    folder = sftp_server.folder / name
    process = logging("s", "large", sftp_server.url(name), 1)
    while process.poll() is None and not list((folder / "tmp").glob("*-*")):
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL
    [half] = (folder / "tmp").glob("*-*")
    assert list((folder / "blobs").rglob("*-*")) == []
    old = half.with_name(f"{int(time.time()) - 90_000}-0")
    half.rename(old)
    assert logging("s", "large", sftp_server.url(name), 1).wait() == 0
    assert read("s", "large", "a.bin") == b"large 0" * (4 << 20)
    assert not old.exists()


def test_a_server_that_is_gone_keeps_no_history_back_and_one_that_is_back_is_used(
    tmp_path, sftp_password
):
    scratch, folder = tmp_path / "server", tmp_path / "served"
    scratch.mkdir()
    folder.mkdir()
    with sftp_serving(folder, scratch) as server:
        server.trust(tmp_path / "home")
        log("s", "one", content=server.url("x"))
        opened = fingerpost.open_store("s")
        log(opened, "two")
    with fingerpost.open_store("s") as again:
        assert [str(v.version) for v in fingerpost.Api(again).artifacts("dataset", "team/p/data")]
    with pytest.raises(StoreUnavailableError, match=r"sftp://artifacts@127\.0\.0\.1"):
        log(opened, "three")
    with sftp_serving(folder, scratch, port=server.port):
        log(opened, "four")
        assert read("s") == b"four"
    opened.close()


def test_a_wrong_password_is_an_error_that_does_not_repeat_it(sftp_server, monkeypatch):
    monkeypatch.setitem(conf, "sftp", {"password": "hunter2"})
    with pytest.raises(StoreUnavailableError, match="cannot be connected to") as caught:
        log("s", "one", content=sftp_server.url("x"))
    assert "hunter2" not in str(caught.value)
    assert not Path("s").exists()


def test_a_password_in_the_url_is_refused(sftp_server):
    url = sftp_server.url("x").replace("@", f":{PASSWORD}@")
    with pytest.raises(InvalidValueError) as caught:
        log("s", "one", content=url)
    assert PASSWORD not in str(caught.value)


def test_a_server_whose_key_is_not_known_is_refused(sftp_server, tmp_path):
    (tmp_path / "home" / ".ssh" / "known_hosts").unlink()
    with pytest.raises(StoreUnavailableError, match=r"is not in ~/\.ssh/known_hosts"):
        log("s", "one", content=sftp_server.url("x"))
    assert not Path("s").exists()


def test_a_server_that_is_read_only_is_refused_with_the_promise(tmp_path, sftp_password):
    scratch = tmp_path / "server"
    scratch.mkdir()
    with sftp_serving(tmp_path, scratch, "--read-only") as server:
        server.trust(tmp_path / "home")
        with pytest.raises(StoreUnavailableError, match="files can be written"):
            log("s", "one", content=server.url("x"))
    assert not Path("s").exists()
    assert os.listdir(tmp_path / "work") == []  # noqa: PTH208 - names are enough
