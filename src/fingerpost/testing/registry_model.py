"""What a registry does, said once more with plain dictionaries.

Written from the rules (versions, aliases and links; who may do what) and sharing no code with what
is tested. Each ``why_not_…`` returns the errors of which one has to be raised, and an empty set for
a command that has to succeed; the method without that prefix then makes the change.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fingerpost.domain.errors import (
    AliasExpectationError,
    AliasNotFoundError,
    AlreadyExistsError,
    CollectionLinkedError,
    InvalidAliasError,
    NotFoundError,
    ProtectedVersionError,
    RoleRequiredError,
    TypeMismatchError,
    TypeNotPermittedError,
    VersionHasAliasesError,
    VersionNotFoundError,
)

ADMIN: Final = "alice"
ACTORS: Final = (ADMIN, "bob", "carol")

CUSTOM: Final = ("best", "Best", "production", "caf\u00e9", "cafe\u0301")
"""Aliases that people may set: letter case counts, and the last two are one."""

AUTOMATIC: Final = ("latest", "LATEST", "v0", "V1", "v01", "\uff56\uff11", "v\u0661")
"""Aliases that nobody may set."""

TYPES: Final = {"alpha": "model", "beta": "dataset", "gamma": "model"}
REGISTRIES: Final = {"Model": {"model"}, "Free": set[str]()}
"""Registries, and the types that they permit to begin with; none for all."""

PLACES: Final = (("Model", "prod"), ("Free", "prod"), ("Free", "mixed"))
"""Registry and collection."""

Errors = set[type[Exception]]
Record = dict[str, Any]
Moves = Mapping[str, str | None]
"""Alias → ``vN`` or another alias; ``None`` takes it off."""

Key = str | tuple[str, str]
"""A source collection's name, or registry and collection."""


def nfc(alias: str) -> str:
    """Return the form in which aliases are compared."""
    return unicodedata.normalize("NFC", alias)


class RegistryModel:
    """Collections, versions, aliases and protections as dictionaries.

    Attributes:
        collections: by key; each with ``type, next, versions, aliases, description, tags``. A
            version of a source has ``content, description, metadata, tags``, a link ``source``.
        protected: registry → its protected aliases.
        permitted: registry → its permitted types; empty for all.
    """

    def __init__(self) -> None:
        self.collections: dict[Key, Record] = {}
        self.protected: dict[str, set[str]] = {name: set() for name in REGISTRIES}
        self.permitted = {name: set(types) for name, types in REGISTRIES.items()}

    # -- what there is

    def sources(self) -> list[str]:
        """Return the names of source collections that hold a version."""
        return [key for key in self.collections if isinstance(key, str) and self.live(key)]

    def targets(self) -> list[tuple[str, str]]:
        """Return the registry collections that hold a link."""
        return [key for key in self.collections if isinstance(key, tuple) and self.live(key)]

    def live(self, key: Key) -> list[int]:
        """Return the numbers of a collection's versions."""
        return sorted(self.collections[key]["versions"])

    def held(self, key: Key, index: int) -> set[str]:
        """Return the aliases of a version."""
        aliases = self.collections[key]["aliases"]
        return {alias for alias, holder in aliases.items() if holder == index}

    def source_of(self, key: Key, index: int) -> tuple[str, int]:
        """Return what a link points at; a source version is its own source."""
        if isinstance(key, str):
            return key, index
        found: tuple[str, int] = self.collections[key]["versions"][index]["source"]
        return found

    def links_to(self, name: str, index: int) -> list[tuple[tuple[str, str], int]]:
        """Return the links to a source version."""
        return [
            (key, link)
            for key in self.targets()
            for link, record in self.collections[key]["versions"].items()
            if record["source"] == (name, index)
        ]

    def guarded(self, key: Key) -> set[str]:
        """Return the aliases that only admins touch in a collection."""
        return self.protected[key[0]] if isinstance(key, tuple) else set()

    def _may_not(self, key: Key, aliases: Iterable[str], actor: str) -> Errors:
        denied = actor != ADMIN and any(nfc(alias) in self.guarded(key) for alias in aliases)
        return {RoleRequiredError} if denied else set()

    # -- versions

    def why_not_log(self, name: str, type: str, aliases: Sequence[str]) -> Errors:
        """A name keeps its type; ``latest`` may be asked for, since it is given anyway."""
        errors: Errors = set()
        if name in self.collections and self.collections[name]["type"] != type:
            errors.add(TypeMismatchError)
        if any(alias in AUTOMATIC and alias != "latest" for alias in aliases):
            errors.add(InvalidAliasError)
        return errors

    def log(self, name: str, type: str, version: Record, aliases: Sequence[str]) -> int:
        """Add a version, unless ``latest`` has this content; then only aliases and tags."""
        collection = self._collection(name, type)
        latest = collection["aliases"].get("latest")
        current = collection["versions"].get(latest)
        if current is not None and current["content"] == version["content"]:
            current["tags"] |= version["tags"]
            index: int = latest
        else:
            index = self._next(collection, {**version, "tags": set(version["tags"])})
        self._point(name, aliases, index)
        return index

    def why_not_delete(self, name: str, index: int, *, delete_aliases: bool) -> Errors:
        """Aliases come off on request; nobody deletes what a protected alias holds."""
        errors: Errors = set()
        if self.held(name, index) and not delete_aliases:
            errors.add(VersionHasAliasesError)
        for key, link in self.links_to(name, index):
            if self.held(key, link) & self.guarded(key):
                errors.add(ProtectedVersionError)
            # `latest` comes with every link by itself; the others somebody chose.
            if self.held(key, link) - {"latest"} and not delete_aliases:
                errors.add(VersionHasAliasesError)
        return errors

    def delete(self, name: str, index: int) -> None:
        """Delete a version and its links. The number is not used again."""
        for key, link in self.links_to(name, index):
            self._drop(key, link)
        self._drop(name, index)

    # -- whole collections

    def why_not_rename(self, key: Key, name: str, actor: str) -> Errors:
        """A name is given once in its place; admins rename what holds a protected alias."""
        errors = self._may_not(key, self.collections[key]["aliases"], actor)
        then = self._renamed(key, name)
        return errors | (
            {AlreadyExistsError} if then != key and then in self.collections else set()
        )

    def rename(self, key: Key, name: str) -> None:
        """Move a collection to another key, and the links to it with it."""
        then = self._renamed(key, name)
        self.collections[then] = self.collections.pop(key)
        for target in self.targets():
            for version in self.collections[target]["versions"].values():
                if version["source"][0] == key:
                    version["source"] = (then, version["source"][1])

    @staticmethod
    def _renamed(key: Key, name: str) -> Key:
        return (key[0], name) if isinstance(key, tuple) else name

    def why_not_delete_collection(self, key: Key, actor: str, *, delete_links: bool) -> Errors:
        """What is published goes on request; what a protected alias holds, by admins or never."""
        if isinstance(key, tuple):
            return self._may_not(key, self.collections[key]["aliases"], actor)
        links = [link for index in self.live(key) for link in self.links_to(key, index)]
        errors: Errors = {CollectionLinkedError} if links and not delete_links else set()
        is_held = any(self.held(*link) & self.guarded(link[0]) for link in links)
        return errors | ({ProtectedVersionError} if is_held else set())

    def delete_collection(self, key: Key) -> None:
        """Delete a collection and the links to it."""
        if isinstance(key, str):
            for index in self.live(key):
                self.delete(key, index)
        del self.collections[key]

    # -- empty collections

    def why_not_create(self, key: tuple[str, str], type: str | None) -> Errors:
        """A name is given once in a registry, which permits the type."""
        errors: Errors = {AlreadyExistsError} if key in self.collections else set()
        permitted = self.permitted[key[0]]
        is_refused = type is not None and permitted and type not in permitted
        return errors | ({TypeNotPermittedError} if is_refused else set())

    def create(self, key: tuple[str, str], type: str | None, said: Record) -> None:
        """Make a collection without versions; without a type the only permitted one, or none."""
        only = "".join(self.permitted[key[0]]) if len(self.permitted[key[0]]) == 1 else ""
        self._collection(key, only if type is None else type).update(said)

    # -- links

    def why_not_link(
        self, source: tuple[str, int], key: tuple[str, str], aliases: Sequence[str], actor: str
    ) -> Errors:
        """The registry permits the type, the collection keeps its own, protection holds."""
        errors = self._may_not(key, aliases, actor)
        kind, permitted = self.collections[source[0]]["type"], self.permitted[key[0]]
        if permitted and kind not in permitted:
            errors.add(TypeNotPermittedError)
        if key in self.collections and self.collections[key]["type"] not in ("", kind):
            errors.add(TypeMismatchError)
        existing = self.link_of(source, key)
        is_latest = existing is None or "latest" in self.held(key, existing)
        allowed = {"latest"} if is_latest else set()
        if any(alias in AUTOMATIC and alias not in allowed for alias in aliases):
            errors.add(InvalidAliasError)
        return errors

    def link_of(self, source: tuple[str, int], key: tuple[str, str]) -> int | None:
        """Return the number that a source version has in a registry collection."""
        return next((link for at, link in self.links_to(*source) if at == key), None)

    def link(self, source: tuple[str, int], key: tuple[str, str], aliases: Sequence[str]) -> int:
        """Add a link, unless there is one; the aliases are given to it either way."""
        index = self.link_of(source, key)
        if index is None:
            kind = self.collections[source[0]]["type"]
            collection = self._collection(key, kind)
            collection["type"] = kind
            index = self._next(collection, {"source": source})
        self._point(key, aliases, index)
        return index

    def why_not_unlink(self, key: Key, index: int, actor: str) -> Errors:
        """What holds a protected alias is unlinked by admins."""
        return self._may_not(key, self.held(key, index), actor)

    def unlink(self, key: Key, index: int) -> None:
        """Take a link away, with its aliases."""
        self._drop(key, index)

    # -- aliases

    def why_not_set(
        self, key: Key, alias: str, index: int, expected: Sequence[str | None], actor: str
    ) -> Errors:
        """``expected`` holds the version that has to hold the alias, or is empty."""
        errors = self._may_not(key, [alias], actor) | self._unexpected(key, alias, expected)
        if alias in AUTOMATIC:
            errors.add(InvalidAliasError)
        if index not in self.collections[key]["versions"]:
            errors.add(VersionNotFoundError)
        return errors

    def set_alias(self, key: Key, alias: str, index: int) -> None:
        """Place or move an alias."""
        self._point(key, [alias], index)

    def why_not_remove(
        self, key: Key, alias: str, expected: Sequence[str | None], actor: str
    ) -> Errors:
        """``latest`` can be removed; a version number cannot."""
        errors = self._may_not(key, [alias], actor) | self._unexpected(key, alias, expected)
        if nfc(alias) not in self.collections[key]["aliases"]:
            errors |= {AliasNotFoundError} | ({InvalidAliasError} if alias in AUTOMATIC else set())
        return errors

    def remove_alias(self, key: Key, alias: str) -> None:
        """Take an alias off."""
        del self.collections[key]["aliases"][nfc(alias)]

    def why_not_move(
        self, key: Key, moves: Moves, expected: Mapping[str, str | None], actor: str
    ) -> Errors:
        """All aliases are moved, or none; each is named once."""
        collection, errors = self.collections[key], self._may_not(key, moves, actor)
        if len({nfc(alias) for alias in moves}) < len(moves):
            errors.add(InvalidAliasError)
        for alias, holder in expected.items():
            errors |= self._unexpected(key, alias, [holder])
        for alias, to in moves.items():
            if to is None:
                errors |= self.why_not_remove(key, alias, [], actor)
            elif alias in AUTOMATIC:
                errors.add(InvalidAliasError)
            index = None if to is None else self._meant(key, to)
            if to is not None and index is None:
                errors.add(AliasNotFoundError)
            elif index is not None and index not in collection["versions"]:
                errors.add(VersionNotFoundError)
        return errors

    def move_aliases(self, key: Key, moves: Moves) -> None:
        """Move aliases; those that are named as holders stand for what they held before."""
        indexes = {nfc(a): None if to is None else self._meant(key, to) for a, to in moves.items()}
        held = {**self.collections[key]["aliases"], **indexes}
        self.collections[key]["aliases"] = {a: i for a, i in held.items() if i is not None}

    def _meant(self, key: Key, to: str) -> int | None:
        if to[0] == "v" and to[1:].isascii() and to[1:].isdecimal() and to != "v01":
            return int(to[1:])
        held: dict[str, int] = self.collections[key]["aliases"]
        return held.get(nfc(to))

    def _unexpected(self, key: Key, alias: str, expected: Sequence[str | None]) -> Errors:
        holder = self.collections[key]["aliases"].get(nfc(alias))
        actual = None if holder is None else f"v{holder}"
        return {AliasExpectationError} if expected and expected[0] != actual else set()

    # -- edits of one version

    def why_not_edit(self, key: Key, index: int, wanted: Iterable[str], actor: str) -> Errors:
        """Aliases that are to be added may be custom only; protection holds for all changes."""
        held, then = self.held(key, index), {nfc(alias) for alias in wanted}
        errors = self._may_not(key, held ^ then, actor)
        if (then - held) & set(AUTOMATIC):
            errors.add(InvalidAliasError)
        return errors

    def edit(self, key: Key, index: int, wanted: Iterable[str], said: Record) -> None:
        """Change aliases of a version or link, and what is said of the source version."""
        then = {nfc(alias) for alias in wanted}
        for alias in self.held(key, index) - then:
            self.remove_alias(key, alias)
        self._point(key, then, index)
        name, source_index = self.source_of(key, index)
        self.collections[name]["versions"][source_index].update(said)

    # -- policy

    def why_not_protect(self, alias: str, actor: str) -> Errors:
        """Admins protect; what moves by itself cannot be protected."""
        errors: Errors = set() if actor == ADMIN else {RoleRequiredError}
        return errors | ({InvalidAliasError} if alias in AUTOMATIC else set())

    def why_not_unprotect(self, registry: str, alias: str, actor: str) -> Errors:
        """Admins unprotect what is protected."""
        errors: Errors = set() if actor == ADMIN else {RoleRequiredError}
        return errors | ({NotFoundError} if nfc(alias) not in self.protected[registry] else set())

    def protect(self, registry: str, alias: str) -> None:
        """Protect an alias."""
        self.protected[registry].add(nfc(alias))

    def unprotect(self, registry: str, alias: str) -> None:
        """Make it an ordinary one."""
        self.protected[registry].remove(nfc(alias))

    def permit(self, registry: str, type: str) -> None:
        """Permit one more type, where not all are permitted anyway."""
        if self.permitted[registry]:
            self.permitted[registry].add(type)

    # -- steps

    def _collection(self, key: Key, type: str) -> Record:
        new: Record = {"type": type, "next": 0, "versions": {}, "aliases": {}}
        said: Record = {"description": None, "tags": set()}
        return self.collections.setdefault(key, {**new, **said})

    @staticmethod
    def _next(collection: Record, version: Record) -> int:
        index: int = collection["next"]
        collection["next"] += 1
        collection["versions"][index] = version
        collection["aliases"]["latest"] = index
        return index

    def _point(self, key: Key, aliases: Iterable[str], index: int) -> None:
        self.collections[key]["aliases"].update({nfc(alias): index for alias in aliases})

    def _drop(self, key: Key, index: int) -> None:
        for alias in self.held(key, index):
            self.remove_alias(key, alias)
        del self.collections[key]["versions"][index]
