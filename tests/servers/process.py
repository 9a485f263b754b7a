"""A server in a process of its own."""

import os
import re
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

START_S = 60


@contextmanager
def serving(command, pattern, log, env=None):
    """Run a server until the block ends.

    Args:
        command: how it is started; it chooses its port.
        pattern: what it logs when it listens; the first group is its URL.
        log: file for what it says.
        env: more of the environment.
    """
    with Path(log).open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, **(env or {})}
        )
    try:
        yield _url(process, re.compile(pattern), Path(log))
    finally:
        process.terminate()
        process.wait(timeout=START_S)


def _url(process, pattern, log):
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        if match := pattern.search(log.read_text(errors="replace")):
            return match[1].rstrip("/")
        time.sleep(0.05)
    raise AssertionError(f"no server: {log.read_text(errors='replace')}")
