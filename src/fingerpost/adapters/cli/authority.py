"""Commands for those who administer the store."""

from typing import TYPE_CHECKING

from .invocation import Invocation

if TYPE_CHECKING:
    from ..bootstrap import OpenStore


def require_ledger_reader(invocation: Invocation, opened: "OpenStore") -> None:
    """Return if the actor may read the whole ledger.

    Raises:
        RoleRequiredError: they may not; the attempt is recorded.
    """
    from fingerpost.application.following import require_ledger_reader as require
    from fingerpost.application.transaction import Session
    from fingerpost.domain.names import Actor

    actor = Actor(invocation.api_of(opened).actor)
    require(Session(store=opened.store, actor=actor))
