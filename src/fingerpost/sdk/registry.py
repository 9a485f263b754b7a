"""A registry: what it permits and protects, and the collections in it."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from fingerpost import application, domain
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import ArtifactTypeName, RegistryCollectionName, Tag

from .arguments import listed
from .collection import Collection
from .matching import HasCollections
from .members import HasMembers
from .permitted_types import PermittedTypes
from .snippets import COLLECTION, link_snippet
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.application.organizations.members import MemberScope
    from fingerpost.application.read_models.history_rows import PolicyChange
    from fingerpost.application.read_models.rows import RegistryRow
    from fingerpost.application.read_models.selection import Asked


class Registry(HasCollections, HasMembers):
    """Organization-wide home of collections.

    What it says is read when it is asked: nothing is remembered.
    """

    def __init__(self, workspace: Workspace, row: "RegistryRow") -> None:
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
        """Who has access: ``organization`` (everybody in it), or ``restricted`` (its members).

        Admins of the organization always have. Setting it writes it, which an admin may.

        Raises:
            InvalidValueError: (setting) there is no such visibility (a ``ValueError``).
            RoleRequiredError: (setting) the actor is no admin of the registry.
        """
        return self._current().visibility

    @visibility.setter
    def visibility(self, visibility: str) -> None:
        application.registries.registries.show_to(
            self._workspace.session(), self._row, domain.registry.Visibility.parse(visibility)
        )

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
        application.registries.registries.describe(
            self._workspace.session(), self._current(), description
        )

    @property
    def artifact_types(self) -> PermittedTypes:
        """Permitted types, sorted; empty permits every type.

        ``append(type)`` permits one more, and ``remove(type)`` takes one back of which nothing was
        ever linked; both write at once.
        """
        return PermittedTypes(self._current().artifact_types, self)

    @property
    def allow_all_artifact_types(self) -> bool:
        """Whether every type is permitted."""
        return not self._current().artifact_types

    def permit_artifact_type(self, type: str, reason: str | None = None) -> None:
        """Permit artifacts of one more type.

        Raises:
            InvalidNameError: it is no type.
            RoleRequiredError: the actor is no admin of the registry.
        """
        application.registries.registries.permit(
            self._workspace.session(), self._row, ArtifactTypeName(type), reason
        )

    def withdraw_artifact_type(self, type: str, reason: str | None = None) -> None:
        """Permit a type no more, of which nothing was ever linked.

        Raises:
            TypeInUseError: something was linked: from then on types are only added.
            NoSuchThingError: it is not permitted by name.
            InvalidValueError: it is the last one (a ``ValueError``).
            RoleRequiredError: the actor is no admin of the registry.
        """
        application.registries.registries.withdraw(
            self._workspace.session(), self._row, ArtifactTypeName(type), reason
        )

    @property
    def protected_aliases(self) -> list[str]:
        """Aliases that only admins place, move or remove in this registry; sorted."""
        return list(
            application.registries.reading.protected_aliases(
                self._workspace.session(), self._row.id
            )
        )

    def add_protected_alias(self, alias: str, reason: str | None = None) -> None:
        """Protect an alias in all collections of the registry, from here on.

        It may be in use already: what holds it keeps it. Protecting it again changes nothing.

        Raises:
            InvalidAliasError: it is no alias, or ``latest`` or ``vN``, which move by themselves.
            RoleRequiredError: the actor is no admin of the registry.
        """
        application.registries.registries.protect(
            self._workspace.session(), self._row, Alias(alias), reason
        )

    def remove_protected_alias(self, alias: str, reason: str | None = None) -> None:
        """Make a protected alias an ordinary one; what holds it keeps it.

        Raises:
            NoSuchThingError: it is not protected.
            RoleRequiredError: the actor is no admin of the registry.
        """
        application.registries.registries.unprotect(
            self._workspace.session(), self._row, Alias(alias), reason
        )

    @property
    def required_approvals(self) -> dict[str, int]:
        """Protected alias → how many other people have to approve a version before it moves."""
        return dict(
            application.registries.reading.required_approvals(
                self._workspace.session(), self._row.id
            )
        )

    def require_approvals(self, alias: str, count: int, reason: str | None = None) -> None:
        """Let a protected alias move only to what so many other people approved.

        What holds the alias keeps it. From here on whoever moves it, admins included, needs so many
        approvals (:meth:`fingerpost.Artifact.approve`) of exactly the version it is to move to, by
        people other than themselves who may approve at that moment.

        Args:
            alias: a protected alias of the registry.
            count: how many; 0 lifts the requirement, which the ledger shows.
            reason: why, for the history.

        Raises:
            NoSuchThingError: the alias is not protected.
            InvalidValueError: not a number from 0 to 100 (a ``ValueError``).
            RoleRequiredError: the actor is no admin of the registry.
        """
        session = self._workspace.session()
        application.registries.registries.require_approvals(
            session, self._row, Alias(alias), count, reason
        )

    @property
    def requires_reasons(self) -> bool:
        """Whether aliases move, and links are taken away, only with a reason."""
        return application.registries.reading.requires_reasons(
            self._workspace.session(), self._row.id
        )

    def require_reasons(self, required: bool = True, reason: str | None = None) -> None:
        """Let aliases of its collections move, and links be taken away, only with a reason.

        From here on every placing, move and removal of an alias without one is refused, for admins
        too. ``latest``, which moves by itself, needs none, and linking without an alias neither.

        Args:
            required: ``False`` lifts the requirement, which the history shows.
            reason: why, for the history.

        Raises:
            RoleRequiredError: the actor is no admin of the registry.
        """
        application.registries.registries.require_reasons(
            self._workspace.session(), self._row, required, reason
        )

    def delete(self, reason: str | None = None) -> None:
        """Delete the registry with its collections and links; the source versions stay.

        Its name is free from then on, and its history stays in the ledger.

        Raises:
            RoleRequiredError: the actor is no admin of the registry.
            RegistryNotFoundError: it was deleted already.
        """
        application.registries.registries.delete(self._workspace.session(), self._row, reason)

    def save(self) -> "Registry":
        """Return the registry: what is set on it is written at once. *Source*: W&B's API."""
        return self

    @property
    def _place(self) -> "MemberScope":
        return application.organizations.members.MemberScope(domain.registry.Registry, self._row.id)

    def history(self) -> "list[PolicyChange]":
        """Return what happened to it, oldest first: its settings, protections, roles, collections.

        Moves of aliases are in the histories of its collections.

        Returns:
            Rows with ``position, at, actor, reason, what, facts`` and ``sentence``.

        Raises:
            RoleRequiredError: the actor may not see it.
        """
        return list(application.registries.reading.history(self._workspace.session(), self._row.id))

    @property
    def updated_at(self) -> datetime:
        """When something was last changed in it: not in its collections; UTC."""
        return self._current().updated_at

    def _asked(self) -> "Asked":
        return application.read_models.selection.Asked(
            organization_id=self._row.organization_id, registry_id=self._row.id
        )

    def create_collection(
        self,
        name: str,
        type: str | None = None,
        description: str | None = None,
        tags: Iterable[str] | None = None,
        *,
        reason: str | None = None,
    ) -> Collection:
        """Make an empty collection, to which versions are linked later.

        Args:
            name: its name; letter case counts.
            type: the artifact type that it is to keep, which the registry has to permit; without
                one it is the only type that the registry permits, or if there are several that of
                the first link.
            description: free text.
            tags: tags of the collection.
            reason: why, for the history.

        Raises:
            AlreadyExistsError: the registry has one of that name; it is left as it is.
            InvalidNameError: the name, the type or a tag is not valid.
            TypeNotPermittedError: the registry does not permit the type.
            RoleRequiredError: the actor may not make collections there.

        *Source*: W&B's linking document, "Create an empty collection".
        """
        new = application.registries.create_collection.NewCollection(
            name=RegistryCollectionName(name),
            type=None if type is None else ArtifactTypeName(type),
            description=description,
            tags=[Tag(tag) for tag in listed(tags, "tags")],
        )
        row = application.registries.create_collection.create(
            self._workspace.session(), self._row, new, reason
        )
        return Collection(self._workspace, row)

    def code_snippet(self) -> str:
        """Return code to paste that logs an artifact and links it to a collection of this registry.

        What is in angle brackets is to be replaced, the name of the collection at the end of the
        target path too. *Source*: W&B's linking document, "Copy and paste autogenerated code".
        """
        return link_snippet(f"{self.path}/{COLLECTION}", self.artifact_types)

    def _current(self) -> "RegistryRow":
        return application.registries.reading.registry_of(self._workspace.session(), self._row.id)

    def to_dict(self) -> "Json":
        """Return its JSON form, with the names of its collections."""
        return application.json_form.plain_json(
            {
                "name": self.name,
                "organization": self.organization,
                "path": self.path,
                "description": self.description,
                "visibility": self.visibility,
                "artifact_types": self.artifact_types,
                "protected_aliases": self.protected_aliases,
                "required_approvals": self.required_approvals,
                "requires_reasons": self.requires_reasons,
                "collections": [collection.name for collection in self.collections(order="name")],
                "created_at": self.created_at,
                "created_by": self.created_by,
            }
        )

    def __repr__(self) -> str:
        return f"<Registry {self.path}>"
