"""How events about roles, policy and approvals change the read tables."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.events import (
    ApprovalsLifted,
    ApprovalsRequired,
    ApprovalWithdrawn,
    ArtifactTypeLinked,
    ArtifactTypeWithdrawn,
    CollectionAdded,
    DefaultRoleChanged,
    Event,
    MemberAdded,
    MemberRemoved,
    OrganizationCreated,
    ReasonsLifted,
    ReasonsRequired,
    RegistryDeleted,
    RoleChanged,
    VersionApproved,
    VisibilityChanged,
)
from fingerpost.domain.organization.membership import MemberKind

from .cursor import Cursor, to_hex, to_micros

_INSERT_MEMBER: Final = (
    "INSERT INTO members (scope_id, kind, name, team_id, role, since, added_by) "
    "VALUES (?,?,?,?,?,?,?)"
)


def add_first_admin(cursor: Cursor, event: OrganizationCreated) -> None:
    """Whoever creates an organization administers it."""
    cursor.execute(
        _INSERT_MEMBER,
        (
            event.originator_id.hex,
            MemberKind.USER.value,
            event.actor,
            None,
            Role.ADMIN.value,
            to_micros(event.at),
            event.actor,
        ),
    )


def _default_role_changed(cursor: Cursor, _: int, event: DefaultRoleChanged) -> None:
    cursor.execute(
        "UPDATE organizations SET default_role=? WHERE id=?", (event.role, event.originator_id.hex)
    )


def _member_added(cursor: Cursor, _: int, event: MemberAdded) -> None:
    cursor.execute(
        _INSERT_MEMBER,
        (
            event.originator_id.hex,
            event.kind,
            event.member,
            to_hex(event.team_id),
            event.role,
            to_micros(event.at),
            event.actor,
        ),
    )


def _role_changed(cursor: Cursor, _: int, event: RoleChanged) -> None:
    where, key = _member(event)
    cursor.execute(f"UPDATE members SET role=? WHERE {where}", (event.role, *key))


def _member_removed(cursor: Cursor, _: int, event: MemberRemoved) -> None:
    where, key = _member(event)
    cursor.execute(f"DELETE FROM members WHERE {where}", key)


def _member(event: RoleChanged | MemberRemoved) -> tuple[str, tuple[object, ...]]:
    scope_id = event.originator_id.hex
    if event.team_id is not None:
        return "scope_id=? AND team_id=?", (scope_id, event.team_id.hex)
    return "scope_id=? AND team_id IS NULL AND name=?", (scope_id, event.member)


def _type_withdrawn(cursor: Cursor, _: int, event: ArtifactTypeWithdrawn) -> None:
    cursor.execute(
        "DELETE FROM registry_types WHERE registry_id=? AND type=?",
        (event.originator_id.hex, event.type),
    )


def _visibility_changed(cursor: Cursor, _: int, event: VisibilityChanged) -> None:
    cursor.execute(
        "UPDATE registries SET visibility=? WHERE id=?",
        (event.visibility, event.originator_id.hex),
    )


def _registry_deleted(cursor: Cursor, _: int, event: RegistryDeleted) -> None:
    cursor.execute("UPDATE registries SET is_deleted=1 WHERE id=?", (event.originator_id.hex,))


def _approvals_required(cursor: Cursor, _: int, event: ApprovalsRequired) -> None:
    cursor.execute(
        "INSERT INTO required_approvals (registry_id, alias, count) VALUES (?,?,?) "
        "ON CONFLICT (registry_id, alias) DO UPDATE SET count=excluded.count",
        (event.originator_id.hex, event.alias, event.count),
    )


def _approvals_lifted(cursor: Cursor, _: int, event: ApprovalsLifted) -> None:
    cursor.execute(
        "DELETE FROM required_approvals WHERE registry_id=? AND alias=?",
        (event.originator_id.hex, event.alias),
    )


def _reasons_required(cursor: Cursor, _: int, event: ReasonsRequired | ReasonsLifted) -> None:
    cursor.execute(
        "UPDATE registries SET requires_reasons=? WHERE id=?",
        (int(isinstance(event, ReasonsRequired)), event.originator_id.hex),
    )


def _approved(cursor: Cursor, position: int, event: VersionApproved) -> None:
    cursor.execute(
        "INSERT INTO approvals (collection_id, idx, alias, actor, position, manifest, at, reason) "
        "VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (collection_id, idx, alias, actor) DO UPDATE SET "
        "position=excluded.position, manifest=excluded.manifest, at=excluded.at, "
        "reason=excluded.reason",
        (
            event.collection_id.hex,
            event.index,
            event.alias,
            event.actor,
            position,
            event.manifest,
            to_micros(event.at),
            event.reason,
        ),
    )


def _approval_withdrawn(cursor: Cursor, _: int, event: ApprovalWithdrawn) -> None:
    cursor.execute(
        "DELETE FROM approvals WHERE collection_id=? AND idx=? AND alias=? AND actor=?",
        (event.collection_id.hex, event.index, event.alias, event.actor),
    )


def _nothing(_: Cursor, __: int, ___: Event) -> None:
    """Leave the tables alone: the event says nothing that is asked of them."""


GOVERNANCE: Final[Mapping[type[Event], Callable[[Cursor, int, Any], None]]] = MappingProxyType(
    {
        DefaultRoleChanged: _default_role_changed,
        MemberAdded: _member_added,
        RoleChanged: _role_changed,
        MemberRemoved: _member_removed,
        ArtifactTypeWithdrawn: _type_withdrawn,
        ArtifactTypeLinked: _nothing,
        CollectionAdded: _nothing,
        VisibilityChanged: _visibility_changed,
        RegistryDeleted: _registry_deleted,
        ApprovalsRequired: _approvals_required,
        ApprovalsLifted: _approvals_lifted,
        ReasonsRequired: _reasons_required,
        ReasonsLifted: _reasons_required,
        VersionApproved: _approved,
        ApprovalWithdrawn: _approval_withdrawn,
    }
)
