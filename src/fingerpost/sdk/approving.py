"""Approving versions in a registry."""

from datetime import datetime

from attrs import frozen

from fingerpost import application
from fingerpost.application.json_form import JsonForm
from fingerpost.domain.names.alias import Alias

from .logged_version import LoggedVersion


@frozen(kw_only=True)
class Approval(JsonForm):
    """Somebody's approval that an alias moves to a version.

    Attributes:
        alias: what it was approved for.
        by: who approved.
        at: when, UTC.
        reason: why, where they said so.
        counts: whether it counts today: for the manifest that the version has, by a person who
            may approve. The approval of the person who moves the alias never counts.
    """

    alias: str
    by: str
    at: datetime
    reason: str | None
    counts: bool


def approvals_of(version: LoggedVersion, alias: str | None = None) -> list[Approval]:
    """Return who approved a link, by alias, then oldest first; perhaps for one alias only."""
    wanted = None if alias is None else Alias(alias)
    return [
        Approval(alias=row.alias, by=row.actor, at=row.at, reason=row.reason, counts=counts)
        for row, counts in application.collections.approvals.counted(version.session(), version.row)
        if wanted is None or row.alias == wanted
    ]
