"""One logged version of an artifact, as it was read from a store."""

from collections.abc import Sequence
from copy import deepcopy
from functools import cached_property
from typing import TYPE_CHECKING, Final
from uuid import uuid5

from fingerpost import application
from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.names.alias import version_label
from fingerpost.domain.versions.version import VersionRef

from .edits import Editable
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.manifests.manifests import StoredManifest
    from fingerpost.application.read_models.rows import CollectionRow, RunRow, VersionRow
    from fingerpost.application.transactions.transaction import Session


MOST_LINKS: Final = 500
"""*Source*: W&B's class reference, ``linked_artifacts``."""


class LoggedVersion:
    """A version's row and its collection's, its manifest, and what else the store knows of it.

    Attributes:
        is_deleted: whether this object deleted or unlinked it.
    """

    def __init__(
        self, workspace: Workspace, collection: "CollectionRow", row: "VersionRow"
    ) -> None:
        self.workspace = workspace
        self.collection = collection
        self.row = row
        self.is_deleted = False

    @property
    def id(self) -> str:
        """Identity of the version."""
        return str(uuid5(self.row.collection_id, self.row.label))

    @property
    def name(self) -> str:
        """``collection:vN``."""
        return f"{self.collection.name}:{self.row.label}"

    @property
    def qualified_name(self) -> str:
        """``entity/project/name:vN``."""
        return f"{self.collection.path}:{self.row.label}"

    @property
    def state(self) -> str:
        """``COMMITTED`` or ``DELETED``."""
        return "DELETED" if self.is_deleted else "COMMITTED"

    @cached_property
    def source_collection(self) -> "CollectionRow":
        """The collection that the version was logged to."""
        if self.row.source is None:
            return self.collection
        return application.collections.reading.source_of_link(self.session(), self.row.ref)

    @property
    def source_ref(self) -> VersionRef:
        """Where the version is that was logged."""
        return self.row.source or self.row.ref

    @property
    def source_label(self) -> str:
        """``vN`` in the source collection."""
        return version_label(self.row.source.index) if self.row.source else self.row.label

    @property
    def source_name(self) -> str:
        """``collection:vN`` of the source."""
        return f"{self.source_collection.name}:{self.source_label}"

    @property
    def digest_algorithm(self) -> DigestAlgorithm:
        """What its digest is made with."""
        return DigestAlgorithm.of_artifact(self.row.digest)

    @cached_property
    def manifest(self) -> "StoredManifest":
        """The entries."""
        return application.manifests.manifests.StoredManifest(
            self.workspace.opened.store.content, Digest(self.row.manifest)
        )

    def session(self) -> "Session":
        """Return a session of the actor who fetched it."""
        return self.workspace.session()

    def aliases(self) -> Sequence[str]:
        """Return its aliases now."""
        return application.collections.reading.aliases_of(self.session(), self.row.ref)

    def editable(self, aliases: Sequence[str]) -> Editable:
        """Return what can be changed of it, as it was read, with these aliases."""
        row = self.row
        # Not checked again: what was accepted once has to stay readable.
        return Editable(
            description=row.description,
            metadata=deepcopy(row.metadata),
            ttl=row.ttl,
            aliases=frozenset(aliases),
            tags=row.tags,
        )

    def refresh(self) -> None:
        """Read the version again."""
        self.row = self.at(self.row.ref)[1]

    def at(self, ref: VersionRef) -> "tuple[CollectionRow, VersionRow]":
        """Return collection and row of a version of the same store.

        Raises:
            VersionNotFoundError: it was deleted meanwhile.
            RoleRequiredError: the actor may not see it.
        """
        found = application.collections.resolving.version_of(self.session(), ref)
        return found.collection, found.version

    def collection_now(self) -> "CollectionRow":
        """Return the collection that the version was logged to, as it is called by now."""
        if self.row.source is not None:
            return application.collections.reading.source_of_link(self.session(), self.row.ref)
        return application.collections.reading.collection_of(self.session(), self.row.collection_id)

    def source(self) -> "tuple[CollectionRow, VersionRow]":
        """Return collection and row of the source version."""
        return self.at(self.source_ref)

    def links(self) -> "list[tuple[CollectionRow, VersionRow]]":
        """Return collections and rows of the links to it that the actor may see, oldest first."""
        if self.row.source is not None:
            return []
        return list(
            application.collections.reading.links_of(self.session(), self.row.ref, MOST_LINKS)
        )

    def require_use(self) -> None:
        """Return if the actor may use the content, by the path that it was fetched by.

        Raises:
            RoleRequiredError: not permitted; the attempt itself is recorded.
        """
        self.workspace.require(self.collection, Action.USE)

    def logged_by(self) -> "RunRow | None":
        """Return the run that first logged it, if the actor may see it."""
        return application.runs.reading.logged_by(self.session(), self.row.ref)

    def used_by(self) -> "list[RunRow]":
        """Return the runs that used it or its links and that the actor may see, oldest first."""
        return list(application.runs.reading.runs_that_used(self.session(), self.row.ref))

    def history_step(self) -> int | None:
        """Return the last step with metrics when the run that first logged it did so."""
        return application.runs.reading.history_step(self.session(), self.row.ref)
