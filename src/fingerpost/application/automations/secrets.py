"""Secrets that automations use: their names are recorded, their values kept elsewhere."""

from collections import deque
from collections.abc import Callable, Sequence
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
from ..ports.secret_vault import SecretVault
from ..read_models.automation_rows import SecretRow
from ..transactions.command_subjects import Subject
from ..transactions.idempotency import next_command
from ..transactions.transaction import Session, Transaction
from ..visibility import require_in_entity, require_in_organization

LONGEST_SECRET: Final = 16_384
"""Characters of a secret: more than any token or key that a header field may hold."""


@frozen(kw_only=True)
class SecretOwner:
    """An organization, or an entity."""

    id: UUID
    name: str
    is_organization: bool


def owner_named(session: Session, name: str | None) -> SecretOwner:
    """Return the organization or entity of this name; by default the default organization.

    Finding it takes no role; what is done with its secrets does.

    Raises:
        EntityNotFoundError: there is neither.
    """
    queries = session.queries
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
    if _is_carried_out_last(session, decide, secret_stream(owner.id, name)):
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

    if _is_carried_out_last(session, decide, secret_stream(owner.id, name)):
        vault.remove(owner.id, name)


def _is_carried_out_last(
    session: Session, decide: Callable[[Transaction], None], stream_id: UUID
) -> bool:
    """Carry out a command, and return whether it is the last one on the secret.

    A command that is repeated under its key may find that the secret was set or removed since.
    Then the vault holds the newer state, and must keep it.
    """
    command = next_command(session.actor)
    session.transact(decide, command=command, subject=Subject.AUTOMATION_SECRETS)
    last = deque(session.store.events.stream(stream_id), maxlen=1)[0]
    return last.command_id == command.id


def rotate(session: Session, vault: SecretVault) -> int:
    """Encrypt all values anew with the first key; return how many were not so before.

    Raises:
        RoleRequiredError: the actor does not administer the default organization.
        SecretsKeyError: a value cannot be decrypted with any of the keys.
    """
    owner = owner_named(session, None)

    def decide(transaction: Transaction) -> None:
        _authority(transaction, owner).require(Action.AUTOMATE)

    session.transact(decide, subject=Subject.AUTOMATION_SECRETS)
    return vault.rotate()


def names(session: Session, owner: SecretOwner) -> Sequence[SecretRow]:
    """Return the names of an owner's secrets, sorted, and who set them when.

    Raises:
        RoleRequiredError: the actor may not look at the owner; the attempt itself is recorded.
    """
    if owner.is_organization:
        require_in_organization(session, owner.id, Action.VIEW)
    else:
        require_in_entity(session, owner.id, Action.VIEW)
    return session.queries.secrets(owner.id)


def _authority(transaction: Transaction, owner: SecretOwner) -> Authority:
    if owner.is_organization:
        return over_organization(transaction, transaction.load(Organization, owner.id))
    return over_entity(transaction, transaction.load(Entity, owner.id))
