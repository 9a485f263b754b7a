"""The artifact types that a registry permits, to read and to add to."""

from collections.abc import Iterable
from typing import Protocol, Self


class Permitting(Protocol):
    """What permits types."""

    def permit_artifact_type(self, type: str, reason: str | None = None) -> None:
        """Permit artifacts of one more type."""
        ...

    def withdraw_artifact_type(self, type: str, reason: str | None = None) -> None:
        """Permit a type no more."""
        ...


class PermittedTypes(tuple[str, ...]):  # noqa: SLOT001 - a tuple has no room for slots
    """Types, sorted, as they were when they were read; empty permits every type.

    Reads as a tuple. ``append`` and its siblings write to the registry at once, and read by asking
    the registry again. *Source*: W&B's ``Registry.artifact_types``, to which types are only added.
    """

    _registry: Permitting

    def __new__(cls, types: Iterable[str], registry: Permitting) -> Self:
        """Return the types of a registry."""
        self = super().__new__(cls, types)
        self._registry = registry
        return self

    def append(self, type: str) -> None:
        """Permit one more type.

        Raises:
            InvalidNameError: it is no type.
            RoleRequiredError: the actor is no admin of the registry.
        """
        self._registry.permit_artifact_type(type)

    def extend(self, types: Iterable[str]) -> None:
        """Permit more types, one after the other."""
        for each in types:
            self.append(each)

    def remove(self, type: str) -> None:
        """Permit a type no more, of which nothing was ever linked.

        Raises:
            TypeInUseError: something was linked.
            NoSuchThingError: it is not permitted by name.
        """
        self._registry.withdraw_artifact_type(type)
