"""What machines that run random commands on a whole store have in common."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis.stateful import RuleBasedStateMachine, rule

from fingerpost import OpenStore
from fingerpost.domain.errors import ApprovalsMissingError, NotAPersonError, RoleRequiredError
from fingerpost.domain.events import AccessDenied, Event

from .ledger_fold import LedgerFold

Errors = set[type[Exception]]

DENIALS: Final = (RoleRequiredError, ApprovalsMissingError, NotAPersonError)
"""Refusals that are recorded."""


class StoreMachine(RuleBasedStateMachine):
    """A store, the fold of its ledger, and a model that is changed by whoever runs a command.

    A subclass sets ``store`` in an ``initialize`` rule, and ``model`` when it is made.
    """

    model: object
    store: OpenStore

    def open_store(self) -> OpenStore:
        """Return a new store that ``alice`` administers."""
        raise NotImplementedError("override open_store()")

    def reopen(self, store: OpenStore) -> OpenStore:
        """Return the same store as the next process finds it; by default the object itself."""
        return store

    def __init__(self) -> None:
        super().__init__()
        self.fold = LedgerFold()
        self.seen: list[Event] = []
        self.position = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a store yet."""
        return hasattr(self, "store")

    def observed_in_full(self) -> object:
        """Return all that the public interface says, to be compared after a rebuild."""
        raise NotImplementedError("override observed_in_full()")

    def teardown(self) -> None:
        """Rebuild the read tables, and compare them and the ledger with what was seen."""
        if not self.is_open:
            return
        live = self.observed_in_full()
        self.follow()
        assert self.store.rebuild() == len(self.seen)
        assert self.observed_in_full() == live
        everything = self.store.store.events.events(limit=1_000_000)
        assert [recorded.event for recorded in everything] == self.seen
        self.store.close()

    def follow(self) -> list[Event]:
        """Fold what was added to the ledger since the last look, and return it."""
        added = self.store.store.events.events(after=self.position, limit=1_000)
        for recorded in added:
            assert recorded.position > self.position
            self.position = recorded.position
            self.fold.add(recorded.event)
            self.seen.append(recorded.event)
        return [recorded.event for recorded in added]

    def attempt(self, command: Callable[[], Any], errors: Errors) -> bool:
        """Carry out a command that has to fail with one of the errors, or to succeed if none.

        Returns:
            Whether it succeeded.
        """
        self.follow()
        if not errors:
            command()
            return True
        with pytest.raises(tuple(errors)) as caught:
            command()
        denied = [AccessDenied] if isinstance(caught.value, DENIALS) else []
        assert [type(event) for event in self.follow()] == denied
        return False

    def apply(self, change: Callable[[], object]) -> None:
        """Change the model after a command that succeeded; no change may have added events."""
        before = deepcopy(vars(self.model))
        change()
        added = self.follow()
        assert bool(added) == (vars(self.model) != before)
        assert not [event for event in added if isinstance(event, AccessDenied)]

    # -- the store

    @rule()
    def come_back_later(self) -> None:
        self.store = self.reopen(self.store)

    @rule()
    def rebuild(self) -> None:
        self.follow()
        assert self.store.rebuild() == len(self.seen)
