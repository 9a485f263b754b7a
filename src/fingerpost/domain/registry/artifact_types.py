"""The rules for the artifact types that a registry permits."""

from ..aggregates.aggregate import Recording
from ..aggregates.attribution import Attribution
from ..aggregates.permissions import Action, Authority
from ..errors import InvalidValueError, NoSuchThingError, TypeInUseError, TypeNotPermittedError
from ..events import ArtifactTypeLinked, ArtifactTypePermitted, ArtifactTypeWithdrawn, Event
from ..names.names import ArtifactTypeName
from .head import RegistryHead


def require_permitted(head: RegistryHead, type: str) -> None:
    """See :meth:`.Registry.require_permitted`."""
    if head.artifact_types and type not in head.artifact_types:
        raise TypeNotPermittedError(head.name, type, sorted(head.artifact_types))


def permit(head: RegistryHead, type: ArtifactTypeName, authority: Authority) -> list[Event]:
    """See :meth:`.Registry.permit`."""
    authority.require(Action.CONFIGURE_REGISTRY)
    recording = Recording(head, authority.by)
    if head.artifact_types and type not in head.artifact_types:
        recording.add(ArtifactTypePermitted(**recording.envelope(), type=str(type)))
    return recording.events


def withdraw(
    head: RegistryHead, type: ArtifactTypeName, authority: Authority, *, is_linked: bool
) -> list[Event]:
    """See :meth:`.Registry.withdraw`."""
    authority.require(Action.CONFIGURE_REGISTRY)
    if type not in head.artifact_types:
        raise NoSuchThingError("permitted artifact type", str(type), sorted(head.artifact_types))
    if is_linked or type in head.linked_types:
        raise TypeInUseError(head.name, str(type))
    if len(head.artifact_types) == 1:
        raise InvalidValueError(
            "artifact type to withdraw",
            str(type),
            "it is not the last one: without any, every type would be permitted",
            "Permit another one first.",
        )
    recording = Recording(head, authority.by)
    recording.add(ArtifactTypeWithdrawn(**recording.envelope(), type=str(type)))
    return recording.events


def note_link(head: RegistryHead, type: str, by: Attribution) -> list[Event]:
    """See :meth:`.Registry.note_link`."""
    recording = Recording(head, by)
    if head.artifact_types and type not in head.linked_types:
        recording.add(ArtifactTypeLinked(**recording.envelope(), type=type))
    return recording.events
