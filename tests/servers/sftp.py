"""rclone's SFTP server: Go's, independent of the driver under test."""

import sys
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest
from attrs import frozen
from fsspec.config import conf

from servers.process import serving

USER, PASSWORD = "artifacts", "correct-horse-battery"


@frozen
class SFTPServer:
    """A folder that is served.

    Attributes:
        folder: on this machine.
        port: on loopback.
        known_host: its line for a file of known hosts.
    """

    folder: Path
    port: int
    known_host: str

    def url(self, path):
        return f"sftp://{USER}@127.0.0.1:{self.port}/{path}"

    def trust(self, home):
        """Have this user know the server, as after the first ``ssh``."""
        file = Path(home, ".ssh", "known_hosts")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.known_host)


@contextmanager
def sftp_serving(folder, scratch, *options, port=0):
    """Serve a folder until the block ends.

    Args:
        folder: what is served.
        scratch: folder for its key and its log.
        options: more of rclone's.
        port: 0 for a free one.
    """
    key_file = Path(scratch, "host_key")
    if not key_file.exists():
        paramiko.RSAKey.generate(2048).write_private_key_file(str(key_file))
    key = paramiko.RSAKey.from_private_key_file(str(key_file))
    rclone = Path(sys.executable).with_name("rclone")
    command = [rclone, "serve", "sftp", folder, "--addr", f"127.0.0.1:{port}", "--key", key_file]
    # With the default time it may answer with what was there a minute ago. With a time of 0 rclone
    # keeps a core busy.
    command += ["--user", USER, "--pass", PASSWORD, "--dir-cache-time", "20ms", *options]
    log = Path(scratch, f"log-{len(list(Path(scratch).iterdir()))}")
    with serving([*map(str, command)], r"listening on (127\.0\.0\.1:\d+)", log) as address:
        own_port = int(address.rpartition(":")[2])
        line = f"[127.0.0.1]:{own_port} {key.get_name()} {key.get_base64()}\n"
        yield SFTPServer(Path(folder), own_port, line)


@pytest.fixture(scope="session")
def sftp_process(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sftp")
    with sftp_serving(folder, tmp_path_factory.mktemp("sftp-server")) as server:
        yield server


@pytest.fixture
def sftp_password(monkeypatch):
    """Give fsspec the password, in this process and in those that it starts."""
    monkeypatch.setitem(conf, "sftp", {"password": PASSWORD})
    monkeypatch.setenv("FSSPEC_SFTP_PASSWORD", PASSWORD)


@pytest.fixture
def sftp_server(sftp_process, sftp_password, tmp_path):
    """Return a server that this user knows, and may log in to."""
    sftp_process.trust(tmp_path / "home")
    return sftp_process
