"""Copying manifests and files between two content stores."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from fingerpost.application.manifests.manifests import StoredManifest
from fingerpost.application.ports.content_store import ContentStore, ContentWriter
from fingerpost.domain.manifest.digest import Digest

from ..content import FsspecContentStore

_SMALL_BYTES: Final = 1 << 20
_BATCH_BYTES: Final = 256 << 20
_BATCH: Final = 5_000

Progress = Callable[[int], None] | None


@contextmanager
def content_of(folder: Path) -> Iterator[FsspecContentStore]:
    """Open the content of a bundle; its catalog is made for this once, and not left there."""
    import fsspec

    with tempfile.TemporaryDirectory(prefix="fingerpost-bundle-") as scratch:
        store = FsspecContentStore(
            fsspec.filesystem("file", skip_instance_cache=True),
            str(folder),
            Path(scratch, "catalog.sqlite"),
        )
        with closing(store):
            yield store


def copy_manifest(source: ContentStore, target: ContentStore, manifest: Digest) -> None:
    """Copy a manifest; its root comes last, so that one that is there is whole.

    Raises:
        ContentNotFoundError: a part of it is in neither.
        ContentMismatchError: a part of it is damaged.
    """
    if not target.missing([manifest]):
        return
    root = StoredManifest(source, manifest).root
    copy_blobs(source, target, (page.digest for page in root.pages), is_packed=True)
    copy_blobs(source, target, [manifest], is_packed=True)


def copy_files(
    source: ContentStore, target: ContentStore, manifest: Digest, progress: Progress
) -> None:
    """Copy the files of a version that are not there yet, some at a time.

    What was copied stays when it is interrupted, so that the next time goes on from there.
    """
    entries = StoredManifest(source, manifest).values_in_order()
    copy_blobs(source, target, (entry.content for entry in entries if entry.content), progress)


def copy_blobs(
    source: ContentStore,
    target: ContentStore,
    digests: "Iterator[Digest] | list[Digest]",
    progress: Progress = None,
    *,
    is_packed: bool = False,
) -> None:
    """Copy blobs that are not there yet; each is verified as it is read."""
    for batch in _batches(source, target, iter(digests)):
        with target.writer() as writer:
            for digest in batch:
                _copy(source, writer, digest, progress, is_packed=is_packed)
            writer.commit()


def _batches(
    source: ContentStore, target: ContentStore, digests: Iterator[Digest]
) -> Iterator[list[Digest]]:
    batch: list[Digest] = []
    size_bytes = 0
    for digest in _missing(target, digests):
        batch.append(digest)
        size_bytes += source.size_bytes(digest)
        if size_bytes > _BATCH_BYTES or len(batch) >= _BATCH:
            yield batch
            batch, size_bytes = [], 0
    if batch:
        yield batch


def _missing(target: ContentStore, digests: Iterator[Digest]) -> Iterator[Digest]:
    waiting: dict[Digest, None] = {}
    for digest in digests:
        waiting[digest] = None
        if len(waiting) >= _BATCH:
            yield from _lacking(target, waiting)
            waiting = {}
    yield from _lacking(target, waiting)


def _lacking(target: ContentStore, digests: dict[Digest, None]) -> Iterator[Digest]:
    missing = target.missing(digests)
    return (digest for digest in digests if digest in missing)


def _copy(
    source: ContentStore,
    writer: ContentWriter,
    digest: Digest,
    progress: Progress,
    *,
    is_packed: bool,
) -> None:
    size_bytes = source.size_bytes(digest)
    if size_bytes <= _SMALL_BYTES or is_packed:
        data = source.read(digest)
        writer.add_bytes(data, algorithm=digest.algorithm, compress=is_packed)
    else:
        with source.open(digest) as stream:
            writer.add_stream(stream, algorithm=digest.algorithm)
    if progress is not None:
        progress(size_bytes)
