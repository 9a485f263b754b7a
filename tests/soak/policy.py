"""``python -m soak policy``: members against admins, a thousand times on each kind of ledger."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

RACES = Path(__file__).parents[1] / "integration" / "test_policy_races.py"


def main(arguments):
    parser = argparse.ArgumentParser(prog="soak policy", description=__doc__)
    parser.add_argument("--trials", type=int, default=1_000, help="races of each kind")
    options = parser.parse_args(arguments)
    environment = {**os.environ, "FINGERPOST_RACE_TRIALS": str(options.trials)}
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "--durations=0", str(RACES)]
    return subprocess.run(command, env=environment, check=False).returncode
