"""Finding registries, collections and versions by filters."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from fingerpost.domain.filters import Kind

from ..access.lookup import organization_named
from ..ports.queries import Queries
from ..read_models.cursors import Question, SortKey
from ..read_models.hits import Hit
from ..read_models.rows import CollectionRow, RegistryRow
from ..read_models.selection import Asked, Selection
from ..transactions.transaction import Session
from ..visibility import visible_homes

T = TypeVar("T")


def question(session: Session, kind: Kind, asked: Asked) -> Question:
    """Return what cursors of a list belong to."""
    return Question.of(
        session.queries.organizations()[0].id, about=kind.value, selection=repr(asked)
    )


def asked_in_organization(session: Session, organization: str | None) -> Asked:
    """Return what asks for all registries of an organization, by default of the default one.

    Naming an organization takes no role; of its registries a page has those that the actor may see.

    Raises:
        OrganizationNotFoundError: there is no such organization.
        AmbiguousOrganizationError: an entity has the plain name; names the identifier.
    """
    return Asked(organization_id=organization_named(session.queries, organization).id)


def registries(
    session: Session, asked: Asked, after: SortKey | None, limit: int
) -> Sequence[tuple[SortKey, RegistryRow]]:
    """Return a page of registries."""
    return _seen(session, asked, lambda q, s: q.registries_where(s, after=after, limit=limit))


def collections(
    session: Session, asked: Asked, after: SortKey | None, limit: int
) -> Sequence[tuple[SortKey, CollectionRow]]:
    """Return a page of collections in registries."""
    return _seen(session, asked, lambda q, s: q.collections_where(s, after=after, limit=limit))


def versions(session: Session, asked: Asked, after: SortKey | None, limit: int) -> Sequence[Hit]:
    """Return a page of versions in registries."""
    return _seen(session, asked, lambda q, s: q.versions_where(s, after=after, limit=limit))


def count(session: Session, kind: Kind, asked: Asked) -> int:
    """Return how many there are now."""
    return _seen(session, asked, lambda q, s: q.count_where(kind, s))


def _seen(session: Session, asked: Asked, look: Callable[[Queries, Selection], T]) -> T:
    with session.queries.snapshot() as queries:
        return look(queries, asked.selection(visible_homes(session, queries)))
