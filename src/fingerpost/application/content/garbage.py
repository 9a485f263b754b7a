"""Garbage collection: removing content that no version reaches any more.

A version that is not deleted keeps its manifest and what that names. So does one that was deleted
only lately: the grace period. All else is garbage, unless it was stored within the grace period.

What stays is found while others go on logging; then, each time before something is removed and
while nobody logs, what was logged in the meantime is added to it. *Source*: ADR 0015.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.errors import (
    ContentNotFoundError,
    IntegrityError,
    InvalidValueError,
    UnreadableManifestError,
)
from fingerpost.domain.events import VersionLogged
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.manifest import decode_page, decode_root
from fingerpost.domain.organization.organization import Organization

from ..access.authority import over_organization, over_store
from ..access.lookup import organization_named
from ..history.deletions import Deletion, deletions
from ..lineage import UNSEEN
from ..ports.content_store import ContentStore
from ..ports.content_sweep import ContentSweep, SweepTally
from ..read_models.rows import ManifestRow
from ..store import Store
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from ..visibility import administers_store, visible_homes
from .expiry import expire, expired
from .garbage_report import CollectedVersion, GarbageReport
from .grace_period import GRACE, LONGEST_GRACE

_CHUNK: Final = 1_000


def collect(session: Session, grace: timedelta = GRACE, *, dry_run: bool = True) -> GarbageReport:
    """Delete what has expired and remove content that nothing reaches, or say what would go.

    Safe beside others who log, read, link and delete, in this process and in others: what is being
    logged is never removed. A kill at any moment loses nothing that a version reaches; the next
    collection goes on. What was removed is recorded in the ledger, unless the process was killed.

    Args:
        session: of an administrator of the default organization; anybody may make a dry run.
        grace: content stays for so long after the last version that named it was deleted, and
            after it was stored.
        dry_run: whether to remove nothing.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
        UnreadableManifestError: what a version holds cannot be told; nothing was removed.
        StoreUnavailableError: another collection is going on, others have been logging all the
            while, or content cannot be removed from this store.
    """
    _require_duration(grace)
    if not dry_run:
        session.dry_run(_require_admin)
    over = expired(session) if dry_run else expire(session)
    store = session.store
    since = session.attribution().at - grace
    with store.content.sweep(dry_run=dry_run) as sweep:
        marker = _Marker(store, sweep)
        recent = marker.mark(since)
        sweep.assess(since)
        dead = store.queries.deleted_manifests(until=since)
        _charge(store.content, sweep, dead)
        if not dry_run:
            try:
                sweep.remove(marker.catch_up)
            finally:
                _record(session, sweep.tally(), grace)
        tally = sweep.tally()
    return GarbageReport(
        is_applied=not dry_run,
        grace=grace,
        expired=tuple(over),
        versions=tuple(_collected(session, dead, tally)),
        unnamed=tally.unnamed,
        copies=tally.copies,
        young=tally.young,
        waiting=tally.waiting,
        recently_deleted=recent,
        files=tally.files,
        packs_rewritten=tally.packs_rewritten,
        freed_bytes=tally.freed_bytes,
    )


def _require_duration(grace: timedelta) -> None:
    if not timedelta() <= grace <= LONGEST_GRACE:
        expected = "it is a duration from 0 to 36,500 days"
        raise InvalidValueError("grace", str(grace), expected, "Leave it out for 14 days.")


def _require_admin(transaction: Transaction) -> None:
    over_store(transaction).require(Action.COLLECT_GARBAGE)


def _default_organization(transaction: Transaction) -> Organization:
    home = organization_named(transaction.queries, None)
    return transaction.load(Organization, home.id)


def _record(session: Session, tally: SweepTally, grace: timedelta) -> None:
    gone = sum(tally.charged.values(), tally.unnamed + tally.copies)

    def decide(transaction: Transaction) -> None:
        head = _default_organization(transaction)
        events = head.collect_content(
            over_organization(transaction, head),
            version_count=len(tally.charged),
            content_count=gone.contents,
            size_bytes=gone.size_bytes,
            freed_bytes=tally.freed_bytes,
            grace_s=int(grace.total_seconds()),
        )
        transaction.record(events)

    session.transact(decide, subject=Subject.GARBAGE, is_keyed=False)


class _Marker:
    """Notes what stays: manifests, their pages, and what these name. Each page is read once."""

    def __init__(self, store: Store, sweep: ContentSweep) -> None:
        self._store = store
        self._sweep = sweep
        # Before anything is read: what is logged from now on has a higher position.
        self._position = store.queries.last_logged()

    def mark(self, since: datetime) -> int:
        """Keep what versions hold that are not deleted, or were only after a moment.

        Returns:
            The number of the latter.
        """
        recent = 0
        for row in self._store.queries.manifests(deleted_after=since):
            recent += row.deleted_at is not None
            self._keep(row)
        return recent

    def catch_up(self) -> None:
        """Keep what was logged since this was called last."""
        while page := self._store.events.events(after=self._position):
            for recorded in page:
                event = recorded.event
                if isinstance(event, VersionLogged):
                    self._keep(ManifestRow.of(event))
            self._position = page[-1].position

    def _keep(self, row: ManifestRow) -> None:
        digest = Digest(row.manifest)
        if not self._sweep.keep([digest]):
            return
        try:
            for named in _manifest(self._store.content, digest, self._sweep.keep):
                self._sweep.keep(named)
        except (ContentNotFoundError, IntegrityError) as error:
            if row.deleted_at is not None and isinstance(error, ContentNotFoundError):
                return  # collected with a shorter grace period before
            version = deletions(self._store, [row])[row.ref].name
            raise UnreadableManifestError(version, str(error)) from error


def _manifest(
    content: ContentStore, digest: Digest, unread: Callable[[Iterable[Digest]], Iterable[Digest]]
) -> Iterator[Iterable[Digest]]:
    """Yield what a manifest names, page by page, of those pages that ``unread`` returns."""
    root = decode_root(content.read(digest), f"manifest {digest}")
    for page in unread(page.digest for page in root.pages):
        yield _named(content, page)


def _named(content: ContentStore, page: Digest) -> Sequence[Digest]:
    entries = decode_page(content.read(page), f"manifest page {page}")
    return [entry.content for entry in entries if entry.content is not None]


def _charge(content: ContentStore, sweep: ContentSweep, dead: Sequence[ManifestRow]) -> None:
    """Charge what goes to the deleted versions that named it."""
    for start in range(0, len(dead), _CHUNK):
        digests = [Digest(row.manifest) for row in dead[start : start + _CHUNK]]
        # Most were collected long ago. Asked together: each question is a look at the store.
        missing = content.missing(digests)
        for number, digest in enumerate(digests, start):
            if digest not in missing:
                for named in _readable(content, digest):
                    sweep.charge(number, named)


def _readable(content: ContentStore, digest: Digest) -> Iterator[Iterable[Digest]]:
    """Yield what is left of a deleted version's manifest; some of it may be collected already."""
    yield [digest]
    with suppress(ContentNotFoundError, IntegrityError):
        for page in decode_root(content.read(digest), f"manifest {digest}").pages:
            yield [page.digest]
            with suppress(ContentNotFoundError, IntegrityError):
                yield _named(content, page.digest)


def _collected(
    session: Session, dead: Sequence[ManifestRow], tally: SweepTally
) -> Iterator[CollectedVersion]:
    charged = [(row, tally.charged[n]) for n, row in enumerate(dead) if n in tally.charged]
    known = deletions(session.store, [row for row, _ in charged])
    is_seen = _seen(session)
    for row, amount in charged:
        if row.deleted_at is not None:
            # Anybody may make a dry run, and is not told more than they may see otherwise.
            deletion = known[row.ref] if is_seen(row) else Deletion(name=UNSEEN)
            yield CollectedVersion(
                name=deletion.name,
                deleted_at=row.deleted_at,
                deleted_by=deletion.by,
                reason=deletion.reason,
                amount=amount,
            )


def _seen(session: Session) -> Callable[[ManifestRow], bool]:
    if administers_store(session):
        return lambda _: True
    visible = visible_homes(session)

    def is_seen(row: ManifestRow) -> bool:
        collection = session.queries.collection(row.ref.collection_id)
        return collection is not None and collection.home_id in visible

    return is_seen
