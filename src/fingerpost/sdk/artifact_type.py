"""An artifact type, as it is used in one project or registry."""

from functools import partial
from typing import TYPE_CHECKING

from fingerpost import application
from fingerpost.domain.names.paths import parse_collection_path

from .collection import Collection
from .paging import Page, Paged
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.application.search.listings import CollectionHome


class ArtifactType:
    """A type that collections of a project or registry have.

    *Source*: W&B's ``ArtifactType`` of the public API.
    """

    def __init__(self, workspace: Workspace, home: "CollectionHome", name: str) -> None:
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
        count = partial(
            application.search.listings.count_of_type,
            self._workspace.session(),
            self._home,
            self._name,
        )
        return Paged(self._page, count, per_page, start)

    def _page(self, after: int | None, limit: int) -> Page[Collection]:
        session = self._workspace.session()
        rows = application.search.listings.page_of_type(
            session, self._home, self._name, after or 0, limit
        )
        return [(row.position, Collection(self._workspace, row)) for row in rows]

    def collection(self, name: str) -> Collection:
        """Return a collection of this type by its name.

        Raises:
            CollectionNotFoundError: there is none, or it has another type; names the nearest.
        """
        path = parse_collection_path(f"{self._home.path}/{name}")
        session, place = self._workspace.session(), self._workspace.place
        row = application.search.listings.collection_of_type(session, self._name, path, place)
        return Collection(self._workspace, row)

    def to_dict(self) -> "Json":
        """Return its JSON form."""
        return {"name": self.name, "entity": self.entity, "project": self.project}

    def __repr__(self) -> str:
        return f"<ArtifactType {self._name} in {self._home.path}>"
