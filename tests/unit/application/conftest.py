"""A store in memory, and sessions on it."""

import pytest

from fingerpost.application.collections.versions import Draft, log
from fingerpost.application.organizations.entities import entity_in
from fingerpost.application.transactions.command_subjects import Subject
from fingerpost.application.transactions.transaction import Session
from fingerpost.bootstrap.open_store import open_store
from fingerpost.domain.names.names import (
    Actor,
    ArtifactName,
    ArtifactTypeName,
    EntityName,
    ProjectName,
)


@pytest.fixture
def store():
    """A store that alice founded; everybody else is a member."""
    return open_store("memory://", actor="alice").store


@pytest.fixture
def session(store):
    def make(actor="alice"):
        return Session(store=store, actor=Actor(actor))

    return make


@pytest.fixture
def ledger(store):
    """Return all events so far."""
    return lambda: [recorded.event for recorded in store.events.events(limit=100_000)]


@pytest.fixture
def logged(session):
    """Log an empty artifact whose metadata tells it apart, and return where it is."""

    def make(name, *, kind="dataset", entity="team", project="p"):
        home = session().transact(
            lambda each: entity_in(each, EntityName(entity)), subject=Subject.TEAMS
        )
        draft = Draft(
            name=ArtifactName(name),
            type=ArtifactTypeName(kind),
            description=None,
            metadata={},
            entries={},
            sources={},
        )
        return log(session(), home, ProjectName(project), draft).ref

    return make
