"""What of a draft and of a logged version is compared."""

from fingerpost import application

from .annotations import Annotations
from .artifact_draft import ArtifactDraft
from .difference import Side
from .logged_version import LoggedVersion


def side_of_version(version: LoggedVersion, annotations: Annotations) -> Side:
    """Return a logged version as one side of a comparison, with what was set on it since."""
    return Side(
        name=version.qualified_name,
        pages=application.manifests.entry_pages.StoredPages(version.manifest),
        file_count=version.row.file_count,
        size_bytes=version.row.size_bytes,
        metadata=annotations.metadata_now(),
        description=annotations.description,
        tags=frozenset(annotations.tags),
    )


def side_of_draft(name: str, draft: ArtifactDraft, annotations: Annotations) -> Side:
    """Return a draft as one side of a comparison, as it would be logged now.

    Raises:
        EntryOpenError: a file of it is still being written.
        InvalidPathError: it cannot be logged: a path is a file and also a folder.
    """
    draft.require_closed(name)
    return Side(
        name=f"{name} (draft)",
        pages=draft.pages(),
        file_count=len(draft.entries),
        size_bytes=draft.entries.size_bytes,
        metadata=annotations.metadata_now(),
        description=annotations.description,
        tags=frozenset(annotations.tags),
    )
