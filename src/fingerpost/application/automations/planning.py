"""Following the ledger: which deliveries the automations owe for what happened."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Final
from uuid import UUID

from fingerpost.domain.aggregates.streams import delivery as delivery_id
from fingerpost.domain.automation import EventFacts, Occurrence, occurrences
from fingerpost.domain.events import Event, Linked, VersionLogged, VersionWithdrawn
from fingerpost.domain.manifest.artifact_reference import SCHEME
from fingerpost.domain.metadata.metadata import JsonObject
from fingerpost.domain.names.alias import version_label
from fingerpost.domain.versions.version import VersionRef

from ..ports.deliveries import Delivery, DeliveryStore
from ..ports.event_store import EventStore, RecordedEvent
from ..ports.queries import Queries
from ..read_models.automation_rows import AutomationRow
from ..store import Store

PAGE: Final = 1_000
"""Events that are read at once."""


def plan(store: Store, deliveries: DeliveryStore) -> int:
    """Plan the deliveries for all that happened since it was last done; return how many.

    Each page of the ledger is durable before the next is read.
    """
    planned = 0
    while True:
        automations = store.queries.automations()
        if not any(each.is_enabled for each in automations):
            return planned
        # Nothing before the first of them concerns any; what is new begins later than all.
        first = min(each.since for each in automations if each.is_enabled)
        page = list(_whole_steps(store.events, max(deliveries.cursor(), first)))
        if not page:
            return planned
        # Read again, after the events: an automation that was made on this page is among them.
        automations = store.queries.automations()
        owed = [owing for step in page for owing in _owed(store.queries, step, automations)]
        planned += deliveries.plan(owed, page[-1][-1].position, store.clock())


def _whole_steps(events: EventStore, after: int) -> Iterator[Sequence[RecordedEvent]]:
    page = list(events.events(after=after, limit=PAGE))
    steps = list(_steps(page))
    if len(page) < PAGE:
        yield from steps
    elif len(steps) > 1:
        # The last step may go on in the next page.
        yield from steps[:-1]
    else:
        while more := events.events(after=page[-1].position, limit=PAGE):
            same = next(iter(_steps([page[-1], *more])))[1:]
            page += same
            if len(same) < len(more):
                break
        yield page


def _steps(page: Sequence[RecordedEvent]) -> Iterator[Sequence[RecordedEvent]]:
    """Iterate over the events of each command: they are side by side and of one moment."""
    step: list[RecordedEvent] = []
    for recorded in page:
        if step and _origin(step[-1].event) != _origin(recorded.event):
            yield step
            step = []
        step.append(recorded)
    if step:
        yield step


def _origin(event: Event) -> tuple[object, ...]:
    return (event.at, event.actor, event.reason, event.run_id)


def _owed(
    queries: Queries, step: Sequence[RecordedEvent], automations: Sequence[AutomationRow]
) -> Iterator[Delivery]:
    events = [recorded.event for recorded in step]
    positions = {id(recorded.event): recorded.position for recorded in step}
    for occurrence in occurrences(events):
        position = positions[id(occurrence.event)]
        for automation in triggered(queries, occurrence, position, automations):
            facts = _facts(queries, events, occurrence, position, automation)
            yield Delivery(
                id=UUID(facts.delivery_id),
                automation_id=automation.id,
                position=position,
                facts=facts.as_json(),
            )


def triggered(
    queries: Queries,
    occurrence: Occurrence,
    position: int,
    automations: Sequence[AutomationRow],
) -> Sequence[AutomationRow]:
    """Return the automations that something sets off."""
    wanted = [
        each for each in automations if each.acts_on(position) and occurrence.sets_off(each.trigger)
    ]
    place = queries.surroundings(occurrence.event.originator_id) if wanted else None
    return [each for each in wanted if place is not None and each.scope.covers(place)]


def _facts(
    queries: Queries,
    step: Sequence[Event],
    occurrence: Occurrence,
    position: int,
    automation: AutomationRow,
) -> EventFacts:
    event, index = occurrence.event, occurrence.index
    ref = VersionRef(collection_id=event.originator_id, index=index)
    collection = queries.collection(event.originator_id)
    assert collection is not None  # noqa: S101 - its surroundings were found
    source = _source(queries, step, occurrence, ref)
    version = queries.version(source)
    alias = occurrence.aliases[0] if occurrence.kind.value.startswith("alias") else None
    digest, metadata = (version.digest, version.metadata) if version else _logged(event)
    return EventFacts(
        event_type=occurrence.kind.wandb_name,
        event_author=event.actor,
        event_time=event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        event_reason=event.reason,
        event_position=position,
        delivery_id=str(delivery_id(automation.id, position)),
        automation_name=automation.name,
        artifact_version=f"{SCHEME}://{source.collection_id.hex}/{version_label(source.index)}",
        artifact_version_string=f"{collection.path}:{version_label(index)}",
        artifact_version_label=version_label(index),
        artifact_collection_name=collection.name,
        artifact_type=collection.type,
        artifact_digest=digest,
        artifact_metadata=metadata,
        project_name=collection.project,
        entity_name=collection.entity,
        registry_name=collection.registry,
        alias=alias,
        tag=occurrence.tags[0] if occurrence.kind.value == "tag_added" else None,
        previous_version=None
        if occurrence.previous is None
        else version_label(occurrence.previous),
    )


def _logged(event: Event) -> tuple[str | None, JsonObject]:
    # Of a version that was deleted meanwhile only the event still speaks, if it logged it.
    return (event.digest, event.metadata) if isinstance(event, VersionLogged) else (None, {})


def _source(
    queries: Queries, step: Sequence[Event], occurrence: Occurrence, ref: VersionRef
) -> VersionRef:
    """Return the logged version: of a link its source, though the link may be gone by now."""
    if isinstance(occurrence.event, Linked):
        event = occurrence.event
        return VersionRef(collection_id=event.source_collection_id, index=event.source_index)
    row = queries.version(ref)
    if row is not None:
        return row.source or ref
    for other in step:
        match other:
            case VersionWithdrawn(registry_collection_id=link_home, link_index=index) if (
                link_home,
                index,
            ) == (ref.collection_id, ref.index):
                return VersionRef(collection_id=other.originator_id, index=other.index)
    return ref


def example_facts(automation: AutomationRow, identity: UUID, now: str, actor: str) -> EventFacts:
    """Return made-up facts, for trying an automation out."""
    trigger = automation.trigger
    return EventFacts(
        event_type=trigger.kind.wandb_name,
        event_author=actor,
        event_time=now,
        event_reason="a test of the automation",
        event_position=0,
        delivery_id=str(identity),
        automation_name=automation.name,
        artifact_version=f"{SCHEME}://{identity.hex}/v0",
        artifact_version_string="example/test/example:v0",
        artifact_version_label="v0",
        artifact_collection_name="example",
        artifact_type="test",
        artifact_digest=None,
        artifact_metadata={},
        project_name="test",
        entity_name="example",
        registry_name=None,
        alias=trigger.alias or ("example" if trigger.kind.takes_alias else None),
        tag=trigger.tag or ("example" if trigger.kind.takes_tag else None),
        previous_version=None,
    )
