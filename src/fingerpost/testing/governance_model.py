"""Who may do what in a store, said once more with plain dictionaries.

Written from the rules (roles, visibility, protection, approvals) and sharing no code with what is
tested. Each ``why_not_to_…`` returns the errors of which one has to be raised, and an empty set for
a command that has to succeed. Who lacks the role is told that and nothing else, wherever the rules
do not need to look further before they can say so.
"""

from collections.abc import Iterable
from typing import Final

from fingerpost.domain.errors import (
    AliasNotFoundError,
    AlreadyExistsError,
    ApprovalNotFoundError,
    ApprovalsMissingError,
    InvalidAliasError,
    InvalidValueError,
    LastAdminError,
    MemberNotFoundError,
    NoSuchThingError,
    NotAPersonError,
    OutsideOrganizationError,
    RoleRequiredError,
    TypeInUseError,
    TypeMismatchError,
    TypeNotPermittedError,
    VersionNotFoundError,
)

from .registry_model import Errors, Key, Moves, Record, RegistryModel

FOUNDER: Final = "alice"
PEOPLE: Final = (FOUNDER, "bob", "carol")
ACTORS: Final = (*PEOPLE, "robot")

ROLES: Final = ("restricted_viewer", "viewer", "member", "admin")
"""Roles, lowest first."""

HOME: Final = "team"
CREW: Final = "crew"
"""Teams: the versions that are linked are logged in the first."""

Place = tuple[str, str]
"""``organization``, ``team`` or ``registry``, and the name; the organization's is empty."""

Who = tuple[bool, str]
"""Whether it is a team, and the name."""

WHOLE: Final[Place] = ("organization", "")
NOT_ALLOWED: Final[Errors] = {RoleRequiredError}

SOURCES: Final = (("alpha", "model", 2), ("beta", "dataset", 1))
"""Source collection, artifact type, number of versions."""

STARTING: Final = {"Model": {"model"}, "Dataset": {"dataset"}, "Free": set[str]()}
"""Registries that there are to begin with, and the types that they permit."""


class GovernanceModel(RegistryModel):
    """Members, roles, policies and approvals as dictionaries, beside the collections.

    Attributes:
        default: role of actors who were given none.
        members: place → member → kind and role.
        restricted: registries that are open to their members alone.
        required: registry → alias → number of approvals.
        used: registry → types of all collections that it ever had.
        approvals: collection → index and alias → who approved, oldest first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.default: str | None = "member"
        self.members: dict[Place, dict[Who, tuple[str, str]]] = {
            WHOLE: {(False, FOUNDER): ("user", "admin")},
            ("team", HOME): {},
            ("team", CREW): {},
        }
        self.restricted: set[str] = set()
        self.required: dict[str, dict[str, int]] = {}
        self.used: dict[str, set[str]] = {}
        self.approvals: dict[Key, dict[tuple[int, str], list[str]]] = {}
        for name, types in STARTING.items():
            self.create_registry(name, types, is_restricted=False)
        for name, kind, count in SOURCES:
            record = self._collection(name, kind)
            for number in range(count):
                self._next(record, {"content": f"{name}{number}"})

    # -- roles

    def role(self, place: Place, actor: str) -> str | None:
        """The highest of the roles given in the organization, in the place, and to teams there."""
        whole = self.own(WHOLE, actor) or self.default
        if whole is None or place == WHOLE:
            return whole
        given = {self.own(place, actor)}
        for (is_team, name), (_, role) in self.members[place].items():
            if is_team and (False, actor) in self.members[("team", name)]:
                given.add(role)
        if place[1] not in self.restricted or place[0] != "registry" or whole == "admin":
            given.add(whole)
        return max((role for role in given if role), key=ROLES.index, default=None)

    def own(self, place: Place, actor: str) -> str | None:
        """Return the role that somebody was given in a place itself."""
        return self.members[place].get((False, actor), ("", None))[1]

    def may(self, place: Place, actor: str, required: str) -> bool:
        """Whether somebody has at least this role."""
        role = self.role(place, actor)
        return role is not None and ROLES.index(role) >= ROLES.index(required)

    def is_service(self, actor: str) -> bool:
        """Whether the organization knows somebody as a service account."""
        kind, _ = self.members[WHOLE].get((False, actor), ("user", ""))
        return kind == "service_account"

    def an_admin(self) -> str:
        """Return somebody who administers the organization; there always is one."""
        return next(who for (_, who), (_, role) in self.members[WHOLE].items() if role == "admin")

    def sees(self, actor: str) -> list[str]:
        """Return the registries that somebody may look at."""
        return [name for name in self.permitted if self.role(("registry", name), actor)]

    # -- members

    def why_not_to_manage(self, place: Place, actor: str) -> Errors:
        """Admins of a place change who is a member of it, and its settings."""
        return set() if self.may(place, actor, "admin") else NOT_ALLOWED

    def why_not_to_add(
        self, place: Place, who: Who, role: str, actor: str, *, is_service: bool
    ) -> Errors:
        """Who is one of the organization gets one role in a place, as one kind of actor."""
        if not self.may(place, actor, "admin"):
            return NOT_ALLOWED
        if not who[0] and place != WHOLE and self.role(WHOLE, who[1]) is None:
            return {OutsideOrganizationError}
        kind, held = self.members[place].get(who, ("", role))
        is_known_as_user = place == WHOLE and is_service and kind == "user"
        return {AlreadyExistsError} if held != role or is_known_as_user else set()

    def add(self, place: Place, who: Who, role: str, *, is_service: bool) -> None:
        """Give somebody a role."""
        if place != WHOLE:
            is_service = self.is_service(who[1])
        kind = "team" if who[0] else "service_account" if is_service else "user"
        self.members[place].setdefault(who, (kind, role))

    def why_not_to_change(self, place: Place, who: Who, role: str | None, actor: str) -> Errors:
        """Only a member's role is changed or taken; an organization keeps an admin."""
        if not self.may(place, actor, "admin"):
            return NOT_ALLOWED
        if who not in self.members[place]:
            return {MemberNotFoundError}
        others = {each: role for each, (_, role) in self.members[place].items() if each != who}
        is_headless = place == WHOLE and "admin" not in {*others.values(), role}
        return {LastAdminError} if is_headless else set()

    def change(self, place: Place, who: Who, role: str | None) -> None:
        """Give a member another role, or none."""
        kind, _ = self.members[place].pop(who)
        if role is not None:
            self.members[place][who] = (kind, role)

    # -- registries

    def create_registry(self, name: str, types: Iterable[str], *, is_restricted: bool) -> None:
        """Make a registry without anything in it."""
        self.permitted[name], self.protected[name] = set(types), set()
        self.required[name], self.used[name] = {}, set()
        self.members[("registry", name)] = {}
        self.restricted |= {name} if is_restricted else set()

    def delete_registry(self, name: str) -> None:
        """Forget all of a registry."""
        for key in [key for key in self.collections if key[0] == name]:
            self.delete_collection(key)
        for kept in (self.permitted, self.protected, self.required, self.used):
            del kept[name]
        del self.members[("registry", name)]
        self.restricted.discard(name)

    def why_not_to_unprotect(self, registry: str, alias: str, actor: str) -> Errors:
        """Admins unprotect what is protected, and require approvals for it."""
        missing: Errors = set() if alias in self.protected[registry] else {NoSuchThingError}
        return self.why_not_to_manage(("registry", registry), actor) or missing

    def unprotect(self, registry: str, alias: str) -> None:
        """Make it an ordinary one, which needs no approvals either."""
        super().unprotect(registry, alias)
        self.required[registry].pop(alias, None)

    def require(self, registry: str, alias: str, count: int) -> None:
        """Require approvals; 0 lifts that."""
        self.required[registry].pop(alias, None)
        if count:
            self.required[registry][alias] = count

    def why_not_to_withdraw_type(self, registry: str, type: str, actor: str) -> Errors:
        """A type that was never used can be withdrawn, unless it is the last one."""
        errors = self.why_not_to_manage(("registry", registry), actor)
        if errors:
            return errors
        if type not in self.permitted[registry]:
            return {NoSuchThingError}
        if type in self.used[registry]:
            return {TypeInUseError}
        return {InvalidValueError} if len(self.permitted[registry]) == 1 else set()

    # -- what a member does

    def why_not_to_edit(self, key: Key, actor: str, aliases: Iterable[str] = ()) -> Errors:
        """Members place aliases; admins, in a registry, those that are protected."""
        place = ("registry", key[0])
        is_held = bool(set(aliases) & self.protected[key[0]])
        return set() if self.may(place, actor, "admin" if is_held else "member") else NOT_ALLOWED

    def why_not_to_point(self, key: Key, moves: Moves, actor: str) -> Errors:
        """Roles first; then what there is; then approvals by enough others."""
        errors = set(self.why_not_to_edit(key, actor, moves))
        if errors:
            return errors
        held = self.collections[key]["aliases"]
        for alias, to in moves.items():
            index = None if to is None else self._meant(key, to)
            if (to is None and alias not in held) or (to is not None and index is None):
                errors.add(AliasNotFoundError)
            elif index is not None and index not in self.collections[key]["versions"]:
                errors.add(VersionNotFoundError)
            elif index is not None:
                errors |= self._unapproved(key, alias, index, actor)
        return errors

    def _unapproved(self, key: Key, alias: str, index: int | None, actor: str) -> Errors:
        if index is not None and self.collections[key]["aliases"].get(alias) == index:
            return set()
        others = {who for who in self.counting(key, index, alias) if who != actor}
        is_enough = len(others) >= self.required[key[0]].get(alias, 0)
        return set() if is_enough else {ApprovalsMissingError}

    def counting(self, key: Key, index: int | None, alias: str) -> list[str]:
        """Return whose approval counts: people who may approve today."""
        if index is None:
            return []
        given = self.approvals.get(key, {}).get((index, alias), [])
        place = ("registry", key[0])
        return [w for w in given if self.may(place, w, "member") and not self.is_service(w)]

    def why_not_to_approve(self, key: Key, alias: str, actor: str) -> Errors:
        """Members who are people approve, for an alias that is protected."""
        if not self.may(("registry", key[0]), actor, "member"):
            return NOT_ALLOWED
        errors: Errors = {NotAPersonError} if self.is_service(actor) else set()
        return errors | ({NoSuchThingError} if alias not in self.protected[key[0]] else set())

    def approve(self, key: Key, index: int, alias: str, actor: str) -> None:
        """Note an approval."""
        given = self.approvals.setdefault(key, {}).setdefault((index, alias), [])
        if actor not in given:
            given.append(actor)

    def why_not_to_withdraw(self, key: Key, index: int, alias: str, actor: str) -> Errors:
        """Whoever approved takes that back."""
        if self.role(("registry", key[0]), actor) is None:
            return NOT_ALLOWED
        has_approved = actor in self.approvals.get(key, {}).get((index, alias), [])
        return set() if has_approved else {ApprovalNotFoundError}

    def withdraw(self, key: Key, index: int, alias: str, actor: str) -> None:
        """Take an approval back."""
        self.approvals[key][(index, alias)].remove(actor)

    # -- links and collections

    def why_not_to_link(
        self,
        fetched: Key,
        source: tuple[str, int],
        key: tuple[str, str],
        aliases: Iterable[str],
        actor: str,
    ) -> Errors:
        """Who may use a version, wherever it is, links it where they are a member."""
        usable = [("team", HOME), *(("registry", at[0]) for at, _ in self.links_to(*source))]
        seen = ("registry", fetched[0]) if isinstance(fetched, tuple) else ("team", HOME)
        if (
            self.role(seen, actor) is None
            or not self.may(("registry", key[0]), actor, "member")
            or not any(self.may(place, actor, "viewer") for place in usable)
        ):
            return NOT_ALLOWED
        errors, kind = set(self.why_not_to_edit(key, actor, aliases)), self._type(source)
        if self.permitted[key[0]] and kind not in self.permitted[key[0]]:
            errors.add(TypeNotPermittedError)
        if key not in self.collections:
            missing = [alias for alias in aliases if self.required[key[0]].get(alias)]
            return errors | ({ApprovalsMissingError} if missing else set())
        if self.collections[key]["type"] not in ("", kind):
            errors.add(TypeMismatchError)
        for alias in aliases:
            errors |= self._unapproved(key, alias, self.link_of(source, key), actor)
        return errors

    def _type(self, source: tuple[str, int]) -> str:
        kind: str = self.collections[source[0]]["type"]
        return kind

    def link(self, source: tuple[str, int], key: tuple[str, str], aliases: Iterable[str]) -> int:
        """Add a link; its type is in use from then on."""
        index = super().link(source, key, list(aliases))
        self.used[key[0]].add(self._type(source))
        return index

    def why_not_to_create(self, key: tuple[str, str], type: str | None, actor: str) -> Errors:
        """Members make a collection, once, of a type that is permitted."""
        if not self.may(("registry", key[0]), actor, "member"):
            return NOT_ALLOWED
        return self.why_not_create(key, type)

    def create(self, key: tuple[str, str], type: str | None, said: Record) -> None:
        """Make a collection; the type that it keeps is in use from then on."""
        super().create(key, type, said)
        self.used[key[0]] |= {self.collections[key]["type"]} - {""}

    def why_not_to_rename(self, key: tuple[str, str], name: str, actor: str) -> Errors:
        """A name is given once; admins rename what holds a protected alias."""
        errors = self.why_not_to_edit(key, actor, self.collections[key]["aliases"])
        is_taken = name != key[1] and (key[0], name) in self.collections
        return errors or ({AlreadyExistsError} if is_taken else set())

    def rename(self, key: Key, name: str) -> None:
        """Move a collection, and what was approved in it, to another name."""
        super().rename(key, name)
        if key in self.approvals:
            self.approvals[self._renamed(key, name)] = self.approvals.pop(key)

    def delete_collection(self, key: Key) -> None:
        """Delete a registry collection with its links; their numbers mean nothing any more."""
        super().delete_collection(key)
        self.approvals.pop(key, None)

    def unlink(self, key: Key, index: int) -> None:
        """Take a link away; what was approved of it counts for no other."""
        super().unlink(key, index)
        given = self.approvals.get(key, {})
        self.approvals[key] = {at: who for at, who in given.items() if at[0] != index}

    def why_not_to_protect(self, registry: str, alias: str, actor: str) -> Errors:
        """Admins protect; what moves by itself cannot be protected."""
        errors = self.why_not_to_manage(("registry", registry), actor)
        return errors or ({InvalidAliasError} if alias == "latest" else set())
