"""Reading a ledger from its beginning, and asking for the content that its versions name."""

from collections.abc import Callable, Iterator
from typing import Final
from uuid import UUID

from fingerpost.domain.errors import ContentNotFoundError, IntegrityError
from fingerpost.domain.events import Event, VersionDeleted, VersionLogged
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.names.alias import version_label

from ..history.event_sequence_check import LedgerSense
from ..manifests.manifests import StoredManifest
from ..ports.event_store import RecordedEvent
from ..store import Store
from .report import Findings

_PAGE: Final = 1_000

Versions = dict[tuple[UUID, int], str]
"""Manifest digests of the versions that are not deleted, by collection and index."""


def verify_ledger(store: Store, check_tree: Callable[[], None], report: Findings) -> None:
    """Read all events, then see that the content of every version is there.

    Args:
        store: the store.
        check_tree: notes what is wrong with the Merkle tree.
        report: takes what is found.
    """
    versions: Versions = {}
    newest: dict[UUID, int] = {}
    sense = LedgerSense()
    for recorded in _events(store, report):
        report.count("events")
        event = recorded.event
        _require_next(newest, event, report)
        problem = sense.problem(event)
        if problem is not None:
            report.add(f"event {recorded.position}", f"{event.wire_name!r} {problem}")
        _follow(versions, event)
    check_tree()
    _compare_tables(store, report)
    for (collection_id, index), manifest in versions.items():
        report.count("versions")
        problem = _problem_of(store, Digest(manifest))
        if problem is not None:
            row = store.queries.collection(collection_id)
            path = row.path if row else str(collection_id)
            report.add(f"{path}:{version_label(index)}", problem)


def _events(store: Store, report: Findings) -> Iterator[RecordedEvent]:
    position, limit = 0, _PAGE
    while True:
        try:
            page = store.events.events(after=position, limit=limit)
        except IntegrityError as error:
            # One event cannot be read, and the others of its page are looked at one by one.
            if limit == 1:
                report.add_once("ledger", str(error))
                position += 1
            limit = 1
            continue
        if not page:
            return
        yield from page
        position = page[-1].position


def _require_next(newest: dict[UUID, int], event: Event, report: Findings) -> None:
    stream_id, version = event.originator_id, event.originator_version
    last = newest.get(stream_id, 0)
    if version != last + 1 and not report.problems:
        # After an event that cannot be read nobody knows which stream it is missing from.
        report.add_once("ledger", f"stream {stream_id} goes from event {last} to {version}")
    newest[stream_id] = version


def _compare_tables(store: Store, report: Findings) -> None:
    try:
        found = store.events.differing_tables()
    except IntegrityError:
        return  # the event that cannot be read was reported
    remedy = "`fingerpost store rebuild` makes it again"
    for table in found:
        report.add("read tables", f"{table} is not what the events say; {remedy}")
    for stream_id in store.events.forged_snapshots():
        report.add("snapshots", f"that of {stream_id} is not what the events say; {remedy}")


def _follow(versions: Versions, event: Event) -> None:
    match event:
        case VersionLogged():
            versions[event.originator_id, event.index] = event.manifest
        case VersionDeleted():
            versions.pop((event.originator_id, event.index), None)


def _problem_of(store: Store, manifest: Digest) -> str | None:
    content = store.content
    try:
        stored = StoredManifest(content, manifest)
        wanted = (entry.content for entry in stored.values_in_order() if entry.content)
        lost = content.missing(wanted)
    except ContentNotFoundError:
        return "its manifest is not in the store"
    except IntegrityError as error:
        return str(error)
    return f"{len(lost):,} of its {len(stored):,} files are lost or damaged" if lost else None
