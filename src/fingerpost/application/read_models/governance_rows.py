"""Rows about who may do what, and who approved what."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from attrs import frozen

from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.organization.membership import MemberKind

from ..json_form import JsonForm


@frozen(kw_only=True)
class MemberRow(JsonForm):
    """Somebody who was given a role in an organization, a team or a registry.

    Attributes:
        name: the actor's or team's name.
        team_id: the team; ``None`` for an actor.
        role: their role there.
        since: when they got their first role there, UTC.
        added_by: who gave it.
    """

    _json_keys: ClassVar = {"team_id": None}

    kind: MemberKind
    name: str
    team_id: UUID | None
    role: Role
    since: datetime
    added_by: str


@frozen(kw_only=True)
class ApprovalRow:
    """An approval of one link for one alias, which was not taken back.

    Attributes:
        alias: what it was approved for.
        actor: who approved.
        manifest: content digest of the manifest that was approved.
        at: when, UTC.
        reason: why, where somebody said so.
    """

    alias: str
    actor: str
    manifest: str
    at: datetime
    reason: str | None
