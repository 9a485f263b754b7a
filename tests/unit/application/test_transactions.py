"""Carrying out commands: again after a lost race, recorded when denied, nothing when rehearsed."""

import threading
from uuid import uuid4

import pytest
from attrs import evolve

from fingerpost.application.access.authority import over_collection, over_registry
from fingerpost.application.access.lookup import registry_named
from fingerpost.application.collections import aliases
from fingerpost.application.registries import registries
from fingerpost.application.transactions import transaction
from fingerpost.application.transactions.command_subjects import Subject
from fingerpost.application.transactions.transaction import ATTEMPTS
from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import ConcurrencyError, InvalidValueError, RoleRequiredError
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import RegistryName
from fingerpost.domain.registry import Registry
from fingerpost.domain.versions.version import Version


class Rival:
    """Moves an alias of the same collection each time that somebody has decided."""

    def __init__(self, session, ref):
        self.session, self.ref, self.wins = session, ref, 0

    def win(self):
        aliases.move(self.session, Alias(f"rival-{self.wins}"), self.ref)
        self.wins += 1


def move_while(rival, ref, until):
    """Return a decision that the rival is faster than, ``until`` times."""

    def decide(transaction):
        head = transaction.load(Collection, ref.collection_id)
        if rival.wins < until:
            rival.win()
        version = Version(index=ref.index, digest="")
        transaction.record(
            head.move_alias(Alias("mine"), version, over_collection(transaction, head))
        )
        return len(head.aliases)

    return decide


def test_a_decision_is_made_again_on_fresh_heads_when_somebody_was_first(session, logged, ledger):
    ref = logged("data")
    rival = Rival(session("bob"), ref)
    seen = session().transact(move_while(rival, ref, until=3), subject=Subject.ALIASES)
    moved = [event.alias for event in ledger() if event.wire_name == "collection.alias_moved"]
    assert moved == ["latest", "rival-0", "rival-1", "rival-2", "mine"]
    assert seen == 4  # `latest` and the rival's three


def test_a_command_gives_up_when_others_are_first_again_and_again(
    session, logged, ledger, monkeypatch
):
    monkeypatch.setattr(transaction, "LONGEST_PAUSE_S", 0)
    ref = logged("data")
    rival = Rival(session("bob"), ref)
    with pytest.raises(ConcurrencyError) as caught:
        session().transact(move_while(rival, ref, until=ATTEMPTS + 1), subject=Subject.ALIASES)
    assert caught.value.attempts == ATTEMPTS
    assert "Try again" in str(caught.value)
    assert "mine" not in {getattr(event, "alias", None) for event in ledger()}


def test_a_decision_that_changes_nothing_stores_nothing(session, ledger):
    before = ledger()
    assert session().transact(lambda _: "answer", subject=Subject.ALIASES) == "answer"
    assert ledger() == before


def test_an_error_in_a_decision_stores_nothing(session, logged, ledger):
    ref = logged("data")
    before = ledger()

    def decide(transaction):
        head = transaction.load(Collection, ref.collection_id)
        version = Version(index=0, digest="")
        transaction.record(head.move_alias(Alias("x"), version, over_collection(transaction, head)))
        raise InvalidValueError("x", 1, "y", "z")

    with pytest.raises(InvalidValueError):
        session().transact(decide, subject=Subject.ALIASES)
    assert ledger() == before


def test_a_rehearsal_raises_and_returns_like_the_command_and_stores_nothing(
    session, logged, ledger
):
    ref = logged("data")
    before = ledger()
    rival = Rival(session("bob"), ref)
    assert session().dry_run(move_while(rival, ref, until=0)) == 1
    assert ledger() == before


def test_a_denied_attempt_is_recorded_with_who_what_and_where(session, store, ledger):
    registry = registry_named(store.queries, RegistryName("model"), None)
    before = len(ledger())
    with pytest.raises(RoleRequiredError):
        registries.protect(session("bob"), registry, Alias("production"), None)
    (denied,) = ledger()[before:]
    assert denied.wire_name == "access.denied"
    assert (denied.actor, denied.role, denied.required) == ("bob", "member", "admin")
    assert (denied.scope_id, denied.target) == (registry.id, "registry 'Model'")
    assert denied.action == "create or remove the protection of an alias"
    assert any("bob" in sentence for sentence in store.queries.denials())


def test_a_denied_rehearsal_is_recorded_too(session, store, ledger):
    registry = registry_named(store.queries, RegistryName("model"), None)

    def decide(transaction):
        head = transaction.load(Registry, registry.id)
        over_registry(transaction, head).require(Action.CONFIGURE_REGISTRY)

    with pytest.raises(RoleRequiredError):
        session("bob").dry_run(decide)
    assert [event.wire_name for event in ledger()][-1] == "access.denied"


def test_each_denial_has_a_stream_of_its_own(session, store, ledger):
    registry = registry_named(store.queries, RegistryName("model"), None)
    for _ in range(3):
        with pytest.raises(RoleRequiredError):
            registries.protect(session("bob"), registry, Alias("production"), None)
    streams = {e.originator_id for e in ledger() if e.wire_name == "access.denied"}
    assert len(streams) == 3


def test_a_policy_that_changed_meanwhile_makes_the_decision_anew(session, store, logged, ledger):
    """A member decides to move an alias, and before it is stored an admin protects it."""
    registry = registry_named(store.queries, RegistryName("dataset"), None)
    ref = logged("data")
    attempts = []

    def decide(transaction):
        head = transaction.load(Registry, registry.id)
        authority = over_registry(transaction, head)
        authority.require_alias("production")
        attempts.append(head.version)
        if len(attempts) == 1:
            registries.protect(session(), registry, Alias("production"), None)
        target = transaction.load(Collection, ref.collection_id)
        version = Version(index=0, digest="")
        transaction.record(target.move_alias(Alias("production"), version, authority))

    with pytest.raises(RoleRequiredError, match="protected alias"):
        session("bob").transact(decide, subject=Subject.ALIASES)
    assert attempts == [1]
    assert "collection.alias_moved" not in {e.wire_name for e in ledger()[-2:]}
    assert [e.wire_name for e in ledger()[-2:]] == [
        "registry.protected_alias_added",
        "access.denied",
    ]


def test_all_events_of_a_command_carry_its_actor_reason_and_run(session, logged, ledger):
    ref, run_id = logged("data"), uuid4()
    acting = evolve(session("bob"), run_id=run_id)
    aliases.move(acting, Alias("best"), ref, reason="highest accuracy")
    event = ledger()[-1]
    assert (event.actor, event.reason, event.run_id) == ("bob", "highest accuracy", run_id)


def test_writers_in_many_threads_all_get_through(session, logged, ledger):
    ref = logged("data")
    failures = []

    def work(number):
        try:
            for step in range(10):
                aliases.move(session(f"user-{number}"), Alias(f"a-{number}-{step}"), ref)
        except Exception as error:  # noqa: BLE001 - handed to the assertion below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    versions = [e.originator_version for e in ledger() if e.originator_id == ref.collection_id]
    # The collection, its version, `latest`, and then each move in a place of its own.
    assert versions == list(range(1, 3 + 80 + 1))
    moved = {e.alias for e in ledger() if e.wire_name == "collection.alias_moved"}
    assert len(moved) == 1 + 80
