"""Content that is not in the store's own folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from fingerpost.application.access.lookup import organization_named
from fingerpost.application.ports.queries import Queries

from .content_kinds import content_kind, unknown_kind
from .opening import catalog_path
from .urls import scheme_of

if TYPE_CHECKING:
    from fingerpost.adapters.content.holds import ContentLock
    from fingerpost.adapters.content.placed import OwnershipMark, PlacedContentStore


def open_content(
    location: str, holds: "ContentLock | None", staging: Path | None = None
) -> "PlacedContentStore":
    """Open content in a folder, on an object store, or on whatever else its URL names.

    Args:
        location: its place, in its normal form.
        holds: keeps those who log through one ledger and garbage collection apart. Everybody who
            can log needs them, so they are where the ledger is; without them nothing can be
            removed.
        staging: folder on this machine for what waits to be uploaded; ``None`` for the system's
            temporary folder.

    Raises:
        InvalidValueError: nothing here opens such a URL; the plug-in for it is not installed.
        MissingExtraError: the library for it is not installed.
        PluginError: the plug-in for it cannot be used.
        StoreUnavailableError: there are no credentials, where that shows at once.
    """
    from fingerpost.adapters.content.placed import ContentOpening

    kind = content_kind(scheme_of(location))
    if kind is None:
        raise unknown_kind(location)
    return kind.open(
        ContentOpening(url=location, holds=holds, staging=staging, catalog=catalog_path(location))
    )


def claim_on(content: "PlacedContentStore", queries: Queries) -> "OwnershipMark":
    """Return the mark that tells whose content it is, and have it looked at before any change.

    Args:
        content: what was opened.
        queries: of the store's ledger, which was founded: a store is told by its organization.
    """
    return content.claimed_by(organization_named(queries, None).id.hex)
