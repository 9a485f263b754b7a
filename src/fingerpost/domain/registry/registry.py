"""The registry: an organization's collections, and the policy under which they change."""

from collections.abc import Iterable
from uuid import UUID

from attrs import frozen

from ..aggregates.aggregate import Recording, envelope
from ..aggregates.attribution import Attribution
from ..aggregates.permissions import Action, Authority
from ..events import (
    CollectionAdded,
    Event,
    RegistryCreated,
    RegistryDeleted,
    RegistryDescribed,
    VisibilityChanged,
)
from ..names.alias import Alias
from ..names.names import ArtifactTypeName, RegistryName
from . import artifact_types as type_rules
from . import protection
from .head import RegistryHead
from .visibility import Visibility


@frozen(kw_only=True)
class Registry(RegistryHead):
    """A registry and its commands.

    A command checks the rules and returns the events that follow from it. An empty list means
    that there is nothing to change. A command changes nothing itself: the caller stores the
    events, and the new state is their fold.

    Every command takes an ``authority`` and raises ``RoleRequiredError`` if its role does not
    allow the command.
    """

    @classmethod
    def create(
        cls,
        stream_id: UUID,
        *,
        organization_id: UUID,
        name: RegistryName,
        artifact_types: Iterable[ArtifactTypeName],
        description: str | None,
        authority: Authority,
        visibility: Visibility = Visibility.ORGANIZATION,
    ) -> RegistryCreated:
        """Create a registry. Without ``artifact_types`` it permits every type."""
        authority.require(Action.CREATE_REGISTRY)
        return RegistryCreated(
            **envelope(stream_id, 1, authority.by),
            organization_id=organization_id,
            name=str(name),
            artifact_types=tuple(sorted({str(kind) for kind in artifact_types})),
            description=description,
            visibility=visibility.value,
        )

    def describe(
        self, description: str | None, current: str | None, authority: Authority
    ) -> list[Event]:
        """Change the registry's description."""
        authority.require(Action.CONFIGURE_REGISTRY)
        recording = Recording(self, authority.by)
        if description != current:
            recording.add(RegistryDescribed(**recording.envelope(), description=description))
        return recording.events

    def show_to(self, visibility: Visibility, authority: Authority) -> list[Event]:
        """Change who has access."""
        authority.require(Action.CONFIGURE_REGISTRY)
        recording = Recording(self, authority.by)
        if visibility is not self.visibility:
            recording.add(VisibilityChanged(**recording.envelope(), visibility=visibility.value))
        return recording.events

    def delete(self, authority: Authority) -> list[Event]:
        """Delete the registry, after its collections were deleted."""
        authority.require(Action.DELETE_REGISTRY)
        recording = Recording(self, authority.by)
        recording.add(RegistryDeleted(**recording.envelope()))
        return recording.events

    def note_collection(self, collection_id: UUID, by: Attribution) -> list[Event]:
        """Record that a collection was created in the registry."""
        recording = Recording(self, by)
        recording.add(CollectionAdded(**recording.envelope(), collection_id=collection_id))
        return recording.events

    def require_permitted(self, type: str) -> None:
        """Return if artifacts of this type may be linked.

        Raises:
            TypeNotPermittedError: names the permitted types and how to permit another.
        """
        type_rules.require_permitted(self, type)

    def permit(self, type: ArtifactTypeName, authority: Authority) -> list[Event]:
        """Permit one more type; a registry that permits every type does not change."""
        return type_rules.permit(self, type, authority)

    def withdraw(
        self, type: ArtifactTypeName, authority: Authority, *, is_linked: bool
    ) -> list[Event]:
        """Stop permitting a type of which no version was ever linked.

        Args:
            type: the type.
            authority: the acting user's authority.
            is_linked: whether the read tables have a link of this type. Links older than
                :class:`ArtifactTypeLinked` are not in ``linked_types``.

        Raises:
            TypeInUseError: a version of this type was linked.
            NoSuchThingError: it is not permitted by name.
            InvalidValueError: it is the last one, and an empty list would permit every type.
        """
        return type_rules.withdraw(self, type, authority, is_linked=is_linked)

    def note_link(self, type: str, by: Attribution) -> list[Event]:
        """Record the first link of a type."""
        return type_rules.note_link(self, type, by)

    def protect(self, alias: Alias, authority: Authority) -> list[Event]:
        """Protect an alias, whether or not a version has it already.

        Raises:
            InvalidAliasError: ``latest`` and ``vN`` move automatically and cannot be protected.
            LimitExceededError: too many aliases are protected.
        """
        return protection.protect(self, alias, authority)

    def unprotect(self, alias: Alias, authority: Authority) -> list[Event]:
        """Remove an alias's protection, and with it the approvals that it requires.

        Raises:
            NoSuchThingError: it is not protected.
        """
        return protection.unprotect(self, alias, authority)

    def require_approvals(self, alias: Alias, count: int, authority: Authority) -> list[Event]:
        """Require approvals by other people before a protected alias moves; 0 lifts that.

        Raises:
            NoSuchThingError: the alias is not protected.
            InvalidValueError: the number is out of range.
        """
        return protection.require_approvals(self, alias, count, authority)

    def require_reasons(self, required: bool, authority: Authority) -> list[Event]:  # noqa: FBT001 - the setting's new value
        """Require a reason before aliases move, or lift that.

        Raises:
            InvalidValueError: ``required`` is no boolean.
        """
        return protection.require_reasons(self, authority, required=required)
