"""Attributions, authorities and streams that the tests of the domain start with."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from fingerpost.domain.aggregates.aggregate import fold
from fingerpost.domain.aggregates.attribution import Attribution
from fingerpost.domain.aggregates.permissions import Authority, Role
from fingerpost.domain.collection import Collection, CollectionKind
from fingerpost.domain.names.names import Actor

STREAM = UUID(int=1)


@pytest.fixture
def by():
    return Attribution(actor=Actor("alice"), at=datetime(2026, 3, 3, 9, 30, tzinfo=UTC))


@pytest.fixture
def authority(by):
    """Make an authority with a role, over a scope without policy unless told otherwise."""

    def make(role=Role.ADMIN, protected=(), policy_version=None):
        return Authority(
            by=by,
            role=role,
            scope="registry 'Model'",
            protected=frozenset(protected),
            policy_version=policy_version,
        )

    return make


@pytest.fixture
def collection(authority):
    """Make a collection that some events were applied to."""

    def make(*events, kind=CollectionKind.SOURCE, type="dataset"):
        created = Collection.create(
            STREAM,
            kind=kind,
            home_id=UUID(int=2),
            project="bikes" if kind is CollectionKind.SOURCE else "",
            name="data",
            type=type,
            authority=authority(),
        )
        return fold(Collection.begin(created), events)

    return make
