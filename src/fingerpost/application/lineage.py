"""Walking the lineage of an artifact through a store."""

from collections import deque
from collections.abc import Collection as Set
from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from attrs import frozen

from fingerpost.domain.lineage import (
    ArtifactNode,
    Edge,
    EdgeKind,
    LeftOut,
    Limit,
    LineageGraph,
    Node,
    NodeId,
    RunNode,
    Way,
)
from fingerpost.domain.names.alias import version_label
from fingerpost.domain.versions.version import VersionRef

from .ports.queries import Queries
from .read_models.rows import CollectionRow, RunArtifactRow, RunRow
from .transactions.transaction import Session
from .visibility import require_to_see, visible_homes

MOST_NODES: Final = 500
"""Nodes of a graph unless the caller says otherwise: more than one reads, and quickly found."""

UNSEEN: Final = "(no access)"
"""Stands for the name of what the actor may not see."""

_PAGE_ROWS: Final = 500


def trace_for(
    session: Session, ref: VersionRef, ways: Sequence[Way], *, depth: int | None, most_nodes: int
) -> LineageGraph:
    """Return what is upstream and downstream of a version that the actor may see.

    What the actor may not see is part of it without its name. See :func:`trace`.

    Raises:
        RoleRequiredError: the actor may not see the version; the attempt itself is recorded.
    """
    require_to_see(session, ref.collection_id)
    visible = visible_homes(session)
    return trace(session.queries, ref, ways, depth=depth, most_nodes=most_nodes, visible=visible)


def trace(
    queries: Queries,
    ref: VersionRef,
    ways: Sequence[Way] = tuple(Way),
    *,
    depth: int | None = None,
    most_nodes: int = MOST_NODES,
    visible: Set[UUID] | None = None,
) -> LineageGraph:
    """Return what is upstream and downstream of a version, nearest first.

    A link stands for its source: whoever used the link used the source. What was deleted is part
    of the lineage as before, and marked.

    Args:
        queries: the read tables.
        ref: a version, or a link.
        ways: which way to look.
        depth: how many runs to go in each of them; ``None`` for as many as there are.
        most_nodes: how many artifacts, links and runs to show at most; the root is always there.
        visible: entities and registries that may be named; what is in others is there without
            its name. ``None`` for all.
    """
    walk = _Walk(queries, depth, most_nodes, visible)
    row = queries.version(ref)
    root = row.source if row is not None and row.source is not None else ref
    walk.reach(walk.artifact(root, is_deleted=row is None))
    walk.go(root, ways)
    return LineageGraph(
        root=root,
        ways=tuple(ways),
        nodes=walk.nodes,
        edges=tuple(walk.edges),
        left_out=tuple(walk.left_out),
    )


@frozen
class _Step:
    """A node whose neighbours on one side are to be looked at, so many runs from the root."""

    node: NodeId
    way: Way
    distance: int


class _Walk:
    """A breadth-first walk, in one or both directions at once."""

    def __init__(
        self, queries: Queries, depth: int | None, most_nodes: int, visible: Set[UUID] | None
    ) -> None:
        self.nodes: dict[NodeId, Node] = {}
        # As keys, because an edge may be found from both of its ends.
        self.edges: dict[Edge, None] = {}
        self.left_out: list[LeftOut] = []
        self._queries = queries
        self._depth = depth
        self._most_nodes = most_nodes
        self._visible = visible
        self._collections: dict[UUID, CollectionRow | None] = {}

    def go(self, root: VersionRef, ways: Sequence[Way]) -> None:
        """Look at every node that can be reached, once in each direction."""
        self._add_links(root)
        ahead = deque(_Step(root, way, 0) for way in ways)
        seen = {(step.node, step.way) for step in ahead}
        while ahead:
            for step in self._steps_from(ahead.popleft()):
                if (step.node, step.way) not in seen:
                    seen.add((step.node, step.way))
                    ahead.append(step)

    def _steps_from(self, step: _Step) -> Iterator[_Step]:
        if isinstance(step.node, UUID):
            yield from self._artifacts_of(step.node, step)
        else:
            yield from self._runs_of(step.node, step)

    def _runs_of(self, ref: VersionRef, step: _Step) -> Iterator[_Step]:
        kind, is_cut = step.way.to_runs, False
        is_deep_enough = self._depth is not None and step.distance >= self._depth
        # One more than there can be in the graph: one that is not in it is found if there is any.
        for row in self._queries.runs_of(ref, kind, self._most_nodes + 1):
            if not is_deep_enough and self.reach(self._run(row)):
                yield _Step(row.id, step.way, step.distance + 1)
            if row.id in self.nodes:
                self._connect(kind, ref, row.id)
            else:
                is_cut = True
        if is_cut:
            self._leave_out(ref, step.way, Limit.DEPTH if is_deep_enough else Limit.NODES)

    def _artifacts_of(self, run_id: UUID, step: _Step) -> Iterator[_Step]:
        kind, after = step.way.to_artifacts, 0
        while rows := self._queries.artifacts_of(run_id, kind, after=after, limit=_PAGE_ROWS):
            for row in rows:
                if not self._reach_artifact(row):
                    self._leave_out(step.node, step.way, Limit.NODES)
                    return
                self._connect(kind, row.source, run_id)
                yield _Step(row.source, step.way, step.distance)
            after = rows[-1].position

    def _reach_artifact(self, row: RunArtifactRow) -> bool:
        is_new = row.source not in self.nodes
        is_there = self.reach(self.artifact(row.source, is_deleted=row.is_deleted))
        if is_there and is_new:
            self._add_links(row.source)
        return is_there

    def _add_links(self, ref: VersionRef) -> None:
        for link in self._queries.links_of(ref, self._most_nodes):
            if not self.reach(self.artifact(link, is_link=True)):
                self._leave_out(ref, None, Limit.NODES)
                return
            self.edges[Edge(EdgeKind.LINKED, ref, link)] = None

    def _connect(self, kind: EdgeKind, ref: VersionRef, run_id: UUID) -> None:
        ends = (ref, run_id) if kind is EdgeKind.USED else (run_id, ref)
        self.edges[Edge(kind, *ends)] = None

    def _leave_out(self, node: NodeId, way: Way | None, limit: Limit) -> None:
        self.left_out.append(LeftOut(node, way, limit))

    def reach(self, node: Node) -> bool:
        """Add a node unless it is there; false if there is no room for it."""
        if node.id not in self.nodes:
            if self.nodes and len(self.nodes) >= self._most_nodes:
                return False
            self.nodes[node.id] = node
        return True

    def artifact(
        self, ref: VersionRef, *, is_link: bool = False, is_deleted: bool = False
    ) -> ArtifactNode:
        """Return the node of a version."""
        collection = self._collection(ref.collection_id)
        if collection is not None and not self._is_visible(collection.home_id):
            return ArtifactNode(
                id=ref, name=UNSEEN, type="", is_link=is_link, is_deleted=is_deleted
            )
        path = collection.path if collection else f"(deleted collection {ref.collection_id.hex})"
        return ArtifactNode(
            id=ref,
            name=f"{path}:{version_label(ref.index)}",
            type=collection.type if collection else "",
            is_link=is_link,
            is_deleted=is_deleted or collection is None,
        )

    def _collection(self, collection_id: UUID) -> CollectionRow | None:
        if collection_id not in self._collections:
            self._collections[collection_id] = self._queries.collection(collection_id)
        return self._collections[collection_id]

    def _is_visible(self, home_id: UUID) -> bool:
        return self._visible is None or home_id in self._visible

    def _run(self, row: RunRow) -> RunNode:
        if not self._is_visible(row.entity_id):
            return RunNode(id=row.id, path=UNSEEN, name=UNSEEN, job_type=None, state=row.state)
        return RunNode(
            id=row.id, path=row.path, name=row.name, job_type=row.job_type, state=row.state
        )
