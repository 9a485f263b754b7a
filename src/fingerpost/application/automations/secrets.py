"""Secrets that automations use: their names are recorded, their values kept elsewhere."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from attrs import frozen

from fingerpost.domain.aggregates.permissions import Action, Authority
from fingerpost.domain.aggregates.streams import secret_stream
from fingerpost.domain.automation import Secret, SecretName
from fingerpost.domain.errors import InvalidValueError, NoSuchThingError
from fingerpost.domain.names.names import EntityName
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.organization.organization import Organization

from ..access.authority import over_entity, over_organization
from ..access.lookup import entity_named, organization_named
from ..ports.queries import Queries
from ..ports.secret_vault import SecretVault
from ..read_models.automation_rows import SecretRow
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction

LONGEST_SECRET: Final = 16_384
"""Characters of a secret: more than any token or key that a header field may hold."""


@frozen(kw_only=True)
class SecretOwner:
    """An organization, or an entity."""

    id: UUID
    name: str
    is_organization: bool


def owner_named(queries: Queries, name: str | None) -> SecretOwner:
    """Return the organization or entity of this name; by default the default organization.

    Raises:
        EntityNotFoundError: there is neither.
    """
    for row in queries.organizations():
        if name is None or row.entity_name == name:
            return SecretOwner(id=row.id, name=row.entity_name, is_organization=True)
    if name is None:
        row = organization_named(queries, None)
        return SecretOwner(id=row.id, name=row.entity_name, is_organization=True)
    entity = entity_named(queries, EntityName(name))
    return SecretOwner(id=entity.id, name=entity.name, is_organization=False)


def put(
    session: Session, vault: SecretVault, owner: SecretOwner, name: SecretName, value: str
) -> None:
    """Give a secret its value, or another one.

    That it was set is recorded before the value is kept: there is no value that nobody has set.

    Raises:
        InvalidValueError: the value is empty or too long; it is not shown.
        SecretsKeyError: it cannot be encrypted.
        RoleRequiredError: the actor does not administer the owner.
    """
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SECRET:
        problem = f"it is text of 1 to {LONGEST_SECRET:,} characters"
        raise InvalidValueError("value of secret", str(name), problem, "Give another.")

    def decide(transaction: Transaction) -> None:
        authority = _authority(transaction, owner)
        stream_id = secret_stream(owner.id, name)
        head = transaction.find(Secret, stream_id)
        if head is None:
            event = Secret.create(stream_id, owner_id=owner.id, name=name, authority=authority)
            transaction.begin(Secret.begin(event), event)
        else:
            transaction.record(head.set(authority))

    # The permission is looked at first: who may not set it need not know whether there is a key.
    session.dry_run(decide)
    vault.check()
    session.transact(decide, subject=Subject.AUTOMATION_SECRETS)
    vault.put(owner.id, name, value)


def remove(session: Session, vault: SecretVault, owner: SecretOwner, name: SecretName) -> None:
    """Take a secret's value away; automations that need it fail from here on.

    Raises:
        NoSuchThingError: it has none.
        RoleRequiredError: the actor does not administer the owner.
    """

    def decide(transaction: Transaction) -> None:
        authority = _authority(transaction, owner)
        head = transaction.find(Secret, secret_stream(owner.id, name))
        if head is None or not head.is_set:
            authority.require(Action.AUTOMATE)
            there = [row.name for row in transaction.queries.secrets(owner.id)]
            raise NoSuchThingError("secret", str(name), there)
        transaction.record(head.remove(authority))

    session.transact(decide, subject=Subject.AUTOMATION_SECRETS)
    vault.remove(owner.id, name)


def rotate(session: Session, vault: SecretVault) -> int:
    """Encrypt all values anew with the first key; return how many were not so before.

    Raises:
        RoleRequiredError: the actor does not administer the default organization.
        SecretsKeyError: a value cannot be decrypted with any of the keys.
    """
    owner = owner_named(session.queries, None)

    def decide(transaction: Transaction) -> None:
        _authority(transaction, owner).require(Action.AUTOMATE)

    session.transact(decide, subject=Subject.AUTOMATION_SECRETS)
    return vault.rotate()


def names(session: Session, owner: SecretOwner) -> Sequence[SecretRow]:
    """Return the names of an owner's secrets, sorted, and who set them when."""
    return session.queries.secrets(owner.id)


def _authority(transaction: Transaction, owner: SecretOwner) -> Authority:
    if owner.is_organization:
        return over_organization(transaction, transaction.load(Organization, owner.id))
    return over_entity(transaction, transaction.load(Entity, owner.id))
