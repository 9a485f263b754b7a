"""Random commands by actors whose roles change, beside a model of who may do what."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

import fingerpost
from fingerpost import Api, Artifact, Collection, Organization, Registry, Team
from fingerpost.domain.errors import AlreadyExistsError, RegistryNotFoundError
from fingerpost.domain.registry import Registry as RegistryHead

from .governance_model import (
    ACTORS,
    CREW,
    FOUNDER,
    HOME,
    NOT_ALLOWED,
    ROLES,
    SOURCES,
    WHOLE,
    GovernanceModel,
    Place,
    Who,
)
from .registry_machine import PROJECT, label, path_of, picked, picks
from .registry_model import Errors, Key, Record
from .store_machine import StoreMachine

actors = st.sampled_from((FOUNDER, *ACTORS))
roles = st.sampled_from(ROLES)
kept_roles = st.sampled_from((*ROLES, "member", "admin"))
names = st.sampled_from(["Model", "Free"])
targets = st.sampled_from(["prod", "mixed"])
aliases = st.sampled_from(("production",) * 3 + ("staging",))
several_aliases = st.lists(aliases, max_size=2, unique=True)
types = st.sampled_from(["model", "dataset"])
places = st.sampled_from(
    [WHOLE, ("team", HOME), ("team", CREW), ("registry", "Model"), ("registry", "Free")]
)
members: st.SearchStrategy[Who] = st.sampled_from(
    [*((False, actor) for actor in ACTORS), (True, CREW), (True, HOME)]
)
seldom = st.sampled_from([False, False, True])
"""What takes much away happens less often, so that others get somewhere."""

sources = st.sampled_from([(name, n) for name, _, count in SOURCES for n in range(count)])

HasMembers = Organization | Registry | fingerpost.Entity


class GovernanceMachine(StoreMachine):
    """Holds a whole store to who may do what in it; run it on your own adapters.

    It is used as :class:`~fingerpost.testing.RegistryMachine` is. Users, a service account and
    teams get roles in an organization, in teams and in registries, and lose them again, while they
    protect aliases, approve versions and move what is protected. After each step the model, an
    independent fold of the ledger, the read tables and the heads agree on what everybody's role
    is; the fold asserts of each event that its actor could cause it at that point of the ledger.
    """

    model: GovernanceModel

    def __init__(self) -> None:
        super().__init__()
        self.model = GovernanceModel()
        self.handles: dict[tuple[str, object], Any] = {}
        self.gone: list[Registry] = []
        self.looked_at = 0

    @initialize(is_governed=st.sampled_from([True, True, False]))
    def begin(self, is_governed: bool) -> None:  # noqa: FBT001 - Hypothesis passes it by name
        self.store = self.open_store()
        api = self.api(FOUNDER)
        api.create_registry("Free")
        with fingerpost.init(HOME, PROJECT, store=self.store, actor=FOUNDER) as run:
            for name, kind, count in SOURCES:
                for number in range(count):
                    artifact = Artifact(name, kind)
                    with artifact.new_file("data.txt") as file:
                        file.write(f"{name}{number}")
                    run.log_artifact(artifact)
        api.create_team(CREW)
        self.follow()
        if is_governed:
            self._govern()

    def _govern(self) -> None:
        """Go far along, so that the rarer situations are reached too."""
        by: Record = {"actor": FOUNDER}
        robot = (False, "robot")
        self.add_member(**by, place=WHOLE, who=robot, role="member", is_service=True)
        crew, bob = (True, CREW), (False, "bob")
        self.add_member(**by, place=("team", CREW), who=bob, role="viewer", is_service=False)
        model = ("registry", "Model")
        self.add_member(**by, place=model, who=crew, role="admin", is_service=False)
        for index in range(2):
            self._link("alpha", ("alpha", index), ("Model", "prod"), [], FOUNDER)
        self.protect(**by, name="Model", alias="production")
        self.require_approvals(**by, name="Model", alias="production", count=1)
        self._approve(("Model", "prod"), 0, "production", "carol")

    def observed_in_full(self) -> Record:
        """Return what the public interface says."""
        return self.observed()

    # -- access

    def api(self, actor: str) -> Api:
        """Return the store as an actor sees it."""
        return Api(self.store, actor, entity=HOME, project=PROJECT)

    def handle(self, actor: str, what: Place | Key) -> Any:  # noqa: ANN401 - of several classes
        """Return a place or collection, perhaps as the actor got it when they had another role."""
        known = self.handles.get((actor, what))
        if known is None:
            known = self.handles[(actor, what)] = self.found(actor, what)
        return known

    def found(self, actor: str, what: Place | Key) -> HasMembers | Collection:
        """Return a place or collection as an actor finds it now."""
        api = self.api(actor)
        if what == WHOLE:
            return api.organization()
        if what[0] == "team":
            return api.team(what[1])
        if what[0] == "registry":
            return api.registry(what[1])
        return api.collection(path_of(what))

    def forget(self, *gone: object) -> None:
        """Drop the handles of what is not there any more, or has another name."""
        self.handles = {at: held for at, held in self.handles.items() if at[1] not in gone}

    def collections(self) -> list[tuple[str, str]]:
        """Return the registry collections that there are."""
        return sorted(key for key in self.model.collections if isinstance(key, tuple))

    def change(
        self, errors: Errors, command: Callable[[], object], change: Callable[[], object]
    ) -> bool:
        """Carry out a command and make the model follow; return whether it succeeded."""
        is_done = self.attempt(command, errors)
        if is_done:
            self.apply(change)
        return is_done

    # -- members

    @rule(actor=actors, role=st.sampled_from(["member", "member", None, *ROLES]))
    def change_default_role(self, *, actor: str, role: str | None) -> None:
        self.change(
            self.model.why_not_to_manage(WHOLE, actor),
            lambda: setattr(self.handle(actor, WHOLE), "default_role", role),
            lambda: setattr(self.model, "default", role),
        )

    @rule(actor=actors, place=places, who=members, role=kept_roles, is_service=st.booleans())
    def add_member(
        self, *, actor: str, place: Place, who: Who, role: str, is_service: bool
    ) -> None:
        if place not in self.model.members or (who[0] and place[0] != "registry"):
            return
        is_service = is_service and place == WHOLE
        errors = self.model.why_not_to_add(place, who, role, actor, is_service=is_service)

        def command() -> None:
            if is_service:
                self.handle(actor, place).add_service_account(who[1], role)
            else:
                self.handle(actor, place).add_members(member(who), role=role)

        self.change(
            errors, command, lambda: self.model.add(place, who, role, is_service=is_service)
        )

    @rule(actor=actors, pick=picks, is_service=st.booleans())
    def add_again(self, *, actor: str, pick: int, is_service: bool) -> None:
        """Add somebody with the role that they have, as what they are or as something else."""
        who, (_, role) = picked(sorted(self.model.members[WHOLE].items()), pick)
        self.add_member(actor=actor, place=WHOLE, who=who, role=role, is_service=is_service)

    @rule(actor=actors, who=st.sampled_from(ACTORS), role=roles, is_service=st.booleans())
    def come_back_as(self, *, actor: str, who: str, role: str, is_service: bool) -> None:
        """Take somebody out of the organization, and add them as something else."""
        known = (False, who)
        if known in self.model.members[WHOLE]:
            self._change_member(actor, WHOLE, known, None)
        self.add_member(actor=actor, place=WHOLE, who=known, role=role, is_service=is_service)

    @rule(actor=actors, place=places, pick=picks, role=st.none() | kept_roles)
    def change_member(self, *, actor: str, place: Place, pick: int, role: str | None) -> None:
        there = sorted(self.model.members.get(place, ()))
        if there:
            self._change_member(actor, place, picked(there, pick), role)

    @rule(actor=actors, place=places, who=members, role=st.none() | roles)
    def change_anybody(self, *, actor: str, place: Place, who: Who, role: str | None) -> None:
        if place in self.model.members and (not who[0] or place[0] == "registry"):
            self._change_member(actor, place, who, role)

    def _change_member(self, actor: str, place: Place, who: Who, role: str | None) -> None:
        def command() -> None:
            handle = self.handle(actor, place)
            if role is None:
                handle.remove_members(member(who))
            else:
                handle.update_member(member(who), role)

        errors = self.model.why_not_to_change(place, who, role, actor)
        self.change(errors, command, lambda: self.model.change(place, who, role))

    # -- registries

    @rule(actor=actors, name=names, is_restricted=st.booleans())
    def show(self, *, actor: str, name: str, is_restricted: bool) -> None:
        visibility = "restricted" if is_restricted else "organization"
        others = self.model.restricted - {name}
        self._govern_registry(
            actor,
            name,
            lambda registry: setattr(registry, "visibility", visibility),
            lambda: setattr(
                self.model, "restricted", others | ({name} if is_restricted else set())
            ),
        )

    @rule(actor=actors, name=names, alias=aliases | st.just("latest"))
    def protect(self, *, actor: str, name: str, alias: str) -> None:
        if name in self.model.permitted:
            self._govern_registry(
                actor,
                name,
                lambda registry: registry.add_protected_alias(alias),
                lambda: self.model.protect(name, alias),
                self.model.why_not_to_protect(name, alias, actor),
            )

    @rule(actor=actors, name=names, alias=aliases, is_sure=seldom)
    def unprotect(self, *, actor: str, name: str, alias: str, is_sure: bool) -> None:
        if is_sure and name in self.model.permitted:
            self._govern_registry(
                actor,
                name,
                lambda registry: registry.remove_protected_alias(alias),
                lambda: self.model.unprotect(name, alias),
                self.model.why_not_to_unprotect(name, alias, actor),
            )

    @rule(actor=actors, name=names, alias=aliases, count=st.sampled_from([0, 1, 1, 1, 2, 2]))
    def require_approvals(self, *, actor: str, name: str, alias: str, count: int) -> None:
        if name in self.model.permitted:
            self._govern_registry(
                actor,
                name,
                lambda registry: registry.require_approvals(alias, count),
                lambda: self.model.require(name, alias, count),
                self.model.why_not_to_unprotect(name, alias, actor),
            )

    @rule(actor=actors, name=names, type=types)
    def permit(self, *, actor: str, name: str, type: str) -> None:
        self._govern_registry(
            actor,
            name,
            lambda registry: registry.permit_artifact_type(type),
            lambda: self.model.permit(name, type),
        )

    @rule(actor=actors, name=names, type=types)
    def withdraw_type(self, *, actor: str, name: str, type: str) -> None:
        if name in self.model.permitted:
            self._govern_registry(
                actor,
                name,
                lambda registry: registry.withdraw_artifact_type(type),
                lambda: self.model.permitted[name].remove(type),
                self.model.why_not_to_withdraw_type(name, type, actor),
            )

    def _govern_registry(
        self,
        actor: str,
        name: str,
        command: Callable[[Any], object],
        change: Callable[[], object],
        errors: Errors | None = None,
    ) -> None:
        place = ("registry", name)
        if name in self.model.permitted:
            if errors is None:
                errors = self.model.why_not_to_manage(place, actor)
            self.change(errors, lambda: command(self.handle(actor, place)), change)

    @precondition(lambda self: "Free" in self.model.permitted)
    @rule(actor=actors, is_sure=seldom)
    def delete_registry(self, *, actor: str, is_sure: bool) -> None:
        if not is_sure:
            return
        place = ("registry", "Free")
        errors = self.model.why_not_to_manage(place, actor)
        if self.change(
            errors,
            lambda: self.handle(actor, place).delete(),
            lambda: self.model.delete_registry("Free"),
        ):
            self.gone = [each for at, each in self.handles.items() if at[1] == place]
            self.forget(place, *[at[1] for at in self.handles if at[1][0] == "Free"])  # type: ignore[index]  # a place or a key

    @rule(actor=actors, types=st.sets(types, max_size=1), is_restricted=st.booleans())
    def create_registry(self, *, actor: str, types: set[str], is_restricted: bool) -> None:
        errors = self.model.why_not_to_manage(WHOLE, actor)
        if not errors and "Free" in self.model.permitted:
            errors = {AlreadyExistsError}
        visibility = "restricted" if is_restricted else "organization"
        self.change(
            errors,
            lambda: self.api(actor).create_registry("Free", visibility, artifact_types=types),
            lambda: self.model.create_registry("Free", types, is_restricted=is_restricted),
        )

    @precondition(lambda self: self.gone)
    @rule(pick=picks)
    def use_what_is_gone(self, *, pick: int) -> None:
        registry = picked(self.gone, pick)
        for command in (registry.delete, lambda: registry.add_protected_alias("production")):
            self.attempt(command, {RegistryNotFoundError})

    # -- links and collections

    @rule(
        actor=actors,
        source=sources,
        name=names,
        into=targets,
        aliases=several_aliases,
        via=picks,
    )
    def link(
        self,
        *,
        actor: str,
        source: tuple[str, int],
        name: str,
        into: str,
        aliases: Sequence[str],
        via: int,
    ) -> None:
        if name in self.model.permitted:
            ways = [(source[0], source[1]), *self.model.links_to(*source)]
            fetched, index = picked(ways, via)
            self._link(fetched, source, (name, into), aliases, actor, index)

    def _link(
        self,
        fetched: Key,
        source: tuple[str, int],
        key: tuple[str, str],
        aliases: Sequence[str],
        actor: str,
        index: int | None = None,
    ) -> None:
        at = f"{path_of(fetched)}:v{source[1] if index is None else index}"
        self.change(
            self.model.why_not_to_link(fetched, source, key, aliases, actor),
            lambda: self.api(actor).artifact(at).link(path_of(key), aliases),
            lambda: self.model.link(source, key, aliases),
        )

    @rule(actor=actors, name=names, into=targets, type=st.none() | types)
    def create_collection(self, *, actor: str, name: str, into: str, type: str | None) -> None:
        if name in self.model.permitted:
            key: Record = {"description": None, "tags": set()}
            self.change(
                self.model.why_not_to_create((name, into), type, actor),
                lambda: self.handle(actor, ("registry", name)).create_collection(into, type),
                lambda: self.model.create((name, into), type, key),
            )

    @precondition(lambda self: self.collections())
    @rule(actor=actors, pick=picks, name=targets)
    def rename(self, *, actor: str, pick: int, name: str) -> None:
        key = picked(self.collections(), pick)
        if self.change(
            self.model.why_not_to_rename(key, name, actor),
            lambda: self.handle(actor, key).rename(name),
            lambda: self.model.rename(key, name),
        ):
            self.forget(key, (key[0], name))

    @precondition(lambda self: self.collections())
    @rule(actor=actors, pick=picks, is_sure=seldom)
    def delete_collection(self, *, actor: str, pick: int, is_sure: bool) -> None:
        if not is_sure:
            return
        key = picked(self.collections(), pick)
        if self.change(
            self.model.why_not_to_edit(key, actor, self.model.collections[key]["aliases"]),
            lambda: self.handle(actor, key).delete(),
            lambda: self.model.delete_collection(key),
        ):
            self.forget(key)

    @precondition(lambda self: self.model.targets())
    @rule(actor=actors, pick=picks, version=picks, is_sure=seldom)
    def unlink(self, *, actor: str, pick: int, version: int, is_sure: bool) -> None:
        if not is_sure:
            return
        key = picked(self.model.targets(), pick)
        index = picked(self.model.live(key), version)
        self.change(
            self.model.why_not_to_edit(key, actor, self.model.held(key, index)),
            lambda: self.version(key, index, actor).unlink(),
            lambda: self.model.unlink(key, index),
        )

    def version(self, key: Key, index: int, actor: str) -> Artifact:
        """Return a link as an actor finds it."""
        return self.api(actor).artifact(f"{path_of(key)}:v{index}")

    # -- aliases and approvals

    @precondition(lambda self: self.model.targets())
    @rule(actor=actors, pick=picks, version=picks, alias=aliases)
    def approve(self, *, actor: str, pick: int, version: int, alias: str) -> None:
        key = picked(self.model.targets(), pick)
        self._approve(key, picked(self.model.live(key), version), alias, actor)

    def _approve(self, key: Key, index: int, alias: str, actor: str) -> None:
        self.change(
            self.model.why_not_to_approve(key, alias, actor),
            lambda: self.version(key, index, actor).approve(alias),
            lambda: self.model.approve(key, index, alias, actor),
        )

    @precondition(lambda self: self.model.targets())
    @rule(
        approvers=st.lists(st.sampled_from(ACTORS), min_size=1, max_size=3, unique=True),
        pick=picks,
        version=picks,
        alias=aliases,
        mover=picks,
        doubt=st.sampled_from([None, None, None, "withdrawn", "service", "viewer"]),
        way=st.sampled_from(["set", "move", "save", "link"]),
    )
    def promote(
        self,
        *,
        approvers: Sequence[str],
        pick: int,
        version: int,
        alias: str,
        mover: int,
        doubt: str | None,
        way: str,
    ) -> None:
        """Let several approve a version, and an admin, perhaps one of them, move the alias.

        What one of them said may count no more by then.
        """
        key = picked(self.model.targets(), pick)
        index = picked(self.model.live(key), version)
        for approver in approvers:
            self._approve(key, index, alias, approver)
        if doubt is not None:
            self._cast_doubt(key, index, alias, approvers[0], doubt)
        admins = [who for who in ACTORS if self.model.may(("registry", key[0]), who, "admin")]
        self._move(picked(admins, mover), key, alias, index, way)

    def _cast_doubt(self, key: Key, index: int, alias: str, approver: str, doubt: str) -> None:
        if doubt == "withdrawn":
            self._withdraw(key, index, alias, approver)
            return
        is_service = doubt == "service"
        role = "member" if is_service else "viewer"
        admin = self.model.an_admin()
        if admin != approver:
            self.come_back_as(actor=admin, who=approver, role=role, is_service=is_service)

    def _move(self, actor: str, key: tuple[str, str], alias: str, index: int, way: str) -> None:
        if way == "set":
            self._set_alias(key, alias, index, actor)
        elif way == "move":
            self._move_aliases(key, {alias: f"v{index}"}, actor)
        elif way == "save":
            self._save(key, index, {*self.model.held(key, index), alias}, actor)
        else:
            self._link(key, self.model.source_of(key, index), key, [alias], actor, index)

    @precondition(lambda self: any(self.model.approvals.values()))
    @rule(actor=actors, pick=picks)
    def withdraw_approval(self, *, actor: str, pick: int) -> None:
        given = [
            (key, *at)
            for key, found in sorted(self.model.approvals.items())
            for at in sorted(found)
        ]
        key, index, alias = picked(given, pick)
        self._withdraw(key, index, alias, actor)

    def _withdraw(self, key: Key, index: int, alias: str, actor: str) -> None:
        self.change(
            self.model.why_not_to_withdraw(key, index, alias, actor),
            lambda: self.version(key, index, actor).withdraw_approval(alias),
            lambda: self.model.withdraw(key, index, alias, actor),
        )

    @precondition(lambda self: self.model.targets())
    @rule(actor=actors, pick=picks, alias=aliases, version=picks)
    def set_alias(self, *, actor: str, pick: int, alias: str, version: int) -> None:
        key = picked(self.model.targets(), pick)
        # One more than was ever given out, so that some do not exist.
        index = picked(range(self.model.collections[key]["next"] + 1), version)
        self._set_alias(key, alias, index, actor)

    def _set_alias(self, key: Key, alias: str, index: int, actor: str) -> None:
        self.change(
            self.model.why_not_to_point(key, {alias: f"v{index}"}, actor),
            lambda: self.handle(actor, key).set_alias(alias, f"v{index}"),
            lambda: self.model.set_alias(key, alias, index),
        )

    @precondition(lambda self: self.model.targets())
    @rule(actor=actors, pick=picks, alias=aliases)
    def remove_alias(self, *, actor: str, pick: int, alias: str) -> None:
        key = picked(self.model.targets(), pick)
        self.change(
            self.model.why_not_to_point(key, {alias: None}, actor),
            lambda: self.handle(actor, key).remove_alias(alias),
            lambda: self.model.remove_alias(key, alias),
        )

    @precondition(lambda self: self.model.targets())
    @rule(
        actor=actors,
        pick=picks,
        moves=st.dictionaries(aliases, st.none() | picks | aliases, min_size=1, max_size=2),
    )
    def move_aliases(self, *, actor: str, pick: int, moves: dict[str, int | str | None]) -> None:
        key = picked(self.model.targets(), pick)
        live = self.model.live(key)
        given = {
            alias: f"v{picked(live, to)}" if isinstance(to, int) else to
            for alias, to in moves.items()
        }
        self._move_aliases(key, given, actor)

    def _move_aliases(self, key: Key, given: dict[str, str | None], actor: str) -> None:
        self.change(
            self.model.why_not_to_point(key, given, actor),
            lambda: self.handle(actor, key).move_aliases(given),
            lambda: self.model.move_aliases(key, given),
        )

    @precondition(lambda self: self.model.targets())
    @rule(actor=actors, pick=picks, version=picks, keep=st.booleans(), aliases=several_aliases)
    def save(
        self, *, actor: str, pick: int, version: int, keep: bool, aliases: Sequence[str]
    ) -> None:
        key = picked(self.model.targets(), pick)
        index = picked(self.model.live(key), version)
        held = self.model.held(key, index)
        wanted = {*aliases, *(held if keep else ()), *({"latest"} & held)}
        self._save(key, index, wanted, actor)

    def _save(self, key: Key, index: int, wanted: set[str], actor: str) -> None:
        held = self.model.held(key, index)
        moves = {alias: None if alias in held else label(index) for alias in held ^ wanted}

        def command() -> None:
            artifact = self.version(key, index, actor)
            artifact.aliases = sorted(wanted)
            artifact.save()

        errors = self.model.why_not_to_point(key, moves, actor)
        if not moves:
            # Nothing is changed, so whoever sees it may.
            errors = set() if self.model.role(("registry", key[0]), actor) else NOT_ALLOWED
        self.change(errors, command, lambda: self.model.edit(key, index, wanted, {}))

    # -- what holds at all times

    @rule()
    def come_back_later(self) -> None:
        """Reopen the store; handles are for one process."""
        super().come_back_later()
        self.handles, self.gone, self.looked_at = {}, [], 0

    @rule()
    def rebuild(self) -> None:
        """Rebuild the read tables, which changes nothing."""
        super().rebuild()
        self.looked_at = 0

    @invariant()
    def all_accounts_agree(self) -> None:
        if not self.is_open:
            return
        self.follow()
        assert len(self.store.store.queries.denials()) == self.fold.denials
        # Looking is slow: where the ledger tells of refusals only, nothing can have changed.
        happened = len(self.seen) - self.fold.denials
        if happened != self.looked_at:
            self.looked_at = happened
            assert self.observed() == self.predicted()
            self._require_same_roles()
            self._require_same_heads()

    def _require_same_roles(self) -> None:
        queries = self.store.store.queries
        for place, stream_id in self.streams().items():
            for actor in ACTORS:
                expected = self.model.role(place, actor)
                assert self.fold.governance.role(stream_id, actor) == expected
                if place != WHOLE:
                    assert queries.standing(stream_id, actor).role == expected

    def _require_same_heads(self) -> None:
        for (kind, name), stream_id in self.streams().items():
            if kind != "registry":
                continue
            head = self.store.store.events.load(RegistryHead, stream_id)
            told = self.fold.governance.homes[stream_id]
            assert head is not None
            assert head.protected == told["protected"] == self.model.protected[name]
            assert head.required_approvals == told["required"] == self.model.required[name]
            assert head.members.actors == told["actors"]
            assert head.members.teams == told["teams"]

    # -- accounts

    def streams(self) -> dict[Place, UUID]:
        """Return the streams of all places, as the fold of the ledger knows them."""
        queries = self.store.store.queries
        found: dict[Place, UUID] = {WHOLE: queries.organizations()[0].id}
        for name in (HOME, CREW):
            row = queries.entity(name)
            assert row is not None
            found[("team", name)] = row.id
        for stream_id, told in self.fold.registries.items():
            found[("registry", told["name"])] = stream_id
        return found

    def observed(self) -> Record:
        """Return what the public interface says."""
        admin = self.model.an_admin()
        api = self.api(admin)
        seen = {actor: self.api(actor).registries() for actor in ACTORS}
        there = list(seen[admin])
        return {
            "default": api.organization().default_role,
            "members": {place: rows(self.found(admin, place)) for place in self.model.members},
            "registries": {registry.name: facts(registry) for registry in there},
            "collections": {
                (registry.name, collection.name): links(collection)
                for registry in there
                for collection in registry.collections()
            },
            "seen": {actor: sorted(each.name for each in found) for actor, found in seen.items()},
            "found": {
                actor: sorted(each.path for each in found.collections())
                for actor, found in seen.items()
            },
        }

    def predicted(self) -> Record:
        """Return what the model says, in the same form."""
        model = self.model
        organization = self.store.store.queries.organizations()[0].entity_name
        return {
            "default": model.default,
            "members": {
                place: sorted((kind, who[1], role) for who, (kind, role) in found.items())
                for place, found in model.members.items()
            },
            "registries": {
                name: {
                    "visibility": "restricted" if name in model.restricted else "organization",
                    "types": sorted(permitted),
                    "protected": sorted(model.protected[name]),
                    "required": model.required[name],
                }
                for name, permitted in model.permitted.items()
            },
            "collections": {key: self._links(key) for key in self.collections()},
            "seen": {actor: sorted(model.sees(actor)) for actor in ACTORS},
            "found": {
                actor: sorted(
                    f"{organization}/{path_of(key)}"
                    for key in self.collections()
                    if key[0] in model.sees(actor)
                )
                for actor in ACTORS
            },
        }

    def _links(self, key: tuple[str, str]) -> Record:
        record, given = self.model.collections[key], self.model.approvals.get(key, {})
        return {
            "type": record["type"],
            "aliases": {alias: f"v{index}" for alias, index in sorted(record["aliases"].items())},
            "links": {
                f"v{index}": {
                    "source": f"{version['source'][0]}:v{version['source'][1]}",
                    "approvals": [
                        (alias, who, who in self.model.counting(key, index, alias))
                        for (at, alias), approvers in sorted(given.items())
                        if at == index
                        for who in approvers
                    ],
                }
                for index, version in record["versions"].items()
            },
        }


def member(who: Who) -> str | Team:
    """Return what names a member."""
    return Team(who[1]) if who[0] else who[1]


def rows(place: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401 - whatever has members
    """Return the members of a place."""
    return sorted((row.kind.value, row.name, row.role.value) for row in place.members())


def facts(registry: Registry) -> Record:
    """Return the policy of a registry."""
    return {
        "visibility": registry.visibility,
        "types": sorted(registry.artifact_types),
        "protected": registry.protected_aliases,
        "required": registry.required_approvals,
    }


def links(collection: Collection) -> Record:
    """Return what the public interface says of a registry collection."""
    return {
        "type": collection.type,
        "aliases": collection.aliases,
        "links": {
            version.version: {
                "source": version.source_name,
                "approvals": [(each.alias, each.by, each.counts) for each in version.approvals()],
            }
            for version in collection.versions()
        },
    }
