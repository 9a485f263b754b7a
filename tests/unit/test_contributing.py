"""CONTRIBUTING.md names files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATHS = re.findall(r"`([\w./-]+/[\w./-]*)`", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
NAMED = sorted({path for path in PATHS if not path.startswith((".venv", ".ci"))})


def test_paths_are_found_in_it():
    assert "src/fingerpost/cli/app.py" in NAMED


@pytest.mark.parametrize("path", NAMED)
def test_each_path_it_names_exists(path):
    assert (ROOT / path).exists() or (ROOT / "src" / "fingerpost" / path).exists()
