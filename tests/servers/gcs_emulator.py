"""A real Google Cloud Storage emulator on a free port of this machine, while tests run.

It keeps the latest generation of an object alone, ignores generations that are asked for, and
answers with one page whatever the number of objects.
"""

import json
import logging
import socket
import urllib.request
from urllib.parse import quote
from uuid import uuid4

import pytest
from attrs import frozen


@frozen
class Bucket:
    endpoint: str
    name: str

    def put(self, key, data):
        meta = json.dumps({"name": key}).encode()
        parts = [
            b"--B\r\nContent-Type: application/json\r\n\r\n" + meta,
            b"\r\n--B\r\nContent-Type: application/octet-stream\r\n\r\n" + data,
            b"\r\n--B--\r\n",
        ]
        path = f"/upload/storage/v1/b/{self.name}/o?uploadType=multipart"
        return self._send("POST", path, b"".join(parts), "multipart/related; boundary=B")

    def delete(self, key):
        self._send("DELETE", f"/storage/v1/b/{self.name}/o/{quote(key, safe='')}", None)

    def _send(self, method, path, data, kind="application/json"):
        headers = {"Content-Type": kind}
        url = self.endpoint + path
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
        return json.loads(body) if body else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def gcs_endpoint():
    from gcp_storage_emulator.server import create_server

    logging.getLogger("gcp_storage_emulator").setLevel(logging.CRITICAL)
    port = free_port()
    server = create_server("127.0.0.1", port, in_memory=True)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def gcs_bucket(gcs_endpoint, monkeypatch):
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs_endpoint)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    bucket = Bucket(gcs_endpoint, f"bucket-{uuid4().hex[:12]}")
    bucket._send("POST", "/storage/v1/b?project=p", json.dumps({"name": bucket.name}).encode())
    return bucket
