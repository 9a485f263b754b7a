"""Lineage: which runs made an artifact, of what, and what became of it.

Pure values; :mod:`fingerpost.application.lineage` fills them from a store.
"""

from collections.abc import Collection, Mapping
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from attrs import field, frozen

from .metadata.metadata import JsonObject
from .versions.version import VersionRef

NodeId: TypeAlias = VersionRef | UUID
"""A version, a link, or a run."""


class EdgeKind(Enum):
    """What an edge says; edges point the way that data went."""

    USED = "used"
    """From an artifact to a run."""
    LOGGED = "logged"
    """From a run to an artifact."""
    LINKED = "linked"
    """From an artifact to a link to it in a registry."""


class Way(Enum):
    """Which way to follow the edges."""

    UPSTREAM = "upstream"
    """To where something came from."""
    DOWNSTREAM = "downstream"
    """To what became of it."""

    @property
    def to_runs(self) -> EdgeKind:
        """The edges between an artifact and the runs on this side of it."""
        return EdgeKind.LOGGED if self is Way.UPSTREAM else EdgeKind.USED

    @property
    def to_artifacts(self) -> EdgeKind:
        """The edges between a run and the artifacts on this side of it."""
        return EdgeKind.USED if self is Way.UPSTREAM else EdgeKind.LOGGED


class Limit(Enum):
    """Why something was left out."""

    DEPTH = "depth"
    NODES = "limit"


@frozen(kw_only=True)
class ArtifactNode:
    """A logged version, or a link to one.

    Attributes:
        name: ``entity/project/name:vN``.
        type: such as ``dataset``.
        is_link: whether it is a link in a registry.
        is_deleted: whether the version was deleted.
    """

    id: VersionRef
    name: str
    type: str
    is_link: bool = False
    is_deleted: bool = False

    def to_dict(self) -> JsonObject:
        """Return its JSON form; its path is its ``id``."""
        return {
            "kind": "link" if self.is_link else "artifact",
            "id": self.name,
            "type": self.type,
            "is_deleted": self.is_deleted,
        }


@frozen(kw_only=True)
class RunNode:
    """A run.

    Attributes:
        path: ``entity/project/id``.
        name: for people.
        job_type: what kind of step it is.
        state: ``running``, ``finished`` or ``failed``.
    """

    id: UUID
    path: str
    name: str
    job_type: str | None
    state: str

    def to_dict(self) -> JsonObject:
        """Return its JSON form; its path is its ``id``."""
        return {
            "kind": "run",
            "id": self.path,
            "name": self.name,
            "job_type": self.job_type,
            "state": self.state,
        }


Node: TypeAlias = ArtifactNode | RunNode


@frozen
class Edge:
    """Something that went from one node to another."""

    kind: EdgeKind
    origin: NodeId
    target: NodeId


@frozen
class LeftOut:
    """A node that has more neighbours than the graph shows.

    Attributes:
        way: on which side; ``None`` for links to it.
        limit: what kept them out.
    """

    node: NodeId
    way: Way | None
    limit: Limit


def _frozen(nodes: Mapping[NodeId, Node]) -> Mapping[NodeId, Node]:
    return MappingProxyType(dict(nodes))


@frozen(kw_only=True, slots=False)
class LineageGraph:
    """What is upstream and downstream of an artifact.

    A run that used and logged the same artifact makes a cycle.

    Attributes:
        root: the artifact that was asked about; for a link, its source.
        ways: which way the walk went.
        nodes: by identity, nearest to the root first.
        edges: each once, in the order in which they were found.
        left_out: where the graph ends before the lineage does.
    """

    root: VersionRef
    ways: tuple[Way, ...] = tuple(Way)
    nodes: Mapping[NodeId, Node] = field(converter=_frozen)
    edges: tuple[Edge, ...]
    left_out: tuple[LeftOut, ...] = ()

    def neighbours(self, node: NodeId, way: Way) -> Collection[NodeId]:
        """Return the nodes next to a node on one side; links are on neither."""
        return self._neighbours[way].get(node, ())

    def links(self, node: NodeId) -> Collection[NodeId]:
        """Return the links to an artifact."""
        return self._links.get(node, ())

    @cached_property
    def _neighbours(self) -> Mapping[Way, Mapping[NodeId, list[NodeId]]]:
        upstream: dict[NodeId, list[NodeId]] = {}
        downstream: dict[NodeId, list[NodeId]] = {}
        for edge in self.edges:
            if edge.kind is not EdgeKind.LINKED:
                upstream.setdefault(edge.target, []).append(edge.origin)
                downstream.setdefault(edge.origin, []).append(edge.target)
        return {Way.UPSTREAM: upstream, Way.DOWNSTREAM: downstream}

    @cached_property
    def _links(self) -> Mapping[NodeId, list[NodeId]]:
        links: dict[NodeId, list[NodeId]] = {}
        for edge in self.edges:
            if edge.kind is EdgeKind.LINKED:
                links.setdefault(edge.origin, []).append(edge.target)
        return links
