"""A process that logs and moves aliases is killed; what it acknowledged is there, whole."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import fingerpost

ROUNDS = int(os.environ.get("FINGERPOST_CRASH_ROUNDS", "8"))

# Prints a line after each call that returned: that is what "acknowledged" means.
WRITER = """
import sys
import fingerpost

store, first = sys.argv[1], int(sys.argv[2])
with fingerpost.init(entity="team", project="crash", store=store, actor="alice") as run:
    for number in range(first, first + 10_000):
        artifact = fingerpost.Artifact("model", "model")
        with artifact.new_file("small.txt") as file:
            file.write(f"content {number}")
        with artifact.new_file("large.bin", mode="wb") as file:
            file.write(number.to_bytes(4, "big") * (300 << 10))
        run.log_artifact(artifact, aliases=["best"])
        print(f"{artifact.version} {number}", flush=True)
"""


def write_until_killed(store: Path, first: int, delay_s: float) -> list[str]:
    """Run the writer, kill it ``delay_s`` after its first line, return the lines it printed."""
    command = [sys.executable, "-c", WRITER, str(store), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    # The last line may have been cut off by the kill: that version was not acknowledged.
    return [line for line in lines if line.endswith("\n")]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_what_was_acknowledged_survives_and_nothing_half_done_is_visible(tmp_path: Path) -> None:
    store = tmp_path / "store"
    seed = random.Random(20_26)
    acknowledged: dict[str, int] = {}
    for round_number in range(ROUNDS):
        first = round_number * 10_000
        for line in write_until_killed(store, first, seed.uniform(0, 0.25)):
            version, number = line.split()
            acknowledged[version] = int(number)
        check(store, acknowledged, tmp_path / f"out-{round_number}")


def check(store: Path, acknowledged: dict[str, int], out: Path) -> None:
    with fingerpost.Api(store=store, actor="alice") as api:
        collection = api.collection("team/crash/model")
        versions = {artifact.version: artifact for artifact in collection.versions()}
        assert acknowledged.keys() <= versions.keys()
        # Contiguous: a version that was half logged would leave a hole, or a number twice.
        assert list(versions) == [f"v{number}" for number in reversed(range(len(versions)))]
        assert collection.aliases == {"best": f"v{len(versions) - 1}"} | {
            "latest": f"v{len(versions) - 1}"
        }
        newest = versions[f"v{len(versions) - 1}"]
        newest.verify(newest.download(out / "newest"))
        for version in seed_sample(acknowledged):
            folder = Path(versions[version].download(out / version))
            expected = acknowledged[version]
            assert (folder / "small.txt").read_text() == f"content {expected}"
            assert (folder / "large.bin").read_bytes() == expected.to_bytes(4, "big") * (300 << 10)


def seed_sample(acknowledged: dict[str, int]) -> list[str]:
    return random.Random(len(acknowledged)).sample(sorted(acknowledged), min(4, len(acknowledged)))
