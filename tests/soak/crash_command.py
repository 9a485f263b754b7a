"""``python -m soak crashes``: clients that are killed, and what the store was like after each."""

import argparse
import random
import tempfile
import time
from collections import Counter

from .crashes import ROUNDS_A_STORE, Crashed, crashes


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m soak crashes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, help="else a new one")
    parser.add_argument("--store", help="URL of a PostgreSQL; by default temporary folders")
    options = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(1 << 30) if options.seed is None else options.seed
    print(f"seed {seed}")
    planned, kills, started = list(crashes(options.rounds, seed)), Counter(), time.monotonic()
    for first in range(0, len(planned), ROUNDS_A_STORE):
        with tempfile.TemporaryDirectory() as folder:
            crashed = Crashed(folder, seed + first, options.store and f"{options.store}_{first}")
            crashed.run(planned[first : first + ROUNDS_A_STORE])
        kills += crashed.kills
        print(f"{kills.total():>6} killed, {time.monotonic() - started:.0f} s", flush=True)
        if crashed.problems:
            print(*crashed.problems, sep="\n")
            return 1
    print(", ".join(f"{name}: {count}" for name, count in sorted(kills.items())))
    print("every acknowledged change was there, and every store was whole")
    return 0
