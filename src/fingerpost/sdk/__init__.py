"""The Python interface: runs, artifacts, and the API over what was logged."""

from importlib import import_module
from typing import TYPE_CHECKING

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

_HOMES = {
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
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

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


def __getattr__(name: str) -> object:
    """Import a class when it is first used."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
