"""Clients that use one store at once; what each was told is checked for linearizability."""

import random
import time
from collections import Counter
from contextlib import suppress
from itertools import count
from pathlib import Path

from attrs import frozen

import fingerpost
from contestants import Contestants, logged
from fingerpost.errors import (
    AliasExpectationError,
    FingerpostError,
    NotFoundError,
    PermissionDeniedError,
    StoreUnavailableError,
)
from fingerpost.testing.linearizability import OperationHistory, check
from fingerpost.testing.linearizable_models import (
    DENIED,
    DONE,
    MOVED,
    AliasPair,
    AliasRegister,
    CompareAndMove,
    Elsewhere,
    Log,
    MemberMove,
    Move,
    Protect,
    ProtectedAlias,
    Read,
    Swap,
    VersionCounter,
)

from .broken import broken
from .journal import Journal, read_history

PROCESSES = 8
COLLECTIONS = 2
LABELS = ["v0", "v1"]

MODELS = {
    "alias": AliasRegister(),
    "versions": VersionCounter(),
    "pair": AliasPair(*LABELS),
    "protected": ProtectedAlias(),
}
"""By what a subject begins with; subjects are pairs of that and a number."""


def prepare(location):
    """Make a store with registry collections of two versions, and a pair of aliases on each."""
    with fingerpost.open_store(location, actor="alice") as store:
        with fingerpost.init("team", "project", store=store, actor="alice") as run:
            versions = [logged(run, "weights", str(number)) for number in range(2)]
        for number in range(COLLECTIONS):
            for version in versions:
                version.link(path_of(number))
            collection = fingerpost.Api(store, "alice").collection(path_of(number))
            collection.move_aliases({"blue": "v0", "green": "v1"})


def path_of(number):
    return f"wandb-registry-Model/{number}"


class Client:
    """One process; the first is the admin, the others are members."""

    def __init__(self, run, journal, process, seed, *, is_unique=False):
        self._run, self._journal, self._process = run, journal, process
        self._api = fingerpost.Api(run.store, run.actor, entity="team", project="project")
        self._random = random.Random(seed)
        # Content that nobody logged before has to be written.
        self._contents = (f"{run.id} {number}" for number in count()) if is_unique else None
        self._acts = [self.alias, self.versions, self.pair, self.protected]

    def act(self):
        """Do one thing, chosen at random."""
        chosen = self._random.choice(self._acts)
        number = self._random.randrange(COLLECTIONS)
        self._journal.record((chosen.__name__, number), *chosen(number))

    def read_all(self):
        """Read all that is changed."""
        for number in range(COLLECTIONS):
            collection = self._api.collection(path_of(number))
            reads = {
                "alias": lambda it=collection: it.aliases.get("best"),
                "pair": lambda it=collection: tuple(map(it.aliases.get, ("blue", "green"))),
                "protected": lambda it=collection, n=number: it.aliases.get(f"production-{n}"),
                "versions": lambda n=number: self._read_latest(f"data-{n}"),
            }
            for kind, read in reads.items():
                self._journal.record((kind, number), Read(), read)

    def alias(self, number):
        collection = self._api.collection(path_of(number))
        to, expected = self._random.choice(LABELS), self._random.choice([None, *LABELS])
        return self._random.choice(
            [
                (Read(), lambda: collection.aliases.get("best")),
                (Read(), lambda: self._read_version(f"{path_of(number)}:best")),
                (Move(to), lambda: moved(collection.set_alias, "best", to)),
                (
                    CompareAndMove(expected, to),
                    lambda: moved(collection.set_alias, "best", to, expected=expected),
                ),
            ]
        )

    def versions(self, number):
        name = f"data-{number}"
        content = self._random.choice("abc") if self._contents is None else next(self._contents)
        return self._random.choice(
            [
                (Read(), lambda: self._read_latest(name)),
                (Log(content), lambda: logged(self._run, name, content).version),
            ]
        )

    def pair(self, number):
        collection = self._api.collection(path_of(number))
        swap = {"blue": "green", "green": "blue"}
        return self._random.choice(
            [
                (Read(), lambda: tuple(map(collection.aliases.get, ("blue", "green")))),
                (Swap(), lambda: moved(collection.move_aliases, swap)),
            ]
        )

    def protected(self, number):
        alias = f"production-{number}"
        collection = self._api.collection(path_of(number))
        if self._random.random() < 1 / 3:
            return Read(), lambda: collection.aliases.get(alias)
        if self._process == 0:
            is_wanted = self._random.random() < 1 / 2
            return Protect(is_wanted), lambda: self._protect(alias, is_wanted)
        to = self._random.choice(LABELS)
        return MemberMove(to), lambda: moved(collection.set_alias, alias, to)

    def _protect(self, alias, is_wanted):
        registry = self._api.registry("Model")
        change = registry.add_protected_alias if is_wanted else registry.remove_protected_alias
        with suppress(NotFoundError):  # it was not protected
            change(alias)
        return DONE

    def _read_version(self, path):
        try:
            return self._api.artifact(path).version
        except NotFoundError:
            return None

    def _read_latest(self, name):
        try:
            return self._api.collection(name).aliases.get("latest")
        except NotFoundError:
            return None


def moved(move, *arguments, **named):
    """Return the model's answer to a move."""
    try:
        move(*arguments, **named)
    except AliasExpectationError as error:
        return Elsewhere(error.actual)
    except PermissionDeniedError:
        return DENIED
    return MOVED


@frozen
class Race:
    """Some seconds on one store, sound or broken.

    Attributes:
        location: the store.
        journals: folder of the clients' journals.
        seconds: how long.
        operations: what each process does at least, however long that takes.
        seed: of what the clients choose.
        fault: see :data:`~soak.broken.BROKEN`; ``None`` for the sound store.
    """

    location: str
    journals: str
    seconds: float = 0
    operations: int = 0
    seed: int = 0
    fault: str | None = None


def run_client(wait, process, races):
    """Take part in each race."""
    actor = "alice" if process == 0 else f"member {process}"
    for race in races:
        # A broken store does not keep its own rules, and comes upon what should not be.
        unclear = StoreUnavailableError if race.fault is None else FingerpostError
        journal = Journal(race.journals, process, unclear)
        with broken(fingerpost.open_store(race.location, create=False), race.fault) as store:
            run = fingerpost.init("team", "project", store=store, actor=actor)
            client = Client(run, journal, process, race.seed * 1000 + process)
            wait()
            deadline = time.monotonic() + race.seconds
            done = 0
            while done < race.operations or time.monotonic() < deadline:
                client.act()
                done += 1
        wait()
        journal.close()


def run_races(races, processes=PROCESSES):
    """Run races one after the other, with the same processes; return their histories."""
    for race in races:
        prepare(race.location)
        Path(race.journals).mkdir()
    Contestants([(run_client, number, races) for number in range(processes)]).run(
        sum(race.seconds for race in races)
    )
    return [read_history(race.journals) for race in races]


def judge(history):
    """Return kind of subject → verdict."""
    kinds = {}
    for (kind, _), operations in history.by_subject().items():
        kinds.setdefault(kind, []).extend(operations)
    return {kind: check(OperationHistory(kinds[kind]), MODELS[kind]) for kind in sorted(kinds)}


def tally(history):
    """Return how many operations of each kind there were, and how many of unknown outcome."""
    counts = Counter(operation.subject[0] for operation in history.operations)
    counts["unknown"] = sum(operation.is_unknown for operation in history.operations)
    return dict(sorted(counts.items()))


def latencies(history):
    """Return how long changes took, and how many each process got done, as text."""
    changes = [
        each
        for each in history.operations
        if not isinstance(each.call, Read) and not each.is_unknown
    ]
    took = sorted(each.ended_at - each.invoked_at for each in changes)
    shares = Counter(each.process for each in changes)
    if not took:
        return "no changes"
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    return (
        f"{len(took):,} changes: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, "
        f"longest {took[-1] * 1000:.0f} ms; by process {min(shares.values())} to "
        f"{max(shares.values())}"
    )
