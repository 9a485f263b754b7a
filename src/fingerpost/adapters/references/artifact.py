"""References to entries of other artifacts of the same store: ``fingerpost-artifact://`` URIs."""

from collections.abc import Callable, Iterator
from typing import BinaryIO
from uuid import UUID

from fingerpost.application.manifests.manifests import StoredManifest
from fingerpost.application.ports.references import Observation, Reference
from fingerpost.application.store import Store
from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.errors import (
    EntryNotFoundError,
    InvalidReferenceError,
    ReferenceMissingError,
    VersionNotFoundError,
)
from fingerpost.domain.manifest.artifact_reference import SCHEME, parse_artifact_uri, referring_to
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

from .observing import observed_by_reading


class ArtifactReferences:
    """Resolves what :meth:`~fingerpost.Artifact.add_reference` makes of another artifact's entry.

    Args:
        store: where the other artifact is; ``None`` for a draft that belongs to no store.
        require: raises unless the actor may do something with what is in a collection; without it
            everything is permitted. Whoever refers to an entry passes it on.
    """

    schemes = frozenset({SCHEME})

    def __init__(
        self, store: Store | None, require: Callable[[UUID, Action], None] | None = None
    ) -> None:
        self._store = store
        self._require = require

    def handles(self, uri: str) -> bool:
        """Whether it knows a URI: any with its scheme."""
        del uri
        return True

    @property
    def is_local(self) -> bool:
        """Whether the store's bytes are on disks of this machine."""
        return self._store is None or self._store.content.is_local

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the one entry that refers to the other artifact's.

        Digest and size are those that the other artifact recorded: nothing is read.

        Raises:
            VersionNotFoundError: there is no such version, or it was deleted.
            EntryNotFoundError: it has no such entry.
            RoleRequiredError: the actor may not use it.
        """
        uri = reference.uri
        version, path = parse_artifact_uri(uri)
        if self._store is None:
            raise InvalidReferenceError(
                "reference",
                uri,
                "it names an entry of a store, and this draft was made outside of a run",
                "Make the draft inside a run, or pass the entry itself.",
            )
        row = self._store.queries.version(version)
        if row is None:
            raise VersionNotFoundError("version of reference", uri, (), "It was deleted.")
        if self._require is not None:
            self._require(version.collection_id, Action.USE)
        entry = StoredManifest(self._store.content, Digest(row.manifest)).get(path)
        if entry is None:
            raise EntryNotFoundError("entry of reference", uri, (), "Check the path.")
        name = None if reference.name is None else EntryPath.clean(reference.name)
        yield referring_to(entry, row.source or version, name)

    def observe(self, entry: Entry) -> Observation:
        """Compare what there is now with what was recorded, by reading it."""
        return observed_by_reading(self, entry)

    def open(self, entry: Entry) -> BinaryIO:
        """Refuse: the content is named by the entry, and is read from the store.

        Raises:
            ReferenceMissingError: always; the entry was not made here.
        """
        raise ReferenceMissingError(entry.ref or "")
