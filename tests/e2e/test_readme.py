"""The README's example does what the README shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_example_prints_what_the_readme_says_it_prints() -> None:
    Path("example.py").write_text(block("python"), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "example.py"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    printed, _, failed = block("text").partition("Traceback (most recent call last):\n")
    assert ran.stdout == printed
    assert ran.stderr.splitlines()[-1] == failed.splitlines()[-1]
