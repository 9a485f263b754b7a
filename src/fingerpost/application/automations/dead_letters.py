"""What automations have delivered, and what was given up."""

from collections.abc import Sequence
from uuid import UUID

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.automation import Scope, ScopeKind
from fingerpost.domain.errors import DeliveryNotFoundError

from ..ports.deliveries import DeliveryState, DeliveryStore, Execution
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from .scopes import authority_over_scope

ALL: int = 1_000_000
"""More than any list that is looked through by hand."""


def retry(session: Session, deliveries: DeliveryStore, delivery_id: UUID | None) -> int:
    """Put one or all dead letters into the queue again; return how many.

    Raises:
        DeliveryNotFoundError: it was not given up.
        RoleRequiredError: the actor does not administer the automation's scope.
    """
    chosen = _chosen(session, deliveries, delivery_id)
    return sum(deliveries.retry(each.delivery.id, session.store.clock()) for each in chosen)


def discard(session: Session, deliveries: DeliveryStore, delivery_id: UUID | None) -> int:
    """Take one or all dead letters off the list, undelivered; return how many."""
    chosen = _chosen(session, deliveries, delivery_id)
    return sum(deliveries.discard(each.delivery.id) for each in chosen)


def _chosen(
    session: Session, deliveries: DeliveryStore, delivery_id: UUID | None
) -> Sequence[Execution]:
    dead = deliveries.executions(state=DeliveryState.DEAD, limit=ALL)
    chosen = [each for each in dead if delivery_id in {None, each.delivery.id}]
    if delivery_id is not None and not chosen:
        raise DeliveryNotFoundError(
            "dead letter",
            str(delivery_id),
            [str(each.delivery.id) for each in dead],
            "`fingerpost automations dead-letters` lists them.",
        )
    for automation_id in {each.delivery.automation_id for each in chosen}:
        require_authority(session, automation_id)
    return chosen


def require_authority(session: Session, automation_id: UUID) -> None:
    """Return if the actor administers an automation's scope; of a deleted one, the organization.

    Raises:
        RoleRequiredError: they do not.
    """

    def decide(transaction: Transaction) -> None:
        row = transaction.queries.automation(automation_id)
        home = transaction.queries.organizations()[0].id
        scope = row.scope if row else Scope(kind=ScopeKind.ORGANIZATION, id=home)
        authority_over_scope(transaction, scope).require(Action.AUTOMATE)

    session.transact(decide, subject=Subject.AUTOMATION_LETTERS, is_keyed=False)
