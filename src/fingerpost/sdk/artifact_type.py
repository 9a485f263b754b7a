"""An artifact type, as it is used in one project or registry."""

from functools import partial

from fingerpost.application.search.listings import CollectionHome, collection_of_type
from fingerpost.domain.names.paths import parse_collection_path

from .collection import Collection
from .paging import Page, Paged
from .workspace import Workspace


class ArtifactType:
    """A type that collections of a project or registry have.

    *Source*: W&B's ``ArtifactType`` of the public API.
    """

    def __init__(self, workspace: Workspace, home: CollectionHome, name: str) -> None:
        self._workspace = workspace
        self._home = home
        self._name = name

    @property
    def name(self) -> str:
        """The type, such as ``dataset``."""
        return self._name

    @property
    def entity(self) -> str:
        """The entity; of a registry, the organization's identifier."""
        return self._home.entity

    @property
    def project(self) -> str:
        """The project; of a registry, ``wandb-registry-NAME``."""
        return self._home.project

    def collections(self, per_page: int = 50, start: str | None = None) -> Paged[Collection]:
        """Return the collections of this type, in the order in which they were made."""
        queries, home = self._workspace.opened.store.queries, self._home
        if home.id is None:
            return Paged(lambda _, __: [], lambda: 0, per_page, start)
        count = partial(queries.collection_count, home.id, home.key, self._name)
        return Paged(self._page, count, per_page, start)

    def _page(self, after: int | None, limit: int) -> Page[Collection]:
        home = self._home
        if home.id is None:
            return []
        rows = self._workspace.opened.store.queries.collections_of_type(
            home.id, home.key, self._name, after=after or 0, limit=limit
        )
        return [(row.position, Collection(self._workspace, row)) for row in rows]

    def collection(self, name: str) -> Collection:
        """Return a collection of this type by its name.

        Raises:
            CollectionNotFoundError: there is none, or it has another type; names the nearest.
        """
        path = parse_collection_path(f"{self._home.path}/{name}")
        session, place = self._workspace.session(), self._workspace.place
        row = collection_of_type(session, self._name, path, place)
        return Collection(self._workspace, row)

    def __repr__(self) -> str:
        return f"<ArtifactType {self._name} in {self._home.path}>"
