"""Roles, what each may do, and the authority with which a command is carried out."""

from collections.abc import Mapping
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Self

from attrs import field, frozen

from ..errors import (
    ApprovalsMissingError,
    InvalidValueError,
    ReasonRequiredError,
    RoleRequiredError,
)
from .attribution import Attribution


class Role(StrEnum):
    """Roles in a registry, lowest first. *Source*: registry roles of W&B's alias document."""

    RESTRICTED_VIEWER = "restricted_viewer"
    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Place in the order of roles, from 0."""
        return list(Role).index(self)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the role with this name.

        Raises:
            InvalidValueError: names the roles there are.
        """
        try:
            return cls(text)
        except ValueError:
            names = ", ".join(repr(role.value) for role in cls)
            raise InvalidValueError("role", text, f"it is one of {names}", "Pick one.") from None

    @classmethod
    def highest(cls, *roles: "Role | None") -> "Role | None":
        """Return the highest of the roles, or ``None`` when there is none."""
        return max((role for role in roles if role), key=lambda role: role.rank, default=None)

    @classmethod
    def lowest(cls, *roles: "Role | None") -> "Role | None":
        """Return the lowest of the roles, ``None`` being the lowest."""
        return None if None in roles else min((r for r in roles if r), key=lambda role: role.rank)


class Action(Enum):
    """What can be done, as a phrase for messages, and the lowest role that may."""

    VIEW = ("view anything", Role.RESTRICTED_VIEWER)
    USE = ("use or download artifacts", Role.VIEWER)
    LOG = ("log artifacts", Role.MEMBER)
    DELETE_VERSION = ("delete versions", Role.MEMBER)
    CREATE_COLLECTION = ("create collections", Role.MEMBER)
    LINK = ("link artifacts", Role.MEMBER)
    UNLINK = ("unlink artifacts", Role.MEMBER)
    SET_ALIAS = ("set or remove aliases", Role.MEMBER)
    DESCRIBE = ("change tags, descriptions or metadata", Role.MEMBER)
    RENAME_COLLECTION = ("rename collections", Role.MEMBER)
    DELETE_COLLECTION = ("delete collections", Role.MEMBER)
    APPROVE = ("approve versions", Role.MEMBER)
    SET_PROTECTED_ALIAS = ("place, move or remove a protected alias", Role.ADMIN)
    UNLINK_PROTECTED = ("unlink a version that holds a protected alias", Role.ADMIN)
    RENAME_PROTECTED = ("rename a collection that holds a protected alias", Role.ADMIN)
    DELETE_PROTECTED = ("delete a collection that holds a protected alias", Role.ADMIN)
    PROTECT = ("create or remove the protection of an alias", Role.ADMIN)
    CONFIGURE_REGISTRY = ("change the settings of the registry", Role.ADMIN)
    REQUIRE_APPROVALS = ("require approvals, or lift that", Role.ADMIN)
    REQUIRE_REASONS = ("require reasons, or lift that", Role.ADMIN)
    MANAGE_REGISTRY = ("change members and roles of the registry", Role.ADMIN)
    DELETE_REGISTRY = ("delete the registry", Role.ADMIN)
    EXPIRE = ("delete versions whose time to live has passed", Role.ADMIN)
    CREATE_REGISTRY = ("create registries", Role.ADMIN)
    CONFIGURE_ENTITY = ("change the settings of the entity", Role.ADMIN)
    MANAGE_TEAM = ("change members and roles of the team", Role.ADMIN)
    CONFIGURE_ORGANIZATION = ("change members and roles of the organization", Role.ADMIN)
    CREATE_ORGANIZATION = ("create organizations", Role.ADMIN)
    CREATE_TEAM = ("create teams", Role.ADMIN)
    AUTOMATE = ("administer automations and their secrets", Role.ADMIN)
    READ_LEDGER = ("read the whole ledger", Role.ADMIN)
    COLLECT_GARBAGE = ("remove content that nothing reaches", Role.ADMIN)

    @property
    def phrase(self) -> str:
        """The action in words."""
        return self.value[0]

    @property
    def required(self) -> Role:
        """The lowest role that may do it."""
        return self.value[1]

    def is_allowed_to(self, role: Role | None) -> bool:
        """Whether a role is enough for it."""
        return role is not None and role.rank >= self.required.rank


@frozen(kw_only=True)
class Authority:
    """On whose behalf, and with which role, a command is carried out.

    Every command of an aggregate takes one, so that there is no path to a change that skips the
    permission check.

    Attributes:
        by: actor, time, reason and run, for the events.
        role: the actor's effective role in the scope, or ``None``.
        scope: where, for messages, such as ``"registry 'Model'"``.
        protected: aliases that only admins place, move or remove.
        policy_version: version of the registry's stream that this was read from; ``None`` where
            no policy applies.
        required_approvals: alias → how many other people have to have approved a version before
            it moves there.
        requires_reason: whether aliases move only with a reason.
        approvers: (alias, index of a version) → who approved it, as far as that counts today.
    """

    by: Attribution
    role: Role | None
    scope: str
    protected: frozenset[str] = frozenset()
    policy_version: int | None = None
    required_approvals: Mapping[str, int] = field(factory=lambda: MappingProxyType({}))
    approvers: Mapping[tuple[str, int], frozenset[str]] = field(
        factory=lambda: MappingProxyType({})
    )

    requires_reason: bool = False

    def require(self, action: Action, remedy: str = "") -> None:
        """Return if the role allows the action.

        Raises:
            RoleRequiredError: names actor, action, role had and role needed.
        """
        if not action.is_allowed_to(self.role):
            raise RoleRequiredError(
                str(self.by.actor),
                action.phrase,
                self.scope,
                self.role.value if self.role else None,
                action.required.value,
                remedy,
            )

    def require_alias(self, alias: str) -> None:
        """Return if the role allows placing, moving or removing this alias."""
        protected = alias in self.protected
        self.require(Action.SET_PROTECTED_ALIAS if protected else Action.SET_ALIAS)

    def require_reason(self, attempted: str) -> None:
        """Return if a reason was given, or none is asked for.

        Raises:
            ReasonRequiredError: names what was attempted, and how a reason is given.
        """
        if self.requires_reason and not self.by.reason:
            raise ReasonRequiredError(attempted, self.scope)

    def approved_by(self, alias: str, index: int, label: str) -> tuple[str, ...]:
        """Return who approved that an alias moves to a version, without the actor; sorted.

        Args:
            alias: the alias that is to move.
            index: N of the version.
            label: the version, for the message.

        Raises:
            ApprovalsMissingError: fewer other people than the registry requires.
        """
        others = self.approvers.get((alias, index), frozenset()) - {str(self.by.actor)}
        required = self.required_approvals.get(alias, 0)
        if len(others) < required:
            raise ApprovalsMissingError(
                str(self.by.actor), alias, label, self.scope, required, sorted(others)
            )
        return tuple(sorted(others))
