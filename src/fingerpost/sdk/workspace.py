"""An open store as one actor sees it, with the entity and project that bare names mean."""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias
from uuid import UUID

from attrs import evolve, frozen

from fingerpost import adapters, application, bootstrap
from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.names.names import Actor, EntityName, ProjectName

if TYPE_CHECKING:
    from fingerpost.adapters.drafts.staging_area import StagingArea
    from fingerpost.adapters.references import Resolvers
    from fingerpost.application.access.lookup import NameScope
    from fingerpost.application.read_models.rows import CollectionRow, VersionRow
    from fingerpost.application.transactions.transaction import Session
    from fingerpost.bootstrap.store import OpenStore

    from .artifact import Artifact

StoreLike: TypeAlias = "str | os.PathLike[str] | OpenStore | None"
"""What ``store=`` takes: a folder, a URL, an open store, or ``None`` for the usual places."""


class MakeArtifact(Protocol):
    """Makes the object that stands for a logged version."""

    def __call__(
        self,
        workspace: "Workspace",
        collection: "CollectionRow",
        row: "VersionRow",
        aliases: Sequence[str] | None = None,
        /,
    ) -> "Artifact":
        """Return the object; the aliases of the version are read unless they are given."""
        ...


@frozen(kw_only=True)
class Workspace:
    """What runs, artifacts and the API share.

    Attributes:
        make_artifact: makes artifacts for what is below them, such as collections and runs: so
            those need not import the class.
    """

    opened: "OpenStore"
    actor: Actor
    entity: EntityName | None
    project: ProjectName
    resolvers: "Resolvers"
    make_artifact: MakeArtifact

    def artifact(
        self, collection: "CollectionRow", row: "VersionRow", aliases: Sequence[str] | None = None
    ) -> "Artifact":
        """Return the artifact that stands for a version, as it was read from the store."""
        return self.make_artifact(self, collection, row, aliases)

    @property
    def place(self) -> "NameScope":
        """Where bare names are looked for."""
        return application.access.lookup.NameScope(
            self.entity or partial(application.organizations.entities.personal_name, self.actor),
            self.project,
        )

    def within(self, entity: str) -> "Workspace":
        """Return the same workspace, with bare names meaning those of an entity."""
        return evolve(self, entity=EntityName(entity))

    def session(self, run_id: UUID | None = None) -> "Session":
        """Return a session of the actor, perhaps as part of a run."""
        return application.transactions.transaction.Session(
            store=self.opened.store, actor=self.actor, run_id=run_id
        )

    def new_staging_area(self) -> "StagingArea":
        """Return a place for the files of a draft that is to be logged here."""
        opened = self.opened
        return adapters.drafts.staging_area.StagingArea(
            opened.folder, opened.store.content, opened.stat_cache
        )

    def collection(self, path: str) -> "CollectionRow":
        """Return the collection at a path, if the actor may see it."""
        return application.collections.resolving.resolve_collection(
            self.session(), path, self.place
        )

    def require(self, collection: "CollectionRow", action: Action) -> None:
        """Return if the actor may do this in the place where a collection is.

        Raises:
            RoleRequiredError: not permitted; the attempt itself is recorded.
        """
        application.visibility.require_in_collection(self.session(), collection.id, action)

    def version(
        self, path: str, at: datetime | None = None
    ) -> "tuple[CollectionRow, VersionRow, Sequence[str]]":
        """Return what a path with an alias stands for: collection, version, and its aliases.

        All of one state: an alias that moves meanwhile is either here or there.

        Args:
            path: the path; its names are those of today.
            at: what its alias stood for at that moment; by default, what it stands for now.

        Raises:
            InvalidValueError: the moment has no time zone, or is in the future.
            RoleRequiredError: the actor may not see it; the attempt itself is recorded.
        """
        found = application.collections.resolving.resolve_version(
            self.session(), path, self.place, at
        )
        return found.collection, found.version, found.aliases


def open_workspace(
    make_artifact: MakeArtifact,
    store: StoreLike,
    actor: str | None,
    entity: str | None = None,
    project: str | None = None,
    *,
    create: bool = True,
    content: str | os.PathLike[str] | None = None,
) -> Workspace:
    """Open a store on behalf of an actor; what is not given comes from the environment."""
    settings = bootstrap.settings.current_settings()
    # The store last: a name that is refused must not leave a new store behind.
    names = (
        bootstrap.settings.actor_name(actor, settings),
        bootstrap.settings.entity_name(entity, settings),
    )
    home = bootstrap.settings.project_name(project, settings)
    opened = bootstrap.open_store.open_store(store, actor=actor, create=create, content=content)
    session = application.transactions.transaction.Session(store=opened.store, actor=names[0])
    return Workspace(
        opened=opened,
        actor=names[0],
        entity=names[1],
        project=home,
        make_artifact=make_artifact,
        resolvers=adapters.references.default_resolvers(
            opened.store,
            opened.resolvers,
            partial(application.visibility.require_in_collection, session),
        ),
    )
