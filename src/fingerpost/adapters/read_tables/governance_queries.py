"""The queries about roles and approvals."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from fingerpost.application.read_models.governance_rows import ApprovalRow, MemberRow
from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.organization.effective_roles import EffectiveRoles
from fingerpost.domain.organization.entity import EntityKind
from fingerpost.domain.organization.membership import MemberKind
from fingerpost.domain.registry import Visibility
from fingerpost.domain.versions.version import VersionRef

from .cursor import Row, from_hex, from_micros
from .reader import SqlReader

_ROLES: Final = """
    SELECT h.kind, h.owner, h.visibility,
           COALESCE((SELECT m.role FROM members m
                     WHERE m.scope_id = o.id AND m.name = a.name AND m.team_id IS NULL),
                    o.default_role) AS organization_role,
           (SELECT m.role FROM members m
            WHERE m.scope_id = h.id AND m.name = a.name AND m.team_id IS NULL) AS own_role,
           (SELECT GROUP_CONCAT(g.role, ',') FROM members g
            JOIN members t ON t.scope_id = g.team_id AND t.name = a.name AND t.team_id IS NULL
            WHERE g.scope_id = h.id AND g.team_id IS NOT NULL) AS team_roles,
           h.id
    FROM (SELECT ? AS name) a
    CROSS JOIN (
        SELECT id, organization_id, kind, owner, NULL AS visibility FROM entities
        WHERE {which}
        UNION ALL
        SELECT id, organization_id, 'registry', NULL, visibility FROM registries
        WHERE {which} AND is_deleted=0
    ) h
    LEFT JOIN organizations o ON o.id = COALESCE(
        h.organization_id, (SELECT id FROM organizations ORDER BY position LIMIT 1))
"""
"""What an actor was given in homes and around them. A personal entity belongs to no organization:
there the default one counts. The condition stands inside the union: SQLite does not move one that
is a query itself."""

_HOME_OF_COLLECTION: Final = "id=(SELECT home_id FROM collections WHERE id=?)"


class SqlGovernanceQueries(SqlReader):
    """The part of ``Queries`` that is about roles and approvals."""

    def members(self, scope_id: UUID) -> Sequence[MemberRow]:
        """Return who was given a role in an organization, team or registry."""
        sql = "SELECT * FROM members WHERE scope_id=? ORDER BY team_id IS NOT NULL, name"
        return [_member(row) for row in self._all(sql, scope_id.hex)]

    def default_role(self, organization_id: UUID) -> str | None:
        """Return the role, in an organization, of actors who were given none."""
        row = self._one("SELECT default_role FROM organizations WHERE id=?", organization_id.hex)
        return None if row is None else row["default_role"]

    def standing(self, home_id: UUID, actor: str) -> EffectiveRoles:
        """Return what an actor was given in an entity or registry and around it."""
        row = self._one(_ROLES.format(which="id=?"), actor, *(home_id.hex,) * 2)
        return EffectiveRoles(organization=None) if row is None else _standing(row, actor)

    def standing_over(self, collection_id: UUID, actor: str) -> EffectiveRoles:
        """Return what an actor was given in the home of a collection and around it."""
        sql = _ROLES.format(which=_HOME_OF_COLLECTION)
        row = self._one(sql, actor, *(collection_id.hex,) * 2)
        return EffectiveRoles(organization=None) if row is None else _standing(row, actor)

    def visible_homes(self, actor: str) -> Collection[UUID]:
        """Return the entities and registries in which an actor has any role at all."""
        found = self._all(_ROLES.format(which="1=1"), actor)
        return {UUID(row["id"]) for row in found if _standing(row, actor).role is not None}

    def required_approvals(self, registry_id: UUID) -> Mapping[str, int]:
        """Return protected alias → how many other people have to approve, sorted by alias."""
        sql = "SELECT alias, count FROM required_approvals WHERE registry_id=? ORDER BY alias"
        return {row["alias"]: row["count"] for row in self._all(sql, registry_id.hex)}

    def approvals(self, link: VersionRef) -> Sequence[ApprovalRow]:
        """Return who approved a link, for which aliases; by alias, then oldest first."""
        sql = "SELECT * FROM approvals WHERE collection_id=? AND idx=? ORDER BY alias, position"
        return [
            ApprovalRow(
                alias=row["alias"],
                actor=row["actor"],
                manifest=row["manifest"],
                at=from_micros(row["at"]),
                reason=row["reason"],
            )
            for row in self._all(sql, link.collection_id.hex, link.index)
        ]

    def is_type_linked(self, registry_id: UUID, kind: str) -> bool:
        """Whether a collection of the registry has this type, deleted ones included."""
        sql = "SELECT EXISTS (SELECT 1 FROM collections WHERE home_id=? AND type=?)"
        return bool(self._number(sql, registry_id.hex, kind))


def _member(row: Row) -> MemberRow:
    return MemberRow(
        kind=MemberKind(row["kind"]),
        name=row["name"],
        team_id=from_hex(row["team_id"]),
        role=Role(row["role"]),
        since=from_micros(row["since"]),
        added_by=row["added_by"],
    )


def _standing(row: Row, actor: str) -> EffectiveRoles:
    around = _role(row["organization_role"])
    if row["kind"] == EntityKind.PERSONAL.value:
        if row["owner"] == actor:
            return EffectiveRoles(organization=Role.ADMIN)
        return EffectiveRoles(organization=Role.lowest(around, Role.VIEWER))
    return EffectiveRoles(
        organization=around,
        own=_role(row["own_role"]),
        teams=tuple(Role(role) for role in (row["team_roles"] or "").split(",") if role),
        is_restricted=row["visibility"] == Visibility.RESTRICTED.value,
    )


def _role(text: str | None) -> Role | None:
    return Role(text) if text else None
