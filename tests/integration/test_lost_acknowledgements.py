"""What is stored and not acknowledged, then given again: it is carried out once."""

from contextlib import contextmanager, suppress

import pytest
from attrs import evolve

import fingerpost
from contestants import PROCESSES, Contestants, logged, team_store
from fingerpost.domain.events import CommandCarriedOut
from fingerpost.errors import (
    AliasExpectationError,
    AlreadyExistsError,
    ConcurrencyError,
    InvalidValueError,
    KeyReusedError,
    NotFoundError,
    OutcomeUnknownError,
    RoleRequiredError,
    StoreUnavailableError,
)
from soak.broken import Delegating

REGISTRY = "wandb-registry-Model"


class Unreliable(Delegating):
    """Stores events, and then says that it did not; reads fail too while it is away."""

    error, is_away, is_losing = StoreUnavailableError("ledger", "went away", "Wait."), False, False

    def append(self, events, *, fences=()):
        position = self._inner.append(events, fences=fences)
        if self.is_losing:
            raise self.error
        return position

    def stream(self, stream_id, *, after=0):
        if self.is_away:
            raise StoreUnavailableError("ledger", "is away", "Wait.")
        return self._inner.stream(stream_id, after=after)


class Setting:
    """A store with a collection of four versions, and what can be done with it."""

    def __init__(self, location):
        self.opened = team_store(location, trials=1)
        self.events = Unreliable(self.opened.store.events)
        self.opened.store = evolve(self.opened.store, events=self.events)
        self.api = fingerpost.Api(self.opened, "alice", entity="team", project="project")
        self.run = fingerpost.init("team", "project", store=self.opened, actor="alice")
        self.collection = self.api.collection(f"{REGISTRY}/0")
        self.collection.move_aliases({"blue": "v0", "green": "v1"})
        self.collection.set_alias("best", "v0")
        self.collection.set_alias("best", "v1")
        self.collection.set_alias("best", "v0")
        self.logged = logged(self.run, "data", "A")

    def log(self, content, name="data"):
        return logged(self.run, name, content).version

    def ledger(self):
        """Return all events but those that only note that a command was carried out."""
        found = self.opened.store.events.events(limit=100_000)
        return [each.event for each in found if not isinstance(each.event, CommandCarriedOut)]

    def lose(self, command):
        """Give a command whose acknowledgement is lost, and after which the store is away."""
        self.events.is_losing = True
        self.events.append = self._away_after(self.events.append)
        try:
            with pytest.raises(OutcomeUnknownError, match="not known whether"):
                command()
        finally:
            del self.events.append
            self.events.is_losing = self.events.is_away = False

    def _away_after(self, append):
        def go_away(events, *, fences=()):
            self.events.is_away = True
            return append(events, fences=fences)

        return go_away


@contextmanager
def prepared(location):
    setting = Setting(location)
    yield setting
    setting.run.finish()  # or it would be the current one of whatever comes next
    setting.opened.close()


@pytest.fixture(params=["memory", "sqlite"])
def setting(request, tmp_path):
    with prepared("memory://" if request.param == "memory" else tmp_path / "store") as setting:
        yield setting


@pytest.fixture
def other():
    with prepared("memory://") as other:
        yield other


def link_a_draft(setting):
    draft = fingerpost.Artifact("drafted", "model")
    with draft.new_file("data.txt") as file:
        file.write("drafted")
    return setting.run.link_artifact(draft, f"{REGISTRY}/drafted").version


COMMANDS = {
    "log": lambda it: it.log("B"),
    "log what is latest": lambda it: it.log("A"),
    "link": lambda it: it.api.artifact("data:v0").link(f"{REGISTRY}/new").version,
    "link a draft": link_a_draft,
    "place an alias": lambda it: it.collection.set_alias("fresh", "v1"),
    "compare and set": lambda it: it.collection.set_alias("best", "v1", expected="v0"),
    "swap": lambda it: it.collection.move_aliases({"blue": "green", "green": "blue"}),
    "remove an alias": lambda it: it.collection.remove_alias("best"),
    "roll back": lambda it: it.collection.rollback("best"),
    "create a collection": lambda it: it.api.registry("Model").create_collection("made").name,
    "create a registry": lambda it: it.api.create_registry("Papers").name,
    "rename": lambda it: it.collection.rename("renamed"),
    "protect": lambda it: it.api.registry("Model").add_protected_alias("best"),
    "add a member": lambda it: it.api.registry("Model").add_members("bob", role="admin").name,
    "delete": lambda it: it.logged.delete(delete_aliases=True),
    "log metrics": lambda it: it.run.log({"loss": 0.5}),
    "describe": lambda it: setattr(it.collection, "description", "the best"),
}


def told(result):
    return getattr(result, "version", result)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_whose_acknowledgement_was_lost_is_carried_out_once_under_a_key(setting, name):
    def command():
        with fingerpost.once(name):
            return COMMANDS[name](setting)

    before = setting.ledger()
    setting.lose(command)
    stored = setting.ledger()
    assert name == "log what is latest" or len(stored) > len(before)
    first = told(command())
    assert setting.ledger() == stored
    assert told(command()) == first
    assert setting.ledger() == stored


@pytest.mark.parametrize("name", ["log", "link a draft", "swap", "roll back", "rename"])
def test_a_store_that_can_be_looked_at_again_is_asked_what_is_stored(setting, other, name):
    """No error, no key: the acknowledgement was lost, and nothing else."""
    setting.events.is_losing = True
    result = told(COMMANDS[name](setting))
    assert result == told(COMMANDS[name](other))
    assert [type(each) for each in setting.ledger()] == [type(each) for each in other.ledger()]


def test_a_store_that_stores_again_what_it_stored_is_asked_too(setting):
    """A driver that connects again inserts again, and is told that somebody was first: itself."""
    setting.events.error = ConcurrencyError("streams and versions are taken")
    setting.events.is_losing = True
    before = len(setting.ledger())
    setting.collection.set_alias("best", "v1")
    assert len(setting.ledger()) == before + 1


# -- what a retry without a key would do


def test_logging_again_after_somebody_logged_something_else_makes_no_second_version(setting):
    def log():
        with fingerpost.once("job 7"):
            return setting.log("B")

    setting.lose(log)
    assert setting.log("C") == "v2"
    assert log() == "v1"
    assert setting.api.collection("data").aliases == {"latest": "v2"}
    # That is what a log without a key means: A, B, A makes three versions.
    assert setting.log("B") == "v3"


def test_logging_what_was_latest_makes_no_version_after_it_no_longer_is(setting):
    def log():
        with fingerpost.once("job 7"):
            return setting.log("A")

    assert (log(), setting.log("B"), log()) == ("v0", "v1", "v0")


def test_an_alias_that_somebody_moved_on_stays_where_they_put_it(setting):
    def move():
        with fingerpost.once("promote"):
            setting.collection.set_alias("best", "v1", expected="v0")

    setting.lose(move)
    setting.collection.set_alias("best", "v0", expected="v1")
    move()
    assert setting.collection.aliases["best"] == "v0"
    with pytest.raises(AliasExpectationError):
        setting.collection.set_alias("best", "v1", expected="v1")


def test_a_link_that_was_taken_away_does_not_come_back(setting):
    def link():
        with fingerpost.once("publish"):
            return setting.api.artifact("data:v0").link(f"{REGISTRY}/new")

    link().unlink()
    with pytest.raises(NotFoundError):
        link()
    assert list(setting.api.collection(f"{REGISTRY}/new").versions()) == []


# -- keys


def test_a_block_that_was_left_in_the_middle_goes_on_there(setting):
    def block():
        with fingerpost.once("block"):
            setting.collection.move_aliases({"blue": "green", "green": "blue"})
            setting.api.registry("Model").create_collection("taken")

    other = setting.api.registry("Model").create_collection("taken")
    with pytest.raises(AlreadyExistsError):
        block()
    other.delete()
    block()
    block()
    assert setting.collection.aliases["blue"] == "v1"
    assert [each.name for each in setting.api.registry("Model").collections()] == ["0", "taken"]


def test_what_was_refused_is_tried_again(setting):
    def move():
        with fingerpost.once("promote"):
            fingerpost.Api(setting.opened, "bob").collection(f"{REGISTRY}/0").set_alias("p", "v1")

    registry = setting.api.registry("Model")
    registry.add_protected_alias("p")
    with pytest.raises(RoleRequiredError):
        move()
    registry.remove_protected_alias("p")
    move()
    assert setting.collection.aliases["p"] == "v1"


def test_each_actor_has_keys_of_their_own(setting):
    for actor in ("alice", "bob"):
        collection = fingerpost.Api(setting.opened, actor).collection(f"{REGISTRY}/0")
        with fingerpost.once("swap"):
            collection.move_aliases({"blue": "green", "green": "blue"})
    assert setting.collection.aliases["blue"] == "v0"


def test_a_run_under_a_key_is_a_run_of_its_own_each_time(setting):
    ids = []
    for _ in range(2):
        with (
            fingerpost.once("train"),
            fingerpost.init("team", "project", store=setting.opened, actor="alice") as run,
        ):
            assert logged(run, "weights", "trained").version == "v2"
            ids.append(run.path)
    first, second = map(setting.api.run, ids)
    assert (first.state, second.state) == ("finished", "finished")
    assert [len(run.logged_artifacts()) for run in (first, second)] == [1, 0]


def test_a_key_that_stands_for_another_command_is_refused(setting):
    with fingerpost.once("swap"):
        setting.collection.move_aliases({"blue": "green", "green": "blue"})
    before = setting.ledger()
    with fingerpost.once("swap"), pytest.raises(KeyReusedError) as caught:
        setting.log("B")
    assert (caught.value.key, caught.value.asked) == ("swap", "versions")
    assert caught.value.carried_out == "aliases"
    assert setting.ledger() == before


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a\0b", "\ud800", 7, None])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(InvalidValueError), fingerpost.once(key):
        pytest.fail("the block was entered")


def test_events_of_one_command_say_so_and_those_of_two_do_not(setting):
    before = len(setting.ledger())
    setting.collection.move_aliases({"blue": "green", "green": "blue"})
    setting.collection.set_alias("best", "v1")
    one, other, third = (event.command_id for event in setting.ledger()[before:])
    assert one == other != third
    assert None not in {one, third}
    told = list(setting.opened.events(kinds=["collection.alias_moved"]))[-3:]
    assert [each.as_json()["command_id"] for each in told] == [one.hex, one.hex, third.hex]


def test_rebuilt_tables_are_the_same_with_keys(setting):
    with fingerpost.once("swap"):
        setting.collection.move_aliases({"blue": "green", "green": "blue"})
    assert setting.opened.store.events.differing_tables() == []


# -- at the same time


def click(wait, folder, rounds):
    with fingerpost.Api(folder, "alice", entity="team", project="project") as api:
        collection = api.collection(f"{REGISTRY}/0")
        for number in range(rounds):
            wait()
            with fingerpost.once(f"swap {number}"):
                collection.move_aliases({"blue": "green", "green": "blue"})


def test_of_processes_with_the_same_key_one_gets_in(tmp_path):
    folder, rounds = str(tmp_path / "store"), 15
    with team_store(folder, 1) as store:
        collection = fingerpost.Api(store, "alice").collection(f"{REGISTRY}/0")
        collection.move_aliases({"blue": "v0", "green": "v1"})
        before = len(collection.alias_history())
        with suppress(ConcurrencyError):
            Contestants([(click, folder, rounds)] * PROCESSES).run()
        assert len(collection.alias_history()) == before + 2 * rounds
        assert collection.aliases["blue"] == "v1"
