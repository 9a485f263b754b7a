"""What tests need is loaded by tests alone."""

import subprocess
import sys


def test_importing_fingerpost_loads_nothing_of_what_tests_need():
    program = "import sys, fingerpost; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "fingerpost" in loaded
    assert not {"hypothesis", "pytest", "_pytest"} & loaded
    assert "fingerpost.testing" not in done.stdout.split()
