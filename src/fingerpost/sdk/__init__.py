"""The Python interface: runs, artifacts, and the API over what was logged."""

from typing import TYPE_CHECKING, Final

from fingerpost._lazy import lazy_names

if TYPE_CHECKING:
    from .api import Api
    from .approving import Approval
    from .artifact import Artifact
    from .artifact_type import ArtifactType
    from .collection import Collection
    from .diff import Diff
    from .entity import Entity
    from .entry import ArtifactEntry
    from .lineage import Lineage
    from .members import ServiceAccount, Team
    from .organization import Organization
    from .recorded_run import RecordedRun
    from .registry import Registry
    from .run import Run, init

_HOMES: Final = {
    "api": ("Api",),
    "approving": ("Approval",),
    "artifact": ("Artifact",),
    "artifact_type": ("ArtifactType",),
    "collection": ("Collection",),
    "diff": ("Diff",),
    "entity": ("Entity",),
    "entry": ("ArtifactEntry",),
    "lineage": ("Lineage",),
    "members": (
        "ServiceAccount",
        "Team",
    ),
    "organization": ("Organization",),
    "recorded_run": ("RecordedRun",),
    "registry": ("Registry",),
    "run": (
        "Run",
        "init",
    ),
}
__all__ = [
    "Api",
    "Approval",
    "Artifact",
    "ArtifactEntry",
    "ArtifactType",
    "Collection",
    "Diff",
    "Entity",
    "Lineage",
    "Organization",
    "RecordedRun",
    "Registry",
    "Run",
    "ServiceAccount",
    "Team",
    "init",
]

__getattr__ = lazy_names(__name__, _HOMES)
