"""Founding a store, and creating organizations."""

from typing import Final
from uuid import UUID, uuid4

from fingerpost.domain.aggregates.permissions import Action, Role
from fingerpost.domain.aggregates.streams import entity_claim, organization_claim
from fingerpost.domain.names.names import (
    ArtifactTypeName,
    EntityName,
    OrganizationName,
    RegistryName,
)
from fingerpost.domain.organization.organization import Organization

from ..access.authority import over_organization, over_store
from ..access.lookup import organization_named
from ..read_models.rows import OrganizationRow
from ..registries.registries import create_in
from ..transactions.claims import claim_for, is_taken
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction

DEFAULT_ORGANIZATION: Final = "default"

FIRST_REGISTRIES: Final = {"Model": "model", "Dataset": "dataset"}
"""Registries that every organization starts with, and the artifact type each permits."""

_SUFFIX_CHARACTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SUFFIX_LENGTH: Final = 9
_LONGEST_BEFORE_SUFFIX: Final = 100


def found(session: Session, name: OrganizationName) -> None:
    """Give a new store its default organization; a store that has one is left alone.

    Whoever founds a store administers it; everybody else is a member.
    """

    def decide(transaction: Transaction) -> None:
        if not transaction.queries.organizations():
            _create(transaction, name, Role.MEMBER)

    session.transact(decide, subject=Subject.ORGANIZATIONS, is_keyed=False)


def create_organization(session: Session, name: OrganizationName) -> OrganizationRow:
    """Create an organization that the actor administers, with its first registries.

    Nobody else is one of it until they are added.

    When an entity has the name already, the organization's identifier in target paths gets a
    suffix. *Source*: W&B's linking document, "Organization names with team name collisions".

    Raises:
        AlreadyExistsError: another organization has the name.
        RoleRequiredError: the actor does not administer the store.
    """

    def decide(transaction: Transaction) -> EntityName:
        over_store(transaction).require(Action.CREATE_ORGANIZATION)
        return _create(transaction, name, None)

    return organization_named(
        session.queries, session.transact(decide, subject=Subject.ORGANIZATIONS)
    )


def change_default_role(
    session: Session, organization: OrganizationRow, role: Role | None, reason: str | None = None
) -> None:
    """Give all actors of an organization who were given no role another one.

    Raises:
        RoleRequiredError: the actor does not administer it.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Organization, organization.id)
        authority = over_organization(transaction, head)
        transaction.record(head.change_default_role(role, authority))

    session.transact(decide, reason, subject=Subject.ORGANIZATIONS)


def _create(
    transaction: Transaction, name: OrganizationName, default_role: Role | None
) -> EntityName:
    # Random, unlike what is in it: it tells this store from all others.
    organization_id = uuid4()
    claim_for(transaction, organization_claim(name), "organization", name, organization_id)
    entity_name = _entity_name(transaction, name, organization_id)
    claim_for(transaction, entity_claim(entity_name), "entity", entity_name, organization_id)
    event = Organization.create(
        organization_id,
        name=name,
        entity_name=entity_name,
        default_role=default_role,
        by=transaction.by,
    )
    organization = Organization.begin(event)
    transaction.begin(organization, event)
    for registry, kind in FIRST_REGISTRIES.items():
        create_in(transaction, organization, RegistryName(registry), [ArtifactTypeName(kind)])
    return entity_name


def _entity_name(
    transaction: Transaction, name: OrganizationName, organization_id: UUID
) -> EntityName:
    if not is_taken(transaction, entity_claim(name)):
        return EntityName(name)
    number, suffix = organization_id.int, ""
    for _ in range(_SUFFIX_LENGTH):
        number, digit = divmod(number, len(_SUFFIX_CHARACTERS))
        suffix += _SUFFIX_CHARACTERS[digit]
    return EntityName(f"{name[:_LONGEST_BEFORE_SUFFIX]}_{suffix}")
