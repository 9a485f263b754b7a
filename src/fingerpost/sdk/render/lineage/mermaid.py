"""A lineage graph as a Mermaid flowchart.

*Source*: Mermaid's documentation, "Flowcharts - Basic Syntax": text in quotes, and entity codes
such as ``#35;`` for what would be read as syntax, HTML or Markdown.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from fingerpost import domain

if TYPE_CHECKING:
    from fingerpost.domain.lineage import Edge, LeftOut, LineageGraph, Node, NodeId


_PLAIN: Final = frozenset(" /:-_.")
"""Punctuation of names that means nothing inside quotes."""

_BACKSLASH: Final = "\\"

_STYLES: Final = {
    "asked": "stroke-width:3px",
    "deleted": "stroke-dasharray:4 4",
    "more": "stroke:none,fill:none",
}


def as_mermaid(graph: "LineageGraph") -> str:
    """Return the flowchart: artifacts are boxes, links slanted boxes, runs rounded ones."""
    names = dict(_names(graph))
    lines = [
        "flowchart LR",
        *(_node(graph, node, names[node.id]) for node in graph.nodes.values()),
        *(_edge(edge, names) for edge in graph.edges),
        *_more(graph.left_out, names),
    ]
    used = [f"classDef {name} {style}" for name, style in _STYLES.items() if _uses(lines, name)]
    return "\n    ".join([*lines, *used])


def _uses(lines: list[str], style: str) -> bool:
    return any(line.endswith(f":::{style}") for line in lines)


def _names(graph: "LineageGraph") -> "Iterator[tuple[NodeId, str]]":
    for number, node in enumerate(graph.nodes.values(), start=1):
        yield (
            node.id,
            f"{'run' if isinstance(node, domain.lineage.RunNode) else 'artifact'}{number}",
        )


def _node(graph: "LineageGraph", node: "Node", name: str) -> str:
    label = "<br>".join(map(escaped, _label(node)))
    if isinstance(node, domain.lineage.RunNode):
        return f'{name}(["{label}"])'
    box = f'[/"{label}"/]' if node.is_link else f'["{label}"]'
    if node.is_deleted:
        return f"{name}{box}:::deleted"
    return f"{name}{box}:::asked" if node.id == graph.root else f"{name}{box}"


def _label(node: "Node") -> Iterator[str]:
    yield node.name
    if isinstance(node, domain.lineage.RunNode):
        if node.job_type:
            yield node.job_type
        return
    if node.type:
        yield node.type
    if node.is_deleted:
        yield "deleted"


def _edge(edge: "Edge", names: "Mapping[NodeId, str]") -> str:
    arrow = "-.->" if edge.kind.value == "linked" else "-->"
    return f"{names[edge.origin]} {arrow}|{edge.kind.value}| {names[edge.target]}"


def _more(left_out: "tuple[LeftOut, ...]", names: "Mapping[NodeId, str]") -> Iterator[str]:
    for number, cut in enumerate(left_out, start=1):
        yield f'more{number}["more"]:::more'
        ends = (names[cut.node], f"more{number}")
        yield " -.-> ".join(reversed(ends) if cut.way is domain.lineage.Way.UPSTREAM else ends)


def escaped(text: str) -> str:
    """Return text that stands for itself between the quotes of a label."""
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isalnum() or character in _PLAIN:
        return character
    # Mermaid (11) takes a backslash and an n for a line break after it has resolved the codes: a
    # space of no width comes between them.
    return f"#{ord(character)};{'#8203;' if character == _BACKSLASH else ''}"
