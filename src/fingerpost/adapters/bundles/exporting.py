"""Writing a bundle."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from attrs import frozen

from fingerpost.application.json_form import Json, JsonForm
from fingerpost.application.ports.event_store import EventStore
from fingerpost.application.store import Store
from fingerpost.domain.errors import (
    ContentNotFoundError,
    CorruptLedgerError,
    InvalidBundleError,
    StoreUnavailableError,
)
from fingerpost.domain.ledger.record import LedgerRecord
from fingerpost.domain.manifest.digest import Digest

from ..proofs import Ledger, SigningKey
from .blobs import Progress, content_of, copy_files, copy_manifest
from .bundle import (
    CHECKPOINT,
    CONTENT,
    HEADER,
    PAGE,
    Header,
    PageFile,
    read_header,
    write_file,
    write_header,
    write_page,
)
from .versions import LiveVersions


@frozen(kw_only=True)
class ExportedBundle(JsonForm):
    """What a bundle holds.

    Attributes:
        folder: where it is.
        origin: the ledger.
        first: position of its first event.
        last: position of its last event.
        versions: whose manifests are in it.
        checkpoint: text of the checkpoint in it, or ``None``.
    """

    _json_keys: ClassVar = {"checkpoint": None}

    folder: Path
    origin: str
    first: int
    last: int
    versions: int
    checkpoint: str | None

    def to_dict(self) -> Json:
        """Return its JSON form; the checkpoint itself is a file of the bundle."""
        return {**super().to_dict(), "is_signed": self.checkpoint is not None}


def export_bundle(
    store: Store,
    ledger: Ledger,
    folder: str | os.PathLike[str],
    *,
    files: bool = True,
    after: int = 0,
    key: SigningKey | None = None,
    progress: Progress = None,
) -> ExportedBundle:
    """Write all that happened in a store into a folder that can be carried elsewhere.

    Versions that are logged while it runs are left out. It can be interrupted: the next time goes
    on from what is there. A folder that holds an earlier bundle of the same ledger gets what is
    new; the header is replaced last, so that it is one bundle or the other.

    Args:
        store: the store to export.
        ledger: the ledger of the store.
        folder: made when it is not there.
        files: whether the files of the versions come along, and not only their manifests.
        after: position; events above it come, for who has the others already.
        key: signs a checkpoint of exactly what is in the bundle.
        progress: called with the number of bytes of files copied since the last call.

    Raises:
        InvalidBundleError: the folder holds something else, or a bundle of another ledger.
        InvalidValueError: ``after`` is beyond the end (a ``ValueError``).
        ContentNotFoundError: a version lacks content.
        CorruptLedgerError: an event cannot be read.
        StoreUnavailableError: the folder cannot be written.
    """
    target = Path(folder)
    _require_ours(target, ledger.origin)
    try:
        with store.content.hold():
            # Held first: what the events up to this size name stays until it is copied.
            size = ledger.size
            root = ledger.root(size)
            ledger.root(after)
            versions = LiveVersions(store.events)
            pages = list(_write_pages(target, store.events, after, size, versions))
            _copy(store, target, versions, progress, is_whole=files)
            checkpoint = ledger.checkpoint_at(key, size) if key else None
            _write_checkpoint(target, checkpoint)
            header = Header(
                origin=ledger.origin,
                first=after + 1,
                last=size,
                root=root,
                has_files=files,
                pages=pages,
            )
            write_header(target, header)
    except OSError as error:
        problem = f"the bundle cannot be written ({error.strerror or error})"
        remedy = "Name a folder with space that you may write to, and start again: it goes on."
        raise StoreUnavailableError(str(target), problem, remedy) from error
    return ExportedBundle(
        folder=target,
        origin=ledger.origin,
        first=header.first,
        last=size,
        versions=len(versions),
        checkpoint=checkpoint,
    )


def _require_ours(folder: Path, origin: str) -> None:
    if not folder.exists():
        return
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else {"a file"}
    ours = {HEADER, CHECKPOINT, CONTENT, "ledger", f"{HEADER}.part", f"{CHECKPOINT}.part"}
    if names - ours:
        problem = "there is something else: name a new folder, or one with a bundle"
        raise InvalidBundleError(str(folder), problem)
    if HEADER in names and read_header(folder).origin != origin:
        raise InvalidBundleError(str(folder), "it is a bundle of another ledger")


def _write_pages(
    folder: Path, events: EventStore, after: int, size: int, versions: LiveVersions
) -> Iterator[PageFile]:
    page: list[LedgerRecord] = []
    for record in _records(events, size):
        versions.follow(record)
        if record.position > after:
            page.append(record)
        # At the same positions each time, so that a later bundle has the same files.
        if page and (record.position % PAGE == 0 or record.position == size):
            yield write_page(folder, page)
            page = []


def _records(events: EventStore, size: int) -> Iterator[LedgerRecord]:
    after = 0
    while after < size:
        page = events.records(after=after, limit=min(PAGE, size - after))
        if [each.position for each in page] != list(range(after + 1, after + 1 + len(page))):
            row = f"the event after position {after}"
            raise CorruptLedgerError(row, "is missing; `fingerpost ledger verify` says more")
        if not page:
            raise CorruptLedgerError(f"event {after + 1} of the ledger", "is missing")
        yield from page
        after = page[-1].position


def _copy(
    store: Store, folder: Path, versions: LiveVersions, progress: Progress, *, is_whole: bool
) -> None:
    source = store.content
    with content_of(folder / CONTENT) as target:
        for version in versions:
            try:
                copy_manifest(source, target, Digest(version.manifest))
                if is_whole:
                    copy_files(source, target, Digest(version.manifest), progress)
            except ContentNotFoundError as error:
                # Which version it is says more than the digest.
                raise ContentNotFoundError(
                    f"{error.digest} of event {version.position}", error.location
                ) from error


def _write_checkpoint(folder: Path, checkpoint: str | None) -> None:
    path = folder / CHECKPOINT
    if checkpoint is not None:
        write_file(path, checkpoint.encode())
    else:
        path.unlink(missing_ok=True)
