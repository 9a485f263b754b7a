"""Comparing artifacts."""

from typing import TYPE_CHECKING

from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.application.manifests.entry_pages import DraftPages, EntryPages, StoredPages
from fingerpost.application.manifests.manifests import PendingManifest
from fingerpost.domain.errors import EntryOpenError, InvalidValueError
from fingerpost.domain.metadata.metadata import JsonObject, normalized

from .diff import Diff, Side
from .facts import ArtifactFacts

if TYPE_CHECKING:
    from .artifact import Artifact


class ArtifactComparing(ArtifactFacts):
    """``diff``. See :class:`~fingerpost.Artifact`."""

    def diff(self, other: "Artifact") -> Diff:
        """Return what has to be changed of this artifact to get another one.

        Entries, metadata, description and tags are compared, with what was set and is not saved
        yet. Aliases are not: they say who points at a version, not what it is. Drafts are compared
        as they would be logged now, links by what they link to; the two may be of different
        collections and stores. No content is read, and of the two lists of entries only those
        pages that the artifacts do not share.

        Args:
            other: a draft, a version, or a link.

        Raises:
            InvalidValueError: it is no artifact (a ``ValueError``).
            EntryOpenError: a file of a draft is still being written.
            InvalidPathError: a draft cannot be logged: a path is a file and also a folder.
            ContentNotFoundError: it was deleted, and its manifest collected as garbage.
        """
        if not isinstance(other, ArtifactComparing):
            raise InvalidValueError(
                "artifact", other, "it is an Artifact", "Fetch it first: Api().artifact(PATH)."
            )
        return Diff(self._side(), other._side())

    def _side(self) -> Side:
        return Side(
            name=self._fetched.qualified_name if self._fetched else f"{self._name} (draft)",
            pages=self._pages(),
            file_count=self.file_count,
            size_bytes=self.size,
            metadata=self._metadata_now(),
            description=self._description,
            tags=frozenset(self._tags),
        )

    def _metadata_now(self) -> JsonObject:
        # Not checked again: what was accepted once has to stay comparable.
        if self._fetched is not None and self._metadata == self._baseline.metadata:
            return self._baseline.metadata
        return normalized(self._metadata)

    def _pages(self) -> EntryPages:
        if self._fetched is not None:
            return StoredPages(self._fetched.manifest)
        draft = self._draft
        if draft.being_written:
            raise EntryOpenError(str(self._name), tuple(draft.being_written))
        pending = PendingManifest(draft.entries, hash_bytes, draft.digest_algorithm)
        return DraftPages(draft.entries, pending)
