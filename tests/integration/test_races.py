"""Processes that do the same at once on one store, and what has to be true afterwards."""

from contextlib import closing, suppress
from pathlib import Path

import pytest

import fingerpost
from contestants import PROCESSES, SPAWN, Contestants, logged, team_store
from fingerpost.adapters.event_store.postgres import is_postgres
from fingerpost.errors import (
    AlreadyExistsError,
    ConflictError,
    NotFoundError,
)
from fingerpost.testing.ledger_fold import LedgerFold
from stores import numbered, open_store, postgres_if_patient


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Let the children import this module."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2])


def all_events(store):
    return store.store.events.events(limit=1_000_000)


# -- logging


def log_versions(wait, folder, writer, count):
    wait()
    store = open_store(folder, create=False)
    with fingerpost.init("team", "project", store=store, actor=f"writer {writer}") as run:
        versions = [logged(run, "data", f"{writer}/{n}").version for n in range(count)]
    store.close()
    return versions


def test_versions_that_processes_log_at_once_are_numbered_without_gap_or_repetition(place):
    folder, each = place, 4 if is_postgres(place) else 8
    team_store(folder).close()
    answers = Contestants([(log_versions, folder, n, each) for n in range(PROCESSES)]).run()
    assert sorted(int(label[1:]) for labels in answers for label in labels) == list(
        range(PROCESSES * each)
    )
    api = fingerpost.Api(open_store(folder), "alice", entity="team", project="project")
    with api:
        collection = api.collection("data")
        texts = {each.version: each.get_entry("data.txt").digest for each in collection.versions()}
        assert len(texts) == len(set(texts.values())) == PROCESSES * each
        assert collection.aliases == {"latest": f"v{PROCESSES * each - 1}"}
        moves = [(move.from_version, move.to_version) for move in collection.alias_history()]
        assert moves == [(f"v{n - 1}" if n else None, f"v{n}") for n in range(PROCESSES * each)]


# -- compare and set


def swap(wait, folder, writer, rounds):
    won = []
    with fingerpost.Api(
        open_store(folder), f"writer {writer}", entity="team", project="project"
    ) as api:
        for number in range(rounds):
            collection = api.collection(f"wandb-registry-Model/{number}")
            wait()
            try:
                collection.set_alias("best", "v0", expected=None, reason=str(writer))
            except ConflictError as error:
                won.append(error.actual)
            else:
                won.append(True)
    return won


@postgres_if_patient
def test_exactly_one_process_wins_a_compare_and_set(place):
    folder, rounds = place, 15
    team_store(folder, rounds).close()
    answers = Contestants([(swap, folder, n, rounds) for n in range(PROCESSES)]).run()
    for outcomes in zip(*answers, strict=True):
        assert sorted(map(str, outcomes)) == ["True", *["v0"] * (PROCESSES - 1)]
    with fingerpost.Api(open_store(folder), "alice") as api:
        for number in range(rounds):
            history = api.collection(f"wandb-registry-Model/{number}").alias_history("best")
            winner = [won[number] for won in answers].index(True)
            assert [change.reason for change in history] == [str(winner)]


def exchange(wait, folder, writer, rounds):
    seen = []
    with fingerpost.Api(open_store(folder), f"writer {writer}") as api:
        collection = api.collection("wandb-registry-Model/0")
        wait()
        for _ in range(rounds):
            collection.move_aliases({"blue": "green", "green": "blue"}, reason=str(writer))
            seen.append(tuple(map(collection.aliases.get, ("blue", "green"))))
    return seen


@pytest.mark.patient
@postgres_if_patient
def test_processes_that_swap_two_aliases_never_leave_both_on_one_version(place):
    folder, rounds = place, 25
    with team_store(folder, 1) as store:
        collection = fingerpost.Api(store, "alice").collection("wandb-registry-Model/0")
        collection.move_aliases({"blue": "v0", "green": "v1"})
        before = len(collection.alias_history())
        answers = Contestants([(exchange, folder, n, rounds) for n in range(2)]).run()
        assert {pair for seen in answers for pair in seen} <= {("v0", "v1"), ("v1", "v0")}
        changes = collection.alias_history()[before:]
    swaps = list(zip(changes[::2], changes[1::2], strict=True))
    assert [(one.alias, other.alias) for one, other in swaps] == [("blue", "green")] * 2 * rounds
    # Each swap is next to each other in the ledger, and by one writer.
    assert all(one.position + 1 == other.position for one, other in swaps)
    assert all(one.reason == other.reason for one, other in swaps)
    assert (changes[-2].to_version, changes[-1].to_version) == ("v0", "v1")


# -- the same name


def make_collections(wait, folder, writer, rounds):
    made = []
    with fingerpost.Api(open_store(folder), f"writer {writer}") as api:
        registry = api.registry("Model")
        for number in range(rounds):
            wait()
            try:
                registry.create_collection(f"new {number}", tags=[str(writer)])
            except AlreadyExistsError as error:
                made.append(error.name)
            else:
                made.append(True)
    return made


@pytest.mark.patient
@postgres_if_patient
def test_exactly_one_process_makes_a_collection(place):
    folder, rounds = place, 15
    team_store(folder).close()
    answers = Contestants([(make_collections, folder, n, rounds) for n in range(PROCESSES)]).run()
    with fingerpost.Api(open_store(folder), "alice") as api:
        collections = api.registry("Model").collections()
        assert {each.name for each in collections} == {f"new {n}" for n in range(rounds)}
        for number, outcomes in enumerate(zip(*answers, strict=True)):
            path = f"default/wandb-registry-Model/new {number}"
            assert sorted(map(str, outcomes)) == ["True", *[path] * (PROCESSES - 1)]
            assert api.collection(path).tags == [str(outcomes.index(True))]


def open_new(wait, folder, rounds):
    for number in range(rounds):
        wait()
        open_store(numbered(folder, number)).close()


def test_processes_that_make_a_store_at_once_all_open_it(place):
    rounds = 3 if is_postgres(place) else 40
    Contestants([(open_new, place, rounds)] * PROCESSES).run()
    for number in range(rounds):
        with open_store(numbered(place, number), create=False) as store:
            assert len(store.store.queries.organizations()) == 1


def create(wait, folder, rounds):
    made = []
    for number in range(rounds):
        wait()
        with open_store(numbered(folder, number)) as store:
            wait()
            with fingerpost.init("team", "project", store=store, actor="alice") as run:
                wait()
                artifact = logged(run, "data", "the same")
                wait()
                made.append((artifact.id, artifact.link("registry/Model/new").id))
            wait()
            try:
                fingerpost.Api(store, "alice").create_registry("Papers")
            except AlreadyExistsError:
                made.append("was there")
            else:
                made.append("created")
            wait()
            with fingerpost.init(store=store, actor="carol") as run:
                made.append(run.entity)
    return made


@pytest.mark.patient
@postgres_if_patient
def test_what_processes_create_at_once_exists_once(place):
    rounds = 4 if is_postgres(place) else 8
    tasks = [(create, place, rounds)] * PROCESSES
    answers = Contestants(tasks).run()
    for number, outcomes in enumerate(zip(*answers, strict=True)):
        if number % 3 == 1:
            assert sorted(outcomes) == ["created", *["was there"] * (PROCESSES - 1)]
        else:
            assert len(set(outcomes)) == 1
    for number in range(rounds):
        with open_store(numbered(place, number), create=False) as store:
            assert denials(store) == []
            queries = store.store.queries
            (organization,) = queries.organizations()
            assert queries.teams(organization.id) == ["team"]
            assert [row.name for row in queries.registries()] == ["Dataset", "Model", "Papers"]
            assert len(queries.collections(queries.entity("team").id)) == 1


def denials(store):
    return list(store.store.queries.denials())


# -- names


def log_to_a_name(wait, folder, writer, count, is_done):
    store = open_store(folder, create=False)
    with fingerpost.init("team", "project", store=store, actor=f"writer {writer}") as run:
        wait()
        logged_to = []
        for n in range(count):
            with suppress(LookupError):  # deleted before it could be looked at
                logged_to.append(logged(run, "data", f"{writer}/{n}").id)
    store.close()
    is_done.set()
    return logged_to


def rename_and_delete(wait, folder, writer, count, loggers):
    api = fingerpost.Api(open_store(folder), f"renamer {writer}", entity="team", project="project")
    done, last, is_over = [], None, False
    wait()
    while len(done) < count and not is_over:
        # One more round when all is logged: then the name is there, or another one had it.
        is_over = all(each.is_set() for each in loggers)
        with suppress(NotFoundError):
            api.collection("data").rename(f"data-{writer}-{len(done)}")
            last = f"data-{writer}-{len(done)}"
            done.append("renamed")
        if last is not None:
            # The other one may have renamed it, or deleted it, with its own look at "data".
            with suppress(NotFoundError):
                api.collection(last).delete()
                done.append("deleted")
            last = None
    api.close()
    return done


@postgres_if_patient
def test_names_that_are_logged_to_renamed_and_deleted_at_once_stay_one_name_each(place):
    folder, each = place, 12
    team_store(folder).close()
    loggers = [SPAWN.Event() for _ in range(2)]
    tasks = [(log_to_a_name, folder, n, each, loggers[n]) for n in range(2)]
    tasks += [(rename_and_delete, folder, n, each // 2, loggers) for n in range(2)]
    answers = Contestants(tasks).run()
    assert {"renamed", "deleted"} <= {*answers[2], *answers[3]}
    with closing(open_store(folder)) as store:
        fold, paths = LedgerFold(), []
        for recorded in all_events(store):
            # Asserts that streams go on where they were, and that nothing follows a deletion.
            fold.add(recorded.event)
        team = store.store.queries.entity("team")
        live = store.store.queries.collections(team.id)
        paths = sorted(record["key"] for record in fold.collections.values())
        assert [row.name for row in live] == paths
        assert len(set(paths)) == len(paths)
        for row in live:
            told = fold.collections[row.id]
            assert {each.index for each in store.store.queries.versions(row.id)} == set(
                told["versions"]
            )
        assert store.store.events.differing_tables() == []
