"""What JSON says of versions, runs and changes: keys that stay, times in UTC."""

from typing import TYPE_CHECKING, Any

from ..terminal.output import count, iso, line, size

if TYPE_CHECKING:
    from fingerpost.domain.versions.origin import Origin
    from fingerpost.sdk import Artifact, Run

Json = dict[str, Any]


def artifact_json(artifact: "Artifact") -> Json:
    """Return what there is to say of a version."""
    return {
        "name": artifact.name,
        "qualified_name": artifact.qualified_name,
        "version": artifact.version,
        "type": artifact.type,
        "digest": artifact.digest,
        "size_bytes": artifact.size,
        "file_count": artifact.file_count,
        "aliases": list(artifact.aliases),
        "tags": list(artifact.tags),
        "description": artifact.description,
        "metadata": artifact.metadata,
        "created_at": iso(artifact.created_at),
        "created_by": artifact.created_by,
        "source": artifact.source_qualified_name if artifact.is_link else None,
        "origin": origin_json(artifact.origin),
    }


def origin_json(origin: "Origin | None") -> Json | None:
    """Return what another registry said of an imported version."""
    if origin is None:
        return None
    return {
        "system": origin.system,
        "name": origin.name,
        "version": origin.version,
        "digest": origin.digest,
        "created_at": None if origin.created_at is None else iso(origin.created_at),
        "created_by": origin.created_by,
        "facts": origin.facts,
    }


def run_json(run: "Run") -> Json:
    """Return what there is to say of a run."""
    return {
        "id": run.id,
        "path": run.path,
        "name": run.name,
        "job_type": run.job_type,
        "actor": run.actor,
    }


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
