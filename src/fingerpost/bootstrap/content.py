"""Content that is not in the store's own folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from fingerpost.application.access.lookup import organization_named
from fingerpost.application.ports.queries import Queries

from .opening import catalog_path

if TYPE_CHECKING:
    from fingerpost.adapters.content import FsspecContentStore
    from fingerpost.adapters.content.claim import OwnershipMarker
    from fingerpost.adapters.content.holds import ContentLock


def open_content(
    location: str, holds: "ContentLock | None", staging: Path | None = None
) -> "FsspecContentStore":
    """Open content in a folder or on an object store.

    Args:
        location: its place, in its normal form.
        holds: keeps those who log through one ledger and garbage collection apart. Whoever can
            log has to have them, so they are where the ledger is; without them nothing can be
            removed.
        staging: folder on this machine for what waits to be uploaded; ``None`` for the system's
            temporary folder.

    Raises:
        MissingExtraError: the library for it is not installed.
        StoreUnavailableError: there are no credentials, where that shows at once.
    """
    from fingerpost.adapters.content import FsspecContentStore
    from fingerpost.adapters.content.file_systems import file_system

    fs, root = file_system(location)
    return FsspecContentStore(fs, root, catalog_path(location), holds=holds, staging=staging)


def claim_on(content: "FsspecContentStore", queries: Queries) -> "OwnershipMarker":
    """Return the mark that tells whose content it is, and have it looked at before any change.

    Args:
        content: what was opened.
        queries: of the store's ledger, which was founded: a store is told by its organization.
    """
    return content.claimed_by(organization_named(queries, None).id.hex)
