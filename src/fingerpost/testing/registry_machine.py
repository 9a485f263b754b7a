"""Random commands on a store, through its public interface, beside a model in dictionaries."""

import json
from collections.abc import Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

import fingerpost
from fingerpost import Api, Artifact, Collection, Registry
from fingerpost.application.read_models.rows import VersionRow
from fingerpost.domain.collection import UNSET
from fingerpost.domain.collection import Collection as CollectionHead
from fingerpost.domain.errors import NotFoundError, RoleRequiredError
from fingerpost.domain.events import ContentCollected
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.registry import Registry as RegistryHead

from .registry_model import (
    ACTORS,
    ADMIN,
    AUTOMATIC,
    CUSTOM,
    PLACES,
    TYPES,
    Errors,
    Key,
    Record,
    RegistryModel,
    nfc,
)
from .store_machine import StoreMachine

TEAM: Final = "team"
PROJECT: Final = "project"

actors = st.sampled_from(ACTORS)
names = st.sampled_from(sorted(TYPES))
places = st.sampled_from(PLACES)
registries = st.sampled_from(["Model", "Free"])
contents = st.sampled_from(["a", "b", "c"])
aliases = st.sampled_from(("production",) * 6 + CUSTOM * 2 + AUTOMATIC)
several_aliases = st.lists(aliases, max_size=2, unique=True)
tags = st.sets(st.sampled_from(["small", "gpu", "\u00e9"]), max_size=2)
descriptions = st.sampled_from([None, "", "first", "second"])
values: st.SearchStrategy[object] = st.sampled_from(
    [0, 0.0, False, 0, 0.0, False, None, "x", [1], {"a": [{}]}]
)
"""Python takes the first three for equal, and JSON does not."""
metadata = st.dictionaries(st.sampled_from(["f1", "f1", "f1", "loss"]), values, max_size=2)
reasons = st.sampled_from([None, "because"])
picks = st.integers(0, 11)
"""One of what there is, modulo its number: shrinks well, and never runs into the void."""


class RegistryMachine(StoreMachine):
    """Holds a whole store to its rules; run it on your own adapters.

    A subclass says how a store is opened, and what reopening means::

        class MyMachine(RegistryMachine):
            def open_store(self):
                return OpenStore(Store(events=MyEventStore(), ...), None, None)


        TestMyStore = MyMachine.TestCase

    After each step the model, an independent fold of the ledger, the read tables and the heads
    have to agree; a refused command may have added nothing but the record of a denied attempt.
    """

    model: RegistryModel

    def __init__(self) -> None:
        super().__init__()
        self.model = RegistryModel()
        self.digests: dict[str, str] = {}

    @initialize(is_published=st.booleans())
    def begin(self, is_published: bool) -> None:  # noqa: FBT001 - Hypothesis passes it by name
        self.store = self.open_store()
        self.api(ADMIN).create_registry("Free")
        fingerpost.init(TEAM, PROJECT, store=self.store, actor=ADMIN).finish()

        if is_published:
            # Far along already, so that the rarer situations are reached too.
            self._publish()

    def _publish(self) -> None:
        nothing: Record = {"tags": set(), "description": None, "metadata": {"f1": 0}}
        for content in ("a", "b"):
            self.log(
                actor=ADMIN,
                name="alpha",
                content=content,
                aliases=[],
                is_other_type=False,
                **nothing,
            )
        for place in PLACES[:2]:
            own = ("alpha", 0)
            self._link(own, own, place, ["production"], "bob", is_own_spelling=True)
            self.protect(actor=ADMIN, registry=place[0], alias="production")

    def observed_in_full(self) -> list[Record]:
        """Return what the public interface says of all collections."""
        return [self.observed(key) for key in self.model.collections]

    # -- access

    def api(self, actor: str) -> Api:
        """Return the store as an actor sees it."""
        return Api(self.store, actor, entity=TEAM, project=PROJECT)

    def collection(self, key: Key, actor: str = ADMIN) -> Collection:
        """Return a collection."""
        return self.api(actor).collection(path_of(key))

    def artifact(self, key: Key, index: int, actor: str) -> Artifact:
        """Return a version or link."""
        return self.api(actor).artifact(f"{path_of(key)}:v{index}")

    def registry(self, name: str, actor: str) -> Registry:
        """Return a registry."""
        return self.api(actor).registry(name)

    # -- versions

    @rule(
        actor=actors,
        name=names,
        content=contents,
        aliases=several_aliases,
        tags=tags,
        description=descriptions,
        metadata=metadata,
        is_other_type=st.sampled_from([False] * 7 + [True]),
    )
    def log(
        self,
        *,
        actor: str,
        name: str,
        content: str,
        aliases: Sequence[str],
        tags: set[str],
        description: str | None,
        metadata: Record,
        is_other_type: bool,
    ) -> None:
        kind = "other" if is_other_type and name in self.model.collections else TYPES[name]
        with fingerpost.init(TEAM, PROJECT, store=self.store, actor=actor) as run:
            artifact = Artifact(name, kind, description, metadata)
            with artifact.new_file("data.txt") as file:
                file.write(content)
            errors = self.model.why_not_log(name, kind, aliases)
            if not self.attempt(
                lambda: run.log_artifact(artifact, aliases=aliases, tags=sorted(tags)), errors
            ):
                return
            self.follow()
        version = {
            "content": content,
            "description": description,
            "metadata": json_text(metadata),
            "tags": tags,
        }
        assert artifact.version == f"v{self.model.log(name, kind, version, aliases)}"
        assert self.digests.setdefault(content, artifact.digest) == artifact.digest

    @precondition(lambda self: self.model.sources())
    @rule(actor=actors, source=picks, version=picks, delete_aliases=st.booleans())
    def delete(self, *, actor: str, source: int, version: int, delete_aliases: bool) -> None:
        name = picked(self.model.sources(), source)
        index = picked(self.model.live(name), version)
        self._delete(name, index, actor, delete_aliases=delete_aliases)

    @precondition(lambda self: self.model.targets())
    @rule(actor=actors, pick=picks, version=picks)
    def delete_what_is_linked(self, *, actor: str, pick: int, version: int) -> None:
        key = picked(self.model.targets(), pick)
        source = self.model.source_of(key, picked(self.model.live(key), version))
        self._delete(*source, actor, delete_aliases=True)

    def _delete(self, name: str, index: int, actor: str, *, delete_aliases: bool) -> None:
        artifact = self.artifact(name, index, actor)
        errors = self.model.why_not_delete(name, index, delete_aliases=delete_aliases)
        if self.attempt(lambda: artifact.delete(delete_aliases), errors):
            self.apply(lambda: self.model.delete(name, index))
            with pytest.raises(NotFoundError):
                self.artifact(name, index, actor)

    @precondition(lambda self: self.model.collections)
    @rule(
        actor=actors,
        collection=picks,
        version=picks,
        keep=st.booleans(),
        aliases=st.none() | several_aliases,
        said=st.fixed_dictionaries(
            {}, optional={"description": descriptions, "metadata": metadata, "tags": tags}
        ),
    )
    def edit(
        self,
        *,
        actor: str,
        collection: int,
        version: int,
        keep: bool,
        aliases: Sequence[str] | None,
        said: Record,
    ) -> None:
        key = picked(sorted(self.model.collections, key=str), collection)
        if not self.model.live(key):
            return
        index = picked(self.model.live(key), version)
        held = self.model.held(key, index)
        wanted = held if aliases is None else {*aliases, *(held if keep else ())}
        artifact = self.artifact(key, index, actor)
        artifact.aliases = sorted(wanted)
        for field, value in said.items():
            setattr(artifact, field, deepcopy(value))
        if self.attempt(artifact.save, self.model.why_not_edit(key, index, wanted, actor)):
            if "metadata" in said:
                said = {**said, "metadata": json_text(said["metadata"])}
            self.apply(lambda: self.model.edit(key, index, wanted, said))

    @precondition(lambda self: self.model.collections)
    @rule(actor=actors, pick=picks, description=descriptions)
    def describe(self, *, actor: str, pick: int, description: str | None) -> None:
        key = picked(sorted(self.model.collections, key=str), pick)
        collection = self.collection(key, actor)
        self.attempt(lambda: setattr(collection, "description", description), set())
        self.apply(lambda: self.model.collections[key].update(description=description))

    @precondition(lambda self: self.model.collections)
    @rule(actor=actors, pick=picks, tags=tags)
    def tag_collection(self, *, actor: str, pick: int, tags: set[str]) -> None:
        key = picked(sorted(self.model.collections, key=str), pick)
        collection = self.collection(key, actor)
        self.attempt(lambda: setattr(collection, "tags", sorted(tags)), set())
        self.apply(lambda: self.model.collections[key].update(tags=set(tags)))

    @precondition(lambda self: self.model.collections)
    @rule(actor=actors, pick=picks, name=names)
    def rename(self, *, actor: str, pick: int, name: str) -> None:
        key = picked(sorted(self.model.collections, key=str), pick)
        collection = self.collection(key, actor)
        errors = self.model.why_not_rename(key, name, actor)
        if self.attempt(lambda: collection.rename(name), errors):
            self.apply(lambda: self.model.rename(key, name))
            assert collection.name == name

    @precondition(lambda self: self.model.collections)
    @rule(actor=actors, pick=picks, delete_links=st.booleans())
    def delete_collection(self, *, actor: str, pick: int, delete_links: bool) -> None:
        key = picked(sorted(self.model.collections, key=str), pick)
        collection = self.collection(key, actor)
        errors = self.model.why_not_delete_collection(key, actor, delete_links=delete_links)
        if self.attempt(lambda: collection.delete(delete_links=delete_links), errors):
            self.apply(lambda: self.model.delete_collection(key))
            with pytest.raises(NotFoundError):
                self.collection(key)

    @rule()
    def collect_garbage(self) -> None:
        """Remove what nothing reaches; all that is left has to be readable."""
        self.follow()
        report = self.api(ADMIN).gc(timedelta(0), dry_run=False)
        recorded = [ContentCollected] if report.files else []
        assert [type(event) for event in self.follow()] == recorded
        for name in self.model.sources():
            for index in self.model.live(name):
                entry = self.artifact(name, index, ADMIN).get_entry("data.txt")
                text = self.model.collections[name]["versions"][index]["content"]
                assert self.store.store.content.read(Digest(entry.digest)) == text.encode()

    # -- links

    @precondition(lambda self: self.model.sources())
    @rule(
        actor=actors,
        source=picks,
        version=picks,
        place=places,
        aliases=several_aliases,
        is_own_spelling=st.booleans(),
    )
    def link(
        self,
        *,
        actor: str,
        source: int,
        version: int,
        place: tuple[str, str],
        aliases: Sequence[str],
        is_own_spelling: bool,
    ) -> None:
        name = picked(self.model.sources(), source)
        index = picked(self.model.live(name), version)
        own = (name, index)
        self._link(own, own, place, aliases, actor, is_own_spelling=is_own_spelling)

    @precondition(lambda self: self.model.targets())
    @rule(actor=actors, pick=picks, version=picks, place=places, aliases=several_aliases)
    def link_a_link(
        self,
        *,
        actor: str,
        pick: int,
        version: int,
        place: tuple[str, str],
        aliases: Sequence[str],
    ) -> None:
        key = picked(self.model.targets(), pick)
        index = picked(self.model.live(key), version)
        source = self.model.source_of(key, index)
        self._link((key, index), source, place, aliases, actor, is_own_spelling=False)

    def _link(
        self,
        fetched: tuple[Key, int],
        source: tuple[str, int],
        place: tuple[str, str],
        aliases: Sequence[str],
        actor: str,
        *,
        is_own_spelling: bool,
    ) -> None:
        artifact, made = self.artifact(*fetched, actor), list[Artifact]()
        path = "/".join(["registry", *place]) if is_own_spelling else path_of(place)
        errors = self.model.why_not_link(source, place, aliases, actor)
        if self.attempt(lambda: made.append(artifact.link(path, aliases)), errors):
            self.apply(lambda: self.model.link(source, place, aliases))
            assert made[0].version == f"v{self.model.link_of(source, place)}"
            assert made[0].source_name == f"{source[0]}:v{source[1]}"

    @rule(
        actor=actors,
        place=places,
        type=st.sampled_from([None, "model", "dataset"]),
        description=descriptions,
        tags=tags,
    )
    def create_collection(
        self,
        *,
        actor: str,
        place: tuple[str, str],
        type: str | None,
        description: str | None,
        tags: set[str],
    ) -> None:
        registry = self.registry(place[0], actor)
        errors = self.model.why_not_create(place, type)
        if self.attempt(
            lambda: registry.create_collection(place[1], type, description, sorted(tags)), errors
        ):
            said: Record = {"description": description, "tags": set(tags)}
            self.apply(lambda: self.model.create(place, type, said))

    @precondition(lambda self: self.model.targets())
    @rule(actor=actors, pick=picks, version=picks, by_delete=st.booleans())
    def unlink(self, *, actor: str, pick: int, version: int, by_delete: bool) -> None:
        key = picked(self.model.targets(), pick)
        index = picked(self.model.live(key), version)
        artifact = self.artifact(key, index, actor)
        command = artifact.delete if by_delete else artifact.unlink
        if self.attempt(command, self.model.why_not_unlink(key, index, actor)):
            self.apply(lambda: self.model.unlink(key, index))

    # -- aliases

    @precondition(lambda self: self.model.collections)
    @rule(
        actor=actors,
        pick=picks,
        alias=aliases,
        version=picks,
        expected=st.sampled_from(["any", "actual", "none", "v0", "v1"]),
        reason=reasons,
    )
    def set_alias(
        self, *, actor: str, pick: int, alias: str, version: int, expected: str, reason: str | None
    ) -> None:
        key = picked(sorted(self.model.collections, key=str), pick)
        collection = self.collection(key, actor)
        # One more than was ever given out, so that some do not exist.
        index = picked(range(self.model.collections[key]["next"] + 1), version)
        wanted = self._expected(key, alias, expected)
        errors = self.model.why_not_set(key, alias, index, wanted, actor)
        given = wanted[0] if wanted else UNSET
        if self.attempt(
            lambda: collection.set_alias(alias, f"v{index}", expected=given, reason=reason), errors
        ):
            self.apply(lambda: self.model.set_alias(key, alias, index))

    @precondition(lambda self: self.model.collections)
    @rule(
        actor=actors,
        pick=picks,
        alias=aliases | st.just("latest"),
        expected=st.sampled_from(["any", "any", "actual", "none", "v0"]),
    )
    def remove_alias(self, *, actor: str, pick: int, alias: str, expected: str) -> None:
        key = picked(sorted(self.model.collections, key=str), pick)
        collection = self.collection(key, actor)
        wanted = self._expected(key, alias, expected)
        errors = self.model.why_not_remove(key, alias, wanted, actor)
        given = wanted[0] if wanted else UNSET
        if self.attempt(lambda: collection.remove_alias(alias, expected=given), errors):
            self.apply(lambda: self.model.remove_alias(key, alias))

    @precondition(lambda self: self.model.collections)
    @rule(
        actor=actors,
        pick=picks,
        moves=st.dictionaries(
            aliases | st.just("latest"), st.none() | picks | aliases, min_size=1, max_size=4
        ),
        expecting=st.lists(st.sampled_from(CUSTOM), max_size=2, unique_by=nfc),
        is_right=st.sampled_from([True, True, False]),
    )
    def move_aliases(
        self,
        *,
        actor: str,
        pick: int,
        moves: dict[str, int | str | None],
        expecting: Sequence[str],
        is_right: bool,
    ) -> None:
        key = picked(sorted(self.model.collections, key=str), pick)
        beyond = self.model.collections[key]["next"] + 1
        given = {
            alias: f"v{picked(range(beyond), to)}" if isinstance(to, int) else to
            for alias, to in moves.items()
        }
        held = self.collection(key).aliases
        expected = {alias: held.get(nfc(alias)) if is_right else "v0" for alias in expecting}
        collection = self.collection(key, actor)
        errors = self.model.why_not_move(key, given, expected, actor)
        if self.attempt(lambda: collection.move_aliases(given, expected=expected), errors):
            self.apply(lambda: self.model.move_aliases(key, given))

    def _expected(self, key: Key, alias: str, kind: str) -> list[str | None]:
        held = self.collection(key).aliases
        known: dict[str, list[str | None]] = {"any": [], "actual": [held.get(nfc(alias))]}
        return known.get(kind, [None if kind == "none" else kind])

    # -- policy

    @rule(actor=actors, registry=registries, alias=aliases)
    def protect(self, *, actor: str, registry: str, alias: str) -> None:
        handle = self.registry(registry, actor)
        errors = self.model.why_not_protect(alias, actor)
        if self.attempt(lambda: handle.add_protected_alias(alias), errors):
            self.apply(lambda: self.model.protect(registry, alias))

    @rule(actor=actors, registry=registries, alias=aliases)
    def unprotect(self, *, actor: str, registry: str, alias: str) -> None:
        handle = self.registry(registry, actor)
        errors = self.model.why_not_unprotect(registry, alias, actor)
        if self.attempt(lambda: handle.remove_protected_alias(alias), errors):
            self.apply(lambda: self.model.unprotect(registry, alias))

    @rule(actor=actors, registry=registries, type=st.sampled_from(["model", "dataset"]))
    def permit(self, *, actor: str, registry: str, type: str) -> None:
        handle = self.registry(registry, actor)
        errors: Errors = set() if actor == ADMIN else {RoleRequiredError}
        if self.attempt(lambda: handle.permit_artifact_type(type), errors):
            self.apply(lambda: self.model.permit(registry, type))

    # -- what holds at all times

    @invariant()
    def all_accounts_agree(self) -> None:
        if not hasattr(self, "store"):
            return
        self.follow()
        told = {record["key"]: record for record in self.fold.collections.values()}
        assert set(told) == set(self.model.collections)
        for key, expected in self.model.collections.items():
            assert self.observed(key) == self.predicted(expected)
            fields = ("type", "aliases", "description", "tags")
            replayed = {field: told[key][field] for field in fields}
            assert replayed == {field: expected[field] for field in replayed}
            assert set(told[key]["versions"]) == set(expected["versions"])
        assert len(self.api(ADMIN).denied()) == self.fold.denials

    @invariant()
    def heads_and_tables_are_the_fold_of_the_ledger(self) -> None:
        if not hasattr(self, "store"):
            return
        self.follow()
        events, queries = self.store.store.events, self.store.store.queries
        for stream_id, told in self.fold.collections.items():
            head = events.load(CollectionHead, stream_id)
            assert head is not None
            latest = told["versions"].get(told["aliases"].get("latest"), {})
            assert (head.aliases, head.next_index) == (told["aliases"], told["next"])
            assert head.latest_digest == latest.get("digest")
            assert queries.aliases(stream_id) == told["aliases"]
            rows = {row.index: said(row) for row in queries.versions(stream_id)}
            assert rows == {i: self.replayed(version) for i, version in told["versions"].items()}
        for stream_id, told in self.fold.registries.items():
            registry = events.load(RegistryHead, stream_id)
            assert registry is not None
            assert (registry.protected, registry.artifact_types) == (
                told["protected"],
                told["types"],
            )
            assert queries.protected_aliases(stream_id) == sorted(told["protected"])

    @invariant()
    def histories_fold_to_the_aliases(self) -> None:
        if not hasattr(self, "store"):
            return
        for told in self.fold.collections.values():
            collection, held = self.collection(told["key"]), dict[str, str]()
            history = collection.alias_history()
            for change in history:
                assert held.get(change.alias) == change.from_version
                held.pop(change.alias, None)
                if change.to_version is not None:
                    held[change.alias] = change.to_version
            assert collection.aliases == held
            assert [
                (each.alias, each.from_version, each.to_version, each.actor, each.reason)
                for each in history
            ] == [(a, label(f), label(t), *rest) for a, f, t, *rest in told["history"]]

    @invariant()
    def policies_are_the_models(self) -> None:
        if not hasattr(self, "store"):
            return
        for name, protected in self.model.protected.items():
            registry = self.registry(name, ADMIN)
            assert registry.protected_aliases == sorted(protected)
            assert set(registry.artifact_types) == self.model.permitted[name]

    # -- accounts

    def observed(self, key: Key) -> Record:
        """Return what the public interface says of a collection."""
        collection = self.collection(key)
        return {
            "type": collection.type,
            "description": collection.description,
            "tags": collection.tags,
            "aliases": collection.aliases,
            "versions": [facts(each) for each in collection.versions()],
        }

    def predicted(self, expected: Record) -> Record:
        """Return what the model says of a collection, in the same form."""
        return {
            "type": expected["type"],
            "description": expected["description"],
            "tags": sorted(expected["tags"]),
            "aliases": {a: f"v{i}" for a, i in sorted(expected["aliases"].items())},
            "versions": [
                self._facts(index, version, expected)
                for index, version in sorted(expected["versions"].items(), reverse=True)
            ],
        }

    def _facts(self, index: int, version: Record, collection: Record) -> Record:
        source = version.get("source")
        content = self.model.collections[source[0]]["versions"][source[1]] if source else version
        return {
            "version": f"v{index}",
            "source": f"{source[0]}:v{source[1]}" if source else None,
            "digest": self.digests[content["content"]],
            "description": content["description"],
            "metadata": content["metadata"],
            "tags": sorted(content["tags"]),
            "aliases": sorted(a for a, i in collection["aliases"].items() if i == index),
        }

    def replayed(self, version: Record) -> Record:
        """Return what the fold of the ledger says of a version or of a link's source."""
        if "source" not in version:
            kept = {field: said for field, said in version.items() if field != "manifest"}
            return {**kept, "metadata": json_text(version["metadata"])}
        stream_id, index = version["source"]
        return self.replayed(self.fold.collections[stream_id]["versions"][index])


def json_text(metadata: Record) -> str:
    """Return JSON: it tells 0 from 0.0 and false, which Python takes for equal."""
    return json.dumps(metadata, sort_keys=True)


def path_of(key: Key) -> str:
    """Return the path of a collection."""
    if isinstance(key, str):
        return f"{TEAM}/{PROJECT}/{key}"
    return f"wandb-registry-{key[0]}/{key[1]}"


def picked(there: Any, pick: int) -> Any:  # noqa: ANN401 - a sequence of anything
    """Return one of what there is."""
    return there[pick % len(there)]


def label(index: int | None) -> str | None:
    """Return ``vN``."""
    return None if index is None else f"v{index}"


def said(row: VersionRow) -> Record:
    """Return the part of a row that the ledger's fold has too."""
    return {
        "digest": row.digest,
        "description": row.description,
        "metadata": json_text(row.metadata),
        "tags": row.tags,
    }


def facts(artifact: Artifact) -> Record:
    """Return what the public interface says of a version."""
    return {
        "version": artifact.version,
        "source": artifact.source_name if artifact.is_link else None,
        "digest": artifact.digest,
        "description": artifact.description,
        "metadata": json_text(artifact.metadata),
        "tags": artifact.tags,
        "aliases": sorted(artifact.aliases),
    }
