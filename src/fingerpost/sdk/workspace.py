"""An open store as one actor sees it, with the entity and project that bare names mean."""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from attrs import evolve, frozen

from fingerpost.adapters.drafts.staging_area import StagingArea
from fingerpost.adapters.references import Resolvers, default_resolvers
from fingerpost.application.access.lookup import NameScope, find_collection, version_at
from fingerpost.application.history.as_of import (
    moment,
    named_today,
    require_known,
    version_at_moment,
)
from fingerpost.application.organizations.entities import personal_name
from fingerpost.application.ports.queries import Queries
from fingerpost.application.read_models.rows import CollectionRow, VersionRow
from fingerpost.application.transactions.transaction import Session
from fingerpost.application.visibility import require_in_collection, seen_collection_at
from fingerpost.bootstrap import settings as settings_module
from fingerpost.bootstrap.open_store import open_store
from fingerpost.bootstrap.settings import actor_name, entity_name, project_name
from fingerpost.bootstrap.store import OpenStore
from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.errors import CollectionNotFoundError
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import Actor, EntityName, ProjectName
from fingerpost.domain.names.paths import parse_artifact_path, parse_collection_path

StoreLike = str | os.PathLike[str] | OpenStore | None
"""What ``store=`` takes: a folder, a URL, an open store, or ``None`` for the usual places."""


@frozen(kw_only=True)
class Workspace:
    """What runs, artifacts and the API share."""

    opened: OpenStore
    actor: Actor
    entity: EntityName | None
    project: ProjectName
    resolvers: Resolvers

    @property
    def place(self) -> NameScope:
        """Where bare names are looked for."""
        return NameScope(self.entity or partial(personal_name, self.actor), self.project)

    def within(self, entity: str) -> "Workspace":
        """Return the same workspace, with bare names meaning those of an entity."""
        return evolve(self, entity=EntityName(entity))

    def session(self, run_id: UUID | None = None) -> Session:
        """Return a session of the actor, perhaps as part of a run."""
        return Session(store=self.opened.store, actor=self.actor, run_id=run_id)

    def new_spool(self) -> StagingArea:
        """Return a place for the files of a draft that is to be logged here."""
        opened = self.opened
        return StagingArea(opened.folder, opened.store.content, opened.stat_cache)

    def collection(self, path: str) -> CollectionRow:
        """Return the collection at a path, if the actor may see it."""
        return seen_collection_at(self.session(), parse_collection_path(path), self.place)

    def require(self, collection: CollectionRow, action: Action) -> None:
        """Return if the actor may do this in the place where a collection is.

        Raises:
            RoleRequiredError: not permitted; the attempt itself is recorded.
        """
        require_in_collection(self.session(), collection.id, action)

    def seen(self, collection: CollectionRow) -> CollectionRow:
        """Return a collection that the actor may see.

        Raises:
            RoleRequiredError: not permitted; the attempt itself is recorded.
        """
        self.require(collection, Action.VIEW)
        return collection

    def version(
        self, path: str, at: datetime | None = None
    ) -> tuple[CollectionRow, VersionRow, Sequence[str]]:
        """Return what a path with an alias stands for: collection, version, and its aliases.

        All of one state: an alias that moves meanwhile is either here or there.

        Args:
            path: the path; its names are those of today.
            at: what its alias stood for at that moment; by default, what it stands for now.

        Raises:
            InvalidValueError: the moment has no time zone, or is in the future.
            RoleRequiredError: the actor may not see it; the attempt itself is recorded.
        """
        collection_path, alias = parse_artifact_path(path)
        then = None if at is None else moment(at)
        with self.opened.store.queries.snapshot() as queries:
            collection = find_collection(queries, collection_path, self.place)
            if collection is not None and self._sees(queries, collection):
                row = self._row(queries, collection, alias, then)
                return collection, row, queries.aliases_of(row.ref)
        # Outside of the snapshot, because the refusal is written to the ledger.
        try:
            seen_collection_at(self.session(), collection_path, self.place)
        except CollectionNotFoundError as error:
            raise error if then is None else named_today(error) from None
        return self.version(path, at)

    def _row(
        self, queries: Queries, collection: CollectionRow, alias: Alias, then: datetime | None
    ) -> VersionRow:
        if then is None:
            return version_at(queries, collection, alias)
        require_known(queries, collection, then, self.opened.store.clock())
        return version_at_moment(queries, collection, alias, then)

    def _sees(self, queries: Queries, collection: CollectionRow) -> bool:
        return queries.standing(collection.home_id, str(self.actor)).role is not None


def open_workspace(
    store: StoreLike,
    actor: str | None,
    entity: str | None = None,
    project: str | None = None,
    *,
    create: bool = True,
    content: str | os.PathLike[str] | None = None,
) -> Workspace:
    """Open a store on behalf of an actor; what is not given comes from the environment."""
    settings = settings_module.current_settings()
    # The store last: a name that is refused must not leave a new store behind.
    names = actor_name(actor, settings), entity_name(entity, settings)
    home = project_name(project, settings)
    opened = open_store(store, actor=actor, create=create, content=content)
    session = Session(store=opened.store, actor=names[0])
    return Workspace(
        opened=opened,
        actor=names[0],
        entity=names[1],
        project=home,
        resolvers=default_resolvers(
            opened.store, opened.resolvers, partial(require_in_collection, session)
        ),
    )
