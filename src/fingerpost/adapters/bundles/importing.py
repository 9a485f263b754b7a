"""Bringing a bundle into a store."""

from attrs import frozen

from fingerpost.application.json_form import JsonForm
from fingerpost.application.ports.content_store import ContentStore
from fingerpost.application.store import Store
from fingerpost.domain.errors import (
    ConcurrencyError,
    ContentMismatchError,
    ContentNotFoundError,
    InvalidBundleError,
)
from fingerpost.domain.manifest.digest import Digest

from .blobs import Progress, content_of, copy_files, copy_manifest
from .bundle import CONTENT
from .checking import BundleCheck


@frozen(kw_only=True)
class ImportedBundle(JsonForm):
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


def fill_store(store: Store, check: BundleCheck, progress: Progress) -> ImportedBundle:
    """Copy the content of a checked bundle into a store, then store its events at once.

    Raises:
        InvalidBundleError: its content is incomplete, or its events do not continue the store.
        StoreUnavailableError: the store cannot be written.
    """
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
