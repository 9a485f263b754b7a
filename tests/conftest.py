"""Profiles, isolation from the machine, and what most tests start with."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "no_skips_in_ci",
    "servers.s3",
    "azurite_server",
    "gcs_emulator",
    "servers.postgres",
    "servers.sftp",
    "stores",
]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs a script in the background has it ignore Ctrl-C, and its children with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("default", deadline=None, max_examples=60)
settings.register_profile(
    "ci", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's settings out, and the tests out of the machine's folders."""
    for name in list(os.environ):
        if name.startswith("FINGERPOST_"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("FINGERPOST_ACTOR", "alice")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
