"""Registries that pass filters. *Source*: W&B's ``Api.registries``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fingerpost import application, domain

from .matching import HasCollections, Matching
from .registry import Registry

if TYPE_CHECKING:
    from fingerpost.application.read_models.cursors import SortKey
    from fingerpost.application.read_models.selection import Asked
    from fingerpost.domain.filters import Kind


class Registries(HasCollections, Matching[Registry]):
    """Registries that pass a filter, in the order in which they were made."""

    @property
    def KIND(self) -> "Kind":  # noqa: N802 - a constant of each class
        """What the list is of."""
        return domain.filters.Kind.REGISTRY

    def _asked(self) -> "Asked":
        return self._question

    def _fetched(
        self, after: "SortKey | None", limit: int
    ) -> "Sequence[tuple[SortKey, Registry | None]]":
        found = application.search.filtering.registries(
            self._workspace.session(), self._question, after, limit
        )
        return [(key, Registry(self._workspace, row)) for key, row in found]
