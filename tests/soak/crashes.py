"""Clients that are killed, one after the other; after each the store is looked at, unrepaired."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from attrs import field, frozen

import fingerpost
from fingerpost.adapters.event_store.failpoints import FAILPOINTS
from fingerpost.testing.linearizability import Linearizable

from . import journal
from .races import Client, judge, prepare

CONTENT_FAILPOINTS = (
    "before_blob_write",
    "after_blob_write",
    "before_fsync",
    "after_fsync",
    "before_rename",
    "after_rename",
    "before_catalog",
    "after_catalog",
)
NAMED = [*CONTENT_FAILPOINTS, *FAILPOINTS]
ROUNDS_A_STORE = 50
"""Each killed client leaves an outcome that nobody knows, and checking gets slow with many."""

LONGEST_S = 0.3


@frozen
class Crash:
    """Where a client is killed: at a failpoint for the nth time, or (``-``) after seconds."""

    failpoint: str
    limit: float = field(default=1)

    def __str__(self):
        return f"{self.failpoint} {self.limit}"


def crashes(rounds, seed):
    """Return where clients are killed: at every failpoint in turn, and every third at random."""
    chosen, named = random.Random(seed), 0
    for number in range(rounds):
        if number % 3 == 2:
            yield Crash("-", round(chosen.uniform(0.02, LONGEST_S), 3))
        else:
            yield Crash(NAMED[named % len(NAMED)], chosen.randint(1, 4))
            named += 1


class Crashed:
    """A store whose clients are killed.

    Args:
        folder: for the journals, and for the store unless it is elsewhere.
        seed: of what clients choose.
        store: a location elsewhere.

    Attributes:
        store: its location.
        kills: failpoint → how many clients were killed there.
        problems: what was found wrong.
    """

    def __init__(self, folder, seed=0, store=None):
        self.store, self._journals = (
            store or str(Path(folder, "store")),
            str(Path(folder, "journals")),
        )
        self._seed = seed
        Path(self._journals).mkdir(parents=True)
        prepare(self.store)
        self.kills = Counter()
        self.problems = []

    def run(self, planned):
        """Kill clients, and look at the store after each."""
        command = [sys.executable, "-m", "soak.crash_client", self.store, self._journals]
        paths = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        surroundings = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        with subprocess.Popen(
            command, env=surroundings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as clients:
            for number, crash in enumerate(planned):
                print(
                    f"client-{number} {self._seed + number} {crash}", file=clients.stdin, flush=True
                )
                status = int(clients.stdout.readline())
                if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
                    self.problems.append(f"{crash}: was not killed, but ended with {status}")
                self.kills[crash.failpoint] += 1
                self.look(f"reader-{number}", crash)
            clients.stdin.close()
        self.judge()

    def judge(self):
        """Look for an order that explains what all clients were told."""
        verdicts = judge(journal.read_history(self._journals))
        self.problems += [str(each) for each in verdicts.values() if type(each) is not Linearizable]
        with fingerpost.open_store(self.store, create=False) as store:
            self.problems += [str(each) for each in store.ledger.verify().problems]

    def look(self, name, crash):
        """Open the store as it was left, read what the clients changed, and check all of it."""
        with fingerpost.open_store(self.store, create=False) as store:
            notes = journal.Journal(self._journals, name)
            with fingerpost.init("team", "project", store=store, actor="alice") as run:
                Client(run, notes, 0, 0).read_all()
            notes.close()
            found = [f"{each.where}: {each.problem}" for each in store.verify().problems]
            self.problems += [f"{crash}: {each}" for each in found]
