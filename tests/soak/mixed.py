"""``python -m soak mixed``: all kinds of work at once, and memory and open files that stay flat."""

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import fingerpost
from contestants import Contestants
from fingerpost.errors import FingerpostError
from fingerpost.testing.linearizability import Linearizable

from .journal import Journal, read_history
from .races import PROCESSES, Client, judge, latencies, prepare, tally

WARM = 0.3
"""The part of the time that caches take to fill; from then on memory is compared."""

MOST_GROWTH = 1.25
MOST_FILES_MORE = 4


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m soak mixed", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        location, journals = str(Path(folder, "store")), str(Path(folder, "journals"))
        Path(journals).mkdir()
        prepare(location)
        seconds = options.minutes * 60
        tasks = [
            (work, number, location, journals, seconds, options.seed)
            for number in range(options.processes)
        ]
        samples = Contestants(tasks).run(seconds)
        problems = growth(samples) + wrong(location, journals)
    print(*(problems or ["flat, linearizable and whole"]), sep="\n")
    return 1 if problems else 0


def work(wait, process, location, journals, seconds, seed):
    """Race, and now and then read everything, download, collect garbage and open the store anew."""
    actor = "alice" if process == 0 else f"member {process}"
    journal, samples = Journal(journals, process), []
    wait()
    began = time.monotonic()
    sampled = rounds = 0
    while (passed := time.monotonic() - began) < seconds:
        with fingerpost.open_store(location, create=False) as store:
            with fingerpost.init("team", "project", store=store, actor=actor) as run:
                client = Client(run, journal, process, f"{seed} {process} {rounds}", is_unique=True)
                for _ in range(40):
                    client.act()
                client.read_all()
            visit(fingerpost.Api(store, actor, entity="team", project="project"), rounds)
        rounds += 1
        if passed >= sampled * seconds / 20:
            sampled += 1
            samples.append((passed, resident_kib(), open_files()))
            if process == 0:
                print(
                    f"{passed:6.0f} s {samples[-1][1]:>9,} KiB {samples[-1][2]:>4} files",
                    flush=True,
                )
    journal.close()
    return samples


def visit(api, rounds):
    """Do what readers and jobs do."""
    try:
        artifact = api.artifact("data-0:latest")
        with tempfile.TemporaryDirectory() as folder:
            artifact.verify(artifact.download(folder))
        next(iter(api.collection("data-0").versions()))
        if rounds % 5 == 0 and api.actor == "alice":
            api.gc(timedelta(0), dry_run=False)
    except FingerpostError as error:
        print(f"{type(error).__name__}: {error}", flush=True)


def resident_kib():
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def growth(samples):
    """Return which processes have grown since their caches were warm."""
    problems = []
    for process, taken in enumerate(samples):
        warm, last = taken[int(len(taken) * WARM)], taken[-1]
        print(f"process {process}: {warm[1]:,} KiB, {warm[2]} files; then {last[1]:,}, {last[2]}")
        if last[1] > warm[1] * MOST_GROWTH or last[2] > warm[2] + MOST_FILES_MORE:
            problems.append(f"process {process} grew: {taken}")
    return problems


def wrong(location, journals):
    """Return what is wrong with the store, and with what was told of it."""
    history = read_history(journals)
    print(f"{tally(history)}\n{latencies(history)}", flush=True)
    found = [str(each) for each in judge(history).values() if type(each) is not Linearizable]
    with fingerpost.open_store(location, create=False) as store:
        return found + [f"{it.where}: {it.problem}" for it in store.verify().problems]
