"""The Python interface: runs, artifacts, and the API over what was logged."""

from .api import Api
from .artifact import Artifact
from .artifact_type import ArtifactType
from .collection import Collection
from .entity import Entity
from .entry import ArtifactEntry
from .lineage import Lineage
from .recorded_run import RecordedRun
from .registry import Registry
from .run import Run, init

__all__ = [
    "Api",
    "Artifact",
    "ArtifactEntry",
    "ArtifactType",
    "Collection",
    "Entity",
    "Lineage",
    "RecordedRun",
    "Registry",
    "Run",
    "init",
]
