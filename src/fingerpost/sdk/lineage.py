"""The lineage of an artifact, to print, to draw and to walk through."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fingerpost import application, domain
from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.versions.version import VersionRef

from . import render
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.domain.lineage import Edge, LineageGraph, Node


class Lineage:
    """What an artifact was made of, and what became of it.

    ``str()`` gives a tree of text.
    """

    def __init__(self, traced: "LineageGraph") -> None:
        self._graph = traced

    @property
    def nodes(self) -> "Sequence[Node]":
        """Artifacts, links and runs, nearest to the artifact that was asked about first."""
        return list(self._graph.nodes.values())

    @property
    def edges(self) -> "Sequence[Edge]":
        """What runs logged and used, and what was linked; they point the way that data went."""
        return list(self._graph.edges)

    @property
    def is_complete(self) -> bool:
        """Whether nothing was left out because of ``depth`` or ``limit``."""
        return not self._graph.left_out

    def as_text(self, *, ascii: bool = False) -> str:
        """Return a tree: what is upstream, then what is downstream.

        Args:
            ascii: whether to draw without line-drawing characters.
        """
        return render.lineage.as_text(self._graph, is_ascii=ascii)

    def as_mermaid(self) -> str:
        """Return a Mermaid flowchart: Markdown on many sites draws it."""
        return render.lineage.as_mermaid(self._graph)

    def as_json(self) -> dict[str, Any]:
        """Return nodes, edges and what was left out, as plain JSON."""
        return render.lineage.as_json(self._graph)

    def to_dict(self) -> dict[str, Any]:
        """Return its JSON form, which is :meth:`as_json`."""
        return self.as_json()

    def __str__(self) -> str:
        return self.as_text()

    def __repr__(self) -> str:
        root = self._graph.nodes[self._graph.root]
        name = root.name
        return f"<Lineage of {name}: {len(self._graph.nodes)} nodes>"


def lineage_of(
    workspace: Workspace,
    ref: VersionRef,
    depth: int | None,
    direction: str,
    limit: int | None,
) -> Lineage:
    """Return the lineage of a version.

    Raises:
        InvalidValueError: depth, direction or limit is not valid.
    """
    way = domain.lineage.Way
    all_ways = {"both": tuple(way), **{each.value: (each,) for each in way}}
    if not isinstance(direction, str) or direction not in all_ways:
        raise InvalidValueError(
            "direction",
            direction,
            f"it is one of {', '.join(all_ways)}",
            "Leave it out for 'both'.",
        )
    most = application.lineage.MOST_NODES if limit is None else _number("limit", limit, 1)
    deep = None if depth is None else _number("depth", depth, 0)
    ways, session = all_ways[direction], workspace.session()
    return Lineage(application.lineage.trace_for(session, ref, ways, depth=deep, most_nodes=most))


def _number(what: str, value: int, lowest: int) -> int:
    if type(value) is not int or value < lowest:
        raise InvalidValueError(
            what, value, f"it is a whole number, {lowest} or more", "Leave it out."
        )
    return value
