"""A lineage graph as plain JSON."""

from typing import TYPE_CHECKING, Any

from fingerpost import domain

if TYPE_CHECKING:
    from fingerpost.domain.lineage import LineageGraph, Node


Json = dict[str, Any]


def as_json(graph: "LineageGraph") -> Json:
    """Return nodes, edges and what was left out; nodes are named by path."""
    names = {node.id: _name(node) for node in graph.nodes.values()}
    return {
        "root": names[graph.root],
        "nodes": [node.to_dict() for node in graph.nodes.values()],
        "edges": [
            {"kind": edge.kind.value, "from": names[edge.origin], "to": names[edge.target]}
            for edge in graph.edges
        ],
        "left_out": [
            {
                "node": names[cut.node],
                "direction": cut.way.value if cut.way else None,
                "because_of": cut.limit.value,
            }
            for cut in graph.left_out
        ],
    }


def _name(node: "Node") -> str:
    return node.path if isinstance(node, domain.lineage.RunNode) else node.name
