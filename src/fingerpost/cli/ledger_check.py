"""Reading a ledger from its beginning, and asking for the content that it speaks of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from uuid import UUID

from fingerpost.application.history.event_sequence_check import LedgerSense
from fingerpost.application.manifests.manifests import StoredManifest
from fingerpost.application.ports.event_store import RecordedEvent
from fingerpost.domain.errors import ContentNotFoundError, IntegrityError
from fingerpost.domain.events import Event, VersionDeleted, VersionLogged
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.names.alias import version_label

if TYPE_CHECKING:
    from fingerpost.bootstrap.store import OpenStore

    from .verification_report import Report

_PAGE: Final = 1_000

Versions = dict[tuple[UUID, int], str]
"""Manifest digests of the versions that are not deleted, by collection and index."""


def check_ledger(opened: "OpenStore", report: "Report") -> None:
    """Read all events, then see that the content of every version is there."""
    versions: Versions = {}
    newest: dict[UUID, int] = {}
    sense = LedgerSense()
    for recorded in _events(opened, report):
        report.count("events")
        event = recorded.event
        _require_next(newest, event, report)
        problem = sense.problem(event)
        if problem is not None:
            report.add(f"event {recorded.position}", f"{event.wire_name!r} {problem}")
        _follow(versions, event)
    _check_tree(opened, report)
    _compare_tables(opened, report)
    for (collection_id, index), manifest in versions.items():
        report.count("versions")
        problem = _problem_of(opened, Digest(manifest))
        if problem is not None:
            row = opened.store.queries.collection(collection_id)
            path = row.path if row else str(collection_id)
            report.add(f"{path}:{version_label(index)}", problem)


def _events(opened: "OpenStore", report: "Report") -> Iterator[RecordedEvent]:
    position, limit = 0, _PAGE
    while True:
        try:
            page = opened.store.events.events(after=position, limit=limit)
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


def _require_next(newest: dict[UUID, int], event: Event, report: "Report") -> None:
    stream_id, version = event.originator_id, event.originator_version
    last = newest.get(stream_id, 0)
    if version != last + 1 and not report.problems:
        # After an event that cannot be read nobody knows which stream it is missing from.
        report.add_once("ledger", f"stream {stream_id} goes from event {last} to {version}")
    newest[stream_id] = version


def _check_tree(opened: "OpenStore", report: "Report") -> None:
    for found in opened.ledger.verify().problems:
        report.add(found.where, found.problem)


def _compare_tables(opened: "OpenStore", report: "Report") -> None:
    try:
        found = opened.store.events.differing_tables()
    except IntegrityError:
        return  # the event that cannot be read was reported
    remedy = "`fingerpost store rebuild` makes it again"
    for table in found:
        report.add("read tables", f"{table} is not what the events say; {remedy}")
    for stream_id in opened.store.events.forged_snapshots():
        report.add("snapshots", f"that of {stream_id} is not what the events say; {remedy}")


def _follow(versions: Versions, event: Event) -> None:
    match event:
        case VersionLogged():
            versions[event.originator_id, event.index] = event.manifest
        case VersionDeleted():
            versions.pop((event.originator_id, event.index), None)


def _problem_of(opened: "OpenStore", manifest: Digest) -> str | None:
    content = opened.store.content
    try:
        stored = StoredManifest(content, manifest)
        wanted = (entry.content for entry in stored.values_in_order() if entry.content)
        lost = content.missing(wanted)
    except ContentNotFoundError:
        return "its manifest is not in the store"
    except IntegrityError as error:
        return str(error)
    return f"{len(lost):,} of its {len(stored):,} files are lost or damaged" if lost else None
