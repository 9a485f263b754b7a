"""Commands for those who administer the store."""

from typing import TYPE_CHECKING

from ..terminal.invocation import Invocation

if TYPE_CHECKING:
    from fingerpost.bootstrap.store import OpenStore


def require_ledger_reader(invocation: Invocation, opened: "OpenStore") -> None:
    """Return if the actor may read the whole ledger.

    Raises:
        RoleRequiredError: they may not; the attempt is recorded.
    """
    from fingerpost.application.history.following import require_ledger_reader as require
    from fingerpost.application.transactions.transaction import Session
    from fingerpost.domain.names.names import Actor

    actor = Actor(invocation.api_of(opened).actor)
    require(Session(store=opened.store, actor=actor))
