"""Bringing a bundle into a store."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from fingerpost.application.following import require_ledger_reader
from fingerpost.application.ports.content_store import ContentStore
from fingerpost.application.store import Store
from fingerpost.application.transaction import Session
from fingerpost.domain.digest import Digest
from fingerpost.domain.errors import (
    ConcurrencyError,
    ContentMismatchError,
    ContentNotFoundError,
    InvalidBundleError,
    StoreFormatError,
    StoreNotFoundError,
)

from .blobs import Progress, content_of, copy_files, copy_manifest
from .bundle import CONTENT, Header, read_header
from .checking import BundleCheck

if TYPE_CHECKING:
    from ..bootstrap import OpenStore


@frozen(kw_only=True)
class ImportedBundle:
    """What an import did.

    Attributes:
        origin: the ledger.
        size: events that the store has now.
        added: how many of them came in.
        versions: whose content was looked at.
        has_files: whether the bundle holds the files of the versions.
    """

    origin: str
    size: int
    added: int
    versions: int
    has_files: bool


def import_bundle(
    folder: str | os.PathLike[str],
    store: "str | os.PathLike[str] | OpenStore | None" = None,
    *,
    keys: Iterable[str] = (),
    actor: str | None = None,
    progress: Progress = None,
) -> ImportedBundle:
    """Bring a bundle into a new store, or into one that an earlier bundle of it was brought into.

    Everything is checked before anything is stored. Then the content is copied, and then all events
    are stored at once, byte for byte and at their positions: versions, aliases, history, actors,
    checkpoints and proofs are what they were. When it is interrupted, nothing of it is to be seen,
    and the next time goes on from there. A second time does nothing.

    Nothing else may be done to the store: what would be done there would contradict what comes
    with the next bundle. Such a bundle is refused.

    Args:
        folder: the bundle.
        store: where to; as in :func:`fingerpost.open_store`.
        keys: public keys; one of them has to have signed the bundle's checkpoint. Without any, the
            bundle is believed if it is whole.
        actor: on whose behalf; of a store that is there already they have to administer it.
        progress: called with the number of bytes of files copied since the last call.

    Raises:
        InvalidBundleError: it fails its checks; says at which event. Nothing was stored.
        UnprovenError: none of the keys signed it (a ``ValueError``).
        RoleRequiredError: the actor does not administer the store.
        StoreUnavailableError: the store cannot be written.
    """
    from ..bootstrap import OpenStore, open_store

    bundle = Path(folder)
    header = read_header(bundle)
    if isinstance(store, OpenStore):
        return _into(store, bundle, header, keys, actor, progress)
    try:
        opened = open_store(store, actor=actor, create=False)
    except (StoreNotFoundError, StoreFormatError):
        # None is there, or one that an interrupted import left without its marker.
        return _into_new(store, bundle, header, keys, actor, progress)
    with opened:
        return _into(opened, bundle, header, keys, actor, progress)


def _into_new(
    store: "str | os.PathLike[str] | None",
    bundle: Path,
    header: Header,
    keys: Iterable[str],
    actor: str | None,
    progress: Progress,
) -> ImportedBundle:
    from ..bootstrap import open_begun
    from ..event_store import InMemoryEventStore

    check = BundleCheck.of(bundle, header, InMemoryEventStore())
    # Before a store is made: of a bundle that is refused nothing shall be left.
    check.run(keys)
    done: list[ImportedBundle] = []

    def begin(made: Store) -> None:
        done.append(_fill(made, check.beside(made.events), progress))

    with open_begun(store, begin, actor) as opened:
        if not done:
            # Somebody made one meanwhile.
            return _into(opened, bundle, header, keys, actor, progress)
        _skip_automations(opened)
    return done[0]


def _into(
    opened: "OpenStore",
    bundle: Path,
    header: Header,
    keys: Iterable[str],
    actor: str | None,
    progress: Progress,
) -> ImportedBundle:
    from ..settings import actor_name, current_settings

    session = Session(store=opened.store, actor=actor_name(actor, current_settings()))
    require_ledger_reader(session)
    if opened.ledger.origin != header.origin:
        problem = (
            f"it is of the ledger {header.origin!r}, and {opened.location!r} has its own, "
            f"{opened.ledger.origin!r}: name a folder where no store is yet"
        )
        raise InvalidBundleError(str(bundle), problem)
    check = BundleCheck.of(bundle, header, opened.store.events)
    check.run(keys)
    done = _fill(opened.store, check, progress)
    _skip_automations(opened)
    return done


def _fill(store: Store, check: BundleCheck, progress: Progress) -> ImportedBundle:
    with store.content.hold():
        _copy(check, store.content, progress)
        try:
            added = store.events.restore(check.records())
        except ConcurrencyError as error:
            problem = f"its events do not follow what the store has: {error.detail}"
            raise InvalidBundleError(str(check.folder), problem) from error
    return ImportedBundle(
        origin=check.header.origin,
        size=store.events.tree_size(),
        added=added,
        versions=len(check.versions),
        has_files=check.header.has_files,
    )


def _copy(check: BundleCheck, target: ContentStore, progress: Progress) -> None:
    with content_of(check.folder / CONTENT) as source:
        for version in check.versions:
            manifest = Digest(version.manifest)
            try:
                copy_manifest(source, target, manifest)
                if check.header.has_files:
                    copy_files(source, target, manifest, progress)
            except (ContentNotFoundError, ContentMismatchError) as error:
                problem = f"the content of event {version.position} is not whole: {error}"
                raise InvalidBundleError(str(check.folder), problem) from error


def _skip_automations(opened: "OpenStore") -> None:
    # What happened elsewhere was told there: a new store must not send years of messages again.
    if not opened.store.queries.automations():
        return
    deliveries = opened.automations.deliveries
    size = opened.store.events.tree_size()
    if deliveries.cursor() < size:
        deliveries.plan((), size, opened.store.clock())
