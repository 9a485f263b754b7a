"""Where an automation watches."""

from enum import Enum
from uuid import UUID

from attrs import frozen


class ScopeKind(Enum):
    """Kinds of places that can be watched. *Source*: W&B's document on events and scopes."""

    COLLECTION = "collection"
    PROJECT = "project"
    REGISTRY = "registry"
    ORGANIZATION = "organization"


@frozen(kw_only=True)
class Surroundings:
    """Where a collection is.

    Attributes:
        home_id: the entity or registry that holds it.
        project: the project; empty in a registry.
        organization_id: the organization of that entity or registry; ``None`` for a personal
            entity.
    """

    collection_id: UUID
    home_id: UUID
    project: str
    organization_id: UUID | None


@frozen(kw_only=True)
class Scope:
    """A collection, a project, a registry or an organization.

    Attributes:
        kind: which of these.
        id: the collection, the project's entity, the registry, or the organization.
        project: the project, where it is one; empty otherwise.
    """

    kind: ScopeKind
    id: UUID
    project: str = ""

    def covers(self, place: Surroundings) -> bool:
        """Whether a collection is in it. A project or registry has those that come later, too."""
        match self.kind:
            case ScopeKind.COLLECTION:
                return place.collection_id == self.id
            case ScopeKind.PROJECT:
                # A registry has no projects, so its collections are never taken for a project's.
                return (place.home_id, place.project) == (self.id, self.project)
            case ScopeKind.REGISTRY:
                return place.home_id == self.id
            case ScopeKind.ORGANIZATION:
                return place.organization_id == self.id
