"""What a snapshot keeps of a collection, and how much that is."""

from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest

from fingerpost.adapters.event_store.heads import Snapshot, SnapshotMapper
from fingerpost.domain.aggregates.aggregate import fold
from fingerpost.domain.aggregates.attribution import Attribution
from fingerpost.domain.aggregates.permissions import Authority, Role
from fingerpost.domain.collection import Collection, CollectionKind
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import Actor
from fingerpost.domain.versions.version import NewVersion, Version

ALICE = Authority(
    by=Attribution(actor=Actor("alice"), at=datetime(2026, 3, 3, 9, 30, tzinfo=UTC)),
    role=Role.MEMBER,
    scope="team 'team'",
    protected=frozenset(),
    policy_version=None,
)


@pytest.fixture
def head():
    created = Collection.create(
        UUID(int=1),
        kind=CollectionKind.SOURCE,
        home_id=UUID(int=2),
        project="bikes",
        name="data",
        type="dataset",
        authority=ALICE,
    )
    return fold(Collection.begin(created), ())


def logged(head, digest, aliases=()):
    """Return the head after one more version."""
    latest = head.aliases.get("latest")
    row = None if latest is None else Version(index=latest, digest=head.latest_digest)
    version = NewVersion(type="dataset", digest=digest, manifest=digest, size_bytes=3, file_count=1)
    return fold(head, head.log_version(version, [Alias(each) for each in aliases], [], ALICE, row))


def snapshot_of(head):
    return Snapshot(originator_id=head.id, originator_version=head.version, head=head)


def test_the_state_does_not_grow_with_the_number_of_versions(head):
    mapper, sizes = SnapshotMapper(), {}
    for number in range(1, 1_001):
        head = logged(head, f"{number:04}")
        if number in {10, 1_000}:
            sizes[number] = len(mapper.to_stored_event(snapshot_of(head)).state)
    # All that may differ is how many digits the numbers in it have.
    assert sizes[1_000] - sizes[10] < 20
    assert sizes[1_000] < 400


def test_a_head_survives_its_snapshot(head):
    head = logged(head, "A", ["best", "größe"])
    mapper = SnapshotMapper()
    stored = mapper.to_stored_event(snapshot_of(head))
    assert orjson.loads(stored.state)["head"]["next_index"] == 1
    assert mapper.to_domain_event(stored).head == head
