"""Which registries and entities an actor may look into."""

from collections.abc import Collection
from uuid import UUID

from .ports.queries import Queries
from .transaction import Session


def visible_homes(session: Session, queries: Queries | None = None) -> Collection[UUID]:
    """Return the identities of the registries and entities that an actor may see.

    Args:
        session: on whose behalf.
        queries: the moment that is looked at; by default now.
    """
    return (queries or session.queries).visible_homes(str(session.actor))
