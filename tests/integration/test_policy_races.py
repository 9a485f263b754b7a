"""Members who act while an admin takes away their right to: nothing happens once it is gone.

Three members and one admin, each a process of its own, on one store. The ledger says what
came first. Each race is run once more with the fences switched off: then it finds what is
forbidden, or it would show nothing.
"""

import os
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from attrs import frozen

import fingerpost
from contestants import Contestants, team_store
from fingerpost.adapters.event_store.postgres import is_postgres
from fingerpost.adapters.event_store.postgres.recorder import PostgresLedgerRecorder
from fingerpost.adapters.event_store.sqlite import SQLiteLedgerRecorder
from fingerpost.application.ports.event_store import Fence
from fingerpost.domain.collection import Collection
from fingerpost.domain.events import (
    AliasMoved,
    ApprovalWithdrawn,
    MemberRemoved,
    ProtectedAliasAdded,
)
from fingerpost.domain.registry import POLICY_EVENTS, Registry
from fingerpost.errors import ConflictError, PermissionDeniedError
from fingerpost.testing.history import History
from stores import IS_PATIENT, open_store, postgres_if_patient

MEMBERS = ("bob", "carol", "dave")
ALL_TRIALS = int(os.environ.get("FINGERPOST_RACE_TRIALS", "150"))
SOME_TRIALS = ALL_TRIALS // 5


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Let the children import this module."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2])


class LooksAway:
    """For recorders that ignore fences."""

    @staticmethod
    def _check(cursor, fence):
        """Look away."""


class Unfenced(LooksAway, SQLiteLedgerRecorder):
    pass


class UnfencedPostgres(LooksAway, PostgresLedgerRecorder):
    pass


UNFENCED = {SQLiteLedgerRecorder: Unfenced, PostgresLedgerRecorder: UnfencedPostgres}


def opened(folder, *, is_fenced):
    store = open_store(folder, create=False)
    if not is_fenced:
        ignore_fences(store.store.events)
    return store


def ignore_fences(events):
    events._recorder.__class__ = UNFENCED[type(events._recorder)]


def trials_on(place, trials):
    """Return how many trials there are, less where one takes longer."""
    return trials if IS_PATIENT or not is_postgres(place) else max(trials // 8, 10)


@frozen
class Race:
    """What an admin forbids, and what members try meanwhile.

    Attributes:
        trials: rounds.
        prepare: sets a trial up, as the admin.
        forbid: takes the right away, as the admin.
        attempt: one step of a member's, of which there are several in a trial.
        is_end: whether an event ends a trial; returns its number.
    """

    trials: int
    prepare: Callable[[fingerpost.Api, int], object]
    forbid: Callable[[fingerpost.Api, int], object]
    attempt: Callable[[fingerpost.Api, int, int], object]
    ends: Callable[[object], str | None]


def move_in_the_registry(api, trial, step):
    collection = api.collection(f"wandb-registry-Model/{trial}")
    collection.set_alias(f"production {trial}", f"v{step % 2}")


def restrict(api, trial):
    registry = api.create_registry(f"R {trial}", "restricted")
    registry.add_members(*MEMBERS, role="member")
    for number in range(2):
        api.artifact(f"team/project/weights:v{number}").link(f"wandb-registry-R {trial}/c")


def move_in_a_restricted_one(api, trial, step):
    collection = api.collection(f"wandb-registry-R {trial}/c")
    collection.set_alias(f"production {trial}", f"v{step % 2}")


def approve_both(api, trial):
    registry = api.registry("Model")
    registry.add_protected_alias(f"production {trial}")
    registry.require_approvals(f"production {trial}", 1)
    for number in range(2):
        link = api.artifact(f"wandb-registry-Model/{trial}:v{number}")
        link.approve(f"production {trial}")


def withdraw_both(api, trial):
    for number in (1, 0):
        link = api.artifact(f"wandb-registry-Model/{trial}:v{number}")
        link.withdraw_approval(f"production {trial}")


RACES = {
    "protection": Race(
        ALL_TRIALS,
        lambda api, trial: None,
        lambda api, trial: api.registry("Model").add_protected_alias(f"production {trial}"),
        move_in_the_registry,
        lambda event: event.alias if isinstance(event, ProtectedAliasAdded) else None,
    ),
    "a role": Race(
        SOME_TRIALS,
        restrict,
        lambda api, trial: api.registry(f"R {trial}").remove_members(*MEMBERS, reason=str(trial)),
        move_in_a_restricted_one,
        lambda event: f"production {event.reason}" if isinstance(event, MemberRemoved) else None,
    ),
    "an approval": Race(
        SOME_TRIALS,
        approve_both,
        withdraw_both,
        move_in_the_registry,
        # The approval of v0 is the last of the two to go.
        lambda event: (
            event.alias if isinstance(event, ApprovalWithdrawn) and event.index == 0 else None
        ),
    ),
}


ALL_RACES = [
    (place, name)
    for place in ("sqlite", "postgres")
    for name in RACES
    if place == "sqlite" or name == "protection" or IS_PATIENT
]


def forbid(wait, folder, name, trials, is_fenced):
    race = RACES[name]
    with closing(opened(folder, is_fenced=is_fenced)) as store:
        api = fingerpost.Api(store, "alice")
        for trial in range(trials):
            wait()
            race.forbid(api, trial)
            wait()


def attempt(wait, folder, name, trials, is_fenced, actor):
    race, denied = RACES[name], 0
    with closing(opened(folder, is_fenced=is_fenced)) as store:
        api = fingerpost.Api(store, actor)
        for trial in range(trials):
            wait()
            try:
                for step in range(6):
                    race.attempt(api, trial, step)
            except PermissionDeniedError:
                denied += 1
            wait()
    return denied


def late_moves(store, ends):
    """Replay a ledger: what members moved after their right to it was taken away."""
    ended, late = set(), []
    for recorded in store.store.events.events(limit=1_000_000):
        event = recorded.event
        if (alias := ends(event)) is not None:
            ended.add(alias)
        elif isinstance(event, AliasMoved) and event.alias in ended and event.actor in MEMBERS:
            late.append((recorded.position, event.alias))
    return late


def run(folder, name, trials, *, is_fenced):
    """Run a race; return the late moves, how many trials there were, and who was denied."""
    race = RACES[name]
    team_store(folder, trials).close()
    with fingerpost.Api(open_store(folder), "alice") as api:
        if name == "an approval":
            api.organization().add_members(*MEMBERS, role="admin")
        for trial in range(trials):
            race.prepare(api, trial)
    tasks = [(attempt, folder, name, trials, is_fenced, actor) for actor in MEMBERS]
    racing = Contestants([(forbid, folder, name, trials, is_fenced), *tasks])
    _, *denied = racing.run()
    with open_store(folder, create=False) as store:
        return late_moves(store, race.ends), sum(denied), len(store.store.queries.denials())


@pytest.mark.parametrize(("place", "name"), ALL_RACES, indirect=["place"])
def test_nobody_acts_once_the_right_to_is_gone(place, name):
    trials = trials_on(place, RACES[name].trials)
    late, denied, recorded = run(place, name, trials, is_fenced=True)
    assert late == []
    # Or else the race was none: members come to feel it, and each time it is recorded.
    assert recorded == denied > trials // 2


@postgres_if_patient
@pytest.mark.parametrize(
    "name",
    [
        each if each == "protection" else pytest.param(each, marks=pytest.mark.patient)
        for each in RACES
    ],
)
def test_without_the_fences_the_same_race_finds_what_is_forbidden(place, name):
    # Enough of them that the forbidden happens; without fences it does in a third of the trials.
    late, _, _ = run(place, name, min(trials_on(place, ALL_TRIALS), 100), is_fenced=False)
    assert late


@pytest.mark.parametrize(("is_fenced", "forbidden"), [(True, 0), (False, 1)])
def test_it_is_the_fence_that_stops_the_late_move(place, is_fenced, forbidden):
    """The unlucky order, by hand: a member decides, an admin protects, the member appends."""
    history = History()
    history.organization()
    history.collection("target", "registry")
    history.log("target", 0)
    with closing(open_store(place)) as opened:
        store = opened.store.events
        if not is_fenced:
            ignore_fences(store)
        store.append(history.events)
        registry = store.load(Registry, history.stream("registry"))
        assert store.load(Collection, history.stream("target")).aliases == {"latest": 0}
        seen = Fence(stream_id=registry.id, version=registry.version, kinds=POLICY_EVENTS)
        store.append([history.add(ProtectedAliasAdded, "registry", alias="production")])
        late = history.move("target", "production", None, 0, actor="bob", policy_version=1)
        with suppress(ConflictError):
            store.append([late], fences=[seen])
        moved = [each for each in store.events() if isinstance(each.event, AliasMoved)]
        assert len([each for each in moved if each.event.actor == "bob"]) == forbidden
