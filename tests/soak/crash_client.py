"""A process that forks clients, each of which is killed: ``python -m soak.crash_client STORE …``.

It has imported everything and opened nothing, so that a client starts in no time. It reads one line
a client, ``NAME SEED FAILPOINT NTH`` or ``NAME SEED - SECONDS``, and answers with its wait status.
"""

import os
import signal
import sys
import time
from functools import partial

import fingerpost
from fingerpost.adapters import content, event_store
from fingerpost.adapters.event_store import heads, postgres

from .journal import Journal
from .races import Client

SNAPSHOT_INTERVAL = 7
MOST_ACTS = 2_000
"""By then it has come to every failpoint more than often enough."""


class Killer:
    """Kills its process when it comes to a failpoint for the nth time."""

    def __init__(self, failpoint, nth):
        self._failpoint, self._left, self.is_armed = failpoint, nth, False

    def __call__(self, name):
        if self.is_armed and name == self._failpoint:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def work(location, journals, name, seed, killer):
    """Be a client until killed."""
    heads.SNAPSHOT_INTERVAL = SNAPSHOT_INTERVAL
    event_store.SQLiteEventStore = partial(event_store.SQLiteEventStore, failpoint=killer)
    postgres.PostgresEventStore = partial(postgres.PostgresEventStore, failpoint=killer)
    content.FsspecContentStore = partial(content.FsspecContentStore, failpoint=killer)
    journal = Journal(journals, name)
    with fingerpost.init("team", "project", store=location, actor="alice") as run:
        client = Client(run, journal, 0, seed, is_unique=True)
        killer.is_armed = True
        for _ in range(MOST_ACTS):
            client.act()


def fork(location, journals, name, seed, failpoint, limit):
    """Fork a client, kill it if it does not itself, and return its wait status."""
    is_timed = failpoint == "-"
    killer = Killer(None if is_timed else failpoint, 0 if is_timed else int(limit))
    child = os.fork()
    if child == 0:
        try:
            work(location, journals, name, int(seed), killer)
        finally:
            os._exit(1)
    if is_timed:
        time.sleep(float(limit))
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def main():
    fingerpost.Api, fingerpost.init  # noqa: B018 - imported before clients are forked
    location, journals = sys.argv[1:]
    for line in sys.stdin:
        print(fork(location, journals, *line.split()), flush=True)


if __name__ == "__main__":
    main()
