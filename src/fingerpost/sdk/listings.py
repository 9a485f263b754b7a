"""What the API lists: types, collections, versions and runs."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from fingerpost import application
from fingerpost.domain.errors import NotFoundError
from fingerpost.domain.names.paths import parse_collection_path

from .artifact import Artifact
from .artifact_type import ArtifactType
from .collection import Collection
from .paging import Page, Paged
from .recorded_run import RecordedRun
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.search.listings import CollectionHome


class Listings:
    """The lists of :class:`~fingerpost.Api`. *Source*: W&B's public API.

    A project is named ``[ENTITY/]PROJECT``, or ``[ORG/]wandb-registry-REGISTRY`` for a registry.
    """

    _workspace: Workspace

    def _home(self, project: str | None) -> "CollectionHome":
        return application.search.listings.home_at(
            self._workspace.session(), project, self._workspace.place
        )

    def artifact_types(self, project: str | None = None) -> list[ArtifactType]:
        """Return the artifact types that collections of a project or registry have, by name.

        Args:
            project: a project or registry; by default where names without a project are looked
                for, which may be empty yet.

        Raises:
            ProjectNotFoundError: nothing was ever logged in such a project; names the nearest.
            EntityNotFoundError: there is no such entity.
            RegistryNotFoundError: there is no such registry; names the nearest.
        """
        home = self._home(project)
        names = application.search.listings.types_in(self._workspace.session(), home)
        return [ArtifactType(self._workspace, home, name) for name in names]

    def artifact_type(self, type_name: str, project: str | None = None) -> ArtifactType:
        """Return one artifact type of a project or registry.

        Raises:
            ArtifactTypeNotFoundError: no collection there has it; names the nearest types.
            ProjectNotFoundError: nothing was ever logged in such a project; names the nearest.
        """
        home = self._home(project)
        application.search.listings.require_type(self._workspace.session(), home, type_name)
        return ArtifactType(self._workspace, home, type_name)

    def artifact_collections(
        self, project_name: str, type_name: str, per_page: int = 50, start: str | None = None
    ) -> Paged[Collection]:
        """Return the collections of a type, in the order in which they were made.

        Args:
            project_name: a project or registry.
            type_name: the artifact type.
            per_page: how many to fetch at once.
            start: the ``cursor`` of such a list, to go on from there.

        Raises:
            ArtifactTypeNotFoundError: no collection there has it; names the nearest types.
            ProjectNotFoundError: nothing was ever logged in such a project; names the nearest.
        """
        return self.artifact_type(type_name, project_name).collections(per_page, start)

    def artifact_collection(self, type_name: str, name: str) -> Collection:
        """Return a collection by type and path.

        Raises:
            CollectionNotFoundError: there is none, or it has another type; names the nearest.
        """
        path, place = parse_collection_path(name), self._workspace.place
        row = application.search.listings.collection_of_type(
            self._workspace.session(), type_name, path, place
        )
        return Collection(self._workspace, row)

    def artifact_collection_exists(self, name: str, type: str) -> bool:
        """Whether :meth:`artifact_collection` would return a collection."""
        try:
            self.artifact_collection(type, name)
        except NotFoundError:
            return False
        return True

    def artifacts(
        self,
        type_name: str,
        name: str,
        per_page: int = 50,
        tags: str | Iterable[str] | None = None,
        start: str | None = None,
    ) -> Paged[Artifact]:
        """Return the versions of a collection, newest first.

        Args:
            type_name: the collection's artifact type.
            name: the collection's path, without alias.
            per_page: how many to fetch at once.
            tags: only versions that have all of these.
            start: the ``cursor`` of such a list, to go on from there.

        Raises:
            CollectionNotFoundError: there is none, or it has another type; names the nearest.
        """
        return self.artifact_collection(type_name, name).artifacts(per_page, start, tags=tags)

    def run(self, path: str) -> RecordedRun:
        """Return a run.

        Args:
            path: ``[[ENTITY/]PROJECT/]ID``.

        Raises:
            RunNotFoundError: there is none, or it is in another project; then the error says where.
        """
        row = application.search.listings.run_at(
            self._workspace.session(), path, self._workspace.place
        )
        return RecordedRun(self._workspace, row)

    def runs(
        self, path: str | None = None, per_page: int = 50, start: str | None = None
    ) -> Paged[RecordedRun]:
        """Return the runs of a project, newest first.

        Args:
            path: ``[ENTITY/]PROJECT``; by default where names without a project are looked for.
            per_page: how many to fetch at once.
            start: the ``cursor`` of such a list, to go on from there.

        Raises:
            ProjectNotFoundError: nothing was ever logged in such a project; names the nearest.
            EntityNotFoundError: there is no such entity.
        """
        home = self._home(path)
        count = partial(application.search.listings.run_count, self._workspace.session(), home)
        return Paged(partial(self._runs, home), count, per_page, start)

    def _runs(self, home: "CollectionHome", below: int | None, limit: int) -> Page[RecordedRun]:
        rows = application.search.listings.page_of_runs(
            self._workspace.session(), home, below, limit
        )
        return [(row.position, RecordedRun(self._workspace, row)) for row in rows]
