"""Automations: making, changing and deleting them."""

from collections.abc import Callable
from uuid import UUID

from fingerpost.domain.aggregates.permissions import Authority
from fingerpost.domain.aggregates.streams import automation_claim
from fingerpost.domain.automation import (
    Action,
    Automation,
    AutomationName,
    Scope,
    Trigger,
)
from fingerpost.domain.errors import AutomationNotFoundError
from fingerpost.domain.events import Event

from ..read_models.automation_rows import AutomationRow
from ..transactions.claims import claim, release
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from .scopes import authority_over_scope, require_collection

Command = Callable[[Automation, Authority], list[Event]]


def create(
    session: Session,
    scope: Scope,
    name: AutomationName,
    trigger: Trigger,
    action: Action,
    description: str | None = None,
) -> AutomationRow:
    """Create an automation, which acts on what happens from here on.

    Raises:
        AlreadyExistsError: the scope has one of that name.
        CollectionNotFoundError: the collection was deleted.
        RoleRequiredError: the actor does not administer the scope.
    """

    def decide(transaction: Transaction) -> UUID:
        authority = authority_over_scope(transaction, scope)
        require_collection(transaction, scope)
        claimed = automation_claim(scope.kind.value, scope.id, scope.project, name)
        event = Automation.create(
            claim(transaction, claimed, "automation", name),
            scope=scope,
            name=name,
            trigger=trigger,
            action=action,
            description=description,
            authority=authority,
        )
        transaction.begin(Automation.begin(event), event)
        return event.originator_id

    return existing(session, session.transact(decide, subject=Subject.AUTOMATIONS))


def existing(session: Session, automation_id: UUID) -> AutomationRow:
    """Return an automation as it is now.

    Raises:
        AutomationNotFoundError: it was deleted.
    """
    row = session.queries.automation(automation_id)
    if row is None:
        remedy = "It was deleted."
        raise AutomationNotFoundError("automation", str(automation_id), (), remedy)
    return row


def change(session: Session, row: AutomationRow, action: Action, description: str | None) -> None:
    """Change what an automation does, and how it is described; what it watches for stays.

    What it has still to deliver is delivered in the new way.
    """

    def command(head: Automation, authority: Authority) -> list[Event]:
        current = session.queries.automation(row.id)
        before = current.description if current else None
        return head.change(action, description, before, authority)

    _command(session, row, command, None)


def enable(session: Session, row: AutomationRow, reason: str | None = None) -> None:
    """Let an automation act on what happens from here on; not on what it missed."""
    _command(session, row, lambda head, authority: head.enable(authority), reason)


def disable(session: Session, row: AutomationRow, reason: str | None = None) -> None:
    """Let an automation do nothing, not even what it was about to."""
    _command(session, row, lambda head, authority: head.disable(authority), reason)


def delete(session: Session, row: AutomationRow, reason: str | None = None) -> None:
    """Delete an automation, with what it was about to do; its name is free then."""

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Automation, row.id)
        authority = authority_over_scope(transaction, row.scope)
        transaction.record(head.delete(authority))
        scope = row.scope
        claimed = automation_claim(scope.kind.value, scope.id, scope.project, head.name)
        release(transaction, claimed, row.id)

    session.transact(decide, reason, subject=Subject.AUTOMATIONS)


def _command(session: Session, row: AutomationRow, command: Command, reason: str | None) -> None:
    def decide(transaction: Transaction) -> None:
        head = transaction.load(Automation, row.id)
        transaction.record(command(head, authority_over_scope(transaction, row.scope)))

    session.transact(decide, reason, subject=Subject.AUTOMATIONS)
