"""Teams and personal entities."""

from uuid import UUID

from fingerpost.domain.aggregates.streams import entity_claim
from fingerpost.domain.errors import EntityNotFoundError, InvalidNameError
from fingerpost.domain.names.names import Actor, EntityName
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.organization.organization import Organization

from ..access.authority import over_organization
from ..access.lookup import organization_named
from ..transactions.claims import claim, is_taken
from ..transactions.transaction import Transaction


def entity_in(transaction: Transaction, name: EntityName | None) -> Entity:
    """Return the entity with this name; make it in this transaction if the actor may.

    No name, and the actor's own name, stand for their personal entity. Another name that does not
    exist becomes a team of the default organization when the actor administers that.

    Raises:
        RoleRequiredError: there is no such team, and the actor may not make it.
        AlreadyExistsError: the name is an organization's identifier.
    """
    actor = transaction.by.actor
    wanted = name or personal_name(actor)
    # The claim before the row: a name that is taken has a row, unless an organization has it.
    is_free = not is_taken(transaction, entity_claim(wanted))
    row = transaction.queries.entity(wanted)
    if row is not None:
        return transaction.load(Entity, row.id)
    if str(wanted) == str(actor) and is_free:
        return _create_personal(transaction, wanted)
    home = organization_named(transaction.queries, None)
    return create_team(transaction, wanted, home.id)


def personal_name(actor: Actor) -> EntityName:
    """Return the name of an actor's personal entity.

    Raises:
        EntityNotFoundError: the actor's name cannot name an entity.
    """
    try:
        return EntityName(actor)
    except InvalidNameError as error:
        remedy = "This name cannot name an entity: pass entity=… with the name of a team."
        raise EntityNotFoundError("personal entity of", str(actor), (), remedy) from error


def create_team(transaction: Transaction, name: EntityName, organization_id: UUID) -> Entity:
    """Create a team in an organization that the actor administers.

    Raises:
        RoleRequiredError: the actor does not administer it.
        AlreadyExistsError: an entity or organization has the name.
    """
    organization = transaction.load(Organization, organization_id)
    over_organization(transaction, organization)
    # Who may not is told that, and not which names are taken.
    organization.require_team_maker(name, transaction.by)
    event = Entity.create_team(
        claim(transaction, entity_claim(name), "entity", name),
        name=name,
        organization=organization,
        by=transaction.by,
    )
    entity = Entity.begin(event)
    transaction.begin(entity, event)
    return entity


def _create_personal(transaction: Transaction, name: EntityName) -> Entity:
    entity_id = claim(transaction, entity_claim(name), "entity", name)
    event = Entity.create_personal(entity_id, name=name, by=transaction.by)
    entity = Entity.begin(event)
    transaction.begin(entity, event)
    return entity
