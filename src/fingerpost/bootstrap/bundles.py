"""Importing a bundle: opening or creating the store that it goes into."""

import os
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from fingerpost.adapters.bundles.blobs import Progress
from fingerpost.adapters.bundles.bundle import Header, read_header
from fingerpost.adapters.bundles.checking import BundleCheck
from fingerpost.adapters.bundles.importing import ImportedBundle, fill_store
from fingerpost.application.history.following import require_ledger_reader
from fingerpost.application.store import Store
from fingerpost.application.transactions.transaction import Session
from fingerpost.domain.errors import InvalidBundleError, StoreFormatError, StoreNotFoundError

from .open_store import open_begun, open_store
from .settings import actor_name, current_settings
from .store import OpenStore


def import_bundle(
    folder: str | os.PathLike[str],
    store: "str | os.PathLike[str] | OpenStore | None" = None,
    *,
    keys: Iterable[str] = (),
    actor: str | None = None,
    content: str | os.PathLike[str] | None = None,
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
        content: where a store that is made now keeps its content; as in
            :func:`fingerpost.open_store`.
        progress: called with the number of bytes of files copied since the last call.

    Raises:
        InvalidBundleError: it fails its checks; says at which event. Nothing was stored.
        UnprovenError: none of the keys signed it (a ``ValueError``).
        RoleRequiredError: the actor does not administer the store.
        StoreUnavailableError: the store cannot be written.
    """
    bundle = Path(folder)
    header = read_header(bundle)
    if isinstance(store, OpenStore):
        return _into(store, bundle, header, keys, actor, progress)
    try:
        opened = open_store(store, actor=actor, create=False)
    except (StoreNotFoundError, StoreFormatError):
        # None is there, or one that an interrupted import left without its marker.
        made = _Making(store, actor, content)
        return _into_new(made, bundle, header, keys, progress)
    with opened:
        return _into(opened, bundle, header, keys, actor, progress)


@frozen
class _Making:
    """Where a store is to be made."""

    store: "str | os.PathLike[str] | None"
    actor: str | None
    content: "str | os.PathLike[str] | None"


def _into_new(
    making: _Making, bundle: Path, header: Header, keys: Iterable[str], progress: Progress
) -> ImportedBundle:
    from fingerpost.adapters.event_store import InMemoryEventStore

    check = BundleCheck.of(bundle, header, InMemoryEventStore())
    # Before a store is made: of a bundle that is refused nothing shall be left.
    check.run(keys)
    done: list[ImportedBundle] = []

    def begin(made: Store) -> None:
        done.append(fill_store(made, check.beside(made.events), progress))

    with open_begun(making.store, begin, making.actor, making.content) as opened:
        if not done:
            # Somebody made one meanwhile.
            return _into(opened, bundle, header, keys, making.actor, progress)
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
    done = fill_store(opened.store, check, progress)
    _skip_automations(opened)
    return done


def _skip_automations(opened: "OpenStore") -> None:
    # What happened elsewhere was told there: a new store must not send years of messages again.
    if not opened.store.queries.automations():
        return
    deliveries = opened.automations.deliveries
    size = opened.store.events.tree_size()
    if deliveries.cursor() < size:
        deliveries.plan((), size, opened.store.clock())
