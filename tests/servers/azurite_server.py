"""Azurite, Microsoft's own emulator of Azure Storage, on a free port while tests run.

npm installs it once, as its lock file says, into a folder of the environment.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
from attrs import frozen

_PACKAGE = Path(__file__).parent / "azurite_package"
_INSTALLED = Path(sys.prefix) / "azurite"
_HOME = Path.home()
_START_S = 60
# The key is the one that Microsoft's documentation gives for the emulator.
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@frozen
class Container:
    client: object
    endpoint: str
    name: str

    def put(self, key, data, **options):
        return self.client.upload_blob(key, data, overwrite=True, **options)

    def delete(self, key):
        self.client.delete_blob(key)


def _installed():
    """Install it unless this lock file's is there; of several processes, one does."""
    lock = (_PACKAGE / "package-lock.json").read_bytes()
    _INSTALLED.mkdir(exist_ok=True)
    stamp = _INSTALLED / "installed.json"
    with (_INSTALLED / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_bytes() != lock:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_PACKAGE / name, _INSTALLED / name)
            subprocess.run(
                ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
                cwd=_INSTALLED,
                env={**os.environ, "HOME": str(_HOME)},
                check=True,
                timeout=600,
            )
            stamp.write_bytes(lock)
    return _INSTALLED / "node_modules/azurite/dist/src/blob/main.js"


def _wait(process, port):
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"azurite did not start: exit code {process.poll()}")


@pytest.fixture(scope="session")
def azurite(tmp_path_factory):
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node.js is not installed; Azurite needs it")
    script = _installed()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["node", script, "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    command += ["--location", tmp_path_factory.mktemp("azurite"), "--silent"]
    command += ["--skipApiVersionCheck", "--disableTelemetry"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}/devstoreaccount1"
        process.terminate()


@pytest.fixture
def azure_container(azurite, monkeypatch):
    from azure.storage.blob import BlobServiceClient

    text = (
        f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={_KEY};"
        f"BlobEndpoint={azurite};"
    )
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", text)
    name = f"container-{uuid4().hex[:12]}"
    service = BlobServiceClient.from_connection_string(text)
    with service, service.create_container(name) as client:
        yield Container(client, azurite, name)
