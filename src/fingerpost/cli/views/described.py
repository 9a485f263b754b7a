"""What is said of a version, for people."""

from typing import TYPE_CHECKING

from ..terminal.output import count, line, size

if TYPE_CHECKING:
    from fingerpost.sdk import Artifact


def print_artifact(artifact: "Artifact") -> None:
    """Print the facts of a version, for people."""
    facts = {
        "digest": artifact.digest,
        "content": f"{count(artifact.file_count, 'file')}, {size(artifact.size)}",
        "aliases": ", ".join(artifact.aliases),
        "tags": ", ".join(artifact.tags),
        "metadata": ", ".join(f"{key}={value}" for key, value in artifact.metadata.items()),
        "source": artifact.source_qualified_name if artifact.is_link else "",
        "origin": artifact.origin.label if artifact.origin else "",
    }
    for what, value in facts.items():
        if value:
            line(f"  {what:<9} {value}")
