"""A process that downloads is killed; no half file has a name, and the next download completes."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import fingerpost
from fingerpost import errors

ROUNDS = int(os.environ.get("FINGERPOST_CRASH_ROUNDS", "8"))
MIB = 1 << 20

# Says that it begins, and goes on for as long as it is let; or dies when a file is half there.
DOWNLOADER = """
import os, signal, sys, threading
from pathlib import Path
import fingerpost

def die_in_a_file():
    while not list(Path("out").glob(".fingerpost-*.part/*")):
        pass
    os.kill(os.getpid(), signal.SIGKILL)

artifact = fingerpost.Api(sys.argv[1], "alice").artifact("team/uncategorized/data")
if sys.argv[2] == "in a file":
    threading.Thread(target=die_in_a_file, daemon=True).start()
print("begun", flush=True)
artifact.download("out")
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_no_half_file_has_a_name_and_the_next_download_completes(tmp_path: Path) -> None:
    seed = random.Random(20_26)
    files = {f"small/{number:03}": bytes([number]) * 1000 for number in range(200)}
    files |= {f"large/{number}": seed.randbytes(6 * MIB) for number in range(4)}
    files |= {f"same/{number:02}": bytes(6 * MIB) for number in range(20)}
    artifact = log(tmp_path / "store", files)
    unfinished = 0
    for number in range(ROUNDS):
        # A kill after a time may come too late on a loaded machine: every other one does not.
        delay_s = seed.uniform(0, 0.2) if number % 2 else None
        unfinished += download_until_killed(tmp_path / "store", delay_s)
        for path in Path("out").rglob("*"):
            name = path.relative_to("out").as_posix()
            if path.is_file() and not name.startswith("."):
                assert path.read_bytes() == files[name]
        assert [path for path in wrong(artifact) if not path.startswith(".fingerpost-")] == []
        # The next download completes, and removes what the killed one left.
        artifact.download("out")
        artifact.verify("out")
        for path in seed.sample(sorted(files), len(files) // 2):
            Path("out", path).unlink()
    assert unfinished, "no round was killed while it was at work"


def log(store: Path, files: dict[str, bytes]) -> fingerpost.Artifact:
    draft = fingerpost.Artifact("data", "dataset")
    for name, data in files.items():
        with draft.new_file(name, mode="wb") as file:
            file.write(data)
    with fingerpost.init(entity="team", store=store) as run:
        return run.log_artifact(draft)


def download_until_killed(store: Path, delay_s: float | None) -> bool:
    """Return whether the kill came while it was downloading."""
    how = "in a file" if delay_s is None else "from outside"
    command = [sys.executable, "-c", DOWNLOADER, str(store), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        if delay_s is not None:
            time.sleep(delay_s)
            process.send_signal(signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


def wrong(artifact: fingerpost.Artifact) -> list[str]:
    """Return what is not just missing."""
    try:
        artifact.verify("out")
    except errors.VerificationError as error:
        return [*error.different, *error.extra]
    return []
