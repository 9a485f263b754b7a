"""Who may do what, and who approved what, as the events alone tell it: in plain dictionaries.

Independent of the aggregates, of the read tables, and of
:class:`~fingerpost.domain.organization.effective_roles.EffectiveRoles`.

:class:`~fingerpost.testing.ledger_fold.LedgerFold` asks it at each event whether the actor was
allowed to do what the event records.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from fingerpost.domain.events import (
    AccessDenied,
    AliasMoved,
    ApprovalsLifted,
    ApprovalsRequired,
    ApprovalWithdrawn,
    DefaultRoleChanged,
    EntityCreated,
    Event,
    MemberAdded,
    MemberRemoved,
    OrganizationCreated,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    RegistryCreated,
    RegistryDeleted,
    RoleChanged,
    VersionApproved,
    VisibilityChanged,
)

Record = dict[str, Any]

RANKS: Final = ("restricted_viewer", "viewer", "member", "admin")
"""Roles, lowest first. *Source*: registry roles of W&B's alias document."""

FIRST_EVENTS: Final = (OrganizationCreated, EntityCreated, RegistryCreated)


class GovernanceFold:
    """Roles, protection and approvals of a store as its events tell them.

    Raises:
        AssertionError: (while adding) an event that its actor could not have caused by then, or
            one that does not follow from what was before it.

    Attributes:
        homes: organizations, entities and registries by stream. Each has ``kind, organization,
            actors, services, teams``; an organization ``default`` besides, a personal entity
            ``owner``, a registry ``restricted, protected, required``.
        approvals: (collection, index, alias) → who approved → the manifest that they approved.
    """

    def __init__(self) -> None:
        self.homes: dict[UUID, Record] = {}
        self.approvals: dict[tuple[UUID, int, str], dict[str, str]] = {}

    def add(self, event: Event) -> None:
        """Apply the next event of the ledger."""
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            if event.originator_id in self.homes and not isinstance(event, FIRST_EVENTS):
                self.require(event.originator_id, event.actor, "admin")
            handler(self, event)

    # -- who may

    def role(self, home_id: UUID, actor: str) -> str | None:
        """Return the effective role of an actor in an organization, entity or registry."""
        home = self.homes[home_id]
        if home["kind"] == "personal":
            return self._in_personal(home, actor)
        organization = self.homes[home["organization"]]
        whole: str | None = organization["actors"].get(actor, organization["default"])
        if whole is None or home is organization:
            return whole
        given = {home["actors"].get(actor)}
        given |= {
            role
            for team_id, role in home["teams"].items()
            if actor in self.homes[team_id]["actors"]
        }
        if whole == "admin" or not home.get("restricted"):
            given.add(whole)
        return max(given - {None}, key=RANKS.index, default=None)

    def _in_personal(self, home: Record, actor: str) -> str | None:
        if actor == home["owner"]:
            return "admin"
        # Who administers the store may look.
        store = next(iter(self.homes))
        return "viewer" if self.role(store, actor) == "admin" else None

    def is_allowed(self, home_id: UUID, actor: str, required: str) -> bool:
        """Whether an actor's role is enough."""
        role = self.role(home_id, actor)
        return role is not None and RANKS.index(role) >= RANKS.index(required)

    def require(self, home_id: UUID, actor: str, required: str) -> None:
        """Assert that an actor's role is enough."""
        assert self.is_allowed(home_id, actor, required), (actor, required, self.homes[home_id])

    def is_person(self, home_id: UUID, actor: str) -> bool:
        """Whether an actor is no service account, as far as the organization knows."""
        return actor not in self.homes[self.homes[home_id]["organization"]]["services"]

    # -- what is asked of an alias

    def require_alias(self, home_id: UUID, event: Event, alias: str) -> None:
        """Assert that whoever placed, moved or removed an alias of a home could do so."""
        is_protected = alias in self.homes[home_id].get("protected", ())
        self.require(home_id, event.actor, "admin" if is_protected else "member")

    def require_approved(self, home_id: UUID, event: AliasMoved, manifest: str) -> None:
        """Assert that enough others had approved what an alias moved to; the event names them."""
        count = self.homes[home_id]["required"].get(event.alias)
        if count is None:
            assert event.approved_by == ()
            return
        given = self.approvals.get((event.originator_id, event.to_version, event.alias), {})
        others = {
            who
            for who, approved in given.items()
            if who != event.actor and approved == manifest and self.counts(home_id, who)
        }
        assert event.approved_by == tuple(sorted(others))
        assert len(others) >= count

    def counts(self, home_id: UUID, actor: str) -> bool:
        """Whether an approval by this actor counts in a registry at this point."""
        return self.is_person(home_id, actor) and self.is_allowed(home_id, actor, "member")

    # -- places

    def _begin(self, event: Event, kind: str, organization: UUID | None, **more: object) -> None:
        self.homes[event.originator_id] = {
            "kind": kind,
            "organization": organization,
            "actors": {},
            "services": set(),
            "teams": {},
            **more,
        }

    def _organization_created(self, event: OrganizationCreated) -> None:
        if self.homes:
            self.require(next(iter(self.homes)), event.actor, "admin")
        self._begin(
            event, "organization", event.originator_id, default=event.default_role, owner=None
        )
        self.homes[event.originator_id]["actors"][event.actor] = "admin"

    def _entity_created(self, event: EntityCreated) -> None:
        if event.organization_id is not None:
            self.require(event.organization_id, event.actor, "admin")
        else:
            assert event.owner == event.actor
        self._begin(event, event.kind, event.organization_id, owner=event.owner)

    def _registry_created(self, event: RegistryCreated) -> None:
        self.require(event.organization_id, event.actor, "admin")
        restricted = event.visibility == "restricted"
        self._begin(
            event,
            "registry",
            event.organization_id,
            restricted=restricted,
            protected=set(),
            required={},
        )

    def _registry_deleted(self, event: RegistryDeleted) -> None:
        del self.homes[event.originator_id]

    def _default_changed(self, event: DefaultRoleChanged) -> None:
        home = self.homes[event.originator_id]
        assert (home["default"], event.role) == (event.from_role, event.role)
        assert event.role != event.from_role
        home["default"] = event.role

    def _visibility_changed(self, event: VisibilityChanged) -> None:
        home = self.homes[event.originator_id]
        assert home["restricted"] != (event.visibility == "restricted")
        home["restricted"] = event.visibility == "restricted"

    # -- members

    def _added(self, event: MemberAdded) -> None:
        roles, key = self._roles(event)
        assert key not in roles
        home = self.homes[event.originator_id]
        if event.team_id is not None:
            assert home["kind"] == "registry"
            assert self.homes[event.team_id]["organization"] == home["organization"]
        elif home["kind"] != "organization":
            assert self.role(home["organization"], event.member) is not None
        roles[key] = event.role
        if event.kind == "service_account":
            home["services"].add(event.member)

    def _changed(self, event: RoleChanged) -> None:
        roles, key = self._roles(event)
        assert roles[key] == event.from_role != event.role
        roles[key] = event.role
        self._require_admin(event.originator_id)

    def _removed(self, event: MemberRemoved) -> None:
        roles, key = self._roles(event)
        assert roles.pop(key) == event.role
        self.homes[event.originator_id]["services"].discard(key)
        self._require_admin(event.originator_id)

    def _roles(
        self, event: MemberAdded | RoleChanged | MemberRemoved
    ) -> tuple[dict[Any, str], UUID | str]:
        home = self.homes[event.originator_id]
        if event.team_id is not None:
            return home["teams"], event.team_id
        return home["actors"], event.member

    def _require_admin(self, home_id: UUID) -> None:
        home = self.homes[home_id]
        assert home["kind"] != "organization" or "admin" in home["actors"].values()

    # -- policy

    def _protected(self, event: ProtectedAliasAdded) -> None:
        protected = self.homes[event.originator_id]["protected"]
        assert event.alias not in protected
        protected.add(event.alias)

    def _unprotected(self, event: ProtectedAliasRemoved) -> None:
        home = self.homes[event.originator_id]
        assert event.alias not in home["required"]
        home["protected"].remove(event.alias)

    def _required(self, event: ApprovalsRequired) -> None:
        home = self.homes[event.originator_id]
        assert event.alias in home["protected"]
        assert event.count > 0
        assert home["required"].get(event.alias) != event.count
        home["required"][event.alias] = event.count

    def _lifted(self, event: ApprovalsLifted) -> None:
        del self.homes[event.originator_id]["required"][event.alias]

    # -- approvals: the fold of the ledger has checked collection and version

    def _approved(self, event: VersionApproved) -> None:
        given = self.approvals.setdefault((event.collection_id, event.index, event.alias), {})
        assert given.get(event.actor) != event.manifest
        given[event.actor] = event.manifest

    def _withdrawn(self, event: ApprovalWithdrawn) -> None:
        del self.approvals[(event.collection_id, event.index, event.alias)][event.actor]

    # -- refusals

    def _denied(self, event: AccessDenied) -> None:
        if event.required in RANKS:
            assert event.role == self.role(event.scope_id, event.actor)
            assert not self.is_allowed(event.scope_id, event.actor, event.required)
        elif event.required == "a person":
            assert not self.is_person(event.scope_id, event.actor)
        else:
            assert event.required.endswith(" approvals")
            self.require(event.scope_id, event.actor, "admin")


_HANDLERS: dict[type[Event], Callable[[GovernanceFold, Any], None]] = {
    OrganizationCreated: GovernanceFold._organization_created,  # noqa: SLF001 - this module's own
    EntityCreated: GovernanceFold._entity_created,  # noqa: SLF001
    RegistryCreated: GovernanceFold._registry_created,  # noqa: SLF001
    RegistryDeleted: GovernanceFold._registry_deleted,  # noqa: SLF001
    DefaultRoleChanged: GovernanceFold._default_changed,  # noqa: SLF001
    VisibilityChanged: GovernanceFold._visibility_changed,  # noqa: SLF001
    MemberAdded: GovernanceFold._added,  # noqa: SLF001
    RoleChanged: GovernanceFold._changed,  # noqa: SLF001
    MemberRemoved: GovernanceFold._removed,  # noqa: SLF001
    ProtectedAliasAdded: GovernanceFold._protected,  # noqa: SLF001
    ProtectedAliasRemoved: GovernanceFold._unprotected,  # noqa: SLF001
    ApprovalsRequired: GovernanceFold._required,  # noqa: SLF001
    ApprovalsLifted: GovernanceFold._lifted,  # noqa: SLF001
    VersionApproved: GovernanceFold._approved,  # noqa: SLF001
    ApprovalWithdrawn: GovernanceFold._withdrawn,  # noqa: SLF001
    AccessDenied: GovernanceFold._denied,  # noqa: SLF001
}
