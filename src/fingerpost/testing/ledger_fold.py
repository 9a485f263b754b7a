"""A ledger folded into plain dictionaries, and checked event by event on the way.

Independent of the aggregates and of the read tables: what it comes to is what theirs has to be.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fingerpost.domain.events import (
    AccessDenied,
    AliasMoved,
    AliasRemoved,
    ApprovalsLifted,
    ApprovalsRequired,
    ApprovalWithdrawn,
    ArtifactTypePermitted,
    ArtifactTypeWithdrawn,
    CollectionCreated,
    CollectionDeleted,
    CollectionDescribed,
    CollectionRenamed,
    CollectionTagged,
    CollectionUntagged,
    ContentCollected,
    Event,
    Linked,
    MetadataChanged,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    RegistryCreated,
    RegistryDeleted,
    Unlinked,
    VersionApproved,
    VersionDeleted,
    VersionDescribed,
    VersionLogged,
    VersionTagged,
    VersionUntagged,
)

from .governance_fold import GovernanceFold

Record = dict[str, Any]


class LedgerFold:
    """State of a store as its events alone tell it.

    Raises:
        AssertionError: (while adding) an event does not continue its stream, uses a number again,
            tells a wrong holder of an alias, was decided against a policy that was not in force,
            or its actor could not do that at this point.

    Attributes:
        collections: by stream; ``key, type, next, versions, aliases, history, description,
            tags``.
        registries: by stream; ``name, protected, types``.
        denials: number of denied attempts.
        governance: who may do what, and who approved what.
    """

    def __init__(self) -> None:
        self.collections: dict[UUID, Record] = {}
        self.registries: dict[UUID, Record] = {}
        self.denials = 0
        self.governance = GovernanceFold()
        self._streams: dict[UUID, int] = {}

    def add(self, event: Event) -> None:
        """Apply the next event of the ledger."""
        stream_id = event.originator_id
        assert event.originator_version == self._streams.get(stream_id, 0) + 1
        self._streams[stream_id] = event.originator_version
        if stream_id in self.collections and isinstance(event, _BY_MEMBERS):
            self.governance.require(self._home(stream_id), event.actor, "member")
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)
        self.governance.add(event)

    def _home(self, collection_id: UUID) -> UUID:
        home: UUID = self.collections[collection_id]["home"]
        return home

    # -- collections

    def _collection_created(self, event: CollectionCreated) -> None:
        self.governance.require(event.home_id, event.actor, "member")
        registry = self.registries.get(event.home_id)
        self.collections[event.originator_id] = {
            "key": (registry["name"], event.name) if registry else event.name,
            "home": event.home_id,
            "type": event.type,
            "next": 0,
            "versions": {},
            "aliases": {},
            "history": [],
            "description": event.description,
            "tags": set(),
        }

    def _described(self, event: CollectionDescribed) -> None:
        self.collections[event.originator_id]["description"] = event.description

    def _collection_tagged(self, event: CollectionTagged) -> None:
        tags = self.collections[event.originator_id]["tags"]
        assert event.tag not in tags
        tags.add(event.tag)

    def _collection_untagged(self, event: CollectionUntagged) -> None:
        self.collections[event.originator_id]["tags"].remove(event.tag)

    def _renamed(self, event: CollectionRenamed) -> None:
        collection = self.collections[event.originator_id]
        key = collection["key"]
        assert event.from_name == (key[1] if isinstance(key, tuple) else key)
        for alias in collection["aliases"]:
            self.governance.require_alias(collection["home"], event, alias)
        collection["key"] = (key[0], event.name) if isinstance(key, tuple) else event.name

    def _deleted(self, event: CollectionDeleted) -> None:
        collection = self.collections.pop(event.originator_id)
        assert not collection["aliases"]
        if collection["home"] in self.registries:
            assert not collection["versions"]

    def _logged(self, event: VersionLogged) -> None:
        self._number(
            event,
            event.index,
            {
                "digest": event.digest,
                "manifest": event.manifest,
                "description": event.description,
                "metadata": dict(event.metadata),
                "tags": set(),
            },
        )

    def _linked(self, event: Linked) -> None:
        source = self.collections[event.source_collection_id]
        assert event.source_index in source["versions"]
        policy = self.registries[self.collections[event.originator_id]["home"]]
        assert not policy["types"] or event.type in policy["types"]
        self._in_force(event.originator_id, event.policy_version)
        collection = self.collections[event.originator_id]
        assert collection["type"] in ("", event.type)
        collection["type"] = event.type
        self._number(
            event, event.index, {"source": (event.source_collection_id, event.source_index)}
        )

    def _number(self, event: Event, index: int, version: Record) -> None:
        collection = self.collections[event.originator_id]
        assert index == collection["next"]
        collection["next"] += 1
        collection["versions"][index] = version

    def _gone(self, event: VersionDeleted | Unlinked) -> None:
        collection = self.collections[event.originator_id]
        assert event.index not in collection["aliases"].values()
        del collection["versions"][event.index]

    # -- aliases

    def _alias_moved(self, event: AliasMoved) -> None:
        collection = self._touched(event)
        assert event.to_version in collection["versions"]
        assert event.to_version != event.from_version
        if collection["home"] in self.registries:
            manifest = self.manifest(event.originator_id, event.to_version)
            self.governance.require_approved(collection["home"], event, manifest)
        else:
            assert event.approved_by == ()
        collection["aliases"][event.alias] = event.to_version
        self._note(event, event.to_version)

    def _alias_removed(self, event: AliasRemoved) -> None:
        del self._touched(event)["aliases"][event.alias]
        self._note(event, None)

    def _touched(self, event: AliasMoved | AliasRemoved) -> Record:
        collection = self.collections[event.originator_id]
        assert event.from_version == collection["aliases"].get(event.alias)
        self.governance.require_alias(collection["home"], event, event.alias)
        if collection["home"] in self.registries:
            assert event.policy_version is not None
            self._in_force(event.originator_id, event.policy_version)
        else:
            assert event.policy_version is None
        return collection

    def _in_force(self, collection_id: UUID, policy_version: int) -> None:
        registry_id = self.collections[collection_id]["home"]
        assert (
            self.registries[registry_id]["policy"] <= policy_version <= self._streams[registry_id]
        )

    def _note(self, event: AliasMoved | AliasRemoved, to_index: int | None) -> None:
        change = (event.alias, event.from_version, to_index, event.actor, event.reason)
        self.collections[event.originator_id]["history"].append(change)

    # -- approvals

    def manifest(self, collection_id: UUID, index: int) -> str:
        """Return the manifest of a version, or of the source of a link."""
        version = self.collections[collection_id]["versions"][index]
        found: str = (
            version["manifest"] if "manifest" in version else self.manifest(*version["source"])
        )
        return found

    def _approved(self, event: VersionApproved) -> None:
        registry_id = self._home(event.collection_id)
        assert event.manifest == self.manifest(event.collection_id, event.index)
        assert event.alias in self.registries[registry_id]["protected"]
        assert self.governance.counts(registry_id, event.actor)

    def _approval_withdrawn(self, event: ApprovalWithdrawn) -> None:
        self.governance.require(self._home(event.collection_id), event.actor, "restricted_viewer")

    # -- what is said of a version

    def _version(self, event: Any) -> Record:  # noqa: ANN401 - several classes of events
        found: Record = self.collections[event.originator_id]["versions"][event.index]
        return found

    def _version_described(self, event: VersionDescribed) -> None:
        self._version(event)["description"] = event.description

    def _metadata_changed(self, event: MetadataChanged) -> None:
        metadata = self._version(event)["metadata"]
        for key in event.removed:
            del metadata[key]
        metadata.update(event.changed)

    def _tagged(self, event: VersionTagged) -> None:
        assert event.tag not in self._version(event)["tags"]
        self._version(event)["tags"].add(event.tag)

    def _untagged(self, event: VersionUntagged) -> None:
        self._version(event)["tags"].remove(event.tag)

    # -- policy

    def _collected(self, event: ContentCollected) -> None:
        self.governance.require(event.originator_id, event.actor, "admin")

    def _registry_created(self, event: RegistryCreated) -> None:
        types = set(event.artifact_types)
        record = {"name": event.name, "protected": set(), "types": types, "policy": 1}
        self.registries[event.originator_id] = record

    def _registry_deleted(self, event: RegistryDeleted) -> None:
        assert event.originator_id not in {each["home"] for each in self.collections.values()}
        del self.registries[event.originator_id]

    def _policy(self, event: Event) -> Record:
        self.governance.require(event.originator_id, event.actor, "admin")
        registry = self.registries[event.originator_id]
        registry["policy"] = event.originator_version
        return registry

    def _protected(self, event: ProtectedAliasAdded) -> None:
        self._policy(event)["protected"].add(event.alias)

    def _unprotected(self, event: ProtectedAliasRemoved) -> None:
        self._policy(event)["protected"].remove(event.alias)

    def _permitted(self, event: ArtifactTypePermitted) -> None:
        self._policy(event)["types"].add(event.type)

    def _withdrawn(self, event: ArtifactTypeWithdrawn) -> None:
        types = self._policy(event)["types"]
        types.remove(event.type)
        assert types  # none would mean all
        linked = {
            each["type"]
            for each in self.collections.values()
            if each["home"] == event.originator_id and each["versions"]
        }
        assert event.type not in linked

    def _required(self, event: ApprovalsRequired | ApprovalsLifted) -> None:
        self._policy(event)

    def _denied(self, _: AccessDenied) -> None:
        self.denials += 1


_BY_MEMBERS = (
    CollectionDescribed,
    CollectionTagged,
    CollectionUntagged,
    CollectionRenamed,
    CollectionDeleted,
    VersionLogged,
    Linked,
    VersionDeleted,
    Unlinked,
    VersionDescribed,
    MetadataChanged,
    VersionTagged,
    VersionUntagged,
)
"""What a member of the place may do; aliases are looked at one by one."""

_HANDLERS: dict[type[Event], Callable[[LedgerFold, Any], None]] = {
    CollectionCreated: LedgerFold._collection_created,  # noqa: SLF001 - this module's own
    CollectionDescribed: LedgerFold._described,  # noqa: SLF001
    CollectionTagged: LedgerFold._collection_tagged,  # noqa: SLF001
    CollectionUntagged: LedgerFold._collection_untagged,  # noqa: SLF001
    CollectionRenamed: LedgerFold._renamed,  # noqa: SLF001
    CollectionDeleted: LedgerFold._deleted,  # noqa: SLF001
    VersionLogged: LedgerFold._logged,  # noqa: SLF001
    Linked: LedgerFold._linked,  # noqa: SLF001
    VersionDeleted: LedgerFold._gone,  # noqa: SLF001
    Unlinked: LedgerFold._gone,  # noqa: SLF001
    AliasMoved: LedgerFold._alias_moved,  # noqa: SLF001
    AliasRemoved: LedgerFold._alias_removed,  # noqa: SLF001
    VersionDescribed: LedgerFold._version_described,  # noqa: SLF001
    MetadataChanged: LedgerFold._metadata_changed,  # noqa: SLF001
    VersionTagged: LedgerFold._tagged,  # noqa: SLF001
    VersionUntagged: LedgerFold._untagged,  # noqa: SLF001
    ContentCollected: LedgerFold._collected,  # noqa: SLF001
    RegistryCreated: LedgerFold._registry_created,  # noqa: SLF001
    RegistryDeleted: LedgerFold._registry_deleted,  # noqa: SLF001
    ProtectedAliasAdded: LedgerFold._protected,  # noqa: SLF001
    ProtectedAliasRemoved: LedgerFold._unprotected,  # noqa: SLF001
    ArtifactTypePermitted: LedgerFold._permitted,  # noqa: SLF001
    ArtifactTypeWithdrawn: LedgerFold._withdrawn,  # noqa: SLF001
    ApprovalsRequired: LedgerFold._required,  # noqa: SLF001
    ApprovalsLifted: LedgerFold._required,  # noqa: SLF001
    VersionApproved: LedgerFold._approved,  # noqa: SLF001
    ApprovalWithdrawn: LedgerFold._approval_withdrawn,  # noqa: SLF001
    AccessDenied: LedgerFold._denied,  # noqa: SLF001
}
