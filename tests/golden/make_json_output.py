"""Writes what commands print with ``--json``: run it after a change that you mean.

python tests/golden/make_json_output.py

Look at what it changed before you commit that. It is never run by a test.
"""

import json
import os
import sys
import tempfile
from contextlib import chdir
from pathlib import Path

GOLDEN = Path(__file__).parent
sys.path[:0] = [str(GOLDEN.parent), str(GOLDEN.parent / "servers")]

import json_output  # noqa: E402 - its folder is known now

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name, chdir(name):
        folder = Path(name).resolve()
        os.environ.update(json_output.variables(folder))
        found = json_output.answers(folder)
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (GOLDEN / "json_output.json").write_text(text, encoding="utf-8")
