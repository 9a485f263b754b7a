"""Collections and versions that pass filters. *Source*: W&B's ``Api.registries``.

Lists that go on where they are: ``api.registries(filter=…).collections(filter=…).versions(…)``
asks once, for versions that pass, in collections that pass, in registries that pass.
"""

from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from fingerpost import application, domain

from .artifact import Artifact
from .collection import Collection
from .paging import Pages
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.read_models.cursors import SortKey
    from fingerpost.application.read_models.hits import Hit
    from fingerpost.application.read_models.selection import Asked, Filter
    from fingerpost.domain.filters import Kind


PER_PAGE: Final = 100
"""*Source*: W&B's class reference, ``Api.registries``."""

T = TypeVar("T")


class Matching(Pages["SortKey", T]):
    """A list of what passes filters."""

    @property
    def KIND(self) -> "Kind":  # noqa: N802 - a constant of each class
        """Return what the list is of."""
        raise NotImplementedError

    def __init__(
        self,
        workspace: Workspace,
        asked: "Asked",
        per_page: int = PER_PAGE,
        start: str | None = None,
    ) -> None:
        self._workspace = workspace
        self._question = asked
        session = workspace.session()
        question = application.search.filtering.question(session, self.KIND, asked)
        super().__init__(
            self._fetched,
            partial(application.search.filtering.count, session, self.KIND, asked),
            per_page,
            start,
            read=question.key,
            write=question.cursor,
        )

    @abstractmethod
    def _fetched(self, after: "SortKey | None", limit: int) -> "Sequence[tuple[SortKey, T | None]]":
        """Return the next ones, and where each is in the order."""


class Versions(Matching[Artifact]):
    """Versions in registries that pass filters, newest first.

    In the order of their registries or collections first, where those were given one.
    """

    @property
    def KIND(self) -> "Kind":  # noqa: N802 - a constant of each class
        """What the list is of."""
        return domain.filters.Kind.VERSION

    def _fetched(
        self, after: "SortKey | None", limit: int
    ) -> "Sequence[tuple[SortKey, Artifact | None]]":
        found = application.search.filtering.versions(
            self._workspace.session(), self._question, after, limit
        )
        return [(hit.key, self._artifact(hit)) for hit in found]

    def _artifact(self, hit: "Hit") -> Artifact | None:
        if hit.collection is None or hit.version is None:
            return None
        return self._workspace.artifact(hit.collection, hit.version, hit.aliases)


class HasVersions:
    """What versions can be asked for in: a registry, registries, collections."""

    _workspace: Workspace

    def versions(
        self, filter: "Filter | None" = None, per_page: int = PER_PAGE, start: str | None = None
    ) -> Versions:
        """Return the versions in it that pass a filter, newest first.

        Args:
            filter: what versions have to pass; see the reference page of filters.
            per_page: how many to fetch at once.
            start: the ``cursor`` of such a list, to go on from there.

        Raises:
            InvalidFilterError: the filter names an unknown field or operator.
            InvalidValueError: the cursor is that of another list.
        """
        asked = self._asked().narrowed(domain.filters.Kind.VERSION, filter)
        return Versions(self._workspace, asked, per_page, start)

    @abstractmethod
    def _asked(self) -> "Asked":
        """Return what was asked for so far."""


class Collections(HasVersions, Matching[Collection]):
    """Collections in registries that pass filters, in the order in which they were made."""

    @property
    def KIND(self) -> "Kind":  # noqa: N802 - a constant of each class
        """What the list is of."""
        return domain.filters.Kind.COLLECTION

    def _asked(self) -> "Asked":
        return self._question

    def _fetched(
        self, after: "SortKey | None", limit: int
    ) -> "Sequence[tuple[SortKey, Collection | None]]":
        found = application.search.filtering.collections(
            self._workspace.session(), self._question, after, limit
        )
        return [(key, Collection(self._workspace, row)) for key, row in found]


class HasCollections(HasVersions):
    """What collections and versions can be asked for in: a registry, registries."""

    def collections(
        self,
        filter: "Filter | None" = None,
        order: str | None = None,
        per_page: int = PER_PAGE,
        start: str | None = None,
    ) -> Collections:
        """Return the collections in it that pass a filter.

        Args:
            filter: what collections have to pass; see the reference page of filters.
            order: ``name``, ``created_at`` or ``updated_at``, with ``-`` in front for descending;
                by default in the order in which they were made.
            per_page: how many to fetch at once.
            start: the ``cursor`` of such a list, to go on from there.

        Raises:
            InvalidFilterError: the filter names an unknown field or operator.
            InvalidValueError: order or cursor is not valid.
        """
        asked = self._asked().narrowed(domain.filters.Kind.COLLECTION, filter, order)
        return Collections(self._workspace, asked, per_page, start)
