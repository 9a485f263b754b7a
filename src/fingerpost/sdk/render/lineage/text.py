"""A lineage graph as a tree that one reads in a terminal."""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from fingerpost.domain.lineage import ArtifactNode, Limit, NodeId, RunNode, Way

if TYPE_CHECKING:
    from fingerpost.domain.lineage import LineageGraph, Node


class _Lines(NamedTuple):
    """How branches are drawn."""

    branch: str
    last: str
    beside: str
    below_last: str
    more: str


_UNICODE: Final = _Lines("├─ ", "└─ ", "│  ", "   ", "…")
_ASCII: Final = _Lines("|- ", "`- ", "|  ", "   ", "...")

_RELATIONS: Final = {
    (Way.UPSTREAM, RunNode): "logged by",
    (Way.UPSTREAM, ArtifactNode): "used",
    (Way.DOWNSTREAM, RunNode): "used by",
    (Way.DOWNSTREAM, ArtifactNode): "logged",
}
_LIMITS: Final = {Limit.DEPTH: "beyond the depth", Limit.NODES: "beyond the limit"}


def as_text(graph: "LineageGraph", *, is_ascii: bool = False) -> str:
    """Return a tree of what is upstream, and one of what is downstream.

    What is reached by several branches is shown once; the others say so.
    """
    return "\n".join(_Tree(graph, _ASCII if is_ascii else _UNICODE).lines())


class _Item(NamedTuple):
    """A line of the tree; with a node, the lines below it are that node's."""

    text: str
    node: NodeId | None = None


class _Tree:
    def __init__(self, graph: "LineageGraph", drawn: _Lines) -> None:
        self._graph = graph
        self._drawn = drawn
        self._limits = {(cut.node, cut.way): cut.limit for cut in graph.left_out}

    def lines(self) -> Iterator[str]:
        """Yield the root, then a section for each direction."""
        root = self._graph.root
        yield _described(self._graph.nodes[root])
        yield from (f"  {item.text}" for item in self._links(root))
        for way in self._graph.ways:
            items = list(self._items(root, way, is_root=True))
            yield way.value if items else f"{way.value}: nothing"
            yield from self._branches(items, way)

    def _branches(self, items: list[_Item], way: Way) -> Iterator[str]:
        # With a stack of its own: a lineage may be deeper than Python's.
        shown: set[NodeId] = {self._graph.root}
        ahead = [("", deque(items))]
        while ahead:
            margin, siblings = ahead[-1]
            if not siblings:
                ahead.pop()
                continue
            text, node = siblings.popleft()
            is_again = node in shown
            corner = self._drawn.branch if siblings else self._drawn.last
            yield f"{margin}{corner}{text}{' (shown above)' if is_again else ''}"
            if node is not None and not is_again:
                shown.add(node)
                beside = self._drawn.beside if siblings else self._drawn.below_last
                ahead.append((margin + beside, deque(self._items(node, way))))

    def _items(self, node: NodeId, way: Way, *, is_root: bool = False) -> Iterator[_Item]:
        if not is_root:
            yield from self._links(node)
        for found in self._graph.neighbours(node, way):
            neighbour = self._graph.nodes[found]
            yield _Item(f"{_RELATIONS[way, type(neighbour)]} {_described(neighbour)}", found)
        yield from self._more(node, way)

    def _links(self, node: NodeId) -> Iterator[_Item]:
        for link in self._graph.links(node):
            yield _Item(f"linked as {self._graph.nodes[link].name}")
        yield from self._more(node, None)

    def _more(self, node: NodeId, way: Way | None) -> Iterator[_Item]:
        limit = self._limits.get((node, way))
        if limit is not None:
            yield _Item(f"{self._drawn.more} more {_LIMITS[limit]}")


def _described(node: "Node") -> str:
    if isinstance(node, RunNode):
        state = "" if node.state == "finished" else f", {node.state}"
        job_type = f" [{node.job_type}]" if node.job_type else ""
        return f"{node.name}{job_type} ({node.path}{state})"
    kind = f" ({node.type})" if node.type else ""
    return f"{node.name}{kind}{', deleted' if node.is_deleted else ''}"
