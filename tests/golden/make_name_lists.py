"""Writes the lists of names that tests compare: run it after a change that you mean.

python tests/golden/make_name_lists.py

Look at what it changed before you commit that. It is never run by a test.
"""

import json
import sys
import tempfile
from pathlib import Path

GOLDEN = Path(__file__).parent
sys.path.insert(0, str(GOLDEN.parent))

import command_line_surface  # noqa: E402 - their folder is known now
import public_surface  # noqa: E402 - likewise
import stored_names  # noqa: E402 - likewise


def write(name, text):
    (GOLDEN / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        names = stored_names.gathered(Path(name))
    write(
        "stored_names.json", json.dumps(names, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    )
    write("public_api.txt", "\n".join(public_surface.described()) + "\n")
    write("command_line.txt", "\n".join(command_line_surface.described()) + "\n")
