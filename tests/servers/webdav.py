"""rclone's web server: Go's, independent of what is under test."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

START_S = 60


@contextmanager
def serving(folder, log, *options):
    """Serve a folder on a free port of loopback, and yield its URL."""
    rclone = Path(sys.executable).with_name("rclone")
    command = [rclone, "serve", "webdav", folder, "--addr", "127.0.0.1:0", "--read-only"]
    # Without these it may answer with what was there a minute ago.
    command += ["--dir-cache-time", "0", "--poll-interval", "0", *options]
    with Path(log).open("wb") as output:
        process = subprocess.Popen(
            [*map(str, command)],
            stdout=output,
            stderr=output,
            env={**os.environ, "RCLONE_CONFIG": os.devnull},
        )
    try:
        yield _url(process, Path(log))
    finally:
        process.terminate()
        process.wait(timeout=START_S)


def _url(process, log):
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        if match := re.search(r"(http://127\.0\.0\.1:\d+)", log.read_text(errors="replace")):
            return match[1]
        time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace"))
