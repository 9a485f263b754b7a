"""A registry: what it permits and protects, and the collections in it."""

from datetime import datetime

from fingerpost.application import registries
from fingerpost.application.lookup import registry_named
from fingerpost.application.rows import RegistryRow
from fingerpost.application.selection import Asked, Filter
from fingerpost.domain.alias import Alias
from fingerpost.domain.filters import Kind
from fingerpost.domain.names import ArtifactType, RegistryName

from .matching import PER_PAGE, Collections, Versions
from .workspace import Workspace


class Registry:
    """Organization-wide home of collections.

    What it says is read when it is asked: nothing is remembered.
    """

    def __init__(self, workspace: Workspace, row: RegistryRow) -> None:
        self._workspace = workspace
        self._row = row

    @property
    def name(self) -> str:
        """Its name, as it was spelled when it was made."""
        return self._row.name

    @property
    def organization(self) -> str:
        """Identifier of its organization, for target paths."""
        return self._row.organization

    @property
    def path(self) -> str:
        """``ORGANIZATION/wandb-registry-NAME``: a target path without the collection."""
        return f"{self._row.organization}/wandb-registry-{self._row.name}"

    @property
    def visibility(self) -> str:
        """Who sees it."""
        return self._row.visibility

    @property
    def created_at(self) -> datetime:
        """When it was made; UTC."""
        return self._row.created_at

    @property
    def created_by(self) -> str:
        """Who made it."""
        return self._row.created_by

    @property
    def description(self) -> str | None:
        """Free text; setting it writes it, which an admin may."""
        return self._current().description

    @description.setter
    def description(self, description: str | None) -> None:
        registries.describe(self._workspace.session(), self._current(), description)

    @property
    def artifact_types(self) -> tuple[str, ...]:
        """Permitted types, sorted; empty permits every type."""
        return self._current().artifact_types

    def permit_artifact_type(self, type: str) -> None:
        """Permit artifacts of one more type; types are never taken away.

        Raises:
            InvalidNameError: it is no type.
            RoleRequiredError: the actor is no admin of the registry.
        """
        registries.permit(self._workspace.session(), self._row, ArtifactType(type))

    @property
    def protected_aliases(self) -> list[str]:
        """Aliases that only admins place, move or remove in this registry; sorted."""
        return list(self._workspace.opened.store.queries.protected_aliases(self._row.id))

    def add_protected_alias(self, alias: str, reason: str | None = None) -> None:
        """Protect an alias in all collections of the registry, from here on.

        It may be in use already: what holds it keeps it. Protecting it again changes nothing.

        Raises:
            InvalidAliasError: it is no alias, or ``latest`` or ``vN``, which move by themselves.
            RoleRequiredError: the actor is no admin of the registry.
        """
        registries.protect(self._workspace.session(), self._row, Alias(alias), reason)

    def remove_protected_alias(self, alias: str, reason: str | None = None) -> None:
        """Make a protected alias an ordinary one; what holds it keeps it.

        Raises:
            NoSuchThingError: it is not protected.
            RoleRequiredError: the actor is no admin of the registry.
        """
        registries.unprotect(self._workspace.session(), self._row, Alias(alias), reason)

    @property
    def updated_at(self) -> datetime:
        """When something was last changed in it: not in its collections; UTC."""
        return self._current().updated_at

    def collections(
        self,
        filter: Filter | None = None,
        order: str | None = None,
        per_page: int = PER_PAGE,
        start: str | None = None,
    ) -> Collections:
        """Return the collections that pass a filter.

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
        asked = self._asked().narrowed(Kind.COLLECTION, filter, order)
        return Collections(self._workspace, asked, per_page, start)

    def versions(
        self, filter: Filter | None = None, per_page: int = PER_PAGE, start: str | None = None
    ) -> Versions:
        """Return the versions that pass a filter, newest first.

        Args:
            filter: what versions have to pass; see the reference page of filters.
            per_page: how many to fetch at once.
            start: the ``cursor`` of such a list, to go on from there.

        Raises:
            InvalidFilterError: the filter names an unknown field or operator.
            InvalidValueError: the cursor is that of another list.
        """
        asked = self._asked().narrowed(Kind.VERSION, filter)
        return Versions(self._workspace, asked, per_page, start)

    def _asked(self) -> Asked:
        return Asked(organization_id=self._row.organization_id, registry_id=self._row.id)

    def _current(self) -> RegistryRow:
        queries = self._workspace.opened.store.queries
        return registry_named(queries, RegistryName(self._row.name), self._row.organization)

    def __repr__(self) -> str:
        return f"<Registry {self.path}>"
