"""``python -m soak races``: long races, and what they found."""

import argparse
import random
import tempfile
import time
from pathlib import Path

from fingerpost.testing.linearizability import Linearizable

from .broken import BROKEN
from .races import PROCESSES, Race, judge, latencies, run_races, tally


def main(arguments):
    options = parsed(arguments)
    with tempfile.TemporaryDirectory() as folder:
        wrong = 0
        for number in range(options.rounds):
            seed = (
                random.SystemRandom().randrange(1 << 30) if options.seed is None else options.seed
            )
            race = Race(
                location=options.store or str(Path(folder, f"store-{number}")),
                journals=str(Path(folder, f"journals-{number}")),
                seconds=options.seconds,
                seed=seed + number,
                fault=options.fault,
            )
            wrong += not report(race, options.processes)
        return 1 if wrong else 0


def parsed(arguments):
    parser = argparse.ArgumentParser(prog="python -m soak races", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="of each round")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--seed", type=int, help="of what clients choose; else a new one")
    parser.add_argument("--fault", choices=BROKEN, help="break the store, to see it caught")
    parser.add_argument("--store", help="a store's location; by default a temporary folder")
    return parser.parse_args(arguments)


def report(race, processes):
    """Run a race, print what came of it, and return whether every history is linearizable."""
    started = time.monotonic()
    (history,) = run_races([race], processes)
    raced = time.monotonic() - started
    verdicts = judge(history)
    checked = time.monotonic() - started - raced
    print(f"seed {race.seed}: {tally(history)}")
    print(f"  {latencies(history)}")
    print(f"  {raced:.1f} s with starting and setting up, checked in {checked:.2f} s")
    for kind, verdict in verdicts.items():
        is_fine = type(verdict) is Linearizable
        print(f"  {kind}: {'linearizable' if is_fine else verdict}", flush=True)
    return all(type(verdict) is Linearizable for verdict in verdicts.values())
